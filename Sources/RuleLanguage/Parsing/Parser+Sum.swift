extension Parser {
    /// Whether a sum begins here, with `of` or without.
    var startsSum: Bool {
        guard at("sum") else { return false }
        let next = ahead(1)
        let isOther =
            next.kind == .word
            && (Reserved.joining.contains(next.text) || next.isWord("in") || next.isWord("ever"))
        return next.isSymbol("(") || next.isName && !isOther
    }

    /// `sum of events.path where window compare number`.
    mutating func sum() throws(Reported) -> SumSyntax {
        let start = index
        advance()
        if at(symbol: "(") { throw sumInBrackets() }
        if !take("of") {
            complain(tokens[start].range, "'of' is missing behind 'sum'", fix: "write 'sum of'")
        }
        let firstEvent = index
        let events = try self.events(isPathBehind: true)
        guard take(symbol: ".") else { throw missingProperty(of: firstEvent..<index) }
        let path = try self.path(of: "the name of a property")
        let subject = start..<index
        let filter = try whereClause()
        if let error = misplacedBetween(subject) { throw error }
        let window = try self.window()
        try misplacedWhere()
        let bound = index
        let comparison = try sumComparison(start..<index)
        let number = try sumNumber(after: comparison)
        try misplacedBehind(start..<bound, bound..<index, hasWindow: window != nil)
        return SumSyntax(
            events: events,
            path: path,
            filter: filter,
            window: window,
            comparison: comparison,
            number: number
        )
    }

    private mutating func sumComparison(_ sum: Range<Int>) throws(Reported) -> Comparison {
        if token.kind == .symbol, let comparison = Comparison(rawValue: token.text) {
            advance()
            return comparison
        }
        if let error = misplacedBetween(sum) ?? misspeltComparison() { throw error }
        if misplacedWindow() { throw Reported() }
        throw fail(
            "the comparison is missing behind the sum",
            fix: "write for example: \(spelling(of: sum)) >= 200"
        )
    }

    private mutating func sumNumber(after comparison: Comparison) throws(Reported) -> NumberSyntax {
        switch token.kind {
        case .number(let value):
            advance()
            return NumberSyntax(value: value, range: previous.range)
        case .end: break
        case .word where token.text.first == "$": throw missingLiteral(after: comparison.rawValue)
        case .symbol where token.text == ".": throw missingLiteral(after: comparison.rawValue)
        case .word where startsClause || startsBlock || Reserved.joining.contains(token.text): break
        case .symbol: break
        default: throw notANumber()
        }
        throw fail(
            "a number is missing after '\(comparison.rawValue)'",
            fix: "write it in digits, such as 200"
        )
    }
}
