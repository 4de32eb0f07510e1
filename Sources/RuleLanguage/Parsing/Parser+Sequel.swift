extension Parser {
    /// Whether `then` stands here, or what is written for it.
    var startsSequel: Bool { at("then") || at("followed", "by") }

    /// `sequel` and its window, behind the first event.
    mutating func sequel(
        _ count: CountSyntax?,
        _ first: EventsSyntax,
        _ firstFilter: FilterSyntax?
    ) throws(Reported) -> SequenceSyntax {
        if let count { countBeforeThen(count) }
        if !take("then") {
            complain(
                range(ofNext: 2),
                "two events in their order are joined by 'then'",
                fix: "write 'then'"
            )
            advance(2)
        }
        let then = previous.range
        let isNegated = take("no")
        if let error = misspeltThen() { throw error }
        let second = try events()
        let filter = try whereClause()
        var sequence = SequenceSyntax(
            first: first,
            firstFilter: firstFilter,
            isNegated: isNegated,
            second: second,
            secondFilter: filter
        )
        if let error = misspeltWithin(isNegated: isNegated) { throw error }
        try same(&sequence)
        if take("within") { sequence.within = try duration(after: "within") }
        try same(&sequence)
        if at("within"), sequence.within == nil {
            complain(
                token.range,
                "'within' comes before 'with same'",
                fix: "the order is always: then event, where, within, with same, window"
            )
            advance()
            sequence.within = try duration(after: "within")
        }
        sequence.window = try window()
        try behindSequel(&sequence)
        if isNegated, sequence.within == nil {
            throw fail(
                "'then no' needs 'within': for how long nothing may follow",
                at: then,
                fix: "write for example: then no order_completed within 30 minutes"
            )
        }
        return sequence
    }

    /// `with same path`, where it stands here and was not said yet.
    private mutating func same(_ sequence: inout SequenceSyntax) throws(Reported) {
        guard sequence.same == nil, at("with") || at("same") else { return }
        let isBeforeWithin = sequence.within == nil
        let start = index
        if !take("with", "same") {
            if take("with", "the", "same") || take("same") {
                complain(
                    range(from: start),
                    "what both share is written 'with same …'",
                    fix: "write 'with same sku'"
                )
            } else {
                throw fail(
                    "'same' is missing behind 'with'",
                    fix:
                        "write 'with same \(ahead(1).isName ? shortened(source.text(ahead(1).range), to: 40) : "sku")', "
                        + "or 'where' for a test"
                )
            }
        }
        let isMissing =
            startsClause || startsWindow || at("within") || token.isFirstOnLine && startsBlock
            || token.kind == .word && Reserved.joining.contains(token.text)
        guard !isMissing else {
            throw fail(
                "the name of the property that both have is missing \(beforeToken)",
                fix: "write for example: with same sku"
            )
        }
        sequence.same = try path(of: "the name of the property that both have")
        if at(symbol: ","), ahead(1).isName, commasEnd == 0 {
            throw fail(
                "'with same' takes one property",
                at: token.range,
                fix: "leave the others out, or test each with 'where'"
            )
        }
        if isBeforeWithin, at("within") {
            complain(
                range(from: start),
                "'within' comes before 'with same'",
                fix: "write within … \(spelling(of: start..<index))"
            )
            advance()
            sequence.within = try duration(after: "within")
        }
    }

    /// What stands behind the window and belongs before it.
    private mutating func behindSequel(_ sequence: inout SequenceSyntax) throws(Reported) {
        let order = "the order is always: then event, where, within, with same, window"
        if at("within") {
            let isSecond = sequence.within != nil
            complain(
                token.range,
                isSecond ? "'within' stands once" : "'within' comes before the window",
                fix: order
            )
            advance()
            sequence.within = try duration(after: "within")
        } else if at("with", "same") {
            let isSecond = sequence.same != nil
            complain(
                range(ofNext: 2),
                isSecond ? "'with same' takes one property" : "'with same' comes before the window",
                fix: isSecond ? nil : order
            )
            advance(2)
            _ = try path(of: "the name of the property that both have")
        } else if at("where") {
            complain(
                token.range,
                "'where' belongs directly behind the name of an event",
                fix: order
            )
            _ = try whereClause()
        }
        if startsSequel {
            throw fail(
                "'then' joins two events, and this is a third",
                at: token.range,
                fix: "write a condition for each pair: (a then b) and (b then c)"
            )
        }
    }

    private mutating func countBeforeThen(_ count: CountSyntax) {
        if case .no = count.form {
            complain(
                count.range,
                "'no' cannot stand before an event with 'then' behind it",
                fix: "write 'not' for people to whom this has not happened, or 'then no …'"
            )
        } else {
            complain(
                count.range,
                "how many cannot be said of events joined by 'then'",
                fix: "leave it out, or join a condition of its own with 'and'"
            )
        }
    }

    /// What stands behind `then` instead of an event.
    private mutating func misspeltThen() -> Reported? {
        if at("not") || at("never") {
            return fail("what must not follow is written 'then no'", fix: "write 'then no'")
        }
        let isCount =
            at("at", "least") || at("at", "most") || at("exactly") && ahead(1).isNumber
            || at("more", "than") || at("fewer", "than") || token.isNumber
        if isCount {
            return fail(
                "how many cannot be said of events joined by 'then'",
                fix: "leave it out, or join a condition of its own with 'and'"
            )
        }
        if at("person"), ahead(1).isSymbol(".") {
            return fail(
                "'then' joins two events",
                fix: "attributes are a condition of their own: … and person.…"
            )
        }
        if at("within") {
            return fail(
                "the second event comes before 'within'",
                fix: "write for example: then order_completed within 1 hour"
            )
        }
        return nil
    }

    /// A duration behind the second event without `within`.
    private mutating func misspeltWithin(isNegated: Bool) -> Reported? {
        guard token.kind == .word, !at("within") else { return nil }
        let isDirect = ahead(1).isQuantity && !ahead(1).isDate
        let isIn = at("in") && isDirect
        let isFor = isNegated && at("for")
        let isInTheNext = (at("in", "the", "next") || at("in", "next") || at("for", "the"))
        let isNear = isDirect && nearest(to: token.text, among: ["within"]) != nil
        let isOther = ["after", "inside", "during", "in-between"].contains(token.text) && isDirect
        let isLast = isNegated && at("in", "last") && !hasWithinAhead
        guard isIn || isFor || isInTheNext || isNear || isOther || isLast else { return nil }
        return fail(
            "how soon the second event follows is written 'within'",
            at: isLast ? range(ofNext: 2) : nil,
            fix: isLast
                ? "write for example: then no order_completed within 30 minutes in last 1 day"
                : isDirect
                    ? "write within \(spelledDuration(at: 1))"
                    : "write for example: within 30 minutes"
        )
    }

    /// Whether `within` comes soon behind the window that stands here.
    private var hasWithinAhead: Bool { (3...6).contains { ahead($0).isWord("within") } }
}
