import EventModel
import SegmentTesting
import Testing

/// Merges that keep the attributes of whom they name first.
@Suite struct KeptAttributesTests {
    private static let rules = """
        segment pro when person.plan = "pro"
        segment city when person.city is set
        segment moved when person.plan changed in last 30 days
        """

    /// Somebody who is merged: what was said of each before, in order of the log.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Each is of the first or of the second whom the merge names, with its event time.
        var before: [(isFirst: Bool, at: String, attributes: [String: TestValue])]
        /// After the merge, of the survivor.
        var after: [(at: String, attributes: [String: TestValue])] = []
        /// The identifiers of the two.
        var first = Identifier.user("1")
        var second = Identifier.user("2")
        /// The segments in the end, of merges that keep and of those that do not.
        var kept: [String]
        var latest: [String]
    }

    private static let cases = [
        Case(
            testDescription: "what both have stays the first one's",
            before: [(true, "1h", ["plan": "pro"]), (false, "2h", ["plan": "free"])],
            kept: ["pro"],
            latest: ["moved"]
        ),
        Case(
            testDescription: "what only the second has is taken over",
            before: [(true, "1h", ["plan": "pro"]), (false, "2h", ["city": "Bonn"])],
            kept: ["city", "pro"],
            latest: ["city", "pro"]
        ),
        Case(
            testDescription: "what the first has unset later stays so",
            before: [
                (true, "1h", ["city": "Köln"]), (true, "2h", ["city": .null]),
                (false, "90m", ["city": "Bonn"]),
            ],
            kept: [],
            latest: []
        ),
        Case(
            testDescription: "what the first has unset before is taken over",
            before: [(true, "1h", ["city": ""]), (false, "2h", ["city": "Bonn"])],
            kept: ["city"],
            latest: ["city"]
        ),
        Case(
            testDescription: "that the second unset it later counts for nothing",
            before: [(true, "1h", ["city": "Köln"]), (false, "2h", ["city": .null])],
            kept: ["city"],
            latest: []
        ),
        Case(
            testDescription: "who is known stays, and the first one's are kept",
            before: [(true, "1h", ["plan": "pro"]), (false, "2h", ["plan": "free"])],
            first: .anonymous("a"),
            kept: ["pro"],
            latest: ["moved"]
        ),
        Case(
            testDescription: "the timeline has no changes of the second one's either",
            before: [
                (true, "3h", ["plan": "pro"]), (false, "1h", ["plan": "free"]),
                (false, "2h", ["plan": "basic"]),
            ],
            kept: ["pro"],
            latest: ["moved", "pro"]
        ),
        Case(
            testDescription: "what comes after the merge counts by its event time",
            before: [(true, "1h", ["plan": "free"]), (false, "4h", ["plan": "free"])],
            // Later than the first one's value, earlier than the second one's.
            after: [("2h", ["plan": "pro"])],
            kept: ["moved", "pro"],
            latest: ["moved"]
        ),
        Case(
            testDescription: "what comes after the merge, of a time before, is no more than late",
            before: [(true, "3h", ["plan": "pro"]), (false, "4h", ["plan": "free"])],
            after: [("2h", ["plan": "free"])],
            kept: ["moved", "pro"],
            latest: ["moved"]
        ),
    ]

    private static func world(_ one: Case, keeps: Bool, _ alwaysRefolds: Bool) -> EngineWorld {
        let world = EngineWorld(rules)
        world.alwaysRefolds = alwaysRefolds
        world.putRulesInForce("0")
        func identify(
            _ who: Identifier,
            _ at: String,
            _ attributes: [String: TestValue]
        ) -> EntryDraft {
            var entry = TestEntry(receivedAt: .distantPast, kind: .identify)
            entry.others = [who]
            entry.timestamp = EngineWorld.instant(at)
            entry.members = attributes
            return entry.draft
        }
        for (index, step) in one.before.enumerated() {
            let who = step.isFirst ? one.first : one.second
            world.step("\(index + 5)h", [identify(who, step.at, step.attributes)])
        }
        var merge = TestEntry(receivedAt: .distantPast, kind: .merge)
        (merge.primary, merge.secondary, merge.isOn) = (one.first, one.second, keeps)
        world.step("20h", [merge.draft])
        for (index, step) in one.after.enumerated() {
            world.step("\(index + 21)h", [identify(one.second, step.at, step.attributes)])
        }
        world.pass("40h")
        return world
    }

    @Test(arguments: cases, [false, true])
    func whatIsKept(of one: Case, alwaysRefolds: Bool) {
        for keeps in [true, false] {
            let world = Self.world(one, keeps: keeps, alwaysRefolds)
            let members = ["city", "moved", "pro"].filter { world.memberCount($0) == 1 }
            #expect(members == (keeps ? one.kept : one.latest).sorted(), "keeps: \(keeps)")
        }
    }

    private static func merge(_ first: Identifier, _ second: Identifier, keeps: Bool) -> EntryDraft
    {
        var merge = TestEntry(receivedAt: .distantPast, kind: .merge)
        (merge.primary, merge.secondary, merge.isOn) = (first, second, keeps)
        return merge.draft
    }

    /// A later merge has the survivor folded again, since both have the same order: what was left stays so, also
    /// where a checkpoint lies between the two, and whoever survives.
    @Test(arguments: [Identifier.user("3"), .user("1")], [nil, 4] as [Int?])
    func whatWasLeftStaysSo(survivor: Identifier, checkpointAfter: Int?) throws {
        var world = EngineWorld(
            """
            event order_completed
              unique by order_id
              order_id text
            attribute plan text
            segment pro when person.plan = "pro"
            segment two when at least 2 order_completed ever
            """
        )
        world.checkpointAfter = checkpointAfter
        world.putRulesInForce("0")
        world.step("1h", [.identify(user: "1", ["plan": "pro"])])
        world.step("2h", [.identify(user: "2", ["plan": "free"])])
        world.step("3h", [Self.merge(.user("1"), .user("2"), keeps: true)])
        let order = ["order_id": "A"] as [String: TestValue]
        world.step("4h", [.track("order_completed", user: "2", order)])
        world.step("5h", [.track("order_completed", user: "3", order)])
        let other: Identifier = survivor == .user("3") ? .user("1") : .user("3")
        world.step("6h", [Self.merge(survivor, other, keeps: false)])
        world.pass("7h")
        if checkpointAfter != nil {
            let end = EngineWorld.instant("7h")
            world = try #require(try world.restarted(through: end)).world
        }
        #expect(world.memberCount("pro") == 1)
        #expect(world.memberCount("two") == 0)
    }
}
