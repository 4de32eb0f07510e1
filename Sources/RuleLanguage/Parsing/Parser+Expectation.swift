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
            guard take("to") else { throw missingTo(form) }
            high = try number(form)
        } else {
            throw fail("it is missing how much is expected \(beforeToken)", fix: form)
        }
        let subject: ExpectationSyntax.Subject
        if isOfEvent {
            if at("event") || at("events") || at("times") {
                complain(
                    token.range,
                    "what is counted is this event: leave \(tokenSpelling) out",
                    fix: form
                )
                advance()
            }
            subject = .events(in: try period(form))
        } else if at("members") || at("member") {
            advance()
            subject = .members
            try checkEndOfMembers()
        } else {
            let isEntry = at("entry") || at("entries")
            guard isEntry || at("exit") || at("exits") else {
                let isEvent = token.isName && (ahead(1).text == "in" || ahead(1).kind == .end)
                throw fail(
                    "it is missing what is counted \(beforeToken): members, entries or exits",
                    fix: isEvent
                        ? "what is expected of an event stands in its declaration: event …" : form
                )
            }
            advance()
            let duration = try period(form)
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

    /// `in duration`.
    private mutating func period(_ form: String) throws(Reported) -> DurationSyntax {
        guard take("in") else {
            throw fail("'in' and how long are missing \(beforeToken)", fix: form)
        }
        if at("last") || at("the") {
            complain(
                token.range,
                "an expectation says 'in' alone: leave \(tokenSpelling) out",
                fix: form
            )
            advance()
        }
        return try duration(after: "in")
    }

    /// What people write behind `members`.
    private mutating func checkEndOfMembers() throws(Reported) {
        if at("in") {
            throw fail(
                "members are counted at any time, and not within one",
                fix: "leave 'in …' out, or count entries or exits"
            )
        }
        if at("and") {
            throw fail(
                "an expectation has no 'and'",
                fix: "write for example: expect 10 to 20 members, or a second line: expect …"
            )
        }
    }

    private mutating func missingTo(_ form: String) -> Reported {
        let words = ["entry", "entries", "exit", "exits", "member", "members"]
        guard words.contains(token.text) else {
            return fail("'to' is missing behind the first number", fix: form)
        }
        return fail(
            "it is missing whether so many are expected at least or at most",
            fix:
                "write for example: expect at least \(spelling(of: index - 1..<index)) \(token.text)"
        )
    }

    private mutating func number(_ form: String) throws(Reported) -> NumberSyntax {
        guard case .number(let value) = token.kind else {
            throw fail("a number is missing \(beforeToken)", fix: form)
        }
        advance()
        return NumberSyntax(value: value, range: previous.range)
    }
}
