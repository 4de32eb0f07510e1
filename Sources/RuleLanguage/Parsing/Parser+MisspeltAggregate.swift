import EventModel

extension Parser {
    /// `total of order_completed.total`.
    mutating func misspeltAggregate() -> Reported? {
        if let error = misspeltDistinct() { return error }
        let isOf = ahead(1).isWord("of")
        guard token.kind == .word, isOf && ahead(2).isName || isPathWithDot(1) else { return nil }
        let slips = [
            "total": "sum", "avg": "average", "mean": "average", "min": "minimum", "max": "maximum",
            "lowest": "minimum", "highest": "maximum", "smallest": "minimum", "largest": "maximum",
            "biggest": "maximum", "least": "minimum",
        ]
        let words = ["sum", "average", "minimum", "maximum"]
        let near = slips[token.text] ?? (isOf ? nearest(to: token.text, among: words) : nil)
        guard let near else { return nil }
        guard isOf else {
            return fail(
                "\(tokenSpelling) is no word of the rule language here",
                fix: "write '\(near) of'"
            )
        }
        return fail(
            "'\(shortened(token.text, to: 40)) of' is no form of the rule language",
            at: range(ofNext: 2),
            fix: "did you mean '\(near) of'?"
        )
    }

    /// `count distinct e.p`, `number of different e.p`, `unique e.p`, `at least 3 distinct e.p`.
    private mutating func misspeltDistinct() -> Reported? {
        let leads = [
            ["count", "distinct"], ["number", "of", "distinct"], ["count", "of", "distinct"],
            ["number", "of", "different"], ["different"], ["unique"], ["count", "of", "different"],
        ]
        for words in leads where at(words) && ahead(words.count).isName {
            guard isPathWithDot(words.count) else { continue }
            return fail(
                "how many different values there are is written 'distinct'",
                at: range(ofNext: words.count),
                fix:
                    "write for example: distinct \(spelling(of: index + words.count..<index + words.count + 3)) >= 3"
            )
        }
        for words in [
            ["at", "least"], ["at", "most"], ["more", "than"], ["exactly"], ["fewer", "than"],
        ]
        where at(words) && ahead(words.count).isNumber {
            let place = words.count + 1
            guard ["distinct", "different", "unique"].contains(ahead(place).text),
                isPathWithDot(place + 1)
            else { continue }
            let signs = ["at least": ">=", "at most": "<=", "more than": ">", "fewer than": "<"]
            let sign = signs[words.joined(separator: " ")] ?? "="
            let number = shortened(source.text(ahead(words.count).range), to: 20)
            return fail(
                "how many different values there are is compared with a sign",
                at: range(ofNext: place + 1),
                fix:
                    "write distinct \(spelling(of: index + place + 1..<index + place + 4)) \(sign) \(number)"
            )
        }
        return nil
    }

    private func isPathWithDot(_ place: Int) -> Bool {
        ahead(place).isName && ahead(place + 1).isSymbol(".") && ahead(place + 2).isName
    }

    /// `sum(order_completed.total)`.
    mutating func figureInBrackets(_ figure: Figure) -> Reported {
        var end = index + 1
        while tokens[end].isName || tokens[end].isSymbol(".") { end += 1 }
        let inner = spelling(of: index + 1..<end, charactersMax: 40)
        return fail(
            "\(figure.noun) is written '\(figure.lead) …', without brackets",
            at: token.range,
            fix: "write \(figure.lead) \(inner.isEmpty ? "order_completed.total" : inner)"
        )
    }

    /// `sum of order_completed >= 200`, `sum of total of order_completed`.
    mutating func missingProperty(_ figure: Figure, of events: Range<Int>) -> Reported {
        let spelled = spelling(of: events, charactersMax: 40)
        let range = tokens[events.lowerBound].range.lowerBound..<previous.range.upperBound
        if at("of") || at("from"), ahead(1).isName, !Reserved.events.contains(ahead(1).text) {
            let event = shortened(source.text(ahead(1).range), to: 40)
            return fail(
                "the event stands before its property, with a dot between them",
                at: range.lowerBound..<ahead(1).range.upperBound,
                fix: "write \(figure.lead) \(event).\(spelled)"
            )
        }
        return fail(
            figure == .sum
                ? "a sum needs the property of the event that is added up"
                : "\(figure.noun) needs the property of the event that is looked at",
            at: range,
            fix:
                "write for example: \(figure.lead) \(spelled).\(figure == .distinct ? "sku" : "total")"
        )
    }

    /// `between 100 and 200` of a sum.
    mutating func misplacedBetween(_ figure: Figure, _ sum: Range<Int>) -> Reported? {
        guard at("between"), isTestStart(0) else { return nil }
        let spelled = spelling(of: sum)
        let low = shortened(source.text(ahead(1).range), to: 30)
        let high = shortened(source.text(ahead(3).range), to: 30)
        return fail(
            "\(figure.noun) is compared with one number at a time",
            at: range(ofNext: 4),
            fix: "write \(spelled) >= \(low) and \(spelled) <= \(high)"
        )
    }

    /// `at least 200`, `over 200`, `is 200`, `200` behind a sum.
    mutating func misspeltComparison(_ figure: Figure) -> Reported? {
        for (slip, meant) in Parser.testSlips where Comparison(rawValue: meant) != nil {
            let words = at("is") && !slip.isEmpty ? ["is"] + slip : slip
            guard at(words) else { continue }
            // `over 90 days` is a window in other words.
            guard DurationText.milliseconds(of: ahead(words.count + 1).text) == nil else {
                continue
            }
            return fail(
                "\(figure.noun) is compared with a sign, not with '\(words.joined(separator: " "))'",
                at: range(ofNext: words.count),
                fix: "did you mean '\(meant)'?"
            )
        }
        if at("is") {
            return fail(
                "\(figure.noun) is compared with a sign, not with 'is'",
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
    mutating func notANumber(_ figure: Figure) -> Reported {
        var fix: String?
        if token.kind == .string, let number = ExactDecimal(token.text) { fix = "write \(number)" }
        return fail("\(figure.noun) is compared with a number, not with \(tokenSpelling)", fix: fix)
    }

    /// `where` behind the window.
    mutating func misplacedWhere(_ figure: Figure) throws(Reported) {
        guard at("where") else { return }
        complain(token.range, "'where' comes before the window", fix: order(figure))
        _ = try whereClause()
    }

    /// `where` or a window behind the comparison; reports them, and goes on behind them.
    ///
    /// - Parameters:
    ///   - figure: what is worked out.
    ///   - sum: the tokens before the comparison.
    ///   - bound: the tokens of the comparison.
    mutating func misplacedBehind(
        _ figure: Figure,
        _ sum: Range<Int>,
        _ bound: Range<Int>,
        hasWindow: Bool
    ) throws(Reported) {
        if at("where") {
            complain(token.range, "'where' comes before the comparison", fix: order(figure))
            _ = try whereClause()
            _ = try window()
            return
        }
        let start = index
        guard try window() != nil else { return }
        guard !hasWindow else {
            complain(range(from: start), "\(figure.noun) has one window, and this is the second")
            return
        }
        let parts = [sum, start..<index, bound].map { spelling(of: $0) }
        complain(
            range(from: start),
            "the window comes before the comparison",
            fix: "write \(parts.joined(separator: " "))"
        )
    }

    private func order(_ figure: Figure) -> String {
        "the order is always: \(figure.lead) event.property, where, window, comparison"
    }
}
