import SegmentTesting
import Testing

/// On how many different local days, weeks and months something happened.
@Suite struct PeriodTests {
    @Test(arguments: [
        Story("at least 2 days with e in last 7 days", [did("5h"), did("1d-1")], []),
        Story(
            "at least 2 days with e in last 7 days",
            [did("5h"), did("1d")],
            ["in 1d", "out 7d5h"]
        ),
        Story(
            "at least 2 days with e in last 7 days",
            [did("1d-1"), did("1d")],
            ["in 1d", "out 8d-1"]
        ),
        Story(
            "at least 2 days with e in last 7 days",
            [did("5h"), did("6h"), did("1d")],
            ["in 1d", "out 7d6h"]
        ),
        Story(
            "at least 2 days with e in last 7 days",
            [did("1d"), did("2d@1d-1")],
            ["in 2d", "out 8d-1"]
        ),
        Story("at least 2 days with e", [did("5h"), did("900d")], ["in 900d"]),
        Story(
            "exactly 1 days with e in last 1 day",
            [did("5h"), did("1d")],
            ["in 5h", "out 1d", "in 1d5h", "out 2d"]
        ),
        Story(
            "at most 1 days with e in last 1 day",
            [did("5h"), did("1d")],
            ["in 5h", "out 1d", "in 1d5h"]
        ),
        Story("no days with e in last 1 day", [did("5h")], ["in 1d5h"]),
        Story(
            "between 2 and 3 days with e",
            [did("5h"), did("1d"), did("2d"), did("3d")],
            ["in 1d", "out 3d"]
        ),
        Story(
            "at least 2 days with e where p = 1",
            [did("5h", ["p": 1]), did("1d"), did("2d", ["p": 1])],
            ["in 2d"]
        ),
        // So many on each.
        Story(
            "at least 2 days with at least 2 e",
            [did("5h"), did("6h"), did("1d"), did("2d-1")],
            ["in 2d-1"]
        ),
        Story(
            "at least 1 days with exactly 2 e",
            [did("5h"), did("6h"), did("7h")],
            ["in 6h", "out 7h"]
        ),
        Story(
            "at least 1 days with at least 2 e in last 2 hours",
            [did("5h"), did("6h")],
            ["in 6h", "out 7h"]
        ),
    ])
    func days(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("at least 2 weeks with e", [did("5h"), did("4d-1")], []),
        Story("at least 2 weeks with e", [did("4d-1"), did("4d")], ["in 4d"]),
        Story("at least 2 months with e", [did("5h"), did("31d-1")], []),
        Story("at least 2 months with e", [did("31d-1"), did("31d")], ["in 31d"]),
        Story(
            "at least 2 months with e in last 60 days",
            [did("5h"), did("31d")],
            ["in 31d", "out 60d5h"]
        ),
        Story(
            "at least 2 weeks with e in last 2 calendar weeks",
            [did("5h"), did("4d")],
            ["in 4d", "out 11d"]
        ),
        Story("at least 2 days with e this week", [did("5h"), did("3d")], ["in 3d", "out 4d"]),
        Story(
            "at least 2 days with e since 2026-01-02",
            [did("5h"), did("1d"), did("2d")],
            ["in 2d"]
        ),
        Story(
            "at least 2 days with e since last f",
            [did("5h"), did("1d"), did("2d", "f"), did("3d"), did("4d")],
            ["in 1d", "out 2d", "in 4d"]
        ),
        Story(
            "at least 2 days with e between 3 and 1 days ago",
            [did("5h"), did("1d5h")],
            ["in 2d5h", "out 3d5h"]
        ),
        Story(
            "at least 2 months with e",
            [did("2028-02-29T23:59:59.999Z"), did("2028-03-01T00:00:00Z")],
            ["in 2028-03-01T00:00:00Z"]
        ),
    ])
    func weeksMonthsAndWindows(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "at least 2 days with e",
            [did("23h-1"), did("23h")],
            ["in 23h"],
            zone: "Europe/Berlin"
        ),
        Story("at least 2 days with e", [did("1d-1"), did("1d")], [], zone: "Europe/Berlin"),
        // 29 March has 23 hours.
        Story(
            "at least 2 days with e",
            [did("2026-03-28T23:00:00Z"), did("2026-03-29T21:59:59.999Z")],
            [],
            zone: "Europe/Berlin"
        ),
        Story(
            "at least 2 days with e",
            [did("2026-03-28T23:00:00Z"), did("2026-03-29T22:00:00Z")],
            ["in 2026-03-29T22:00:00Z"],
            zone: "Europe/Berlin"
        ),
        // 25 October has 25.
        Story(
            "at least 2 days with e",
            [did("2026-10-24T22:00:00Z"), did("2026-10-25T22:59:59.999Z")],
            [],
            zone: "Europe/Berlin"
        ),
        Story(
            "at least 2 days with e",
            [did("2026-10-24T22:00:00Z"), did("2026-10-25T23:00:00Z")],
            ["in 2026-10-25T23:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "at least 2 days with e",
            [did("2026-03-08T04:59:59.999Z"), did("2026-03-08T05:00:00Z")],
            ["in 2026-03-08T05:00:00Z"],
            zone: "America/Havana"
        ),
    ])
    func inTheTwoNightsOfAClockChange(_ story: Story) { story.check() }
}
