import EventModel
import SegmentTesting
import Testing

/// Two events in their order, and one that nothing follows.
@Suite struct SequenceTests {
    @Test(arguments: [
        Story("a then b within 1 hour", [did("1h", "a"), did("2h-1", "b")], ["in 2h-1"]),
        Story("a then b within 1 hour", [did("1h", "a"), did("2h", "b")], []),
        Story("a then b within 1 hour", [did("1h", "a"), did("1h", "b")], ["in 1h"]),
        Story("a then b within 1 hour", [did("1h", "b"), did("1h", "a")], ["in 1h"]),
        Story("a then b within 1 hour", [did("1h", "b"), did("1h+1", "a")], []),
        Story("a then b within 1 hour", [did("2h", "b"), did("3h@1h", "a")], []),
        Story("a then b within 1 hour", [did("2h", "b"), did("3h@1h+1", "a")], ["in 3h"]),
        Story("a then b within 1 hour", [did("2h", "b"), did("3h@2h", "a")], ["in 3h"]),
        Story("a then b within 1 hour", [did("2h", "b"), did("3h@2h+1", "a")], []),
        Story("a then b", [did("1h", "a"), did("900d", "b")], ["in 900d"]),
        // Two different events.
        Story("a then a within 1 hour", [did("1h", "a")], []),
        Story("a then a within 1 hour", [did("1h", "a"), did("2h", "a")], []),
        Story("a then a within 1 hour", [did("1h", "a"), did("2h-1", "a")], ["in 2h-1"]),
        Story("a then a within 1 hour", [did("1h", "a"), did("2h@1h", "a")], ["in 2h"]),
        Story(
            "a where p = 1 then b where p = 2 within 1 hour",
            [did("1h", "a", ["p": 1]), did("80m", "b", ["p": 1]), did("90m", "b", ["p": 2])],
            ["in 90m"]
        ),
    ])
    func inOrder(_ story: Story) { story.check() }

    @Test(arguments: [
        // Both lie in the window, so it ends with the first.
        Story(
            "a then b within 1 hour in last 2 hours",
            [did("1h", "a"), did("90m", "b")],
            ["in 90m", "out 3h"]
        ),
        Story(
            "a then b within 1 hour in last 2 hours",
            [did("1h", "a"), did("2h", "a"), did("2h30m", "b")],
            ["in 2h30m", "out 4h"]
        ),
        Story(
            "a then b in last 2 hours",
            [did("1h", "a"), did("3h-1", "b")],
            ["in 3h-1", "out 3h"]
        ),
        Story("a then b in last 2 hours", [did("1h", "a"), did("3h", "b")], []),
        Story("a then b today", [did("23h", "a"), did("1d", "b")], []),
        Story("a then b today", [did("22h", "a"), did("1d-1", "b")], ["in 1d-1", "out 1d"]),
        Story("a then b yesterday", [did("22h", "a"), did("23h", "b")], ["in 1d", "out 2d"]),
        Story(
            "a then b between 3 and 1 hours ago",
            [did("1h", "a"), did("2h", "b")],
            ["in 3h", "out 4h"]
        ),
        Story(
            "a then b since 2026-01-02",
            [did("1d-1", "a"), did("1d", "b"), did("2d", "a"), did("3d", "b")],
            ["in 3d"]
        ),
        Story(
            "a then b since last f",
            [
                did("1h", "a"), did("2h", "f"), did("3h", "b"), did("4h", "a"), did("5h", "b"),
                did("6h", "f"),
            ],
            ["in 5h", "out 6h"]
        ),
    ])
    func bothInTheWindow(_ story: Story) { story.check() }

    private static func a(_ when: String, _ sku: TestValue) -> Story.Step {
        did(when, "a", ["sku": sku])
    }

    private static func b(_ when: String, _ sku: TestValue) -> Story.Step {
        did(when, "b", ["sku": sku])
    }

