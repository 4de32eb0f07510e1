import EventModel
import SegmentTesting
import Testing

/// Windows to the millisecond: one before, at, one after.
@Suite struct WindowTests {
    private static let carts = "segment carts when added_to_cart in last 2 hours"

    private func at(_ text: String) -> Instant { EngineWorld.instant(text) }

    @Test func leavesAtExactlyTheEndOfTheWindow() {
        let world = EngineWorld(Self.carts)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1")])
        world.pass("3h-1")
        #expect(world.lines == ["1h entered carts user:1 event #2"])
        world.pass("3h")
        #expect(
            world.lines == ["1h entered carts user:1 event #2", "3h exited carts user:1 time"]
        )
    }

    @Test func anEventAtTheVeryEndKeepsTheMember() {
        let world = EngineWorld(Self.carts)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1")])
        world.step("3h", [.track("added_to_cart", user: "1")])
        world.pass("1d")
        #expect(
            world.lines == ["1h entered carts user:1 event #2", "5h exited carts user:1 time"]
        )
    }

    @Test func aLateEventCountsFromReceptionToItsOwnEnd() {
        let world = EngineWorld(Self.carts)
        world.putRulesInForce("0")
        world.step("2h", [.track("added_to_cart", user: "1", at: at("1h"))])
        world.step("4h", [.track("added_to_cart", user: "1", at: at("2h"))])
        world.pass("1d")
        // The second one's window had just ended when it came.
        #expect(
            world.lines == ["2h entered carts user:1 event #2", "3h exited carts user:1 time"]
        )
    }

    @Test func aLateEventBehindANewerOneChangesNothing() {
        let world = EngineWorld(Self.carts)
        world.putRulesInForce("0")
        world.step("2h", [.track("added_to_cart", user: "1")])
        world.step("3h", [.track("added_to_cart", user: "1", at: at("90m"))])
        world.pass("1d")
        #expect(
            world.lines == ["2h entered carts user:1 event #2", "4h exited carts user:1 time"]
        )
    }

    @Test func aFutureEventCountsFromReceptionWithinTheTolerance() {
        let world = EngineWorld(Self.carts)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1", at: at("1h5m"))])
        world.step("1h", [.track("added_to_cart", user: "2", at: at("1h5m+1"))])
        world.pass("1d")
        #expect(
            world.lines == [
                "1h entered carts user:1 event #2", "1h entered carts user:2 event #3",
                "3h exited carts user:2 time", "3h5m exited carts user:1 time",
            ]
        )
    }

    @Test func theNegativeFormIsExactlyTheNegation() {
        let world = EngineWorld("segment quiet when no added_to_cart in last 2 hours")
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1")])
        world.step("2h", [.track("product_viewed", user: "2")])
        world.pass("1d")
        #expect(
            world.lines == [
                "2h entered quiet user:2 event #3", "3h entered quiet user:1 time",
            ]
        )
    }

    @Test(arguments: [
        ("at least 3", ["3h entered s user:1 event #4", "1d1h exited s user:1 time"]),
        ("more than 2", ["3h entered s user:1 event #4", "1d1h exited s user:1 time"]),
        (
            "exactly 2",
            [
                "2h entered s user:1 event #3", "3h exited s user:1 event #4",
                "1d1h entered s user:1 time", "1d2h exited s user:1 time",
            ]
        ),
        (
            "at most 1",
            [
                "1h entered s user:1 event #2", "2h exited s user:1 event #3",
                "1d2h entered s user:1 time",
            ]
        ),
        (
            "fewer than 2",
            [
                "1h entered s user:1 event #2", "2h exited s user:1 event #3",
                "1d2h entered s user:1 time",
            ]
        ),
        (
            "between 1 and 2",
            [
                "1h entered s user:1 event #2", "3h exited s user:1 event #4",
                "1d1h entered s user:1 time", "1d3h exited s user:1 time",
            ]
        ),
    ])
    func countsRiseAndFall(_ count: String, _ expected: [String]) {
        let world = EngineWorld("segment s when \(count) order_completed in last 1 day")
        world.putRulesInForce("0")
        for hour in ["1h", "2h", "3h"] {
            world.step(hour, [.track("order_completed", user: "1")])
        }
        world.pass("9d")
        #expect(world.lines == expected)
    }

    @Test func everNeedsNoTime() {
        let world = EngineWorld("segment s when at least 2 order_completed ever")
        world.putRulesInForce("0")
        world.step("1h", [.track("order_completed", user: "1")])
        world.step("9d", [.track("order_completed", user: "1", at: at("0"))])
        world.pass("900d")
        #expect(world.lines == ["9d entered s user:1 event #3"])
    }

    @Test func anyEventAndAnyOf() {
        let world = EngineWorld(
            """
            segment active when any event in last 1 hour
            segment shopping when any of (added_to_cart, order_completed) in last 1 hour
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("product_viewed", user: "1")])
        world.step("1h30m", [.track("order_completed", user: "1")])
        world.pass("1d")
        #expect(
            world.lines == [
                "1h entered active user:1 event #2", "1h30m entered shopping user:1 event #3",
                "2h30m exited active user:1 time", "2h30m exited shopping user:1 time",
            ]
        )
    }

    @Test func manyTimesInAnyOrderKeepTheLatest() {
        // More times than a series keeps, in every order that a seed gives.
        for seed in 0..<50 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let hours = (1...20).shuffled(using: &random)
            let world = EngineWorld("segment s when at least 5 order_completed in last 1 day")
            world.putRulesInForce("0")
            for hour in hours {
                world.step("20h", [.track("order_completed", user: "1", at: at("\(hour)h"))])
            }
            world.pass("9d")
            #expect(world.lines.last == "1d16h exited s user:1 time", "seed \(seed)")
            #expect(world.lines.count == 2, "seed \(seed)")
        }
    }
}
