extension Parser {
    /// `occurrence`, without the forms that cannot be evaluated yet.
    mutating func occurrence() throws(Reported) -> OccurrenceSyntax {
        if let error = misspeltFact() { throw error }
        let count = try self.count()
        let events = try self.events()
        let filter = try whereClause()
        if at("then") { throw unavailable("then …", tokens: 1) }
        let window = try self.window()
        if at("where") {
            complain(
                token.range,
                "'where' comes before the window",
                fix: "the order is always: how many, event, where, window"
            )
            _ = try whereClause()
        }
        return OccurrenceSyntax(count: count, events: events, filter: filter, window: window)
    }

    /// `count`; nil where none stands here.
    private mutating func count() throws(Reported) -> CountSyntax? {
        let start = index
        guard let form = try countForm() else { return nil }
        let count = CountSyntax(form: form, range: range(from: start))
        if at("of"), ahead(1).isSymbol("(") {
            throw fail(
                "'\(spelling(of: start..<index)) of (…)' is part of the rule language, but this "
                    + "version of segmentd cannot evaluate it yet",
                at: tokens[start].range.lowerBound..<token.range.upperBound
            )
        }
        for unit in ["days", "weeks", "months"] where at(unit, "with") {
            throw unavailable("\(unit) with …", tokens: 2)
        }
        if at("times") || at("time"), ahead(1).isName || ahead(1).isWord("any") {
            complain(token.range, "'\(token.text)' is not said here", fix: "leave it out")
            advance()
        }
        return count
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

    /// `events`.
    ///
    /// - Parameter isPathBehind: whether the name of a property follows, behind a dot.
    mutating func events(isPathBehind: Bool = false) throws(Reported) -> EventsSyntax {
        if take("any", "of") || at("any") && ahead(1).isSymbol("(") {
            if take("any") { complain(previous.range, "'of' is missing", fix: "write any of (…)") }
            let start = index - 1
            return try deeper { (parser) throws(Reported) in
                let list = try parser.list(of: "events") { (parser) throws(Reported) in
                    try parser.events()
                }
                return .anyOf(list, range: parser.range(from: start))
            }
        }
        if at("any", "activity") { throw unavailable("any activity", tokens: 2) }
        if at("activity") { throw unavailable("activity", tokens: 1) }
        if take("any", "event") || take("event") {
            if at("like") { throw unavailable("event like …", tokens: 1) }
            return .every
        }
        if at("any"), ahead(1).isWord("events") {
            throw fail(
                "'any events' is not a form of the language",
                at: range(ofNext: 2),
                fix: "write 'any event'"
            )
        }
        let name = try eventName()
        let isPath = isPathBehind && at(symbol: ".")
        if !isPath, let error = misplacedAfter(name) { throw error }
        return .name(name)
    }
}
