import RuleLanguage
import Testing

/// What a condition becomes, and that equal meanings are equal however they are written.
@Suite struct LoweringTests {
    static func meaning(_ condition: String) -> String {
        let source = RuleSource(path: "x.seg", text: "segment s when \(condition)")
        let compilation = compileRules([source])
        return compilation.ruleSet?.segments.first?.meaning ?? compilation.rendered
    }

    @Test(arguments: [
        ("e", #"(at-least 1 (events "e") ever)"#),
        ("at least 2 e in last 1.5 seconds", #"(at-least 2 (events "e") (last 1500))"#),
        ("at most 2 e", #"(not (at-least 3 (events "e") ever))"#),
        ("not at most 2 e", #"(at-least 3 (events "e") ever)"#),
        ("not no e", #"(at-least 1 (events "e") ever)"#),
        (
            "not exactly 1 e",
            #"(not (and (at-least 1 (events "e") ever) (not (at-least 2 (events "e") ever))))"#
        ),
        ("person.p != 1", #"(not (attribute ("p") (= 1)))"#),
        ("not person.p != 1", #"(attribute ("p") (= 1))"#),
        ("person.p is not set", #"(not (attribute ("p") set))"#),
        ("person.p not one of (1, 2)", #"(not (attribute ("p") (one-of 1 2)))"#),
        ("person.p = \"a\\\"b\\\\\\n\"", #"(attribute ("p") (= "a\"b\\\n"))"#),
        ("person.a.\"b.c\" = 1.50", #"(attribute ("a" "b.c") (= 1.5))"#),
        ("everyone", "(and)"),
        ("not everyone", "(not (and))"),
        (
            "sum of e.total in last 90 days >= 200",
            #"(sum-at-least 200 (property ("total")) (events "e") (last 7776000000))"#
        ),
        (
            "sum of e.a.\"b c\" where p = 1 > -0.50",
            #"(sum-above -0.5 (property ("a" "b c")) (where (events "e") (property ("p") (= 1))) ever)"#
        ),
        (
            "sum of any event.v < 1",
            #"(not (sum-at-least 1 (property ("v")) any-event ever))"#
        ),
        (
            "sum of e.v <= 1",
            #"(not (sum-above 1 (property ("v")) (events "e") ever))"#
        ),
        ("at most 1000000000 e", #"(not (at-least 1000000001 (events "e") ever))"#),
    ])
    func lowers(condition: String, meaning: String) {
        #expect(LoweringTests.meaning(condition) == meaning)
    }

    @Test(arguments: [
        ("a and b and c", "(a and (b and c))"),
        ("a or (b or c) or d", "((a or b) or (c or d))"),
        ("no a", "fewer than 1 a"),
        ("no a", "exactly 0 a"),
        ("no a", "at most 0 a"),
        ("no a", "not a"),
        ("more than 2 a", "at least 3 a"),
        ("between 2 and 4 a", "at least 2 a and at most 4 a"),
        ("between 0 and 4 a", "at most 4 a"),
        ("any of (b, a)", "any of (a, any of (b, a))"),
        ("any of (a, any event)", "any event"),
        ("any event", "at least 1 event"),
        ("a in last 90 minutes", "a in last 1h30m"),
        ("a in last 1 week", "a in last 7d"),
        ("a", "a ever"),
        ("a", "\"a\""),
        ("person.n between 1 and 2", "person.n >= 1 and person.n <= 2"),
        (
            "person.d between 2026-01-01 and 2026-01-02",
            "person.d >= 2026-01-01 and person.d <= 2026-01-02"
        ),
        ("person.d before 2026-01-01", "person.d < 2026-01-01"),
        ("person.d after 2026-01-01", "person.d > 2026-01-01"),
        ("person.b is true", "person.b = true"),
        ("everyone and a", "a"),
        ("everyone and everyone", "everyone"),
        ("sum of e.v < 1", "not sum of e.v >= 1"),
        ("sum of e.v <= 1", "not sum of e.v > 1"),
        ("sum of e.v = 1", "sum of e.v >= 1 and sum of e.v <= 1"),
        ("sum of e.v != 1", "not sum of e.v = 1"),
        ("sum of e.v >= 1.0", "sum of \"e\".\"v\" ever >= 1"),
        ("sum of any of (b, a).v > 1", "sum of any of (a, b, a).v > 1"),
        ("sum of event.v > 1", "sum of any of (a, any event).v > 1"),
        ("a where (p = 1 and (q = 2 and r = 3))", "a where (p = 1 and q = 2 and r = 3)"),
        ("a where not (not (p = 1))", "a where p = 1"),
    ])
    func meansTheSame(left: String, right: String) {
        #expect(LoweringTests.meaning(left) == LoweringTests.meaning(right))
    }

    /// The negative control of the above: these look alike and are not.
    @Test(arguments: [
        ("a", "A"), ("a", "no a"), ("a and b", "a or b"), ("at least 2 a", "more than 2 a"),
        ("person.p = \"1\"", "person.p = 1"), ("a in last 1 day", "a in last 25 hours"),
        ("person.d <= 2026-01-01", "person.d < 2026-01-01"), ("a where p = 1", "a where q = 1"),
        ("person.a.b = 1", "person.\"a.b\" = 1"), ("\"any event\"", "any event"),
        ("everyone", "\"everyone\""), ("sum of a.v > 1", "sum of a.v >= 1"),
        ("sum of a.v > 1", "sum of a.w > 1"), ("sum of a.v > 1", "sum of b.v > 1"),
        ("sum of a.v > 1", "sum of a.v > 2"), ("sum of a.v > 1", "sum of a.v in last 1 day > 1"),
        ("sum of a.v.w > 1", "sum of a.\"v.w\" > 1"),
        ("sum of a.v = 1", "sum of a.v != 1"), ("sum of a.v > 1", "sum of a.v < 1"),
    ])
    func meansAnother(left: String, right: String) {
        #expect(LoweringTests.meaning(left) != LoweringTests.meaning(right))
    }

    @Test func titleAndNoteAreKept() {
        let text = "segment s \"T\" note \"N\" when a"
        let segment = compileRules([RuleSource(path: "x", text: text)]).ruleSet?.segments.first
        #expect(segment?.title == "T")
        #expect(segment?.note == "N")
        #expect(segment?.name == "s")
    }

    @Test func segmentsAreSortedAcrossFiles() {
        let sources = [
            RuleSource(path: "b", text: "segment z when a segment b when c"),
            RuleSource(path: "a", text: "segment Ä when a segment a when c"),
        ]
        let names = compileRules(sources).ruleSet?.segments.map(\.name)
        #expect(names == ["a", "b", "z", "Ä"])
    }
}
