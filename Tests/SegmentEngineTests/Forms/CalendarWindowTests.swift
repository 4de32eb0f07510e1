import SegmentTesting
import Testing

/// Windows that turn at local midnight, also in the nights in which clocks change.
@Suite struct CalendarWindowTests {
    /// The epoch of the tests, 1 January 2026, is a Thursday.
    @Test(arguments: [
        Story("e today", [did("5h")], ["in 5h", "out 1d"]),
        Story("e today", [did("1d-1")], ["in 1d-1", "out 1d"]),
        Story("e today", [did("1d")], ["in 1d", "out 2d"]),
        Story("e today", [did("1d@1d-1")], []),
        // Received on the day before, it lies in none until its day.
        Story("e today", [did("1d-1@1d")], ["in 1d", "out 2d"]),
        Story("no e today", [did("5h")], ["in 1d"]),
        Story("e yesterday", [did("5h")], ["in 1d", "out 2d"]),
        Story("e yesterday", [did("1d-1")], ["in 1d", "out 2d"]),
        Story("e yesterday", [did("1d")], ["in 2d", "out 3d"]),
        Story("e yesterday", [did("2d-1@0")], ["in 2d-1", "out 2d"]),
        Story("e yesterday", [did("2d@0")], []),
        Story("no e yesterday", [did("5h")], ["in 5h", "out 1d", "in 2d"]),
        Story("e this week", [did("5h")], ["in 5h", "out 4d"]),
        Story("e this week", [did("4d-1")], ["in 4d-1", "out 4d"]),
        Story("e this week", [did("4d")], ["in 4d", "out 11d"]),
        Story("e this month", [did("5h")], ["in 5h", "out 31d"]),
        Story("e this month", [did("31d-1")], ["in 31d-1", "out 31d"]),
        Story("e this month", [did("31d")], ["in 31d", "out 59d"]),
        Story("e this year", [did("5h")], ["in 5h", "out 365d"]),
        Story("e this year", [did("365d-1")], ["in 365d-1", "out 365d"]),
        Story("e in last 1 calendar days", [did("5h")], ["in 5h", "out 1d"]),
        Story("e in last 2 calendar days", [did("5h")], ["in 5h", "out 2d"]),
        Story("e in last 2 calendar days", [did("2d-1@0")], ["in 2d-1", "out 2d"]),
        Story("e in last 2 calendar days", [did("2d@1d-1")], []),
        Story("e in last 2 calendar weeks", [did("5h")], ["in 5h", "out 11d"]),
        Story("e in last 2 calendar months", [did("5h")], ["in 5h", "out 59d"]),
        Story("e in last 12 calendar months", [did("5h")], ["in 5h", "out 365d"]),
        Story(
            "at least 2 e today",
            [did("5h"), did("1d-1"), did("1d")],
            ["in 1d-1", "out 1d"]
        ),
    ])
    func inUTC(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("e today", [did("5h")], ["in 5h", "out 23h"], zone: "Europe/Berlin"),
        Story("e today", [did("23h")], ["in 23h", "out 1d23h"], zone: "Europe/Berlin"),
        Story("e yesterday", [did("5h")], ["in 23h", "out 1d23h"], zone: "Europe/Berlin"),
        Story("e this week", [did("5h")], ["in 5h", "out 3d23h"], zone: "Europe/Berlin"),
        Story("e this month", [did("5h")], ["in 5h", "out 30d23h"], zone: "Europe/Berlin"),
        Story("e this year", [did("5h")], ["in 5h", "out 364d23h"], zone: "Europe/Berlin"),
        Story("e today", [did("5h-1")], ["in 5h-1", "out 5h"], zone: "America/New_York"),
        Story("e today", [did("5h")], ["in 5h", "out 1d5h"], zone: "America/New_York"),
        Story("e this year", [did("5h-1")], ["in 5h-1", "out 5h"], zone: "America/New_York"),
        Story("e today", [did("5h")], ["in 5h", "out 18h15m"], zone: "Asia/Kathmandu"),
        Story("e today", [did("18h15m")], ["in 18h15m", "out 1d18h15m"], zone: "Asia/Kathmandu"),
        // From summer into winter the month is longer by an hour: October begins two hours before UTC.
        Story(
            "e this month",
            [did("2026-09-30T22:00:00Z")],
            ["in 2026-09-30T22:00:00Z", "out 2026-10-31T23:00:00Z"],
            zone: "Europe/Berlin"
        ),
    ])
    func inTheZoneOfTheFile(_ story: Story) { story.check() }

    /// In Berlin 29 March 2026 has 23 hours and 25 October 25; in New York 8 March and 1 November.
    @Test(arguments: [
        Story(
            "e today",
            [did("2026-03-28T22:59:59.999Z")],
            ["in 2026-03-28T22:59:59.999Z", "out 2026-03-28T23:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "e today",
            [did("2026-03-28T23:00:00Z")],
            ["in 2026-03-28T23:00:00Z", "out 2026-03-29T22:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "e yesterday",
            [did("2026-03-28T23:00:00Z")],
            ["in 2026-03-29T22:00:00Z", "out 2026-03-30T22:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "e in last 2 calendar days",
            [did("2026-03-28T22:59:59.999Z")],
            ["in 2026-03-28T22:59:59.999Z", "out 2026-03-29T22:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "e this week",
            [did("2026-03-22T23:00:00Z")],
            ["in 2026-03-22T23:00:00Z", "out 2026-03-29T22:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "e today",
            [did("2026-10-24T21:59:59.999Z")],
            ["in 2026-10-24T21:59:59.999Z", "out 2026-10-24T22:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "e today",
            [did("2026-10-24T22:00:00Z")],
            ["in 2026-10-24T22:00:00Z", "out 2026-10-25T23:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "e yesterday",
            [did("2026-10-25T22:59:59.999Z")],
            ["in 2026-10-25T23:00:00Z", "out 2026-10-26T23:00:00Z"],
            zone: "Europe/Berlin"
        ),
        Story(
            "e today",
            [did("2026-03-08T05:00:00Z")],
            ["in 2026-03-08T05:00:00Z", "out 2026-03-09T04:00:00Z"],
            zone: "America/New_York"
        ),
        Story(
            "e today",
            [did("2026-11-01T04:00:00Z")],
            ["in 2026-11-01T04:00:00Z", "out 2026-11-02T05:00:00Z"],
            zone: "America/New_York"
        ),
    ])
    func theTwoNightsOfAClockChange(_ story: Story) { story.check() }

    @Test(arguments: [
        // No midnight: the day begins behind the gap.
        Story(
            "e today",
            [did("2026-03-08T04:59:59.999Z")],
            ["in 2026-03-08T04:59:59.999Z", "out 2026-03-08T05:00:00Z"],
            zone: "America/Havana"
        ),
        Story(
            "e today",
            [did("2026-03-08T05:00:00Z")],
            ["in 2026-03-08T05:00:00Z", "out 2026-03-09T04:00:00Z"],
            zone: "America/Havana"
        ),
        // Midnight twice: the day begins at the first.
        Story(
            "e today",
            [did("2026-11-01T03:59:59.999Z")],
            ["in 2026-11-01T03:59:59.999Z", "out 2026-11-01T04:00:00Z"],
            zone: "America/Havana"
        ),
        Story(
            "e today",
            [did("2026-11-01T04:00:00Z")],
            ["in 2026-11-01T04:00:00Z", "out 2026-11-02T05:00:00Z"],
            zone: "America/Havana"
        ),
        Story(
            "e today",
            [did("2018-11-04T03:00:00Z")],
            ["in 2018-11-04T03:00:00Z", "out 2018-11-05T02:00:00Z"],
            zone: "America/Sao_Paulo"
        ),
        // The hour before midnight twice: the day has 25.
        Story(
            "e today",
            [did("2019-02-16T02:00:00Z")],
            ["in 2019-02-16T02:00:00Z", "out 2019-02-17T03:00:00Z"],
            zone: "America/Sao_Paulo"
        ),
        Story(
            "e today",
            [did("2019-02-17T02:59:59.999Z")],
            ["in 2019-02-17T02:59:59.999Z", "out 2019-02-17T03:00:00Z"],
            zone: "America/Sao_Paulo"
        ),
        // A day has begun where the clocks have shown its date, though they go back behind it.
        Story(
            "e today",
            [did("2010-11-07T02:29:59.999Z")],
            ["in 2010-11-07T02:29:59.999Z", "out 2010-11-07T02:30:00Z"],
            zone: "America/St_Johns"
        ),
        Story(
            "e today",
            [did("2010-11-07T02:31:00Z")],
            ["in 2010-11-07T02:31:00Z", "out 2010-11-08T03:30:00Z"],
            zone: "America/St_Johns"
        ),
        Story(
            "e yesterday",
            [did("2010-11-07T03:30:59.999Z")],
            ["in 2010-11-08T03:30:00Z", "out 2010-11-09T03:30:00Z"],
            zone: "America/St_Johns"
        ),
    ])
    func clocksThatChangeAtMidnight(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "e this month",
            [did("2028-02-29T23:59:59.999Z")],
            ["in 2028-02-29T23:59:59.999Z", "out 2028-03-01T00:00:00Z"]
        ),
        Story(
            "e this month",
            [did("2028-02-01T00:00:00Z")],
            ["in 2028-02-01T00:00:00Z", "out 2028-03-01T00:00:00Z"]
        ),
        Story(
            "e today",
            [did("2028-02-29T00:00:00Z")],
            ["in 2028-02-29T00:00:00Z", "out 2028-03-01T00:00:00Z"]
        ),
        Story(
            "e today",
            [did("2026-02-28T12:00:00Z")],
            ["in 2026-02-28T12:00:00Z", "out 2026-03-01T00:00:00Z"]
        ),
        Story(
            "e this year",
            [did("2028-02-29T12:00:00Z")],
            ["in 2028-02-29T12:00:00Z", "out 2029-01-01T00:00:00Z"]
        ),
    ])
    func the29thOfFebruary(_ story: Story) { story.check() }
}
