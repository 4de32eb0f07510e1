import SegmentTesting
import Testing

/// The first and the last event of all times: where it lies, and what it is.
@Suite struct ExtremeTests {
    @Test(arguments: [
        Story("first e in last 2 hours", [did("1h"), did("2h")], ["in 1h", "out 3h"]),
        Story("first e in last 2 hours", [did("2h"), did("3h@90m")], ["in 2h", "out 3h30m"]),
        Story("first e in last 2 hours", [did("2h"), did("4h-1@2h-1")], ["in 2h", "out 4h-1"]),
        Story("last e in last 2 hours", [did("1h"), did("3h")], ["in 1h", "out 5h"]),
        Story("last e in last 2 hours", [did("1h"), did("2h@30m")], ["in 1h", "out 3h"]),
        Story("last e more than 2 hours ago", [did("1h", "x")], []),
        Story(
            "last e more than 2 hours ago",
            [did("1h"), did("4h")],
            ["in 3h", "out 4h", "in 6h"]
        ),
        Story("last e more than 2 hours ago", [did("1h"), did("3h-1")], ["in 5h-1"]),
        Story(
            "last e more than 2 hours ago",
            [did("1h"), did("4h@3h"), did("4h@2h")],
            ["in 3h", "out 4h", "in 5h"]
        ),
        Story("first e more than 2 hours ago", [did("1h"), did("2h")], ["in 3h"]),
        Story("first e more than 2 hours ago", [did("2h"), did("3h@30m")], ["in 3h"]),
        Story(
            "last e between 3 and 1 hours ago",
            [did("1h"), did("90m")],
            ["in 2h30m", "out 4h30m"]
        ),
        Story(
            "last e between 3 and 1 hours ago",
            [did("1h"), did("3h")],
            ["in 2h", "out 3h", "in 4h", "out 6h"]
        ),
        Story("first e between 3 and 1 hours ago", [did("1h"), did("90m")], ["in 2h", "out 4h"]),
        Story("first e today", [did("5h"), did("1d")], ["in 5h", "out 1d"]),
        Story("last e today", [did("5h"), did("1d")], ["in 5h", "out 2d"]),
        Story(
            "last e yesterday",
            [did("5h"), did("1d5h")],
            ["in 1d", "out 1d5h", "in 2d", "out 3d"]
        ),
        Story("first e this week", [did("4d-1"), did("4d")], ["in 4d-1", "out 4d"]),
        Story("last e in last 2 calendar months", [did("5h")], ["in 5h", "out 59d"]),
        Story("first e since 2026-01-02", [did("1d-1"), did("1d")], []),
        Story("last e since 2026-01-02", [did("1d-1"), did("1d")], ["in 1d"]),
        Story("last e before 2026-01-02", [did("1d-1"), did("1d")], ["in 1d-1", "out 1d"]),
        Story(
            "last e since last f",
            [did("1h"), did("2h", "f"), did("3h")],
            ["in 1h", "out 2h", "in 3h"]
        ),
        Story(
            "first e since last f",
            [did("1h"), did("2h", "f"), did("3h")],
            ["in 1h", "out 2h"]
        ),
        Story("last any of (e, f) more than 2 hours ago", [did("1h"), did("2h", "f")], ["in 4h"]),
        Story(
            "last e where p = 1 more than 2 hours ago",
            [did("1h", ["p": 1]), did("2h", ["p": 2])],
            ["in 3h"]
        ),
    ])
    func liesInTheWindow(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "last e.p >= 100",
            [did("1h", ["p": 100]), did("2h", ["p": 99])],
            ["in 1h", "out 2h"]
        ),
        Story("last e.p >= 100", [did("2h", ["p": 99]), did("3h@90m", ["p": 100])], []),
        Story("first e.p >= 100", [did("2h", ["p": 99]), did("3h@90m", ["p": 100])], ["in 3h"]),
        Story("first e.p >= 100", [did("1h", ["p": 100]), did("2h", ["p": 99])], ["in 1h"]),
        // One at the same time: the sequence decides.
        Story("last e.p = 1", [did("1h", ["p": 2]), did("2h@1h", ["p": 1])], ["in 2h"]),
        Story("last e.p = 1", [did("1h", ["p": 1]), did("2h@1h", ["p": 2])], ["in 1h", "out 2h"]),
        Story("first e.p = 1", [did("1h", ["p": 1]), did("2h@1h", ["p": 2])], ["in 1h"]),
        Story("first e.p = 1", [did("1h", ["p": 2]), did("2h@1h", ["p": 1])], []),
        // Without such an event nothing holds of it.
        Story("last e.p != 1", [did("1h", "x"), did("2h")], ["in 2h"]),
        Story("first e.p != 1", [did("1h", "x"), did("2h", ["p": 2])], ["in 2h"]),
        Story(
            "last e.p is not set",
            [did("1h", "x"), did("2h"), did("3h", ["p": 1])],
            ["in 2h", "out 3h"]
        ),
        Story("not last e.p = 1", [did("1h", "x"), did("2h", ["p": 1])], ["in 1h", "out 2h"]),
        Story("last e.p one of (1, \"a\")", [did("1h", ["p": "a"])], ["in 1h"]),
        Story("last e.p.q = 1", [did("1h", ["p": ["q": 1]])], ["in 1h"]),
        Story(
            "last e where p = 1 has q = 2",
            [did("1h", ["p": 1, "q": 2]), did("2h", ["p": 2, "q": 3]), did("3h", ["p": 1])],
            ["in 1h", "out 3h"]
        ),
        Story(
            "first e has p = 1 in last 2 hours",
            [did("1h", ["p": 1]), did("2h", ["p": 2])],
            ["in 1h", "out 3h"]
        ),
        Story(
            "last e has p = 1 more than 2 hours ago",
            [did("1h", ["p": 1]), did("4h", ["p": 1]), did("5h", ["p": 2])],
            ["in 3h", "out 4h"]
        ),
        Story(
            "last e has not p = 1",
            [did("1h", "x"), did("2h"), did("3h", ["p": 1])],
            ["in 2h", "out 3h"]
        ),
        Story(
            "last e has any items (k = 1)",
            [did("1h", ["items": [["k": 1]]]), did("2h", ["items": [["k": 2]]])],
            ["in 1h", "out 2h"]
        ),
    ])
    func hasWhatIsSaid(_ story: Story) { story.check() }

    private static func due(_ when: String, _ time: TestValue) -> Story.Step {
        did(when, ["t": time])
    }

    @Test(arguments: [
        Story(
            "last e.t in next 2 hours",
            [due("1h", "2026-01-01T05:00:00Z")],
            ["in 3h", "out 5h"]
        ),
        Story(
            "last e.t in last 2 hours",
            [due("1h", "2026-01-01T05:00:00Z")],
            ["in 5h", "out 7h"]
        ),
        Story("last e.t more than 2 hours ago", [due("1h", "2026-01-01T05:00:00Z")], ["in 7h"]),
        Story(
            "last e.t in next 2 hours",
            [due("1h", "2026-01-01T05:00:00Z"), due("4h", "2026-01-01T09:00:00Z")],
            ["in 3h", "out 4h", "in 7h", "out 9h"]
        ),
        // The same tests in a filter: an event counts while they hold.
        Story(
            "e where t in next 2 hours",
            [due("1h", "2026-01-01T05:00:00Z")],
            ["in 3h", "out 5h"]
        ),
        Story(
            "e where t in next 2 hours in last 3 hours",
            [due("1h", "2026-01-01T05:00:00Z")],
            ["in 3h", "out 4h"]
        ),
        Story(
            "e where t between 3 and 1 hours ago",
            [due("1h", "2026-01-01T05:00:00Z")],
            ["in 6h", "out 8h"]
        ),
        Story(
            "at least 2 e where t in last 2 hours",
            [due("1h", "2026-01-01T05:00:00Z"), due("2h", "2026-01-01T06:00:00Z")],
            ["in 6h", "out 7h"]
        ),
        Story(
            "no e where t more than 2 hours ago",
            [due("1h", "2026-01-01T05:00:00Z")],
            ["in 1h", "out 7h"]
        ),
        Story("e where t in next 2 hours", [due("1h", "soon"), due("2h", 5)], []),
    ])
    func timesOfEvents(_ story: Story) { story.check() }
}
