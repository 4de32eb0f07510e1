import SegmentTesting
import Testing

/// With many events old ones are dropped, and none that still counts.
@Suite struct KeptRowsTests {
    private static func times(_ count: Int, _ when: String) -> [Story.Step] {
        (0..<count).map { _ in did(when) }
    }

    @Test(arguments: [
        // The last three still count in their last millisecond, in which a ninth one comes.
        Story(
            "at least 3 e between 3 and 1 hours ago",
            times(5, "1h") + times(3, "2h") + [did("5h-1")],
            ["in 2h", "out 5h"]
        ),
        Story(
            "at least 3 e between 3 and 1 hours ago",
            times(5, "1h") + times(3, "2h") + [did("5h")],
            ["in 2h", "out 5h"]
        ),
        Story(
            "sum of e.q between 3 and 1 hours ago >= 0 and at least 3 e today",
            times(9, "1h") + times(2, "1d-1") + [did("1d")],
            ["in 1h", "out 1d"]
        ),
        Story(
            "at least 2 days with e in last 3 days",
            times(9, "1h") + times(9, "3d1h-1"),
            ["in 3d1h-1", "out 3d1h"]
        ),
        Story(
            "at least 2 days with e in last 3 days",
            times(9, "1h") + times(9, "3d1h"),
            []
        ),
        // What was known a while ago is needed by `for`.
        Story(
            "at least 3 e between 3 and 1 hours ago for 1 hour",
            times(5, "1h") + times(3, "2h") + [did("6h-1")],
            ["in 3h", "out 5h"]
        ),
        // The first, and the last of a mark, are kept for ever.
        Story(
            "first e has p = 1 in last 900 days and e today",
            [did("1h", ["p": 1])] + times(20, "2h") + times(20, "9d") + [did("10d")],
            ["in 1h", "out 1d", "in 9d", "out 11d"]
        ),
        Story("last e.p = 1", times(20, "1h") + times(20, "2d") + [did("3d", ["p": 1])], ["in 3d"]),
        Story(
            "g since last e",
            times(20, "1h") + [did("2h", "g")] + times(20, "3h") + [did("4h@3h-1", "g")],
            ["in 2h", "out 3h"]
        ),
        Story(
            "at least 20 e since last f",
            [did("1h", "f")] + times(20, "2h") + [did("900d@1h", "f")],
            ["in 2h"]
        ),
        Story(
            "a then b within 1 hour in last 2 hours",
            (0..<9).map { _ in did("1h", "a") } + [
                did("90m", "b"), did("3h", "a"), did("4h-1", "b"),
            ],
            ["in 90m", "out 3h", "in 4h-1", "out 5h"]
        ),
    ])
    func rowsThatCountAreKept(_ story: Story) { story.check() }

    private static func numbers(_ count: Int, _ when: String, _ value: TestValue) -> [Story.Step] {
        (0..<count).map { _ in did(when, ["v": value]) }
    }

    @Test(arguments: [
        // The twenty are dropped with the last event, and one older than it stays.
        Story(
            "average of e.v in last 1 hour >= 2",
            numbers(20, "1h", 9) + numbers(1, "90m", 1) + numbers(1, "2h15m", 1),
            ["in 1h", "out 2h"]
        ),
        Story(
            "average of e.v in last 9 hours >= 3",
            [
                did("1h", user: nil, anonymous: "a", ["v": 5]),
                did("2h", user: nil, anonymous: "b", ["v": 1]),
                did("3h", "x", anonymous: "a"), did("4h", "x", anonymous: "b"),
            ],
            ["in 1h", "out 10h"]
        ),
        // Of the same value one today and one that comes early and is tomorrow's.
        Story(
            "distinct e.v today >= 1",
            [did("23h58m", ["v": 1]), did("23h59m@1d1m", ["v": 1])],
            ["in 23h58m", "out 2d"]
        ),
    ])
    func figuresAreOfAllThatCounts(_ story: Story) { story.check() }

    private static func values(_ count: Int, _ when: String, _ value: TestValue) -> [Story.Step] {
        (0..<count).map { _ in set(when, ["p": value]) }
    }

    @Test(arguments: [
        Story(
            "person.p changed in last 1 hour",
            values(20, "1h", 1) + values(20, "9h", 1) + values(1, "10h", 2),
            ["in 10h", "out 11h"]
        ),
        // There was a value once, so another one is a change.
        Story(
            "person.p changed in last 1 hour",
            values(20, "1h", 1) + values(20, "3h", nil) + values(20, "9h", nil)
                + values(1, "10h", 2),
            ["in 3h", "out 4h", "in 10h", "out 11h"]
        ),
        // There never was one.
        Story(
            "person.p changed in last 1 hour",
            values(20, "1h", nil) + values(20, "9h", nil) + values(1, "10h", 2),
            []
        ),
        // There never was one of this, only of its neighbour.
        Story(
            "segment a when person.p.a changed in last 1 hour\n"
                + "segment s when person.p.b changed in last 1 hour",
            values(20, "1h", ["a": 1]) + values(20, "9h", ["a": 1])
                + values(1, "10h", ["a": 1, "b": 1]),
            []
        ),
        Story("person.p = 1", values(20, "1h", 1) + values(20, "9h", 2), ["in 1h", "out 9h"]),
        Story(
            "person.p = 1 for 2 hours",
            values(20, "1h", 1) + values(20, "9h", 1) + values(1, "11h@8h", 2),
            ["in 3h"]
        ),
        Story(
            "person.p = 1 for 2 hours",
            values(20, "1h", 1) + values(20, "9h", 1) + values(1, "11h-1@8h", 2),
            ["in 3h", "out 11h-1", "in 11h"]
        ),
    ])
    func valuesThatCountAreKept(_ story: Story) { story.check() }
}
