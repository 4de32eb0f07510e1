import SegmentTesting
import Testing

/// Changes of attributes, in order of event times.
@Suite struct ChangeTests {
    private static func p(_ when: String, _ value: TestValue) -> Story.Step {
        set(when, ["p": value])
    }

    @Test(arguments: [
        Story("person.p changed in last 2 hours", [p("1h", 1)], []),
        Story("person.p changed in last 2 hours", [p("1h", 1), p("2h", 2)], ["in 2h", "out 4h"]),
        Story("person.p changed in last 2 hours", [p("1h", 1), p("2h", 1)], []),
        Story(
            "person.p changed in last 2 hours",
            [p("1h", 1), p("2h", 2), p("3h", 2)],
            ["in 2h", "out 4h"]
        ),
        Story(
            "person.p changed in last 2 hours",
            [p("1h", 1), p("2h", 2), p("4h", 1)],
            ["in 2h", "out 6h"]
        ),
        Story("person.p changed", [p("1h", 1), p("2h", 2)], ["in 2h"]),
        // Unsetting is a change, and so is setting again.
        Story(
            "person.p changed in last 2 hours",
            [p("1h", 1), p("2h", nil)],
            ["in 2h", "out 4h"]
        ),
        Story(
            "person.p changed in last 2 hours",
            [p("1h", 1), p("2h", ""), p("5h", 1)],
            ["in 2h", "out 4h", "in 5h", "out 7h"]
        ),
        Story("person.p changed in last 2 hours", [p("1h", nil), p("2h", 1)], []),
        Story("person.p changed in last 2 hours", [p("1h", 1), set("2h", ["q": 2])], []),
        // Equal values of another spelling.
        Story("person.p changed", [p("1h", 1), p("2h", .number("1.0")), p("3h", "1")], []),
        Story("person.p changed", [p("1h", "a"), p("2h", "A")], ["in 2h"]),
        Story("person.p changed", [p("1h", ["a", 1]), p("2h", ["a", .number("1.0")])], []),
        Story("person.p changed", [p("1h", ["a", "b"]), p("2h", ["b", "a"])], ["in 2h"]),
        Story("person.p changed", [p("1h", ["k": 1, "l": 2]), p("2h", ["l": 2, "k": 1])], []),
        Story(
            "person.p.k changed",
            [p("1h", ["k": 1]), p("2h", ["k": 1, "l": 2]), p("3h", ["l": 2])],
            ["in 3h"]
        ),
        // By event time: a late one makes the change earlier, or undoes it.
        Story(
            "person.p changed in last 2 hours",
            [p("1h", 1), p("2h", 2), p("3h@90m", 2)],
            ["in 2h", "out 3h30m"]
        ),
        Story(
            "person.p changed in last 2 hours",
            [p("1h", 1), p("3h-1@30m", 2)],
            ["in 3h-1", "out 3h"]
        ),
        Story("person.p changed", [p("2h", 2), p("3h@1h", 1)], ["in 3h"]),
        Story("person.p changed", [p("1h", 1), p("2h@1h", 2)], ["in 2h"]),
    ])
    func changes(_ story: Story) { story.check() }

    @Test(arguments: [
        // The first value ever is a change for `to` only.
        Story(
            "person.p changed to \"pro\" in last 2 hours",
            [p("1h", "pro")],
            ["in 1h", "out 3h"]
        ),
        Story(
            "person.p changed to \"pro\" in last 2 hours",
            [p("1h", nil), p("2h", "pro")],
            ["in 2h", "out 4h"]
        ),
        Story(
            "person.p changed to \"pro\" in last 2 hours",
            [p("1h", "free"), p("2h", "pro"), p("3h", "free")],
            ["in 2h", "out 4h"]
        ),
        Story("person.p changed to \"pro\"", [p("1h", "free"), p("2h", "PRO")], []),
        Story(
            "person.p changed from \"trial\" in last 2 hours",
            [p("1h", "trial"), p("2h", "free")],
            ["in 2h", "out 4h"]
        ),
        Story(
            "person.p changed from \"trial\" in last 2 hours",
            [p("1h", "trial"), p("2h", nil)],
            ["in 2h", "out 4h"]
        ),
        Story(
            "person.p changed from \"trial\" in last 2 hours",
            [p("1h", "free"), p("2h", "trial")],
            []
        ),
        Story(
            "person.p changed from \"trial\" to \"pro\" in last 2 hours",
            [p("1h", "trial"), p("2h", "free"), p("3h", "pro"), p("4h", "trial"), p("5h", "pro")],
            ["in 5h", "out 7h"]
        ),
        Story("person.p changed from \"trial\" to \"pro\"", [p("1h", "pro")], []),
        Story("person.p changed to true", [p("1h", "true"), p("2h", true)], ["in 2h"]),
        Story("person.p changed to 5", [p("1h", 4), p("2h", "5")], ["in 2h"]),
        Story("person.p changed to 2026-01-02", [p("1h", "2026-01-02T10:00:00Z")], ["in 1h"]),
        Story("person.p changed to 2026-01-02", [p("1h", "2026-01-03T00:00:00Z")], []),
        // A late value between breaks the pair.
        Story(
            "person.p changed from 1 to 2 in last 2 hours",
            [p("1h", 1), p("2h", 2), p("3h@90m", 3)],
            ["in 2h", "out 3h"]
        ),
    ])
    func fromAndTo(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("person.p changed today", [p("1h", 1), p("23h", 2)], ["in 23h", "out 1d"]),
        Story("person.p changed yesterday", [p("1h", 1), p("23h", 2)], ["in 1d", "out 2d"]),
        Story("person.p changed this week", [p("1h", 1), p("4d-1", 2)], ["in 4d-1", "out 4d"]),
        Story(
            "person.p changed between 3 and 1 hours ago",
            [p("1h", 1), p("2h", 2)],
            ["in 3h", "out 5h"]
        ),
        Story("person.p changed since 2026-01-02", [p("1h", 1), p("1d-1", 2)], []),
        Story("person.p changed since 2026-01-02", [p("1h", 1), p("1d", 2)], ["in 1d"]),
        Story("person.p changed before 2026-01-02", [p("1h", 1), p("1d", 2)], []),
        Story(
            "person.p changed since last f",
            [p("1h", 1), p("2h", 2), did("3h", "f"), p("4h", 3)],
            ["in 2h", "out 3h", "in 4h"]
        ),
        Story(
            "person.p changed in last 2 calendar days",
            [p("1h", 1), p("2h", 2)],
            ["in 2h", "out 2d"]
        ),
    ])
    func windows(_ story: Story) { story.check() }

    @Test func aMergeJoinsBothHistories() {
        let world = EngineWorld("segment s when person.p changed in last 2 hours")
        world.putRulesInForce("0")
        world.step("1h", [.identify(user: "1", ["p": 1])])
        world.step("2h", [.identify(anonymous: "a", ["p": 2])])
        world.step("3h", [.identify(user: "1", anonymous: "a")])
        world.pass("9d")
        #expect(
            world.lines == [
                "3h entered s user:1,anonymous:a merge #4", "4h exited s user:1,anonymous:a time",
            ]
        )
    }
}
