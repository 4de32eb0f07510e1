import SegmentTesting
import Testing

/// Attributes that are times: windows, dates and anniversaries.
@Suite struct AttributeTimeTests {
    private static func t(_ when: String, _ time: TestValue) -> Story.Step {
        set(when, ["t": time])
    }

    private static let five: TestValue = "2026-01-01T05:00:00Z"

    @Test(arguments: [
        Story("person.t in last 2 hours", [t("1h", five)], ["in 5h", "out 7h"]),
        Story("person.t in last 2 hours", [t("7h-1", five)], ["in 7h-1", "out 7h"]),
        Story("person.t in last 2 hours", [t("7h", five)], []),
        Story("person.t in next 2 hours", [t("1h", five)], ["in 3h", "out 5h"]),
        Story("person.t in next 2 hours", [t("5h-1", five)], ["in 5h-1", "out 5h"]),
        Story("person.t in next 2 hours", [t("5h", five)], []),
        Story("person.t more than 2 hours ago", [t("1h", five)], ["in 7h"]),
        Story("person.t between 3 and 1 hours ago", [t("1h", five)], ["in 6h", "out 8h"]),
        Story("not person.t in next 2 hours", [t("1h", five)], ["in 1h", "out 3h", "in 5h"]),
        Story("person.t in next 2 hours", [t("1h", five), t("4h", nil)], ["in 3h", "out 4h"]),
        Story(
            "person.t in next 2 hours",
            [t("1h", five), t("4h", "2026-01-01T09:00:00.001Z")],
            ["in 3h", "out 4h", "in 7h+1", "out 9h+1"]
        ),
        Story(
            "person.t in last 2 hours",
            [t("1h", "2026-01-01T06:00:00+01:00")],
            ["in 5h", "out 7h"]
        ),
        // A date begins at midnight: in UTC, or in the file's zone.
        Story("person.t in next 2 hours", [t("1h", "2026-01-02")], ["in 22h", "out 1d"]),
        Story("person.t in last 2 hours", [t("1h", "soon")], []),
        Story("person.t more than 2 hours ago", [t("9h", 5)], []),
        Story("person.a.t in next 2 hours", [set("1h", ["a": ["t": five]])], ["in 3h", "out 5h"]),
        Story(
            "person.t in next 2 hours and person.u in last 2 hours",
            [set("1h", ["t": five, "u": "2026-01-01T04:00:00Z"])],
            ["in 4h", "out 5h"]
        ),
    ])
    func windows(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("person.t before 2026-01-02", [t("1h", "2026-01-01T23:59:59.999Z")], ["in 1h"]),
        Story("person.t before 2026-01-02", [t("1h", "2026-01-02T00:00:00Z")], []),
        Story("person.t after 2026-01-02", [t("1h", "2026-01-02T23:59:59.999Z")], []),
        Story("person.t after 2026-01-02", [t("1h", "2026-01-03T00:00:00Z")], ["in 1h"]),
        Story("person.t = 2026-01-02", [t("1h", "2026-01-02T23:59:59.999Z")], ["in 1h"]),
        Story("person.t = 2026-01-02", [t("1h", "2026-01-01T23:59:59.999Z")], []),
        Story("person.t != 2026-01-02", [t("1h", "2026-01-01T23:59:59.999Z")], ["in 1h"]),
        Story(
            "person.t between 2026-01-02 and 2026-01-03",
            [t("1h", "2026-01-03T23:59:59.999Z")],
            ["in 1h"]
        ),
        Story("person.t between 2026-01-02 and 2026-01-03", [t("1h", "2026-01-04T00:00:00Z")], []),
        // Days of the file's zone.
        Story(
            "person.t = 2026-01-02",
            [t("1h", "2026-01-01T23:00:00Z")],
            ["in 1h"],
            zone: "Europe/Berlin"
        ),
        Story(
            "person.t = 2026-01-02",
            [t("1h", "2026-01-02T23:00:00Z")],
            [],
            zone: "Europe/Berlin"
        ),
        Story(
            "person.t after 2026-03-29",
            [t("1h", "2026-03-29T21:59:59.999Z")],
            [],
            zone: "Europe/Berlin"
        ),
        Story(
            "person.t after 2026-03-29",
            [t("1h", "2026-03-29T22:00:00Z")],
            ["in 1h"],
            zone: "Europe/Berlin"
        ),
        Story(
            "person.t before 2026-10-26",
            [t("1h", "2026-10-25T22:59:59.999Z")],
            ["in 1h"],
            zone: "Europe/Berlin"
        ),
        Story(
            "person.t before 2026-10-26",
            [t("1h", "2026-10-25T23:00:00Z")],
            [],
            zone: "Europe/Berlin"
        ),
    ])
    func dates(_ story: Story) { story.check() }

    /// A date without a time of day is a day where the rule is, as dates in rules are.
    @Test(
        arguments: [
            Story("person.t in next 2 hours", [t("1h", "2026-01-02")], ["in 1d3h", "out 1d5h"]),
            Story("person.t in last 2 hours", [t("1h", "2026-01-02")], ["in 1d5h", "out 1d7h"]),
            Story("person.t more than 2 hours ago", [t("1h", "2026-01-02")], ["in 1d7h"]),
            Story(
                "person.t between 2 and 1 hours ago",
                [t("1h", "2026-01-02")],
                ["in 1d6h", "out 1d7h"]
            ),
            Story("person.t = 2026-01-02", [t("1h", "2026-01-02")], ["in 1h"]),
            Story("person.t one of (2026-01-02, 2026-01-04)", [t("1h", "2026-01-02")], ["in 1h"]),
            Story("person.t contains 2026-01-02", [t("1h", ["2026-01-02"])], ["in 1h"]),
            Story("person.t before 2026-01-02", [t("1h", "2026-01-02")], []),
            Story("person.t before 2026-01-02", [t("1h", "2026-01-02T00:00:00Z")], ["in 1h"]),
            Story("person.t after 2026-01-01", [t("1h", "2026-01-02")], ["in 1h"]),
            Story("person.t >= 2026-01-02T05:00:00Z", [t("1h", "2026-01-02")], ["in 1h"]),
            Story("person.t > 2026-01-02T05:00:00Z", [t("1h", "2026-01-02")], []),
            Story("person.t between 2026-01-01 and 2026-01-02", [t("1h", "2026-01-02")], ["in 1h"]),
            Story("e where t = 2026-01-02", [did("1h", ["t": "2026-01-02"])], ["in 1h"]),
            Story(
                "e where t in next 2 hours",
                [did("1h", ["t": "2026-01-02"])],
                ["in 1d3h", "out 1d5h"]
            ),
            Story(
                "e where any t (d in next 2 hours)",
                [did("1h", ["t": [["d": "2026-01-02"]]])],
                ["in 1d3h", "out 1d5h"]
            ),
            Story(
                "person.t changed from 2026-01-02 to 2026-01-03 in last 1 hour",
                [t("1h", "2026-01-02"), t("2h", "2026-01-03")],
                ["in 2h", "out 3h"]
            ),
            Story(
                "person.t anniversary in next 1 day and e in last 300 days",
                [t("0", "2025-02-01"), did("0")],
                ["in 2026-01-31T05:00:00Z", "out 2026-02-01T05:00:00Z"]
            ),
            Story(
                "person.t anniversary in next 1 day and e in last 300 days",
                [t("0", "2024-02-29"), did("0")],
                ["in 2026-02-28T05:00:00Z", "out 2026-03-01T05:00:00Z"]
            ),
        ].map { $0.inZone("America/New_York") }
    )
    func datesWithoutATimeOfDay(_ story: Story) { story.check() }

    private static let day = "person.t anniversary in next 1 day"

    @Test func anniversariesComeEveryYear() {
        Story(
            Self.day + " and e in last 700 days",
            [Self.t("0", "2026-03-01T12:00:00Z"), did("0")],
            ["in 2027-02-28T12:00:00Z", "out 2027-03-01T12:00:00Z"]
        ).check()
        Story(
            Self.day + " and e in last 900 days",
            [Self.t("0", "2020-06-01T12:00:00Z"), did("0")],
            [
                "in 2026-05-31T12:00:00Z", "out 2026-06-01T12:00:00Z",
                "in 2027-05-31T12:00:00Z", "out 2027-06-01T12:00:00Z",
                "in 2028-05-31T12:00:00Z", "out 2028-06-01T12:00:00Z",
            ]
        ).check()
    }

    /// 29 February is kept on 1 March in other years.
    @Test func the29thOfFebruary() {
        Story(
            Self.day + " and e in last 1200 days",
            [Self.t("0", "2024-02-29T12:00:00Z"), did("0")],
            [
                "in 2026-02-28T12:00:00Z", "out 2026-03-01T12:00:00Z",
                "in 2027-02-28T12:00:00Z", "out 2027-03-01T12:00:00Z",
                "in 2028-02-28T12:00:00Z", "out 2028-02-29T12:00:00Z",
                "in 2029-02-28T12:00:00Z", "out 2029-03-01T12:00:00Z",
            ]
        ).check()
    }

    private static func once(_ time: TestValue, _ turns: [String], zone: String = "UTC") -> Story {
        Story(day + " and e in last 300 days", [t("0", time), did("0")], turns, zone: zone)
    }

    @Test(arguments: [
        // The day itself is no anniversary, nor is a day to come.
        once("2026-02-01T00:00:00Z", []),
        once("2027-02-01T00:00:00Z", []),
        once("2025-02-01T00:00:00Z", ["in 2026-01-31T00:00:00Z", "out 2026-02-01T00:00:00Z"]),
        once("2025-02-01", ["in 2026-01-31T00:00:00Z", "out 2026-02-01T00:00:00Z"]),
        once("1925-02-01T00:00:00Z", ["in 2026-01-31T00:00:00Z", "out 2026-02-01T00:00:00Z"]),
        // Local time of day: noon in winter is 11 o'clock UTC, in summer 10.
        once(
            "2025-04-01T10:00:00Z",
            ["in 2026-03-31T10:00:00Z", "out 2026-04-01T10:00:00Z"],
            zone: "Europe/Berlin"
        ),
        // On 29 March 2025 it was winter yet, on that of 2026 it is summer.
        once(
            "2025-03-29T11:00:00Z",
            ["in 2026-03-28T10:00:00Z", "out 2026-03-29T10:00:00Z"],
            zone: "Europe/Berlin"
        ),
        // Half past two of 29 March 2026 does not exist: the first instant behind the gap.
        once(
            "2025-03-29T01:30:00Z",
            ["in 2026-03-28T01:00:00Z", "out 2026-03-29T01:00:00Z"],
            zone: "Europe/Berlin"
        ),
        // Half past two of 25 October 2026 is twice: the first.
        once(
            "2025-10-25T00:30:00Z",
            ["in 2026-10-24T00:30:00Z", "out 2026-10-25T00:30:00Z"],
            zone: "Europe/Berlin"
        ),
        // It is 1 March already in Berlin.
        once(
            "2024-02-29T23:30:00Z",
            ["in 2026-02-27T23:30:00Z", "out 2026-02-28T23:30:00Z"],
            zone: "Europe/Berlin"
        ),
        once(
            "2024-02-28T23:30:00Z",
            ["in 2026-02-27T23:30:00Z", "out 2026-02-28T23:30:00Z"],
            zone: "Europe/Berlin"
        ),
    ])
    func anniversaries(_ story: Story) { story.check() }
}
