import EventModel
import SegmentTesting
import Testing

/// Comparisons of event properties and attributes, as semantics.md says under "Values".
@Suite struct FilterTests {
    @Test(
        arguments: [
            // equal: exact numbers, and text as the canonical spelling of one
            ("p = 1.5", .number("1.50"), true), ("p = 1.5", .number("15e-1"), true),
            ("p = 1.5", .text("1.5"), true), ("p = 1.5", .text("1.50"), false),
            ("p = \"1.5\"", .number("1.50"), true), ("p = \"1.50\"", .number("1.50"), false),
            ("p = \"a\"", .text("a"), true), ("p = \"a\"", .text("A"), false),
            ("p = true", .boolean(true), true), ("p = true", .text("true"), false),
            ("p is true", .boolean(true), true), ("p is false", .boolean(false), true),
            // order: like kinds only
            ("p > 9", .number("10"), true), ("p > 9", .text("10"), false),
            ("p > \"9\"", .text("10"), false), ("p < \"b\"", .text("a"), true),
            ("p >= 0.3", .number("0.30000000000000004"), true),
            ("p <= 0.3", .number("0.30000000000000004"), false),
            ("p between 18 and 25", .number("25"), true),
            ("p between 18 and 25", .number("25.000000000000000001"), false),
            ("p = 123456789012345678.123456789", .number("123456789012345678.123456789"), true),
            // numbers that do not fit read as missing
            ("p > 0", .number("1e30"), false), ("p is set", .number("1e30"), false),
            // missing values: every comparison is false, so negations are true
            ("p = \"a\"", .null, false), ("p != \"a\"", .null, true),
            ("p != \"a\"", .text("b"), true), ("p < 1", .null, false),
            ("not p < 1", .null, true), ("p is not set", .null, true),
            ("p is set", .text(""), false),
            ("p = \"\"", .text(""), false), ("p is set", .text("x"), true),
            ("p one of (\"a\", 2)", .number("2"), true), ("p one of (\"a\", 2)", .text("b"), false),
            ("p not one of (\"a\", 2)", .null, true),
            // times are texts of RFC 3339; a date is its whole day
            ("p = 2026-01-31", .text("2026-01-31T23:59:59.999Z"), true),
            ("p = 2026-01-31", .text("2026-02-01T00:00:00Z"), false),
            ("p > 2026-01-31", .text("2026-01-31T12:00:00Z"), false),
            ("p after 2026-01-31", .text("2026-02-01T00:00:00Z"), true),
            ("p before 2026-01-31", .text("2026-01-30T23:59:59.999Z"), true),
            ("p before 2026-01-31", .text("yesterday"), false),
            ("p between 2026-01-01 and 2026-01-31", .text("2026-01-31T23:00:00+00:00"), true),
            ("p between 2026-01-01 and 2026-01-31", .text("2026-01-31T23:00:00-02:00"), false),
            ("p.inner = 1", .object(["inner": 1]), true), ("p.inner = 1", .object([:]), false),
            ("p.inner = 1", .list([1]), false),
        ] as [(String, TestValue, Bool)]
    )
    func tests(_ test: String, _ value: TestValue, _ expected: Bool) {
        let world = EngineWorld("segment s when e where \(test)")
        world.putRulesInForce("0")
        world.step("1h", [.track("e", user: "1", ["p": value, "other": "x"])])
        #expect(world.lines.isEmpty != expected, "event property")

        // An attribute has `not` before `person`, not inside.
        let condition =
            test.hasPrefix("not ") ? "not person.\(test.dropFirst(4))" : "person.\(test)"
        let people = EngineWorld("segment s when \(condition)")
        people.putRulesInForce("0")
        people.step("1h", [.identify(user: "1", ["p": value, "other": "x"])])
        #expect(people.lines.isEmpty != expected, "attribute")
    }

    @Test func theLastOfRepeatedMembersCounts() {
        var draft = EntryDraft.track("e", user: "1")
        var writer = ValueWriter()
        let mark = writer.begin(.object)
        writer.name("p")
        writer.text("first")
        writer.name("p")
        writer.text("last")
        writer.end(mark)
        draft.content = writer.bytes
        let world = EngineWorld("segment s when e where p = \"last\"")
        world.putRulesInForce("0")
        world.step("1h", [draft])
        #expect(world.lines.count == 1)
    }

    @Test func seriesWithDifferentFiltersAreKeptApart() {
        let world = EngineWorld(
            """
            segment shoes when e where (c = "shoes" and price > 50) in last 1 hour
            segment hats when e where (c = "hats" or price <= 50) in last 1 hour
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("e", user: "1", ["c": "shoes", "price": 50])])
        world.step("2h", [.track("e", user: "1", ["c": "shoes", "price": 51])])
        #expect(
            world.lines == [
                "1h entered hats user:1 event #2", "2h exited hats user:1 event #3",
                "2h entered shoes user:1 event #3",
            ]
        )
    }
}
