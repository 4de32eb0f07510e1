extension Parser {
    /// `for duration` behind a condition; nil where none stands here.
    mutating func held(_ condition: ConditionSyntax) throws(Reported) -> ConditionSyntax? {
        guard at("for") else { return nil }
        advance()
        if let error = misspeltFor(condition) { throw error }
        let held = ConditionSyntax.held(condition, try duration(after: "for"))
        if startsWindow {
            complain(
                token.range,
                "the window comes before 'for'",
                fix: "the order is always: how many, event, where, window, for"
            )
            _ = try window()
        } else if at("for") {
            throw fail(
                "'for' stands twice",
                fix: "put the condition with the first one in brackets, or leave one out"
            )
        }
        return held
    }

    /// `for at least 7 days`, `for the last 7 days`, `for more than 7 days`.
    private mutating func misspeltFor(_ condition: ConditionSyntax) -> Reported? {
        let leads = [
            ["at", "least"], ["more", "than"], ["the", "last"], ["the", "past"], ["last"], ["over"],
            ["longer", "than"], ["at", "most"], ["less", "than"], ["fewer", "than"], ["exactly"],
        ]
        for words in leads where at(words) && ahead(words.count).isQuantity {
            let duration = spelledDuration(at: words.count)
            let lead = words.joined(separator: " ")
            if case .isKnown(true) = condition {
                return fail(
                    "how long a person is known is written 'known for at least …'",
                    at: range(ofNext: words.count),
                    fix: "write known for at least \(duration)"
                )
            }
            if ["at most", "less than", "fewer than", "exactly"].contains(lead) {
                return fail(
                    "'for' means that long at least",
                    at: range(ofNext: words.count),
                    fix: "write for \(duration), with 'not' before the condition for a shorter time"
                )
            }
            return fail(
                "'\(lead)' is left out behind 'for', which means that long at least",
                at: range(ofNext: words.count),
                fix: "write for \(duration)"
            )
        }
        return nil
    }
}
