import SegmentTesting
import Testing

/// Sums, averages, least and greatest numbers, and how many different values there are.
@Suite struct FigureTests {
    private static func p(_ when: String, _ value: TestValue) -> Story.Step {
        did(when, ["p": value])
    }

    @Test(arguments: [
        Story(
            "average of e.p in last 2 hours >= 10",
            [p("1h", 9), p("90m", 11)],
            ["in 90m", "out 3h30m"]
        ),
        // Without the low one the average rises.
        Story(
            "average of e.p in last 2 hours > 10",
            [p("1h", 9), p("90m", 11)],
            ["in 3h", "out 3h30m"]
        ),
        // The quotient is exact.
        Story(
            "average of e.p > 0.333333333333333333",
            [p("1h", 1), p("1h", 0), p("1h", 0)],
            ["in 1h"]
        ),
        Story(
            "average of e.p >= 0.333333333333333334",
            [p("1h", 1), p("1h", 0), p("1h", 0)],
            []
        ),
        Story("average of e.p = -0.5", [p("1h", 1), p("2h", -2)], ["in 2h"]),
        Story("average of e.p < 5", [did("1h", "x"), p("2h", "1"), p("3h", nil)], []),
        Story("average of e.p != 5", [did("1h", "x"), p("2h", 5)], ["in 1h", "out 2h"]),
        Story("average of e.p < 5", [p("1h", "1"), p("2h", 4)], ["in 2h"]),
        Story(
            "average of e.p between 3 and 1 hours ago >= 10",
            [p("1h", 10), p("2h", 9)],
            ["in 2h", "out 3h"]
        ),
        Story("average of e.p today = 3", [p("1h", 2), p("2h", 4)], ["in 2h", "out 1d"]),
    ])
    func averages(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "minimum of e.p in last 2 hours <= 3",
            [p("1h", 3), p("2h", 4)],
            ["in 1h", "out 3h"]
        ),
        Story(
            "minimum of e.p in last 2 hours > 3",
            [p("1h", 3), p("2h", 4)],
            ["in 3h", "out 4h"]
        ),
        Story(
            "maximum of e.p in last 2 hours < 5",
            [p("1h", 7), p("2h", 4)],
            ["in 3h", "out 4h"]
        ),
        Story(
            "maximum of e.p in last 2 hours >= 5",
            [p("1h", "9.5"), p("90m", 5), p("2h", 4)],
            ["in 90m", "out 3h30m"]
        ),
        Story(
            "maximum of e.p < 0",
            [did("1h", "x"), p("2h", -1), p("3h", 0)],
            ["in 2h", "out 3h"]
        ),
        Story("minimum of e.p < 0", [did("1h", "x"), p("2h", -1)], ["in 2h"]),
        Story("minimum of e.p yesterday = 1", [p("1h", 1), p("2h", 2)], ["in 1d", "out 2d"]),
        Story(
            "maximum of e.p since last f >= 5",
            [p("1h", 5), did("2h", "f"), p("3h", 4), p("4h@2h", 5)],
            ["in 1h", "out 2h", "in 4h"]
        ),
    ])
    func leastAndGreatest(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "distinct e.p in last 2 hours >= 2",
            [p("1h", "a"), p("90m", "a"), p("2h", "b")],
            ["in 2h", "out 3h30m"]
        ),
        // A number equals the text that spells it canonically.
        Story("distinct e.p >= 2", [p("1h", 5), p("2h", "5"), p("3h", "5.0")], ["in 3h"]),
        Story("distinct e.p >= 2", [p("1h", .number("5.00")), p("2h", "5")], []),
        Story("distinct e.p >= 2", [p("1h", true), p("2h", "true")], ["in 2h"]),
        Story("distinct e.p >= 2", [p("1h", true), p("2h", false)], ["in 2h"]),
        Story("distinct e.p >= 2", [p("1h", "a"), p("2h", ""), p("3h", nil), did("4h")], []),
        Story("distinct e.p >= 2", [p("1h", "a"), p("2h", "A")], ["in 2h"]),
        Story("distinct e.p >= 2", [p("1h", ["a", "b"])], ["in 1h"]),
        Story("distinct e.p >= 2", [p("1h", ["a", "a"])], []),
        Story("distinct e.p >= 2", [p("1h", ["a", ["b"]])], ["in 1h"]),
        Story("distinct e.p >= 1", [p("1h", ["q": 1])], []),
        // Of nothing there are none.
        Story(
            "distinct e.p in last 2 hours < 1",
            [did("1h", "x"), p("2h", "a")],
            ["in 1h", "out 2h", "in 4h"]
        ),
        Story(
            "distinct e.p today = 2",
            [p("1h", 1), p("2h", 2), p("3h", 3)],
            ["in 2h", "out 3h"]
        ),
        Story(
            "distinct any of (e, f).p in last 2 hours >= 2",
            [p("1h", 1), did("2h", "f", ["p": 2])],
            ["in 2h", "out 3h"]
        ),
        Story(
            "distinct e.p in last 2 hours >= 20",
            (0..<40).map { p("1h", .text("v\($0 % 19)")) } + [p("2h", "v"), p("2h", "v7")],
            ["in 2h", "out 3h"]
        ),
        Story("distinct e.p >= 20", (0..<80).map { p("1h", .number("\($0 % 19)")) }, []),
    ])
    func different(_ story: Story) { story.check() }

    private static func items(_ when: String, _ quantities: [TestValue]) -> Story.Step {
        did(when, ["items": .list(quantities.map { .object(["qty": $0]) })])
    }

    @Test(arguments: [
        Story(
            "sum of e.items.qty in last 2 hours >= 3",
            [items("1h", [1, 2])],
            ["in 1h", "out 3h"]
        ),
        Story("sum of e.items.qty >= 3", [items("1h", [1, "2"])], []),
        Story("sum of e.items.qty >= 3", [items("1h", [1]), items("2h", [2])], ["in 2h"]),
        Story("sum of e.items.qty >= 3", [did("1h", ["items": ["qty": 3]])], ["in 1h"]),
        Story("sum of e.p >= 3", [p("1h", [[1], [2]])], ["in 1h"]),
        Story(
            "average of e.items.qty in last 2 hours = 2",
            [items("1h", [1, 3])],
            ["in 1h", "out 3h"]
        ),
        Story(
            "maximum of e.items.qty in last 2 hours > 2",
            [items("1h", [1, 3])],
            ["in 1h", "out 3h"]
        ),
        Story(
            "minimum of e.items.qty in last 2 hours < 2",
            [items("1h", [1, 3])],
            ["in 1h", "out 3h"]
        ),
        Story(
            "distinct e.items.qty in last 2 hours = 2",
            [items("1h", [1, 3, 1])],
            ["in 1h", "out 3h"]
        ),
    ])
    func everyItemCounts(_ story: Story) { story.check() }

    @Test(arguments: [
        Story("sum of e.p today >= 10", [p("1h", 10)], ["in 1h", "out 1d"]),
        Story("sum of e.p between 3 and 1 hours ago >= 10", [p("1h", 10)], ["in 2h", "out 4h"]),
        Story("sum of e.p since 2026-01-02 >= 10", [p("1d-1", 10), p("1d", 10)], ["in 1d"]),
        Story(
            "sum of e.p since last f >= 10",
            [p("1h", 10), did("2h", "f"), p("3h", 9), p("4h", 1)],
            ["in 1h", "out 2h", "in 4h"]
        ),
        Story(
            "sum of e.p yesterday = 0",
            [p("1h", 10)],
            ["in 1h", "out 1d", "in 2d"]
        ),
        Story(
            "sum of any of (e, f).p in last 2 hours >= 10",
            [p("1h", 4), did("2h", "f", ["p": 6])],
            ["in 2h", "out 3h"]
        ),
        Story(
            "sum of e.p where q = 1 in last 2 hours >= 10",
            [p("1h", 10), did("2h", ["p": 10, "q": 1])],
            ["in 2h", "out 4h"]
        ),
        // A refund that leaves brings the sum back.
        Story(
            "sum of e.p between 3 and 1 hours ago >= 10",
            [p("1h", -5), p("90m", 10)],
            ["in 4h", "out 4h30m"]
        ),
    ])
    func sums(_ story: Story) { story.check() }
}
