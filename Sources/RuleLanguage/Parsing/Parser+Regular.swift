extension Parser {
    /// The words for the periods that are counted.
    static let periods: [String: CalendarUnit] = ["days": .day, "weeks": .week, "months": .month]

    /// `days with count events where window`, behind its count.
    mutating func regular(_ count: CountSyntax, _ unit: CalendarUnit) throws(Reported)
        -> RegularSyntax
    {
        advance(2)
        if startsClause || startsWindow || token.kind == .end {
            throw fail(
                "the event is missing behind 'with'",
                fix: "write for example: at least 3 days with order_completed in last 7 days"
            )
        }
        if token.isNumber {
            let number = shortened(source.text(token.range), to: 20)
            throw fail(
                "a number of events is written with 'at least', 'at most' or 'exactly'",
                fix: "write 'at least \(number)' or 'exactly \(number)'"
            )
        }
        let each = try self.count()
        let events = try self.events()
        let filter = try whereClause()
        if startsSequel {
            throw fail(
                "\(unit.rawValue)s are counted with one kind of event, and not with 'then'",
                fix: "write a condition of its own for 'then', and join it with 'and'"
            )
        }
        let window = try self.window()
        if at("where") {
            complain(
                token.range,
                "'where' comes before the window",
                fix: "the order is always: how many \(unit.rawValue)s, event, where, window"
            )
            _ = try whereClause()
        }
        return RegularSyntax(
            count: count,
            unit: unit,
            each: each,
            events: events,
            filter: filter,
            window: window
        )
    }

    /// `at least 3 day with`, `at least 3 days of`, `at least 3 years with`, behind the count.
    mutating func misspeltRegular(_ count: CountSyntax) -> Reported? {
        let shown = shortened(source.text(count.range), to: 30)
        if at("different") || at("distinct") || at("separate"), Parser.periods[ahead(1).text] != nil
        {
            return fail(
                "'\(token.text)' is left out: \(ahead(1).text) are always different ones",
                fix: "write \(shown) \(ahead(1).text) with …"
            )
        }
        if at("calendar"), Parser.periods[ahead(1).text] != nil {
            return fail(
                "'calendar' is left out here: days, weeks and months are those of the calendar",
                fix: "write \(shown) \(ahead(1).text) with …"
            )
        }
        if let unit = ["day", "week", "month"].first(where: { at($0) }), ahead(1).isWord("with") {
            return fail(
                "'\(unit)' is written '\(unit)s' here",
                fix: "write \(shown) \(unit)s with …"
            )
        }
        if isUnit(token), ahead(1).isWord("with"), Parser.periods[token.text] == nil {
            return fail(
                "what is counted on the calendar are days, weeks or months",
                fix: "write for example: at least 3 days with …"
            )
        }
        if Parser.periods[token.text] != nil, token.kind == .word {
            let isOther = ["of", "having", "where", "on", "that"].contains(ahead(1).text)
            let behind = ahead(2)
            let isEvent =
                behind.isName && !behind.isFirstOnLine && !isPredicateStart(2)
                && !behind.isWord("not")
            if isOther, isEvent {
                return fail(
                    "'with' stands between '\(token.text)' and the event",
                    at: ahead(1).range,
                    fix:
                        "write \(shown) \(token.text) with \(shortened(source.text(behind.range), to: 40))"
                )
            }
        }
        return nil
    }
}
