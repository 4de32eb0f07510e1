import EventModel

extension Parser {
    /// The tests of times, and `between`; nil where none of them stands here.
    mutating func timeTest(of subject: String) throws(Reported) -> TestSyntax? {
        if at("between") { return try between() }
        if take("before") { return .before(try date(after: "before")) }
        if take("after") { return .after(try date(after: "after")) }
        if take("in", "last") {
            if let error = calendarTest() { throw error }
            return .inLast(try duration(after: "in last"))
        }
        if take("in", "next") { return .inNext(try duration(after: "in next")) }
        if at("anniversary") { return .anniversary(try anniversary(of: subject)) }
        if let duration = try ago() { return .longerAgo(duration) }
        return nil
    }

    /// `between` of two numbers, two dates or two durations.
    private mutating func between() throws(Reported) -> TestSyntax {
        advance()
        guard token.isQuantity else {
            throw fail(
                "'between' takes two numbers or two dates",
                fix: "write for example: between 18 and 25"
            )
        }
        if token.isDate {
            let (first, last) = try betweenDates()
            return .betweenDates(first, last)
        }
        if isBetweenAgo {
            let (longest, shortest) = try betweenAgo()
            return .betweenAgo(longest, shortest)
        }
        let first = try literal(after: "between", of: "")
        guard take("and") else {
            let isTo = at("to") && previous.isNumber && ahead(1).isNumber
            let numbers = [previous, ahead(1)].map { shortened(source.text($0.range), to: 20) }
            throw fail(
                "'and' is missing here",
                fix: isTo
                    ? "write between \(numbers[0]) and \(numbers[1])"
                    : "write for example: between 18 and 25"
            )
        }
        guard token.isNumber else {
            throw fail(
                "a number is missing behind 'and'",
                fix: "'between' takes two numbers or two dates"
            )
        }
        let second = try literal(after: "and", of: "")
        return .betweenNumbers(number(first), number(second))
    }

    /// Whether what stands behind `between` is a duration, or the second one is.
    private var isBetweenAgo: Bool {
        if case .span = token.kind { return true }
        guard !isUnit(ahead(1)) else { return true }
        guard ahead(1).isWord("and") else { return false }
        if case .span = ahead(2).kind { return true }
        return ahead(2).isNumber && (isUnit(ahead(3)) || ahead(3).isWord("ago"))
    }

    /// `2026-01-01 and 2026-01-31`, behind `between`.
    mutating func betweenDates() throws(Reported) -> (LiteralSyntax, LiteralSyntax) {
        let first = try literal(after: "between", of: "")
        guard take("and") else {
            throw fail(
                "'and' is missing here",
                fix: "write for example: between 2026-01-01 and 2026-01-31"
            )
        }
        guard token.isDate else {
            throw fail(
                "a date is missing behind 'and'",
                fix: "'between' takes two numbers or two dates"
            )
        }
        return (first, try literal(after: "and", of: ""))
    }

    private func number(_ literal: LiteralSyntax) -> NumberSyntax {
        guard case .number(let value) = literal.value else {
            return NumberSyntax(value: nil, range: literal.range)
        }
        return NumberSyntax(value: value, range: literal.range)
    }

    mutating func date(after word: String) throws(Reported) -> LiteralSyntax {
        guard token.isDate else {
            throw fail(
                "a date is missing after '\(word)'",
                fix: "write for example: \(word) 2026-01-31"
            )
        }
        return try literal(after: word, of: "")
    }

    /// `anniversary in next duration`.
    private mutating func anniversary(of subject: String) throws(Reported) -> DurationSyntax {
        advance()
        guard take("in", "next") else {
            let hint = "write for example: \(subject) anniversary in next 7 days"
            if at("in"), ahead(1).isQuantity {
                throw fail("'next' is missing behind 'in'", fix: "did you mean 'in next'?")
            }
            if at("in", "the", "next") || at("in", "last") || at("within") || at("next") {
                let place = at("in", "the", "next") ? 3 : at("in", "last") ? 2 : 1
                throw fail(
                    "an anniversary is looked for 'in next …' only",
                    at: range(ofNext: place),
                    fix: "did you mean 'in next'?"
                )
            }
            if at("today") || at("this") {
                throw fail(
                    "an anniversary is looked for 'in next …' only",
                    fix: "write for example: anniversary in next 1 day"
                )
            }
            throw fail("'in next' is missing \(beforeToken)", fix: hint)
        }
        return try duration(after: "in next")
    }

    /// `in last 3 calendar days` as a test.
    private mutating func calendarTest() -> Reported? {
        guard token.isNumber, ahead(1).isWord("calendar") else { return nil }
        return fail(
            "calendar windows go with events only, not with a value that is a time",
            at: range(ofNext: 2),
            fix: "write for example: in last 3 days, or after 2026-01-31"
        )
    }
}
