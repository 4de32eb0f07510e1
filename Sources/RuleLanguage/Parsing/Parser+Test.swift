import EventModel

extension Parser {
    /// `test` of what the subject names.
    mutating func test(of subject: String) throws(Reported) -> TestSyntax {
        if let error = unavailableTest() { throw error }
        if token.kind == .symbol, let comparison = Comparison(rawValue: token.text) {
            advance()
            let literal = try literal(after: comparison.rawValue, of: subject)
            try refuseFoldedCase()
            return .compare(comparison, literal)
        }
        if take("one", "of") { return try oneOf(isNegated: false) }
        if take("not", "one", "of") { return try oneOf(isNegated: true) }
        if at("is") { return try state(of: subject) }
        if take("between") { return try between() }
        if take("before") { return .before(try date(after: "before")) }
        if take("after") { return .after(try date(after: "after")) }
        throw missingTest(of: subject)
    }

    private mutating func oneOf(isNegated: Bool) throws(Reported) -> TestSyntax {
        let literals = try list(of: "values") { (parser) throws(Reported) in
            try parser.literal(after: parser.previous.text, of: "")
        }
        try refuseFoldedCase()
        return .oneOf(literals, isNegated: isNegated)
    }

    private mutating func refuseFoldedCase() throws(Reported) {
        if at("ignoring") { throw unavailable("ignoring case", tokens: 2) }
    }

    /// What follows `is`.
    private mutating func state(of subject: String) throws(Reported) -> TestSyntax {
        if take("is", "not", "set") { return .isSet(false) }
        if take("is", "set") { return .isSet(true) }
        if take("is", "true") { return .isTruth(true) }
        if take("is", "false") { return .isTruth(false) }
        let isNegated = ahead(1).isWord("not")
        let place = isNegated ? 2 : 1
        let next = ahead(place)
        let range = range(ofNext: place + 1)
        if next.kind == .string || next.isQuantity {
            let sign = isNegated ? "!=" : "="
            let value = shortened(source.text(next.range), to: 40)
            throw fail("values are compared with signs", at: range, fix: "write \(sign) \(value)")
        }
        if next.isWord("true") || next.isWord("false") {
            throw fail(
                "'is not \(next.text)' leaves open whether a missing value counts",
                at: range,
                fix: "write 'is \(next.isWord("true") ? "false" : "true")', or != \(next.text) "
                    + "where a missing value counts too"
            )
        }
        if ["empty", "null", "missing", "unset", "nil", "blank"].contains(next.text) {
            let form = isNegated ? "is set" : "is not set"
            throw fail("a value is set or not set", at: range, fix: "write '\(form)'")
        }
        if at("is", "one", "of") || at("is", "not", "one", "of") {
            throw fail(
                "'is' is left out before 'one of'",
                at: token.range,
                fix: "write \(subject) \(isNegated ? "not one of" : "one of") (…)"
            )
        }
        let near =
            next.kind == .word ? nearest(to: next.text, among: ["set", "true", "false"]) : nil
        throw fail(
            "behind 'is' comes 'set', 'not set', 'true' or 'false'",
            at: range,
            fix: near.map { "did you mean 'is \(isNegated ? "not " : "")\($0)'?" }
        )
    }

    private mutating func between() throws(Reported) -> TestSyntax {
        let low = token
        let isDate = !low.isNumber
        guard low.isQuantity else {
            throw fail(
                "'between' takes two numbers or two dates",
                fix: "write for example: between 18 and 25"
            )
        }
        let first = try literal(after: "between", of: "")
        guard take("and") else {
            throw fail("'and' is missing here", fix: "write for example: between 18 and 25")
        }
        guard token.isQuantity, token.isNumber != isDate else {
            throw fail(
                isDate ? "a date is missing behind 'and'" : "a number is missing behind 'and'",
                fix: "'between' takes two numbers or two dates"
            )
        }
        let second = try literal(after: "and", of: "")
        if isDate { return .betweenDates(first, second) }
        return .betweenNumbers(number(first), number(second))
    }

    private func number(_ literal: LiteralSyntax) -> NumberSyntax {
        guard case .number(let value) = literal.value else {
            return NumberSyntax(value: nil, range: literal.range)
        }
        return NumberSyntax(value: value, range: literal.range)
    }

    private mutating func date(after word: String) throws(Reported) -> LiteralSyntax {
        switch token.kind {
        case .date, .malformedDate: return try literal(after: word, of: "")
        default:
            throw fail(
                "a date is missing after '\(word)'",
                fix: "write for example: \(word) 2026-01-31"
            )
        }
    }

    /// `literal`.
    private mutating func literal(after sign: String, of subject: String) throws(Reported)
        -> LiteralSyntax
    {
        let value: ValueLiteral?
        switch token.kind {
        case .string: value = .text(token.text)
        case .number(let number): value = number.map { .number($0) }
        case .date(let start, let end): value = .time(start: start, end: end)
        case .malformedDate, .span(nil): value = nil
        case .word where token.text == "true" || token.text == "false":
            value = .boolean(token.text == "true")
        case .word, .span, .symbol, .end:
            throw missingLiteral(after: sign)
        }
        advance()
        return LiteralSyntax(value: value, range: previous.range)
    }
}
