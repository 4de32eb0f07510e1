import EventModel
import SegmentTesting
import Testing

/// Who an entry is about: users, devices, and people who turn out to be one.
@Suite struct IdentityTests {
    private static let rules = """
        segment cart when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment two when at least 2 added_to_cart in last 1 day
        """

    @Test func anAnonymousPersonBecomesKnownAndStaysTheSame() {
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", anonymous: "a")])
        world.step("90m", [.identify(user: "1", anonymous: "a")])
        world.step("100m", [.track("added_to_cart", user: "1")])
        #expect(
            world.lines == [
                "1h entered cart anonymous:a event #2",
                "1h40m entered two user:1,anonymous:a event #4",
            ]
        )
    }

    @Test func anAnonymousPersonJoinsAUserWithItsWholePast() {
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1")])
        world.step("2h", [.track("added_to_cart", anonymous: "a")])
        world.step("150m", [.track("product_viewed", user: "1", anonymous: "a")])
        world.pass("2d")
        #expect(
            world.lines == [
                "1h entered cart user:1 event #2",
                "2h entered cart anonymous:a event #3",
                "2h30m entered two user:1,anonymous:a merge #4",
                "2h30m exited cart anonymous:a merge #4",
                // Its own would have ended at 3h: the other one's cart keeps it in.
                "4h exited cart user:1,anonymous:a time",
                "1d1h exited two user:1,anonymous:a time",
            ]
        )
    }

    @Test func aSharedDeviceMovesOnAndItsPastStays() {
        let world = EngineWorld("segment two when at least 2 added_to_cart in last 1 day")
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1", anonymous: "tablet")])
        world.step("2h", [.track("product_viewed", user: "2", anonymous: "tablet")])
        world.step("3h", [.track("added_to_cart", anonymous: "tablet")])
        world.step("4h", [.track("added_to_cart", anonymous: "tablet")])
        world.step("5h", [.track("added_to_cart", user: "1")])
        #expect(
            world.lines == [
                "4h entered two user:2,anonymous:tablet event #5",
                "5h entered two user:1 event #6",
            ]
        )
    }

    @Test func aMergeAfterAMoveTakesOnlyItsOwnPartOfTheChain() {
        let world = EngineWorld("segment two when at least 2 added_to_cart in last 1 day")
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1", anonymous: "tablet")])
        world.step("2h", [.track("product_viewed", user: "2", anonymous: "tablet")])
        world.step("3h", [.track("added_to_cart", anonymous: "phone")])
        // User 2 gets the phone's cart by the merge, but not what user 1 did on the tablet.
        world.step("4h", [.track("product_viewed", user: "2", anonymous: "phone")])
        world.step("5h", [.track("product_viewed", user: "1", anonymous: "laptop")])
        #expect(world.lines.isEmpty)
        world.step("6h", [.track("added_to_cart", anonymous: "laptop")])
        #expect(world.lines == ["6h entered two user:1,anonymous:laptop event #7"])
    }

    @Test func aNewUserOnAKnownDeviceIsSomebodyElse() {
        let world = EngineWorld("segment s when added_to_cart")
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1", anonymous: "tablet")])
        world.step("2h", [.track("added_to_cart", user: "2", anonymous: "tablet")])
        #expect(
            world.lines == [
                "1h entered s user:1,anonymous:tablet event #2",
                "2h entered s user:2,anonymous:tablet event #3",
            ]
        )
    }

    @Test func anAnonymousPersonWithoutSegmentsLeavesNone() {
        let world = EngineWorld("segment s when added_to_cart")
        world.putRulesInForce("0")
        world.step("1h", [.track("product_viewed", anonymous: "a")])
        world.step("2h", [.track("product_viewed", user: "1")])
        world.step("3h", [.identify(user: "1", anonymous: "a")])
        world.step("4h", [.track("added_to_cart", anonymous: "a")])
        #expect(world.lines == ["4h entered s user:1,anonymous:a event #5"])
    }

    @Test func bornAndMergedWithinOneInstantNobodySeesIt() {
        let world = EngineWorld("segment s when added_to_cart\nsegment all when no order_completed")
        world.putRulesInForce("0")
        world.step("1h", [.track("product_viewed", user: "1")])
        world.step(
            "2h",
            [
                .track("added_to_cart", anonymous: "a"), .identify(user: "1", anonymous: "a"),
            ]
        )
        #expect(
            world.lines == [
                "1h entered all user:1 event #2", "2h entered s user:1,anonymous:a merge #4",
            ]
        )
    }

    @Test func attributesSurviveAMergeByEventTime() {
        let world = EngineWorld("segment pro when person.plan = \"pro\"")
        world.putRulesInForce("0")
        world.step("1h", [.identify(user: "1", ["plan": "free"])])
        world.step("2h", [.identify(anonymous: "a", ["plan": "pro"])])
        world.step("3h", [.identify(user: "1", anonymous: "a")])
        #expect(
            world.lines == [
                "2h entered pro anonymous:a attribute #3",
                "3h entered pro user:1,anonymous:a merge #4",
                "3h exited pro anonymous:a merge #4",
            ]
        )
    }

    @Test func attributesByLatestEventTimeTiesToTheLaterEntry() {
        let world = EngineWorld("segment pro when person.plan = \"pro\"")
        let at = EngineWorld.instant
        world.putRulesInForce("0")
        world.step("5h", [.identify(user: "1", at: at("5h"), ["plan": "pro"])])
        world.step("6h", [.identify(user: "1", at: at("4h"), ["plan": "free"])])
        world.step("7h", [.identify(user: "1", at: at("5h"), ["plan": "free", "x": 1])])
        world.step("8h", [.identify(user: "1", at: at("8h"), ["plan": "pro"])])
        world.step("9h", [.identify(user: "1", ["y": 1])])
        world.step("10h", [.identify(user: "1", ["plan": nil])])
        #expect(
            world.lines == [
                "5h entered pro user:1 attribute #2", "7h exited pro user:1 attribute #4",
                "8h entered pro user:1 attribute #5", "10h exited pro user:1 attribute #7",
            ]
        )
    }
}
