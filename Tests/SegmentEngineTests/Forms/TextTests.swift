import SegmentTesting
import Testing

/// Tests of texts, with and without the case of letters.
@Suite struct TextTests {
    @Test(
        arguments: [
            ("p contains \"bc\"", "abcd", true), ("p contains \"bd\"", "abcd", false),
            ("p contains \"abcd\"", "abcd", true), ("p contains \"abcde\"", "abcd", false),
            ("p contains \"BC\"", "abcd", false), ("p contains \"ab\"", "aab", true),
            ("p contains \"5\"", 5, false), ("p contains 5", "5", false),
            ("p contains \"b\"", ["a", "b"], true), ("p contains \"b\"", ["ab"], false),
            ("p contains 5", [5], true), ("p contains 5", ["5"], true),
            ("p contains \"5\"", [5], true), ("p contains \"b\"", [["b"]], false),
            ("p contains true", [true], true), ("p contains \"b\"", [], false),
            ("p starts with \"ab\"", "abcd", true), ("p starts with \"ab\"", "xab", false),
            ("p starts with \"abcd\"", "abcd", true), ("p starts with \"abcde\"", "abcd", false),
            ("p ends with \"cd\"", "abcd", true), ("p ends with \"cd\"", "cdx", false),
            ("p ends with \"abcd\"", "abcd", true), ("p ends with \"xabcd\"", "abcd", false),
            ("p starts with \"a\"", ["a"], false), ("p ends with \"5\"", 5, false),
            ("p like \"*@example.com\"", "a@example.com", true),
            ("p like \"*@example.com\"", "@example.com", true),
            ("p like \"*@example.com\"", "a@example.com.org", false),
            ("p like \"a*c*e\"", "abcde", true), ("p like \"a*c*e\"", "ace", true),
            ("p like \"a*c*e\"", "acd", false), ("p like \"a*a\"", "a", false),
            ("p like \"a*a\"", "aa", true), ("p like \"*ab*\"", "xxaabyy", true),
            ("p like \"*aab\"", "aaab", true), ("p like \"*\"", "x", true),
            ("p like \"*\"", "", false), ("p like \"*\"", 5, false),
            ("p like \"abc\"", "abc", true), ("p like \"abc\"", "abcd", false),
            ("p like \"a?c\"", "abc", false), ("p like \"a?c\"", "a?c", true),
            ("p like \"A*\"", "abc", false),
        ] as [(String, TestValue, Bool)]
    )
    func texts(_ test: String, _ value: TestValue, _ holds: Bool) { check(test, value, holds) }

    @Test(
        arguments: [
            ("p = \"ABC\" ignoring case", "aBc", true),
            ("p != \"ABC\" ignoring case", "aBc", false),
            ("p != \"ABC\" ignoring case", nil, true), ("p = \"ABC\" ignoring case", "abcd", false),
            ("p one of (\"A\", \"B\") ignoring case", "b", true),
            ("p not one of (\"A\", \"B\") ignoring case", "b", false),
            ("p contains \"BC\" ignoring case", "abcd", true),
            ("p contains \"B\" ignoring case", ["a", "b"], true),
            ("p starts with \"AB\" ignoring case", "abcd", true),
            ("p ends with \"CD\" ignoring case", "abcd", true),
            ("p like \"*@EXAMPLE.com\" ignoring case", "A@example.COM", true),
            ("p < \"b\" ignoring case", "A", true), ("p < \"a\" ignoring case", "B", false),
            // Simple folding, by Unicode's table: one character for one.
            ("p = \"ÄÖÜ\" ignoring case", "äöü", true), ("p = \"ä\" ignoring case", "a", false),
            ("p = \"ΣΊΣΥΦΟΣ\" ignoring case", "σίσυφος", true),
            ("p = \"straße\" ignoring case", "STRASSE", false),
            ("p = \"straße\" ignoring case", "STRAẞE", true),
            ("p = \"ПРИВЕТ\" ignoring case", "привет", true),
            ("p = \"k\" ignoring case", "\u{212A}", true),
            ("p = \"s\" ignoring case", "\u{17F}", true),
            ("p = \"å\" ignoring case", "\u{212B}", true),
            ("p = \"ı\" ignoring case", "I", false), ("p = \"i\" ignoring case", "İ", false),
            ("p = \"\u{10428}\" ignoring case", "\u{10400}", true),
            ("p = \"\u{1C5}\" ignoring case", "\u{1C4}", true),
            ("p = \"\u{1C6}\" ignoring case", "\u{1C5}", true),
            ("p = \"é\" ignoring case", "E\u{301}", false),
            ("p = \"ā\" ignoring case", "Ā", true), ("p = \"Ă\" ignoring case", "ā", false),
            ("p = \"[\" ignoring case", "{", false), ("p = \"@\" ignoring case", "`", false),
        ] as [(String, TestValue, Bool)]
    )
    func ignoringCase(_ test: String, _ value: TestValue, _ holds: Bool) {
        check(test, value, holds)
    }

    private func check(_ test: String, _ value: TestValue, _ holds: Bool) {
        let turns = holds ? ["in 1h"] : []
        Story("e where \(test)", [did("1h", ["p": value, "q": 1])], turns).check()
        Story("person.\(test)", [set("1h", ["p": value, "q": 1])], turns).check()
        Story("last e.\(test)", [did("1h", ["p": value, "q": 1])], turns).check()
        Story(
            "any person.l (\(test))",
            [set("1h", ["l": [["p": value]]])],
            isNegation(test, value) ? [] : turns
        )
        .check()
    }

    /// Within an item what is missing satisfies no negation either.
    private func isNegation(_ test: String, _ value: TestValue) -> Bool {
        if case .null = value { return test.contains("!=") }
        return false
    }
}
