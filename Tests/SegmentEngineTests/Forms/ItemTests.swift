import SegmentTesting
import Testing

/// Items of lists, of events and of attributes.
@Suite struct ItemTests {
    /// Each is asked of an event's property, and of an attribute.
    private static func both(_ test: String, _ list: TestValue, _ holds: Bool) -> [Story] {
        let turns = holds ? ["in 1h"] : []
        return [
            Story("e where \(test)", [did("1h", ["l": list])], turns),
            Story(attribute(test), [set("1h", ["l": list])], turns),
        ]
    }

    private static func attribute(_ test: String) -> String {
        let words = test.split(separator: " ", maxSplits: 1)
        return "\(words[0]) person.\(words[1])"
    }

    private static let one: TestValue = [["sku": "A", "qty": 2]]
    private static let halves: TestValue = [["sku": "A", "qty": 1], ["sku": "B", "qty": 2]]
    private static let pair: TestValue = [["sku": "A", "qty": 2], ["sku": "B", "qty": 3]]

    @Test(
        arguments: [
            both("any l (sku = \"A\" and qty >= 2)", one, true),
            both("any l (sku = \"A\" and qty >= 2)", halves, false),
            both("no l (sku = \"A\" and qty >= 2)", halves, true),
            both("any l ((sku = \"A\" or sku = \"B\") and qty >= 2)", halves, true),
        ].flatMap { $0 }
    )
    func aConditionIsMetByOneItemNotByTwoHalves(_ story: Story) { story.check() }

    @Test(
        arguments: [
            both("every l (qty >= 2)", pair, true),
            both("every l (qty >= 2)", halves, false),
            both("every l (sku = \"A\")", one, true),
            both("no l (qty >= 3)", halves, true),
            both("no l (qty >= 3)", pair, false),
            // Of an empty list, and of what is none.
            both("any l (qty >= 0)", [], false),
            both("every l (qty >= 0)", [], false),
            both("no l (qty >= 0)", [], true),
            both("any l (qty >= 2)", ["qty": 2], false),
            both("every l (qty >= 2)", ["qty": 2], false),
            both("no l (qty >= 2)", ["qty": 2], true),
            both("any l (qty >= 2)", nil, false),
            both("every l (qty >= 2)", "text", false),
            both("no l (qty >= 2)", nil, true),
            // Elements that are no objects have no fields.
            both("every l (qty is not set)", [1, "a"], true),
            both("any l (qty >= 1)", [1, 2], false),
            // A missing field satisfies nothing but that it is not set.
            both("any l (colour = \"red\")", one, false),
            both("any l (colour != \"red\")", one, false),
            both("any l (not colour = \"red\")", one, false),
            both("any l (colour not one of (\"red\", \"blue\"))", one, false),
            both("any l (colour is not set)", one, true),
            both("any l (colour is set)", one, false),
            both("every l (colour != \"red\")", one, false),
            both("no l (colour != \"red\")", one, true),
            both("any l (colour != \"red\")", [["colour": "blue"]], true),
            both("any l (colour != \"red\")", [["colour": ""]], false),
            both("any l (colour is not set)", [["colour": ""]], true),
            both("any l (not (colour = \"red\" or colour = \"blue\"))", one, false),
            both("any l (not (colour = \"red\" and colour = \"blue\"))", one, false),
            // Deeper.
            both("any l (a.b = 1)", [["a": ["b": 1]]], true),
            both("any l (any m (k = 1))", [["m": [["k": 1]]]], true),
            both("any l (any m (k = 1 and v = 2))", [["m": [["k": 1], ["v": 2]]]], false),
            both(
                "any l (every m (k = 1))",
                [["m": [["k": 1], ["k": 2]]], ["m": [["k": 1]]]],
                true
            ),
            both("every l (every m (k = 1))", [["m": []]], false),
            both("any l (not any m (k = 1))", [["n": 1]], false),
            both("any l (not any m (k = 1))", [["m": [["k": 2]]]], true),
            both("any l (sku = \"a\" ignoring case)", one, true),
            both("any l (sku like \"A*\")", one, true),
        ].flatMap { $0 }
    )
    func items(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "e where any l (qty >= 2) in last 2 hours",
            [did("1h", ["l": one]), did("2h", ["l": []])],
            ["in 1h", "out 3h"]
        ),
        Story(
            "at least 2 e where no l (qty >= 3) in last 2 hours",
            [did("1h", ["l": one]), did("2h", ["l": pair]), did("150m", ["l": []])],
            ["in 150m", "out 3h"]
        ),
        Story(
            "any person.l (qty >= 2)",
            [set("1h", ["l": one]), set("2h", ["l": []]), set("3h", ["l": pair])],
            ["in 1h", "out 2h", "in 3h"]
        ),
        Story(
            "no person.l (qty >= 2)",
            [did("1h", "x"), set("2h", ["l": one])],
            ["in 1h", "out 2h"]
        ),
        Story(
            "not every person.l (qty >= 2)",
            [did("1h", "x"), set("2h", ["l": one])],
            ["in 1h", "out 2h"]
        ),
        Story("any person.a.l (k = 1)", [set("1h", ["a": ["l": [["k": 1]]]])], ["in 1h"]),
        Story(
            "e where (any l (sku = \"A\") and p = 1)",
            [did("1h", ["l": one]), did("2h", ["l": one, "p": 1])],
            ["in 2h"]
        ),
    ])
    func inWindows(_ story: Story) { story.check() }

    private static let early: TestValue = ["t": "2026-01-01T05:00:00Z", "k": 1]
    private static let late: TestValue = ["t": "2026-01-01T06:00:00Z", "k": 2]

    /// Times within items: each item by itself.
    @Test(arguments: [
        Story(
            "any person.l (t in next 2 hours)",
            [set("1h", ["l": [early]])],
            ["in 3h", "out 5h"]
        ),
        Story(
            "any person.l (t in next 2 hours)",
            [set("1h", ["l": [early, late]])],
            ["in 3h", "out 6h"]
        ),
        Story(
            "every person.l (t in next 2 hours)",
            [set("1h", ["l": [early, late]])],
            ["in 4h", "out 5h"]
        ),
        Story(
            "no person.l (t in next 2 hours)",
            [set("1h", ["l": [early]])],
            ["in 1h", "out 3h", "in 5h"]
        ),
        Story(
            "any person.l (t in next 2 hours and k = 2)",
            [set("1h", ["l": [early, late]])],
            ["in 4h", "out 6h"]
        ),
        Story("any person.l (not t in next 2 hours)", [set("1h", ["l": [["k": 1]]])], []),
        Story(
            "any person.l (not t in next 2 hours)",
            [set("1h", ["l": [early]])],
            ["in 1h", "out 3h", "in 5h"]
        ),
        Story(
            "e where any l (t more than 1 hour ago) in last 6 hours",
            [did("1h", ["l": [early, late]])],
            ["in 6h", "out 7h"]
        ),
        Story("every person.l (t in next 2 hours)", [set("4h", ["l": []])], []),
    ])
    func timesWithinItems(_ story: Story) { story.check() }
}
