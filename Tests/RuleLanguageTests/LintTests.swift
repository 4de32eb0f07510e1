import RuleLanguage
import Testing

/// What is legal and probably wrong.
@Suite struct LintTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let warning: String
        /// Conditions of which it warns, and similar ones of which it does not.
        let warned: [String]
        let passed: [String]
        var testDescription: String { warning }
    }

    private static func warnings(_ text: String, seen: [SeenEvent]? = nil) -> [Diagnostic] {
        let source = RuleSource(path: "a.seg", text: text)
        let compilation = compileRules([source])
        #expect(compilation.ruleSet != nil, "\(compilation.rendered)")
        return lintRules([source], seen: seen)
    }

    private static func names(_ text: String, seen: [SeenEvent]? = nil) -> [String] {
        warnings(text, seen: seen).map { warning in
            let start = warning.message.lastIndex(of: "[") ?? warning.message.endIndex
            return String(warning.message[start...].dropFirst().dropLast())
        }
    }

    static let cases = [
        Case(
            warning: "never-true",
            warned: [
                "a in last 1 hour and no a in last 2 hours",
                "at least 3 a in last 1 day and at most 2 a in last 1 day",
                "a where p = 1 in last 1 hour and no a",
                "person.plan = \"a\" and person.plan = \"b\"",
                "person.age >= 18 and person.age < 5",
                "person.age = 4 and person.age > 5",
                "person.ok is true and person.ok is false",
                "person is known and person is anonymous",
                "any event in last 1 day and not any event in last 1 day",
            ],
            passed: [
                "a in last 2 hours and no a in last 1 hour",
                "at least 3 a in last 1 day and at most 2 b in last 1 day",
                "a in last 1 hour and no a where p = 1",
                "person.plan = \"a\" or person.plan = \"b\"",
                "person.age >= 5 and person.age < 18",
                "a in last 1 hour and no b in last 2 hours",
            ]
        ),
        Case(
            warning: "never-left",
            warned: [
                "a", "at least 3 a", "a then b", "person is known",
                "a and known for at least 1 day",
                "a or person is known", "person.plan changed", "entered segment other",
                "at least 3 days with a", "a and 10% sample \"x\"",
            ],
            passed: [
                "a in last 1 day", "person.plan = \"a\"", "everyone", "sum of a.p >= 5",
                "last a has p = 1", "in list kit", "a and person.plan = \"a\"", "not a and b",
                "a where due in next 3 days", "in segment other",
            ]
        ),
        Case(
            warning: "newcomers",
            warned: [
                "no a in last 7 days", "no a in last 7 days and no b in last 1 hour",
                "no a in last 7 days and person is anonymous",
            ],
            passed: [
                "no a in last 7 days and known for at least 7 days",
                "any event and no a in last 7 days", "a in last 7 days", "no a",
                "no a in last 7 days and person.plan = \"pro\"",
            ]
        ),
        Case(
            warning: "missing-attribute",
            warned: [
                "person.plan != \"pro\" and a in last 1 day",
                "a in last 1 day and (person.plan not one of (\"a\", \"b\") or b in last 1 day)",
                "not person.plan = \"pro\" and a in last 1 day",
            ],
            passed: [
                "person.plan != \"pro\" and person.plan is set and a in last 1 day",
                "a in last 1 day and (person.plan != \"pro\" and person.plan is set)",
                "person.plan is not set and a in last 1 day", "person.plan = \"pro\"",
                "a where p != 1 in last 1 day",
            ]
        ),
    ]

    @Test(arguments: cases)
    func warns(of lint: Case) {
        let other = "\nsegment other when b in last 1 day\n"
        for condition in lint.warned {
            let found = Self.names("segment s when \(condition)" + other)
            #expect(found.contains(lint.warning), "\(condition): \(found)")
            let allowed = Self.names(
                "# allow: \(lint.warning)\nsegment s when \(condition)" + other
            )
            #expect(!allowed.contains(lint.warning), "\(condition)")
        }
        for condition in lint.passed {
            let found = Self.names("segment s when \(condition)" + other)
            #expect(!found.contains(lint.warning), "\(condition): \(found)")
        }
    }

    @Test func eventsThatWereNeverSeen() throws {
        let seen = [
            SeenEvent(name: "added_to_cart", lastWeek: 12_418), SeenEvent(name: "b", lastWeek: 1),
        ]
        let text = "segment s when b in last 1 day and add_to_cart in last 1 day"
        #expect(Self.names(text, seen: nil).isEmpty)
        #expect(Self.names(text, seen: seen) == ["unseen-event"])
        let close = "segment s when addded_to_cart in last 1 day and b in last 1 day"
        let warning = try #require(Self.warnings(close, seen: seen).first)
        #expect(
            warning.message
                == "no event 'addded_to_cart' was ever seen; 'added_to_cart' was, 12,418 times in the "
                + "last 7 days [unseen-event]"
        )
        #expect(warning.fix == "did you mean 'added_to_cart'?")
        #expect((warning.line, warning.column, warning.endColumn) == (1, 16, 44))
        #expect(warning.severity == .warning)
    }

    /// Each segment that others refer to is looked at once.
    @Test func manyWaysLeadThroughFewSegments() {
        var text = "segment a0 when person is known segment b0 when person is known\n"
        for level in 1...60 {
            for name in ["a", "b"] {
                text +=
                    "segment \(name)\(level) when in segment a\(level - 1) "
                    + "and in segment b\(level - 1)\n"
            }
        }
        #expect(Self.names(text).count == 122)
    }

    /// A comment silences what follows it, and nothing else.
    @Test func allowances() {
        let text = """
            # allow: never-left
            segment a when x
            segment b when x
            # Something else.
            # allow: newcomers, never-left
            # And why.
            segment c when x and 10% sample "s"
            segment d when y # allow: never-left
            segment e when y
            """
        #expect(Self.warnings(text).map(\.line) == [3, 8])
        let slip = Self.warnings("# allow: nevr-left\nsegment a when x")
        #expect(slip.map(\.line) == [1, 2])
        #expect(slip.first?.fix == "did you mean 'never-left'?")
    }
}
