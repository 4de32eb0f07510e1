import EventModel
import SegmentTesting
import Testing

/// Segments of segments settle within the same instant.
@Suite struct CascadeTests {
    private static let chain = """
        segment z_carts when added_to_cart in last 2 hours
        segment m_hot when in segment z_carts and product_viewed in last 1 hour
        segment a_hottest when in segment m_hot and not in segment buyers
        segment buyers when order_completed in last 1 day
        """

    @Test func aSegmentOfASegmentOfASegment() {
        let world = EngineWorld(Self.chain)
        world.putRulesInForce("0")
        world.step("1h", [.track("product_viewed", user: "1")])
        world.step("90m", [.track("added_to_cart", user: "1")])
        world.step("100m", [.track("order_completed", user: "1")])
        world.pass("9d")
        #expect(
            world.lines == [
                "1h30m entered a_hottest user:1 event #3", "1h30m entered m_hot user:1 event #3",
                "1h30m entered z_carts user:1 event #3",
                "1h40m exited a_hottest user:1 event #4", "1h40m entered buyers user:1 event #4",
                "2h exited m_hot user:1 time", "3h30m exited z_carts user:1 time",
                "1d1h40m exited buyers user:1 time",
            ]
        )
    }

    @Test func theNegationOfASegmentHoldsForStrangers() {
        let world = EngineWorld(
            """
            segment active when any event in last 1 hour
            segment quiet when not in segment active
            segment everybody when everyone
            segment nobody when not in segment everybody
            segment buyers when order_completed
            segment others when not in segment buyers
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("e", user: "1")])
        world.step("1h30m", [.track("order_completed", user: "2")])
        world.pass("9d")
        #expect(
            world.lines == [
                "1h entered active user:1 event #2", "1h entered everybody user:1 event #2",
                "1h entered others user:1 event #2", "1h30m entered active user:2 event #3",
                "1h30m entered buyers user:2 event #3", "1h30m entered everybody user:2 event #3",
                "2h exited active user:1 time", "2h entered quiet user:1 time",
                "2h30m exited active user:2 time", "2h30m entered quiet user:2 time",
            ]
        )
    }

    @Test func aChangedSegmentChangesWhatRestsOnIt() {
        let world = EngineWorld(
            "segment base when e\nsegment top when in segment base and not f",
            "segment base when g\nsegment top when in segment base and not f"
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("e", user: "1"), .track("g", user: "2")])
        world.putRulesInForce("2h")
        #expect(
            world.lines == [
                "1h entered base user:1 event #2", "1h entered top user:1 event #2",
                "2h exited base user:1 rules #4 quiet", "2h exited top user:1 rules #4 quiet",
                "2h entered base user:2 rules #4 quiet", "2h entered top user:2 rules #4 quiet",
            ]
        )
    }

    @Test func everyoneIsEverybodyWhoExists() {
        let world = EngineWorld("segment all when everyone")
        world.putRulesInForce("0")
        world.step("1h", [.track("e", anonymous: "a")])
        world.step("2h", [.identify(user: "1")])
        world.step("3h", [.identify(user: "1", anonymous: "a")])
        #expect(
            world.lines == [
                "1h entered all anonymous:a event #2", "2h entered all user:1 attribute #3",
                "3h exited all anonymous:a merge #4",
            ]
        )
    }
}
