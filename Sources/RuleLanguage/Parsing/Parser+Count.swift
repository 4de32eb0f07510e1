extension Parser {
    /// What begins with a number of something, or with an event: `some_of`, `regular` or
    /// `occurrence`.
    mutating func counted() throws(Reported) -> ConditionSyntax {
        if let error = misspeltFact() { throw error }
        guard let count = try count() else { return try occurrence(count: nil) }
        if at("of"), ahead(1).isSymbol("(") { return .some(try some(of: count)) }
        if let error = misspeltSome(count) ?? misspeltRegular(count) { throw error }
        if let unit = Parser.periods[token.text], token.kind == .word, ahead(1).isWord("with") {
            return .regular(try regular(count, unit))
        }
        return try occurrence(count: count)
    }

    /// `count`; nil where none stands here.
    mutating func count() throws(Reported) -> CountSyntax? {
        let start = index
        guard let form = try countForm() else { return nil }
        if at("times") || at("time"), ahead(1).isName || ahead(1).isWord("any") {
            complain(token.range, "'\(token.text)' is not said here", fix: "leave it out")
            advance()
        }
        return CountSyntax(form: form, range: range(from: start))
    }

    private mutating func countForm() throws(Reported) -> CountSyntax.Form? {
        if at("no") {
            advance()
            return .no
        }
        if at("between"), ahead(1).isNumber {
            advance()
            let low = try countNumber(after: "between")
            guard take("and") else {
                throw fail("'and' is missing here", fix: "write for example: between 2 and 5")
            }
            return .between(low, try countNumber(after: "and"))
        }
        if take("at", "least") { return .atLeast(try countNumber(after: "at least")) }
        if take("at", "most") { return .atMost(try countNumber(after: "at most")) }
        if take("more", "than") { return .moreThan(try countNumber(after: "more than")) }
        if take("fewer", "than") { return .fewerThan(try countNumber(after: "fewer than")) }
        if at("exactly"), ahead(1).isNumber || !ahead(1).isWord("in") && ahead(1).isName {
            advance()
            return .exactly(try countNumber(after: "exactly"))
        }
        return nil
    }

    private mutating func countNumber(after words: String) throws(Reported) -> NumberSyntax {
        guard case .number(let value) = token.kind else {
            throw fail(
                "a number is missing after '\(words)'",
                fix: "write it in digits, such as 3"
            )
        }
        advance()
        return NumberSyntax(value: value, range: previous.range)
    }
}
