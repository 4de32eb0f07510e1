import EventModel

extension Checker {
    /// `contains`: a text within a text, or any value as an element of a list.
    mutating func contains(_ literal: LiteralSyntax) -> LoweredTest? {
        guard let value = value(literal) else { return nil }
        if case .text("") = value {
            refuseEmpty(literal, "contains")
            return nil
        }
        return .one(.contains(value))
    }

    /// `starts with`, `ends with` and `like`, which take texts only.
    mutating func check(_ test: TextTest, _ literal: LiteralSyntax) -> LoweredTest? {
        guard let value = literal.value else { return nil }
        guard case .text(let text) = value else {
            let spelled = shortened(spelling(of: value, literal))
            complaints.error(
                literal.range,
                "'\(test.rawValue)' looks at text, and text is written in quotes",
                fix: "write \(test.rawValue) \"\(spelled)\""
            )
            return nil
        }
        guard !text.isEmpty else {
            refuseEmpty(literal, test.rawValue)
            return nil
        }
        return switch test {
        case .startsWith: .one(.startsWith(text))
        case .endsWith: .one(.endsWith(text))
        case .like: .one(.like(text))
        }
    }

    private mutating func refuseEmpty(_ literal: LiteralSyntax, _ test: String) {
        complaints.error(
            literal.range,
            test == "like"
                ? "no value is like an empty text: an empty one counts as not set"
                : "every text \(test) an empty one, so this says nothing",
            fix: test == "like" ? "did you mean 'is not set'?" : "did you mean 'is set'?"
        )
    }

    /// A test without regard to case: of texts only.
    mutating func ignoringCase(_ test: TestSyntax, at range: Range<Int>) -> LoweredTest? {
        guard let lowered = check(test) else { return nil }
        guard Checker.looksAtText(test) else {
            complaints.error(
                range,
                "'ignoring case' goes with text, and there is none in this test",
                fix: "leave it out, or write the value in quotes"
            )
            return nil
        }
        return switch lowered {
        case .one(let test): .one(.ignoringCase(test))
        case .negation(let test): .negation(.ignoringCase(test))
        case .both(let first, let second): .both(.ignoringCase(first), .ignoringCase(second))
        }
    }

    private static func looksAtText(_ test: TestSyntax) -> Bool {
        switch test {
        case .compare(_, let literal), .contains(let literal), .text(_, let literal):
            if case .text = literal.value { return true }
            return false
        case .oneOf(let literals, _):
            return literals.contains { literal in
                if case .text = literal.value { return true }
                return false
            }
        case .isSet, .isTruth, .ignoringCase, .betweenNumbers, .betweenDates, .before, .after,
            .inLast, .inNext, .anniversary, .longerAgo, .betweenAgo:
            return false
        }
    }

    private func spelling(of value: ValueLiteral, _ literal: LiteralSyntax) -> String {
        switch value {
        case .text(let text): text
        case .number(let number): number.description
        case .boolean(let truth): truth ? "true" : "false"
        case .time: source.text(literal.range)
        }
    }
}
