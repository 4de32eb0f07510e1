import EventModel

extension Parser {
    /// `total of order_completed.total`.
    mutating func misspeltAggregate() -> Reported? {
        guard token.kind == .word, ahead(1).isWord("of"), ahead(2).isName else { return nil }
        let slips = ["total": "sum", "avg": "average", "mean": "average"]
        let words = ["sum", "average", "minimum", "maximum"]
        guard let near = slips[token.text] ?? nearest(to: token.text, among: words) else {
            return nil
        }
        return fail(
            "'\(shortened(token.text, to: 40)) of' is no form of the rule language",
            at: range(ofNext: 2),
            fix: "did you mean '\(near) of'?"
        )
    }

    /// `sum(order_completed.total)`.
    mutating func sumInBrackets() -> Reported {
        var end = index + 1
        while tokens[end].isName || tokens[end].isSymbol(".") { end += 1 }
        let inner = spelling(of: index + 1..<end, charactersMax: 40)
        return fail(
            "a sum is written 'sum of …', without brackets",
            at: token.range,
            fix: "write sum of \(inner.isEmpty ? "order_completed.total" : inner)"
        )
    }

    /// `sum of order_completed >= 200`, `sum of total of order_completed`.
    mutating func missingProperty(of events: Range<Int>) -> Reported {
        let spelled = spelling(of: events, charactersMax: 40)
        let range = tokens[events.lowerBound].range.lowerBound..<previous.range.upperBound
        if at("of") || at("from"), ahead(1).isName, !Reserved.events.contains(ahead(1).text) {
            let event = shortened(source.text(ahead(1).range), to: 40)
            return fail(
                "the event stands before its property, with a dot between them",
                at: range.lowerBound..<ahead(1).range.upperBound,
                fix: "write sum of \(event).\(spelled)"
            )
        }
        return fail(
            "a sum needs the property of the event that is added up",
            at: range,
            fix: "write for example: sum of \(spelled).total"
        )
    }

    /// `between 100 and 200` of a sum.
    mutating func misplacedBetween(_ sum: Range<Int>) -> Reported? {
        guard at("between"), isTestStart(0) else { return nil }
        let spelled = spelling(of: sum)
        let low = shortened(source.text(ahead(1).range), to: 30)
        let high = shortened(source.text(ahead(3).range), to: 30)
        return fail(
            "a sum is compared with one number at a time",
            at: range(ofNext: 4),
            fix: "write \(spelled) >= \(low) and \(spelled) <= \(high)"
        )
    }

    /// `at least 200`, `over 200`, `is 200`, `200` behind a sum.
    mutating func misspeltComparison() -> Reported? {
        for (words, meant) in Parser.testSlips
        where at(words) && Comparison(rawValue: meant) != nil {
            // `over 90 days` is a window in other words.
            guard DurationText.milliseconds(of: ahead(words.count + 1).text) == nil else {
                continue
            }
            return fail(
                "a sum is compared with a sign, not with '\(words.joined(separator: " "))'",
                at: range(ofNext: words.count),
                fix: "did you mean '\(meant)'?"
            )
        }
        if at("is") {
            return fail(
                "a sum is compared with a sign, not with 'is'",
                fix: "did you mean '='?"
            )
        }
        if token.isNumber {
            let number = shortened(source.text(token.range), to: 40)
            return fail(
                "a sign such as '>=' is missing before \(number)",
                fix: "write >= \(number)"
            )
        }
        return nil
    }

    /// `>= "200"`, `>= 2026-01-31`, `>= true`.
    mutating func notANumber() -> Reported {
        var fix: String?
        if token.kind == .string, let number = ExactDecimal(token.text) { fix = "write \(number)" }
        return fail("a sum is compared with a number, not with \(tokenSpelling)", fix: fix)
    }

    /// `where` behind the window.
    mutating func misplacedWhere() throws(Reported) {
        guard at("where") else { return }
        complain(token.range, "'where' comes before the window", fix: Parser.sumOrder)
        _ = try whereClause()
    }

    /// `where` or a window behind the comparison; reports them, and goes on behind them.
    ///
    /// - Parameters:
    ///   - sum: the tokens before the comparison.
    ///   - bound: the tokens of the comparison.
    mutating func misplacedBehind(
        _ sum: Range<Int>,
        _ bound: Range<Int>,
        hasWindow: Bool
    ) throws(Reported) {
        if at("where") {
            complain(token.range, "'where' comes before the comparison", fix: Parser.sumOrder)
            _ = try whereClause()
            _ = try window()
            return
        }
        let start = index
        guard try window() != nil else { return }
        guard !hasWindow else {
            complain(range(from: start), "a sum has one window, and this is the second")
            return
        }
        let parts = [sum, start..<index, bound].map { spelling(of: $0) }
        complain(
            range(from: start),
            "the window comes before the comparison",
            fix: "write \(parts.joined(separator: " "))"
        )
    }

    private static let sumOrder =
        "the order is always: sum of event.property, where, window, comparison"
}
