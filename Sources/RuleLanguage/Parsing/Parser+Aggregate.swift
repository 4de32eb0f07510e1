extension Parser {
    /// The figure that begins here, with its `of` or without; nil where none does.
    var startingFigure: Figure? {
        guard token.kind == .word, let figure = Figure(rawValue: token.text) else { return nil }
        let next = ahead(1)
        let isOther =
            next.kind == .word
            && (Reserved.joining.contains(next.text) || next.isWord("in") || next.isWord("ever"))
        return next.isSymbol("(") || next.isName && !isOther ? figure : nil
    }

    /// `sum of events.path where window compare number`, and its kin.
    mutating func aggregate(_ figure: Figure) throws(Reported) -> AggregateSyntax {
        let start = index
        advance()
        if at(symbol: "(") { throw figureInBrackets(figure) }
        try leadOfFigure(figure, start)
        let firstEvent = index
        let events = try self.events(isPathBehind: true)
        guard take(symbol: ".") else { throw missingProperty(figure, of: firstEvent..<index) }
        let path = try self.path(of: "the name of a property")
        let subject = start..<index
        let filter = try whereClause()
        if let error = misplacedBetween(figure, subject) { throw error }
        let window = try self.window()
        try misplacedWhere(figure)
        let bound = index
        let comparison = try comparison(figure, start..<index)
        let number = try number(figure, after: comparison)
        try misplacedBehind(figure, start..<bound, bound..<index, hasWindow: window != nil)
        return AggregateSyntax(
            figure: figure,
            events: events,
            path: path,
            filter: filter,
            window: window,
            comparison: comparison,
            number: number
        )
    }

    /// `of`, which all figures have but `distinct`.
    private mutating func leadOfFigure(_ figure: Figure, _ start: Int) throws(Reported) {
        guard figure == .distinct else {
            if !take("of") {
                complain(
                    tokens[start].range,
                    "'of' is missing behind '\(figure.rawValue)'",
                    fix: "write '\(figure.lead)'"
                )
            }
            return
        }
        let isFiller = at("of") || at("values") || at("number") || at("count")
        guard isFiller, ahead(1).isName else { return }
        complain(
            token.range,
            "'\(token.text)' is left out behind 'distinct'",
            fix: "leave it out"
        )
        advance()
        _ = take("of")
    }

    private mutating func comparison(_ figure: Figure, _ sum: Range<Int>) throws(Reported)
        -> Comparison
    {
        if token.kind == .symbol, let comparison = Comparison(rawValue: token.text) {
            advance()
            return comparison
        }
        if let error = misplacedBetween(figure, sum) ?? misspeltComparison(figure) { throw error }
        if misplacedWindow() { throw Reported() }
        throw fail(
            "the comparison is missing behind \(figure.definite)",
            fix: "write for example: \(spelling(of: sum)) >= \(figure == .distinct ? 3 : 200)"
        )
    }

    private mutating func number(_ figure: Figure, after comparison: Comparison) throws(Reported)
        -> NumberSyntax
    {
        switch token.kind {
        case .number(let value):
            advance()
            return NumberSyntax(value: value, range: previous.range)
        case .end: break
        case .word where token.text.first == "$": throw missingLiteral(after: comparison.rawValue)
        case .symbol where token.text == ".": throw missingLiteral(after: comparison.rawValue)
        case .word where startsClause || startsBlock || Reserved.joining.contains(token.text): break
        case .symbol: break
        default: throw notANumber(figure)
        }
        throw fail(
            "a number is missing after '\(comparison.rawValue)'",
            fix: "write it in digits, such as \(figure == .distinct ? 3 : 200)"
        )
    }
}
