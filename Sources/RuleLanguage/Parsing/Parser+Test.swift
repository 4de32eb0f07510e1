import EventModel

extension Parser {
    /// `test` of what the subject names.
    mutating func test(of subject: String) throws(Reported) -> TestSyntax {
        if let error = misspeltTest(of: subject) { throw error }
        if let test = try comparisonInWords(of: subject) { return test }
        if token.kind == .symbol, let comparison = Comparison(rawValue: token.text) {
            advance()
            let literal = try literal(after: comparison.rawValue, of: subject)
            return try ignoringCase(.compare(comparison, literal))
        }
        if take("one", "of") { return try oneOf(isNegated: false) }
        if take("not", "one", "of") { return try oneOf(isNegated: true) }
        if let test = try textTest(of: subject) { return try ignoringCase(test) }
        if at("is") { return try state(of: subject) }
        if let test = try timeTest(of: subject) { return test }
        throw missingTest(of: subject)
    }

    private mutating func oneOf(isNegated: Bool) throws(Reported) -> TestSyntax {
        let literals = try list(of: "values") { (parser) throws(Reported) in
            try parser.literal(after: parser.previous.text, of: "")
        }
        return try ignoringCase(.oneOf(literals, isNegated: isNegated))
    }

    /// `contains`, `starts with`, `ends with` and `like`; nil where none of them stands here.
    private mutating func textTest(of subject: String) throws(Reported) -> TestSyntax? {
        if take("contains") {
            if let error = severalContained(in: subject) { throw error }
            return .contains(try literal(after: "contains", of: subject))
        }
        if take("starts", "with") {
            return .text(.startsWith, try literal(after: "starts with", of: subject))
        }
        if take("ends", "with") {
            return .text(.endsWith, try literal(after: "ends with", of: subject))
        }
        if take("like") { return .text(.like, try literal(after: "like", of: subject)) }
        return nil
    }

    /// The test with `ignoring case` behind it, where that stands here.
    private mutating func ignoringCase(_ test: TestSyntax) throws(Reported) -> TestSyntax {
        if let error = misspeltIgnoring() { throw error }
        guard take("ignoring", "case") else { return test }
        return .ignoringCase(test, range: range(from: index - 2))
    }

    /// What follows `is`.
    private mutating func state(of subject: String) throws(Reported) -> TestSyntax {
        if take("is", "not", "set") { return .isSet(false) }
        if take("is", "set") { return .isSet(true) }
        if take("is", "true") { return .isTruth(true) }
        if take("is", "false") { return .isTruth(false) }
        throw misspeltState(of: subject)
    }

    /// `literal`.
    mutating func literal(after sign: String, of subject: String) throws(Reported) -> LiteralSyntax
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