    @Test(arguments: [
        Story("a then b with same sku", [a("1h", "x"), b("2h", "y"), b("3h", "x")], ["in 3h"]),
        Story("a then b with same sku", [a("1h", 5), b("2h", "5.0"), b("3h", "5")], ["in 3h"]),
        Story("a then b with same sku", [a("1h", .number("5.0")), b("2h", 5)], ["in 2h"]),
        Story(
            "a then b with same sku",
            [a("1h", true), b("2h", "true"), b("3h", true)],
            ["in 3h"]
        ),
        // What is missing is the same as nothing.
        Story("a then b with same sku", [a("1h", nil), b("2h", nil), did("3h", "b")], []),
        Story("a then b with same sku", [a("1h", ""), b("2h", "")], []),
        Story(
            "a then b within 1 hour with same sku in last 1 day",
            [a("1h", "x"), a("90m", "y"), b("2h", "x"), b("2h30m-1", "y")],
            ["in 2h30m-1", "out 1d1h30m"]
        ),
    ])
    func withTheSame(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("a then b with same sku", [a("1h", ["x"]), b("2h", ["x"])], []),
        Story("a then b with same sku", [a("1h", ["k": 1]), b("2h", ["k": 1])], []),
        Story(
            "a then no b within 30 minutes with same sku",
            [a("1h", ["x"]), b("80m", ["x"])],
            ["in 90m"]
        ),
    ])
    func listsAndObjectsAreTheSameAsNothing(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("a then no b within 30 minutes", [did("1h", "a")], ["in 90m"]),
        Story("a then no b within 30 minutes", [did("1h", "a"), did("90m-1", "b")], []),
        Story("a then no b within 30 minutes", [did("1h", "a"), did("90m", "b")], ["in 90m"]),
        Story("a then no b within 30 minutes", [did("1h", "b"), did("1h+1", "a")], ["in 90m+1"]),
        Story("a then no b within 30 minutes", [did("1h", "a"), did("1h", "b")], []),
        Story("a then no b within 30 minutes", [did("1h", "b"), did("2h@1h", "a")], []),
        Story("a then no b within 30 minutes", [did("2h@1h", "a")], ["in 2h"]),
        Story("a then no a within 30 minutes", [did("1h", "a"), did("80m", "a")], ["in 110m"]),
        // The window bounds the first one only.
        Story(
            "a then no b within 30 minutes in last 2 hours",
            [did("1h", "a")],
            ["in 90m", "out 3h"]
        ),
        Story("a then no b within 30 minutes in last 30 minutes", [did("1h", "a")], []),
        Story(
            "a then no b within 30 minutes in last 31 minutes",
            [did("1h", "a")],
            ["in 90m", "out 91m"]
        ),
        Story("a then no b within 30 minutes today", [did("1d-1", "a"), did("1d", "b")], []),
        Story("a then no b within 30 minutes today", [did("23h", "a")], ["in 23h30m", "out 1d"]),
        Story("a then no b within 30 minutes yesterday", [did("1d-1", "a"), did("1d", "b")], []),
        Story(
            "a then no b within 30 minutes yesterday",
            [did("1d-1", "a")],
            ["in 1d30m-1", "out 2d"]
        ),
        Story(
            "a then no b within 30 minutes with same sku",
            [a("1h", "x"), b("80m", "y")],
            ["in 90m"]
        ),
        Story("a then no b within 30 minutes with same sku", [a("1h", "x"), b("80m", "x")], []),
        Story(
            "a then no b within 30 minutes with same sku",
            [a("1h", nil), b("80m", nil)],
            ["in 90m"]
        ),
    ])
    func unanswered(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "a then no b within 30 minutes",
            [did("1h", "a"), did("2h@1h", "b")],
            ["in 90m", "out 2h"]
        ),
        Story(
            "a then no b within 30 minutes",
            [did("1h", "a"), did("2h@90m-1", "b")],
            ["in 90m", "out 2h"]
        ),
        Story("a then no b within 30 minutes", [did("1h", "a"), did("2h@90m", "b")], ["in 90m"]),
        Story("a then no b within 30 minutes", [did("1h", "a"), did("2h@1h-1", "b")], ["in 90m"]),
        Story(
            "a then no b within 30 minutes with same sku",
            [a("1h", "x"), b("2h@1h", "y"), b("3h@1h", "x")],
            ["in 90m", "out 3h"]
        ),
    ])
    func aLateEventBreaksAThenNo(_ story: Story) { story.check() }

    @Test func aMergeDecidesASequenceAcrossTwoDevices() {
        let world = EngineWorld(
            """
            segment done when a then b within 1 hour in last 1 day
            segment open when a then no b within 1 hour in last 1 day
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("a", anonymous: "phone")])
        world.step("2h-1", [.track("b", anonymous: "laptop")])
        world.step("3h", [.identify(user: "1", anonymous: "phone")])
        world.step("4h", [.identify(user: "1", anonymous: "laptop")])
        world.pass("9d")
        #expect(
            world.lines == [
                "2h entered open anonymous:phone time",
                "4h entered done user:1,anonymous:phone,anonymous:laptop merge #5",
                "4h exited open user:1,anonymous:phone,anonymous:laptop merge #5",
                "1d1h exited done user:1,anonymous:phone,anonymous:laptop time",
            ]
        )
    }

    @Test func aMillisecondLaterTheMergeDecidesNothing() {
        let world = EngineWorld("segment done when a then b within 1 hour in last 1 day")
        world.putRulesInForce("0")
        world.step("1h", [.track("a", anonymous: "phone")])
        world.step("2h", [.track("b", anonymous: "laptop")])
        world.step("3h", [.identify(user: "1", anonymous: "phone")])
        world.step("4h", [.identify(user: "1", anonymous: "laptop")])
        world.pass("9d")
        #expect(world.lines.isEmpty)
    }
}
