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
        ("not e for 1 day", #"(held 86400000 (not (at-least 1 (events "e") ever)))"#),
        ("not (e for 1 day)", #"(not (held 86400000 (at-least 1 (events "e") ever)))"#),
        ("person is anonymous", "(not known)"),
        ("not known for at least 7 days", "(not (known-for 604800000))"),
        ("in list l", #"(in-list "l")"#),
        (
            "average of e.p != 5",
            #"(not (average (= 5) (property ("p")) (events "e") ever))"#
        ),
        (
            "last e.p != 5",
            #"(last (events "e") (has (not (property ("p") (= 5)))) ever)"#
        ),
        (
            "not first e.p is not set",
            #"(not (first (events "e") (has (not (property ("p") set))) ever))"#
        ),
        ("last e more than 60 days ago", #"(last (events "e") (longer-ago 5184000000))"#),
        (
            "no days with e",
            #"(not (periods day (zone "UTC" 11793387920537444574) 1 (each 1) (events "e") ever))"#
        ),
        (
            "a then no b within 1h with same c.d",
            #"(then-no (events "a") (events "b") (within 3600000) (same ("c" "d")) ever)"#
        ),
        (
            "e between 60 and 30 days ago",
            #"(at-least 1 (events "e") (between-ago 5184000000 2592000000))"#
        ),
        (
            "e where no items (p = 1)",
            #"(at-least 1 (where (events "e") "#
                + #"(not (any-item ("items") (property ("p") (= 1))))) ever)"#
        ),
        ("10% sample \"s\"", #"(sample 10 "s")"#),
        (
            "person.p changed from 1 to \"x\" ever",
            #"(changed ("p") (from (= 1)) (to (= "x")) ever)"#
        ),
        (
            "person.p != \"A\" ignoring case",
            #"(not (attribute ("p") (ignoring-case (= "A"))))"#
        ),
        (
            "person.t anniversary in next 7 days",
            #"(attribute ("t") (anniversary 604800000 (zone "UTC" 11793387920537444574)))"#
        ),
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
        ("person is anonymous", "not person is known"),
        ("no person.l (p = 1)", "not any person.l (p = 1)"),
        ("a where no l (p = 1)", "a where not any l (p = 1)"),
        ("at most 1 of (a, b, c)", "not at least 2 of (a, b, c)"),
        ("exactly 2 of (a, b, c)", "at least 2 of (a, b, c) and at most 2 of (a, b, c)"),
        ("at least 1 of (a, b)", "a or b"),
        ("at least 2 of (a, b)", "a and b"),
        ("exactly 2 of (a, b)", "a and b"),
        ("at most 1 of (a, b)", "not (a and b)"),
        ("exactly 0 of (a, b)", "not (a or b)"),
        ("no days with e", "at most 0 days with e"),
        ("exactly 2 days with e", "at least 2 days with e and at most 2 days with e"),
        ("at least 2 days with e", "more than 1 days with at least 1 e"),
        ("average of e.p != 1", "not average of e.p = 1"),
        ("distinct e.p >= 1.0", "distinct e.p ever >= 1"),
        ("last e.p > 1", "last e has p > 1"),
        ("last e.p != 1", "last e has not p = 1"),
        ("last e has (p = 1)", "last e has p = 1 ever"),
        ("a today", "a in last 1 calendar days"),
        ("a this week", "a in last 1 calendar weeks"),
        ("a this month", "a in last 1 calendar months"),
        ("a between 2 and 1 weeks ago", "a between 14d and 7 days ago"),
        ("a between 60 and 30d ago", "a between 60 days and 30 days ago"),
        ("a between 2026-01-01 and 2026-01-31", "a between 2026-01-01 and 2026-02-01T00:00:00Z"),
        ("a since 2026-01-01", "a since 2026-01-01T00:00:00Z"),
        ("a since last any of (c, b)", "a since last any of (b, c)"),
        ("any activity", "any event"),
        ("any event like \"*\"", "any event"),
        ("event like \"a*\"", "any of (any event like \"a*\", event like \"a*\")"),
        ("a for 60 minutes", "a for 1h"),
        ("a then b ever", "a then b"),
        ("10.0% sample \"s\"", "10 % sample \"s\""),
        ("person.p changed ever", "person.p changed"),
        (
            "person.t between 2026-01-01T00:00:00Z and 2026-01-02T00:00:00Z",
            "person.t >= 2026-01-01T00:00:00Z and person.t < 2026-01-02T00:00:00Z"
        ),
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
        ("not a for 1 day", "not (a for 1 day)"), ("a for 1 day", "a for 2 days"),
        ("a for 1 day", "a in last 1 day"), ("first a today", "last a today"),
        ("last a.p != 1", "not last a.p = 1"), ("last a where p = 1 has q = 2", "last a has q = 2"),
        ("any person.l (p = 1)", "every person.l (p = 1)"),
        ("no person.l (p = 1)", "every person.l (not p = 1)"),
        ("at least 2 of (a, b, c)", "at least 2 of (c, b, a) and a"),
        ("a then b", "b then a"), ("a then b within 1h", "a then no b within 1h"),
        ("a then b with same p", "a then b with same q"), ("a then b", "a and b"),
        ("a then b within 1 day", "a then b in last 1 day"),
        ("at least 2 days with a", "at least 2 weeks with a"),
        ("at least 2 days with a", "at least 2 days with at least 2 a"),
        ("a today", "a yesterday"), ("a today", "a in last 1 day"),
        ("a this week", "a in last 7 days"), ("a since 2026-01-01", "a before 2026-01-01"),
        ("a since last b", "a since last c"), ("in list x", "in list y"),
        ("10% sample \"s\"", "10% sample \"t\""), ("10% sample \"s\"", "11% sample \"s\""),
        ("person.p = \"a\"", "person.p = \"a\" ignoring case"),
        ("person.p contains \"a\"", "person.p starts with \"a\""),
        ("person.p like \"a\"", "person.p ends with \"a\""),
        ("person.p contains 5", "person.p contains \"5\""),
        ("person.t in last 1 day", "person.t in next 1 day"),
        ("person.t in next 1 day", "person.t anniversary in next 1 day"),
        ("person.p changed", "person.p changed to 1"),
        ("person.p changed from 1", "person.p changed to 1"),
        ("event like \"a*\"", "any of (\"a*\", b)"), ("minimum of a.p > 1", "maximum of a.p > 1"),
        ("distinct a.p > 1", "average of a.p > 1"),
        ("known for at least 1 day", "person is known for 1 day"),
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

    /// Zones change what calendar windows and dates mean, also those that are values, and nothing else.
    @Test(arguments: [
        ("a today", true), ("at least 2 days with a", true), ("person.d = 2026-01-31", true),
        ("person.d anniversary in next 1 day", true), ("a since 2026-01-31", true),
        ("a since 2026-01-31T00:00:00Z", false), ("a in last 1 day", false),
        ("person.d before 2026-01-31T00:00:00Z", true), ("a where d in next 1 day", true),
        ("person.d changed to 2026-01-31", true), ("a since last b", false),
        ("a where d contains 2026-01-31T00:00:00Z", true), ("person.d = \"2026-01-31\"", false),
    ])
    func zonesMatterToLocalTime(condition: String, matters: Bool) {
        func meaning(_ lead: String) -> String? {
            let source = RuleSource(path: "x.seg", text: "\(lead) segment s when \(condition)")
            let compilation = compileRules([source], zones: GoldenTests.zone)
            return compilation.ruleSet?.segments.first?.meaning
        }
        let local = meaning("timezone \"Europe/Berlin\"")
        #expect(local != nil)
        #expect((local != meaning("")) == matters)
    }

    @Test func activitiesAreCollectedOverFiles() {
        let sources = [
            RuleSource(path: "a", text: "segment s when any activity activity b, a"),
            RuleSource(path: "b", text: "activity c, b"),
        ]
        let meaning = compileRules(sources).ruleSet?.segments.first?.meaning
        #expect(meaning == #"(at-least 1 (events "a" "b" "c") ever)"#)
    }

    @Test func turnsAreReferences() {
        let text =
            "segment a when entered segment b segment b when exited segment c segment c when x"
        let rules = compileRules([RuleSource(path: "x", text: text)]).ruleSet
        #expect(rules?.segments.map(\.condition.referredSegments) == [["b"], ["c"], []])
    }
}
