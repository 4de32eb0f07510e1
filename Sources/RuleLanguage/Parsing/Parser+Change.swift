extension Parser {
    /// `changed from … to … window`.
    mutating func change(of path: [TextSyntax], _ subject: String) throws(Reported) -> ChangeSyntax
    {
        let start = index
        advance()
        var change = ChangeSyntax(path: path)
        if take("from") { change.from = try literal(after: "from", of: subject) }
        if take("to") { change.to = try literal(after: "to", of: subject) }
        if at("from"), change.to != nil, change.from == nil {
            complain(
                token.range,
                "'from' comes before 'to'",
                fix: "write \(subject) changed from … to …"
            )
            advance()
            change.from = try literal(after: "from", of: subject)
        }
        if let error = misspeltValue(start, subject, change) { throw error }
        change.window = try turnWindow("\(subject) changed")
        if at("from") || at("to") {
            complain(
                token.range,
                "'\(token.text)' comes before the window",
                fix: "the order is always: changed, from, to, window"
            )
            let word = token.text
            advance()
            _ = try literal(after: word, of: subject)
        }
        return change
    }

    /// `changed "pro"`, `changed into "pro"`, `changed = "pro"`.
    private mutating func misspeltValue(_ start: Int, _ subject: String, _ change: ChangeSyntax)
        -> Reported?
    {
        guard change.to == nil else { return nil }
        let isSign = token.kind == .symbol && Comparison(rawValue: token.text) != nil
        let isWord = at("into") || at("for") && ahead(1).kind == .string || at("until")
        let isValue = token.kind == .string && !token.isFirstOnLine
        guard isSign || isWord || isValue else { return nil }
        let value = isValue ? token : ahead(1)
        return fail(
            "what \(subject) became is written behind 'to'",
            fix:
                "write \(spelling(of: start..<index)) to \(shortened(source.text(value.range), to: 40))"
        )
    }

    /// `has changed`, `changes`, `became "pro"`, where the test of an attribute stands.
    mutating func misspeltChange(of subject: String) -> Reported? {
        guard token.kind == .word else { return nil }
        for word in ["has", "was", "is", "had", "just", "have", "got"] where at(word, "changed") {
            return fail("'\(word)' is left out before 'changed'", fix: "write \(subject) changed")
        }
        if at("not", "changed") || at("has", "not", "changed") || at("unchanged") {
            return fail(
                "'not' stands before the condition",
                fix: "write not \(subject) changed …"
            )
        }
        if at("did", "not", "change") || at("never", "changed") || at("didn", "not", "change") {
            return fail("'not' stands before the condition", fix: "write not \(subject) changed")
        }
        let slips = ["became", "becomes", "turned", "switched", "moved"]
        if slips.contains(token.text) {
            return fail(
                "'\(token.text)' is no word of the rule language here",
                fix: "write \(subject) changed to \"…\""
            )
        }
        if ["changes", "change", "chnaged", "changd"].contains(token.text) {
            return fail(
                "'\(token.text)' is no test of the rule language",
                fix: "did you mean 'changed'?"
            )
        }
        return nil
    }
}
