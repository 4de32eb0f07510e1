import EventModel
import EventStore
import SegmentTesting
import Testing

/// One evaluation per person and instant; deadlines first, each at its own instant; causes; order.
@Suite struct InstantTests {
    @Test func nobodyFlapsWithinAnInstant() {
        let world = EngineWorld(
            "segment s when added_to_cart in last 2 hours and no order_completed in last 2 hours"
        )
        world.putRulesInForce("0")
        world.step(
            "1h",
            [.track("added_to_cart", user: "1"), .track("order_completed", user: "1")]
        )
        world.pass("2h")
        #expect(world.lines.isEmpty)
    }

    @Test func aDeadlineAndAnEntryAtOneInstantAreOneEvaluation() {
        let world = EngineWorld(
            """
            segment cart when added_to_cart in last 1 hour
            segment view when product_viewed in last 1 hour
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1")])
        world.step("2h", [.track("product_viewed", user: "1")])
        // An entry touched the person, so nothing of that instant is by time.
        #expect(
            world.lines == [
                "1h entered cart user:1 event #2", "2h exited cart user:1 event #3",
                "2h entered view user:1 event #3",
            ]
        )
    }

    @Test func deadlinesBetweenEntriesFireInOrderOfTimeThenPersonThenName() {
        let world = EngineWorld(
            """
            segment b when added_to_cart in last 1 hour
            segment a when added_to_cart in last 1 hour
            segment long when added_to_cart in last 2 hours
            """
        )
        world.putRulesInForce("0")
        world.step(
            "1h",
            [.track("added_to_cart", user: "2"), .track("added_to_cart", user: "1")]
        )
        world.step("30d", [.track("product_viewed", user: "3")])
        #expect(
            world.lines.dropFirst(6) == [
                "2h exited a user:2 time", "2h exited b user:2 time",
                "2h exited a user:1 time", "2h exited b user:1 time",
                "3h exited long user:2 time", "3h exited long user:1 time",
            ]
        )
    }

    @Test(arguments: [1, 2, 3, 7])
    func slicesDoNotShow(_ peopleMax: Int) {
        func run(_ peopleMax: Int) -> [String] {
            let world = EngineWorld(
                """
                segment cart when added_to_cart in last 1 hour
                segment none when no added_to_cart in last 1 hour
                """
            )
            world.peopleMax = peopleMax
            world.putRulesInForce("0")
            world.step("1h", (0..<20).map { .track("added_to_cart", user: "\($0)") })
            world.step("90m", (0..<20).map { .track("product_viewed", user: "\($0 * 2)") })
            world.pass("3h")
            return world.lines
        }
        #expect(run(peopleMax) == run(1_000))
        #expect(run(1_000).count == 20 + 10 + 40)
    }

    @Test func theStrongestCauseWins() {
        let world = EngineWorld("segment s when added_to_cart and person.plan = \"pro\"")
        world.putRulesInForce("0")
        world.step(
            "1h",
            [
                .identify(user: "1", ["plan": "pro"]), .track("added_to_cart", user: "1"),
                .track("product_viewed", user: "1"),
            ]
        )
        #expect(world.lines == ["1h entered s user:1 attribute #2"])
    }

    @Test func backfillIsACauseOnlyWhereAllEntriesAreAndIsNotAnnounced() {
        let world = EngineWorld("segment s when added_to_cart in last 1 hour")
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1", backfill: true)])
        world.step(
            "1h",
            [
                .track("added_to_cart", user: "2", backfill: true),
                .track("product_viewed", user: "2"),
            ]
        )
        world.pass("2h")
        #expect(
            world.lines == [
                "1h entered s user:1 backfill #2 quiet", "1h entered s user:2 event #4",
                "2h exited s user:1 time", "2h exited s user:2 time",
            ]
        )
    }

    @Test func timeMovesOnlyWhereDeadlinesAre() {
        let world = EngineWorld("segment s when person.plan = \"pro\"")
        world.putRulesInForce("0")
        world.step("1h", [.identify(user: "1", ["plan": "pro"])])
        world.pass("900d")
        #expect(world.lines == ["1h entered s user:1 attribute #2"])
    }

    /// Whatever comes first: windows of hours, months and more than a year, some of events before 1970.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func deadlinesFarAndNearFallDueAtTheirInstants(seed: UInt64) {
        let world = EngineWorld(
            """
            segment far when x in last 400 days
            segment near when x in last 2 hours
            segment once when x ever
            """
        )
        world.putRulesInForce("0")
        var random = SeededGenerator(seed: seed)
        var at = EngineWorld.epoch
        var expected: [String] = []
        for person in 0..<400 {
            at = at + TimeSpan(milliseconds: Int64.random(in: 1...172_800_000, using: &random))
            let isOld = person % 7 == 0
            let time = isOld ? Instant(milliseconds: -86_400_000) : at
            world.step(at, [.track("x", user: "\(person)", at: time)])
            guard !isOld else { continue }
            expected.append("\(at + .days(400)) far \(person)")
            expected.append("\(at + .hours(2)) near \(person)")
        }
        world.pass("2000d")
        let exits = world.transitions.filter { $0.direction == .exited }
        let found = exits.map { exit in
            "\(exit.at) \(exit.segment) \(world.log.identifier(exit.identifiers[0]).text)"
        }
        #expect(found.sorted() == expected.sorted())
        #expect(exits.map(\.at) == exits.map(\.at).sorted())
        #expect(world.memberCount("once") == 400)
    }
}
