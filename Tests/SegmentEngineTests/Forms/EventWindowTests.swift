import SegmentTesting
import Testing

/// Events in every window that is no calendar's, to the millisecond.
@Suite struct EventWindowTests {
    @Test(arguments: [
        Story("e", [did("1h")], ["in 1h"]),
        Story("e ever", [did("1h")], ["in 1h"]),
        Story("e in last 2 hours", [did("1h")], ["in 1h", "out 3h"]),
        Story("e in last 1 second", [did("1h")], ["in 1h", "out 1h1s"]),
        Story("e in last 20ms", [did("1h")], ["in 1h", "out 1h+20"]),
        Story("e in last 2 hours", [did("1h"), did("3h-1")], ["in 1h", "out 5h-1"]),
        Story("e in last 2 hours", [did("1h"), did("3h")], ["in 1h", "out 5h"]),
        Story(
            "e in last 2 hours",
            [did("1h"), did("3h+1")],
            ["in 1h", "out 3h", "in 3h+1", "out 5h+1"]
        ),
        // A late one counts from its reception to its own end.
        Story("e in last 2 hours", [did("3h-1@1h")], ["in 3h-1", "out 3h"]),
        Story("e in last 2 hours", [did("3h@1h")], []),
        Story("e in last 2 hours", [did("3h@1h+1")], ["in 3h", "out 3h+1"]),
        // One from the future is there when it is received.
        Story("e in last 2 hours", [did("1h@1h5m")], ["in 1h", "out 3h5m"]),
        Story("e in last 2 hours", [did("1h@1h5m+1")], ["in 1h", "out 3h"]),
    ])
    func inLast(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("e between 3 and 1 hours ago", [did("1h")], ["in 2h", "out 4h"]),
        Story("no e between 3 and 1 hours ago", [did("1h")], ["in 1h", "out 2h", "in 4h"]),
        Story("e between 3 and 1 hours ago", [did("1h"), did("2h")], ["in 2h", "out 5h"]),
        Story("e between 3 and 1 hours ago", [did("1h"), did("3h")], ["in 2h", "out 6h"]),
        Story(
            "e between 3 and 1 hours ago",
            [did("1h"), did("3h+1")],
            ["in 2h", "out 4h", "in 4h+1", "out 6h+1"]
        ),
        Story("e between 3 and 1 hours ago", [did("2h-1@1h")], ["in 2h", "out 4h"]),
        Story("e between 3 and 1 hours ago", [did("4h-1@1h")], ["in 4h-1", "out 4h"]),
        Story("e between 3 and 1 hours ago", [did("4h@1h")], []),
        Story("e between 3 and 1 hours ago", [did("1h@1h5m")], ["in 2h5m", "out 4h5m"]),
        Story("e between 90m and 30m ago", [did("1h")], ["in 1h30m", "out 2h30m"]),
        Story(
            "at least 2 e between 3 and 1 hours ago",
            [did("1h"), did("2h")],
            ["in 3h", "out 4h"]
        ),
        Story(
            "exactly 1 e between 3 and 1 hours ago",
            [did("1h"), did("2h")],
            ["in 2h", "out 3h", "in 4h", "out 5h"]
        ),
    ])
    func betweenAgo(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("e since 2026-01-02", [did("1d-1")], []),
        Story("e since 2026-01-02", [did("1d")], ["in 1d"]),
        Story("e since 2026-01-02", [did("1d+1")], ["in 1d+1"]),
        Story("e since 2026-01-02", [did("5d@1d-1")], []),
        Story("e since 2026-01-02", [did("1d-1@1d")], ["in 1d-1"]),
        Story("no e since 2026-01-02", [did("1d-1"), did("1d")], ["in 1d-1", "out 1d"]),
        Story("e before 2026-01-02", [did("1d-1")], ["in 1d-1"]),
        Story("e before 2026-01-02", [did("1d")], []),
        Story("e before 2026-01-02", [did("9d@1d-1")], ["in 9d"]),
        Story("e between 2026-01-02 and 2026-01-03", [did("1d-1")], []),
        Story("e between 2026-01-02 and 2026-01-03", [did("1d")], ["in 1d"]),
        Story("e between 2026-01-02 and 2026-01-03", [did("3d-1")], ["in 3d-1"]),
        Story("e between 2026-01-02 and 2026-01-03", [did("3d")], []),
        // A time of day bounds at that instant, excluded as an end.
        Story("e before 2026-01-02T06:00:00Z", [did("1d6h-1")], ["in 1d6h-1"]),
        Story("e before 2026-01-02T06:00:00Z", [did("1d6h")], []),
        Story("e since 2026-01-02T06:00:00Z", [did("1d6h-1")], []),
        Story("e since 2026-01-02T06:00:00Z", [did("1d6h")], ["in 1d6h"]),
        Story(
            "e between 2026-01-02T06:00:00Z and 2026-01-02T07:00:00Z",
            [did("1d7h")],
            []
        ),
        Story(
            "e between 2026-01-02T06:00:00Z and 2026-01-02T07:00:00Z",
            [did("1d7h-1")],
            ["in 1d7h-1"]
        ),
        // Days are those of the file's zone.
        Story("e since 2026-01-02", [did("23h-1")], [], zone: "Europe/Berlin"),
        Story("e since 2026-01-02", [did("23h")], ["in 23h"], zone: "Europe/Berlin"),
        Story("e before 2026-01-02", [did("23h-1")], ["in 23h-1"], zone: "Europe/Berlin"),
        Story("e before 2026-01-02", [did("23h")], [], zone: "Europe/Berlin"),
        Story("at least 2 e since 2026-01-02", [did("1d-1"), did("1d"), did("2d")], ["in 2d"]),
    ])
    func dates(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("e since last f", [did("1h")], ["in 1h"]),
        Story("e since last f", [did("1h"), did("2h", "f")], ["in 1h", "out 2h"]),
        Story(
            "e since last f",
            [did("1h"), did("2h", "f"), did("3h")],
            ["in 1h", "out 2h", "in 3h"]
        ),
        Story("e since last f", [did("2h", "f"), did("3h@2h-1")], []),
        Story("e since last f", [did("2h", "f"), did("3h@2h")], ["in 3h"]),
        Story("e since last f", [did("2h", "f"), did("3h@2h+1")], ["in 3h"]),
        // The mark may come late.
        Story("e since last f", [did("1h"), did("2h@1h", "f")], ["in 1h"]),
        Story("e since last f", [did("1h"), did("2h@1h+1", "f")], ["in 1h", "out 2h"]),
        // A mark behind the latest one changes nothing.
        Story(
            "e since last f",
            [did("2h", "f"), did("3h"), did("4h@1h", "f")],
            ["in 3h"]
        ),
        // The mark does not count itself, another at the same time does.
        Story("e since last e", [did("1h")], []),
        Story("e since last e", [did("1h"), did("2h@1h"), did("3h")], ["in 2h", "out 3h"]),
        Story(
            "any of (e, f) since last f",
            [did("1h", "f"), did("2h"), did("3h", "f")],
            ["in 2h", "out 3h"]
        ),
        Story(
            "e since last f where p = 1",
            [did("1h"), did("2h", "f", ["p": 2]), did("3h", "f", ["p": 1])],
            ["in 1h", "out 3h"]
        ),
        Story(
            "at least 2 e since last f",
            [did("1h", "f"), did("2h"), did("3h"), did("4h", "f")],
            ["in 3h", "out 4h"]
        ),
        Story(
            "no e since last f",
            [did("1h"), did("2h", "f"), did("3h")],
            ["in 2h", "out 3h"]
        ),
    ])
    func sinceLast(_ story: Story) { story.check() }

    private static let contract = "activity e, f\n"

    @Test(arguments: [
        Story("any event in last 1 hour", [set("1h"), did("2h", "x")], ["in 2h", "out 3h"]),
        Story(
            "any event like \"shop_*\" in last 1 hour",
            [did("1h", "shop"), did("2h", "shop_"), did("3h", "a_shop_x"), did("4h", "shop_x")],
            ["in 2h", "out 3h", "in 4h", "out 5h"]
        ),
        Story(
            "at least 2 event like \"*_view\"",
            [did("1h", "a_view"), did("2h", "_views"), did("3h", "_view")],
            ["in 3h"]
        ),
        Story(
            "any of (x, any event like \"*y\") in last 1 hour",
            [did("1h", "x"), did("2h", "yy"), did("3h", "yz")],
            ["in 1h", "out 3h"]
        ),
        Story(
            contract + "segment s when any activity in last 1 hour",
            [did("1h"), did("90m", "x"), did("3h", "x"), did("4h", "f")],
            ["in 1h", "out 2h", "in 4h", "out 5h"]
        ),
        Story(
            contract + "segment s when at most 1 activity in last 1 hour",
            [did("1h"), did("90m", "f")],
            ["in 1h", "out 90m", "in 2h"]
        ),
        Story(
            "e where (p = 1 and q > 2) in last 1 hour",
            [did("1h", ["p": 1, "q": 2]), did("2h", ["p": 1, "q": 3])],
            ["in 2h", "out 3h"]
        ),
    ])
    func events(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "at most 1 e in last 1 hour",
            [did("1h"), did("90m")],
            ["in 1h", "out 90m", "in 2h"]
        ),
        Story(
            "exactly 1 e in last 1 hour",
            [did("1h"), did("90m")],
            ["in 1h", "out 90m", "in 2h", "out 2h30m"]
        ),
        Story(
            "fewer than 2 e in last 1 hour",
            [did("1h"), did("90m")],
            ["in 1h", "out 90m", "in 2h"]
        ),
    ])
    func aFallingCountCausesAnEntry(_ story: Story) { story.check() }
}
