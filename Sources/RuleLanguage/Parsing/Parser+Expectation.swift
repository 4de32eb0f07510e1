extension Parser {
    /// `expect bound`.
    ///
    /// - Parameter isOfEvent: Whether it stands in an event's declaration: then it counts that event.
    mutating func expectation(isOfEvent: Bool) throws(Reported) -> ExpectationSyntax {
        let start = index
        advance()
        let form =
            isOfEvent
            ? "write for example: expect at least 1 in 1 hour"
            : "write for example: expect 10 to 5000 members, or expect at least 1 entry in 6 hours"
        var low: NumberSyntax?
        var high: NumberSyntax?
        if take("at", "least") {
            low = try number(form)
        } else if take("at", "most") {
            high = try number(form)
        } else if token.isNumber, !isOfEvent {
            low = try number(form)
            guard take("to") else {
                throw fail("'to' is missing behind the first number", fix: form)
            }
            high = try number(form)
        } else {
            throw fail("it is missing how much is expected \(beforeToken)", fix: form)
        }
        let subject: ExpectationSyntax.Subject
        if isOfEvent {
            guard take("in") else {
                throw fail("'in' and how long are missing \(beforeToken)", fix: form)
            }
            subject = .events(in: try duration(after: "in"))
        } else if at("members") || at("member") {
            advance()
            subject = .members
        } else {
            let isEntry = at("entry") || at("entries")
            guard isEntry || at("exit") || at("exits") else {
                throw fail(
                    "it is missing what is counted \(beforeToken): members, entries or exits",
                    fix: form
                )
            }
            advance()
            guard take("in") else {
                throw fail("'in' and how long are missing \(beforeToken)", fix: form)
            }
            let duration = try duration(after: "in")
            subject = isEntry ? .entries(in: duration) : .exits(in: duration)
            if low != nil, high != nil {
                complain(
                    range(from: start),
                    "'… to …' is said of members only",
                    fix: "write two lines: expect at least …, and expect at most …"
                )
            }
        }
        return ExpectationSyntax(low: low, high: high, subject: subject, range: range(from: start))
    }

    private mutating func number(_ form: String) throws(Reported) -> NumberSyntax {
        guard case .number(let value) = token.kind else {
            throw fail("a number is missing \(beforeToken)", fix: form)
        }
        advance()
        return NumberSyntax(value: value, range: previous.range)
    }
}
