import SegmentTesting
import Testing

/// `for`: what has held without a break, with what is known now.
@Suite struct HeldTests {
    private static func p(_ when: String, _ value: TestValue) -> Story.Step {
        set(when, ["p": value])
    }

    @Test(arguments: [
        Story("person.p = 1 for 2 hours", [p("1h", 1)], ["in 3h"]),
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("4h", 2)], ["in 3h", "out 4h"]),
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("3h-1", 2)], []),
        // Both ends belong to it: at 3h it no longer holds.
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("3h", 2)], []),
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("3h+1", 2)], ["in 3h", "out 3h+1"]),
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("2h", 2), p("2h+1", 1)], ["in 4h+1"]),
        // Known late, but it held from its own time on.
        Story("person.p = 1 for 2 hours", [p("2h@1h", 1)], ["in 3h"]),
        Story("person.p = 1 for 2 hours", [p("5h@1h", 1)], ["in 5h"]),
        Story("not person.p = 1 for 2 hours", [did("1h", "x"), p("2h", 1), p("3h", 2)], ["in 5h"]),
        Story("person.p is not set for 2 hours", [p("1h", 1), p("2h", nil)], ["in 4h"]),
    ])
    func attributes(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("2h", 1)], ["in 3h"]),
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("2h@90m", 1)], ["in 3h"]),
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("2h", 1), p("2h30m@90m", 2)], ["in 4h"]),
        // It had become true, and the late one takes that back.
        Story(
            "person.p = 1 for 2 hours",
            [p("1h", 1), p("2h", 1), p("3h30m@90m", 2)],
            ["in 3h", "out 3h30m", "in 4h"]
        ),
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("2h", 1), p("4h@90m", 2)], ["in 3h"]),
        Story(
            "person.p = 1 for 2 hours",
            [p("1h", 1), p("2h", 1), p("4h-1@2h-1", 2)],
            ["in 3h", "out 4h-1", "in 4h"]
        ),
        // Late before its beginning changes nothing.
        Story("person.p = 1 for 2 hours", [p("1h", 1), p("2h@30m", 2)], ["in 3h"]),
    ])
    func theClockGoesOnThroughARepeatedEqualValueAndIsLostToALateDifferentOne(_ story: Story) {
        story.check()
    }

    @Test(arguments: [
        Story("everyone for 2 hours", [did("1h", "x")], ["in 3h"]),
        Story("everyone for 2 hours", [did("2h@1h", "x")], ["in 3h"]),
        // The past of a person grows with a late entry.
        Story("everyone for 2 hours", [did("2h", "x"), did("3h@1h", "x")], ["in 3h"]),
        Story("no e for 2 hours", [did("1h", "x")], ["in 3h"]),
        Story("no e for 2 hours", [did("1h", "x"), did("3h", "e")], []),
        Story(
            "no e in last 1 hour for 2 hours",
            [did("1h"), did("7h")],
            ["in 4h", "out 7h", "in 10h"]
        ),
        Story("no e in last 1 hour for 2 hours", [did("1h", "x"), did("2h")], ["in 5h"]),
    ])
    func beforeAPersonBeginsNothingHolds(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("e in last 2 hours for 1 hour", [did("1h")], ["in 2h", "out 3h"]),
        Story("e in last 2 hours for 2 hours", [did("1h")], []),
        Story("e in last 2 hours for 2 hours", [did("1h"), did("3h")], ["in 3h", "out 5h"]),
        Story("e in last 2 hours for 2 hours", [did("1h"), did("3h+1")], []),
        Story("e in last 2 hours for 1 hour", [did("2h@1h")], ["in 2h", "out 3h"]),
        // With the late one it has held all the time.
        Story(
            "e in last 2 hours for 1 hour",
            [did("1h"), did("3h30m@2h30m")],
            ["in 2h", "out 3h", "in 3h30m", "out 4h30m"]
        ),
        // One from the future is there from its reception on.
        Story("e in last 2 hours for 1 hour", [did("1h@1h5m")], ["in 2h", "out 3h5m"]),
        Story("e today for 2 hours", [did("20h")], ["in 22h", "out 1d"]),
        Story("e today for 2 hours", [did("22h")], []),
        Story("e today for 2 hours", [did("22h-1")], ["in 1d-1", "out 1d"]),
        Story("e yesterday for 2 hours", [did("20h")], ["in 1d2h", "out 2d"]),
        Story("e between 3 and 1 hours ago for 1 hour", [did("1h")], ["in 3h", "out 4h"]),
        Story("e since last f for 1 hour", [did("1h"), did("3h", "f")], ["in 2h", "out 3h"]),
        Story(
            "e since last f for 1 hour",
            [did("1h"), did("3h", "f"), did("4h@90m", "f"), did("4h@3h")],
            ["in 2h", "out 3h", "in 4h"]
        ),
        Story("at most 1 e in last 1 hour for 30 minutes", [did("1h"), did("90m")], ["in 2h30m"]),
        Story("exactly 1 e in last 1 hour for 30 minutes", [did("1h"), did("90m")], []),
        Story(
            "at least 2 e in last 2 hours for 30 minutes",
            [did("1h"), did("2h")],
            ["in 2h30m", "out 3h"]
        ),
    ])
    func events(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "sum of e.p in last 2 hours >= 10 for 1 hour",
            [did("1h", ["p": 10])],
            ["in 2h", "out 3h"]
        ),
        Story(
            "average of e.p in last 2 hours > 10 for 30 minutes",
            [did("1h", ["p": 9]), did("2h", ["p": 11])],
            ["in 3h30m", "out 4h"]
        ),
        Story(
            "maximum of e.p in last 2 hours < 5 for 30 minutes",
            [did("1h", ["p": 7]), did("2h", ["p": 4])],
            ["in 3h30m", "out 4h"]
        ),
        Story(
            "distinct e.p in last 2 hours >= 2 for 30 minutes",
            [did("1h", ["p": 1]), did("2h", ["p": 2])],
            ["in 2h30m", "out 3h"]
        ),
        Story(
            "last e.p = 1 for 1 hour",
            [did("1h", ["p": 1]), did("3h", ["p": 2])],
            ["in 2h", "out 3h"]
        ),
        Story("first e more than 2 hours ago for 1 hour", [did("1h")], ["in 4h"]),
        Story("last e in last 2 hours for 1 hour", [did("1h")], ["in 2h", "out 3h"]),
        Story(
            "a then b within 1 hour in last 2 hours for 30 minutes",
            [did("1h", "a"), did("90m", "b")],
            ["in 2h", "out 3h"]
        ),
        Story(
            "a then no b within 30 minutes in last 2 hours for 1 hour",
            [did("1h", "a")],
            ["in 2h30m", "out 3h"]
        ),
        Story(
            "a then no b within 30 minutes in last 2 hours for 1 hour",
            [did("1h", "a"), did("2h45m@70m", "b")],
            ["in 2h30m", "out 2h45m"]
        ),
        Story(
            "person.p changed in last 2 hours for 1 hour",
            [p("1h", 1), p("2h", 2)],
            ["in 3h", "out 4h"]
        ),
        Story(
            "at least 2 days with e in last 3 days for 1 hour",
            [did("1h"), did("1d1h")],
            ["in 1d2h", "out 3d1h"]
        ),
        Story(
            "person.t in next 2 hours for 1 hour",
            [set("1h", ["t": "2026-01-01T05:00:00Z"])],
            ["in 4h", "out 5h"]
        ),
        Story(
            "any person.l (k = 1) for 1 hour",
            [set("1h", ["l": [["k": 1]]]), set("3h", ["l": []])],
            ["in 2h", "out 3h"]
        ),
        Story(
            "person.p = \"A\" ignoring case for 1 hour",
            [p("1h", "a"), p("90m", "A")],
            ["in 2h"]
        ),
        Story("person is known for 1 hour", [did("1h", "x"), did("2h@1h", "x")], ["in 2h"]),
        Story("known for at least 1 hour for 1 hour", [did("1h", "x")], ["in 3h"]),
        Story("100% sample \"x\" for 1 hour", [did("1h", "x")], ["in 2h"]),
        Story(
            "at least 1 of (e in last 1 hour, f in last 1 hour) for 90 minutes",
            [did("1h"), did("2h", "f")],
            ["in 2h30m", "out 3h"]
        ),
        Story(
            "(e in last 1 hour or f in last 1 hour) for 90 minutes",
            [did("1h"), did("2h", "f")],
            ["in 2h30m", "out 3h"]
        ),
        Story(
            "(e in last 1 hour or f in last 1 hour) for 90 minutes",
            [did("1h"), did("2h+1", "f")],
            []
        ),
    ])
    func everyForm(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "(e in last 2 hours for 1 hour) for 30 minutes",
            [did("1h")],
            ["in 2h30m", "out 3h"]
        ),
        Story("(e in last 2 hours for 1 hour) for 1 hour", [did("1h")], []),
        Story("((everyone for 1 hour) for 1 hour) for 1 hour", [did("1h", "x")], ["in 4h"]),
        Story("not (e for 2 hours) for 1 hour", [did("1h")], ["in 2h", "out 3h"]),
        Story("not (e for 2 hours)", [did("1h")], ["in 1h", "out 3h"]),
        Story(
            "(not (e in last 1 hour for 30 minutes) and e) for 30 minutes",
            [did("1h")],
            ["in 2h30m"]
        ),
        Story(
            "segment s when in segment a for 1 hour\nsegment a when e in last 2 hours",
            [did("1h")],
            ["in 2h", "out 3h"]
        ),
        // The late one decides the segment inside again.
        Story(
            "segment s when in segment a for 1 hour\nsegment a when e in last 1 hour",
            [did("1h"), did("2h30m"), did("2h45m@2h")],
            ["in 2h45m", "out 3h30m"]
        ),
        Story(
            "segment s when not in segment a for 1 hour\nsegment a when e in last 2 hours",
            [did("1h")],
            ["in 4h"]
        ),
        Story(
            "segment s when in segment a for 1 hour\nsegment a when in segment b for 1 hour\n"
                + "segment b when e in last 3 hours",
            [did("1h")],
            ["in 3h", "out 4h"]
        ),
        Story(
            "segment s when entered segment a in last 2 hours for 1 hour\nsegment a when e",
            [did("1h")],
            ["in 2h", "out 3h"]
        ),
    ])
    func nested(_ story: Story) { story.check() }

    @Test func aMergeDecidesAgainWhatHasHeld() {
        let world = EngineWorld("segment s when e in last 1 hour for 90 minutes")
        world.putRulesInForce("0")
        world.step("1h", [.track("e", anonymous: "a")])
        world.step("2h", [.track("e", user: "1")])
        world.step("2h45m", [.identify(user: "1", anonymous: "a")])
        world.pass("9d")
        #expect(
            world.lines == [
                "2h45m entered s user:1,anonymous:a merge #4",
                "3h exited s user:1,anonymous:a time",
            ]
        )
    }
}
