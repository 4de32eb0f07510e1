import EventModel

/// What is expected of a segment or an event.
extension Checker {
    /// The expectations that make sense; all others are reported.
    mutating func check(_ expectations: [ExpectationSyntax]) -> [Expectation] {
        var checked: [Expectation] = []
        for syntax in expectations {
            guard let expectation = check(syntax) else { continue }
            if checked.contains(expectation) {
                complaints.error(
                    syntax.range,
                    "this is expected already: \(expectation.text)",
                    fix: "leave one of the two out"
                )
            } else {
                checked.append(expectation)
            }
        }
        return checked
    }

    private mutating func check(_ syntax: ExpectationSyntax) -> Expectation? {
        let subject: Expectation.Subject
        let noun: String
        switch syntax.subject {
        case .members: (subject, noun) = (.members, "members")
        case .entries(let duration):
            guard let window = check(duration) else { return nil }
            (subject, noun) = (.entries(in: window), "entries")
        case .exits(let duration):
            guard let window = check(duration) else { return nil }
            (subject, noun) = (.exits(in: window), "exits")
        case .events(let duration):
            guard let window = check(duration) else { return nil }
            (subject, noun) = (.events(in: window), "events")
        }
        let low = syntax.low.map { whole($0, noun) }
        let high = syntax.high.map { whole($0, noun) }
        guard low != .some(nil), high != .some(nil) else { return nil }
        let expectation = Expectation(subject, low: low ?? nil, high: high ?? nil)
        return makesSense(expectation, syntax, noun) ? expectation : nil
    }

    private mutating func makesSense(
        _ expectation: Expectation,
        _ syntax: ExpectationSyntax,
        _ noun: String
    ) -> Bool {
        if expectation.low == 0, expectation.high == nil {
            complaints.error(
                syntax.range,
                "'at least 0' is always met, so it says nothing",
                fix: "did you mean 'at least 1'?"
            )
            return false
        }
        if let low = expectation.low, let high = expectation.high, low > high {
            complaints.error(
                syntax.range,
                "'\(low) to \(high)' is never met: the smaller number comes first",
                fix: "did you mean '\(high) to \(low)'?"
            )
            return false
        }
        let most = max(expectation.low ?? 0, expectation.high ?? 0)
        guard expectation.window == nil || most <= Limits.expectedMax else {
            complaints.error(
                syntax.range,
                "an expectation may count \(Limits.expectedMax) \(noun) at most",
                fix: "expect fewer in a shorter time"
            )
            return false
        }
        return true
    }
}
