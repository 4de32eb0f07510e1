extension Parser {
    /// `window`; nil where none stands here.
    mutating func window() throws(Reported) -> WindowSyntax? {
        if take("ever") { return .ever }
        if take("today") { return .current(.day) }
        if take("yesterday") { return .yesterday }
        if take("this", "week") { return .current(.week) }
        if take("this", "month") { return .current(.month) }
        if take("this", "year") { return .current(.year) }
        if take("in", "last") { return try last() }
        if at("between"), ahead(1).isQuantity, !isCountOfEvents { return try betweenWindow() }
        if at("before"), ahead(1).isDate {
            advance()
            return .before(try date(after: "before"))
        }
        if at("since"), !isFirstOnLineAsName { return try since() }
        if let error = misspeltWindow() { throw error }
        return nil
    }

    /// Whether a window begins here.
    var startsWindow: Bool {
        guard token.kind == .word else { return false }
        switch token.text {
        case "ever", "today", "yesterday": return true
        case "this": return ["week", "month", "year"].contains(ahead(1).text)
        case "in": return ahead(1).isWord("last")
        case "since": return ahead(1).isDate || ahead(1).isWord("last")
        case "before": return ahead(1).isDate
        case "between": return ahead(1).isQuantity && !isCountOfEvents
        default: return false
        }
    }

    /// Whether `between 2 and 5` stands here, of what is no time.
    private var isCountOfEvents: Bool {
        at("between") && ahead(1).isNumber && ahead(2).isWord("and") && ahead(3).isNumber
            && !isUnit(ahead(4)) && !ahead(4).isWord("ago")
    }

    private var isFirstOnLineAsName: Bool { token.isFirstOnLine && startsBlock }

    /// What follows `in last`.
    private mutating func last() throws(Reported) -> WindowSyntax {
        if at("calendar") {
            let units = ["day": "days", "week": "weeks", "weeks": "weeks"]
            throw fail(
                "the number is missing before 'calendar'",
                fix: "write for example: in last 3 calendar \(units[ahead(1).text] ?? "months")"
            )
        }
        if token.isNumber, ahead(1).kind == .word, !ahead(1).isWord("calendar"), isUnit(ahead(2)),
            nearest(to: ahead(1).text, among: ["calendar"]) != nil
        {
            throw fail(
                "'\(ahead(1).text)' is no word of the rule language",
                at: ahead(1).range,
                fix: "did you mean 'calendar'?"
            )
        }
        guard token.isNumber, ahead(1).isWord("calendar") else {
            return .last(try duration(after: "in last", isWindow: true))
        }
        guard case .number(let value) = token.kind else { throw Reported() }
        let number = NumberSyntax(value: value, range: token.range)
        advance(2)
        return .calendar(number, try calendarUnit(behind: number))
    }

    private mutating func calendarUnit(behind number: NumberSyntax) throws(Reported) -> CalendarUnit
    {
        if take("days") { return .day }
        if take("weeks") { return .week }
        if take("months") { return .month }
        let count = shortened(source.text(number.range), to: 20)
        if let unit = ["day", "week", "month"].first(where: { at($0) }) {
            throw fail(
                "the unit behind 'calendar' is written '\(unit)s'",
                fix: "write in last \(count) calendar \(unit)s"
            )
        }
        if at("year") || at("years") {
            throw fail(
                "calendar windows count days, weeks or months",
                fix: "write 'this year', or in last 12 calendar months"
            )
        }
        let near =
            token.kind == .word ? nearest(to: token.text, among: ["days", "weeks", "months"]) : nil
        throw fail(
            "behind 'calendar' comes 'days', 'weeks' or 'months'",
            fix: near.map { "did you mean '\($0)'?" }
                ?? "write for example: in last \(count) calendar days"
        )
    }

    /// `between 60 and 30 days ago`, `between 2026-01-01 and 2026-01-31`.
    private mutating func betweenWindow() throws(Reported) -> WindowSyntax {
        advance()
        guard token.isDate else {
            let (longest, shortest) = try betweenAgo()
            return .betweenAgo(longest, shortest)
        }
        let (first, last) = try betweenDates()
        return .betweenDates(first, last)
    }

    /// `since 2026-01-01`, `since last order_completed where …`.
    private mutating func since() throws(Reported) -> WindowSyntax {
        if ahead(1).isDate {
            advance()
            return .since(try date(after: "since"))
        }
        guard at("since", "last"), !isUnit(ahead(2)), !ahead(2).isQuantity else {
            throw misspeltSince()
        }
        advance(2)
        let isMissing = Reserved.joining.contains(token.text) || startsClause || startsBlock
        guard token.isName, !isMissing else {
            throw fail(
                "the event is missing behind 'since last'",
                at: isMissing ? nil : token.range,
                fix: "write for example: since last order_completed"
            )
        }
        let events = try self.events()
        return .sinceLast(events, try whereClause())
    }

    /// `more than 60 days ago`; nil where it does not stand here.
    mutating func ago() throws(Reported) -> DurationSyntax? {
        guard at("more", "than"), ahead(2).isQuantity || isUnit(ahead(2)) || isUnit(ahead(3)) else {
            return nil
        }
        advance(2)
        let duration = try duration(after: "more than")
        guard take("ago") else { throw missingAgo() }
        return duration
    }

    /// `60 and 30 days ago`, behind `between`; the unit of the first may be left out.
    mutating func betweenAgo() throws(Reported) -> (DurationSyntax, DurationSyntax) {
        var longest = DurationSyntax(units: nil, range: token.range)
        var bare: NumberSyntax?
        if case .number(let value) = token.kind, ahead(1).isWord("and") {
            bare = NumberSyntax(value: value, range: token.range)
            advance()
        } else {
            longest = try duration(after: "between")
        }
        guard take("and") else {
            if at("ago") {
                throw fail("'ago' is said once, at the end", fix: "leave it out here")
            }
            throw fail(
                "'and' is missing here",
                fix: "write for example: between 60 and 30 days ago"
            )
        }
        let second = token
        let shortest = try duration(after: "and")
        guard take("ago") else { throw missingAgo() }
        guard let bare else { return (longest, shortest) }
        let unit =
            DurationText.milliseconds(of: tokens[index - 2].text)
            ?? DurationText.onlyUnit(of: source.text(second.range))
        guard let unit else {
            throw fail(
                "the unit of the first duration is missing",
                at: bare.range,
                fix: "write for example: between 2 hours and 1h30m ago"
            )
        }
        longest = DurationSyntax(
            units: bare.value.map { DurationText.units($0, of: unit) },
            range: bare.range
        )
        return (longest, shortest)
    }

    private mutating func missingAgo() -> Reported {
        fail("'ago' is missing \(beforeToken)", fix: "write 'ago' behind the duration")
    }

    /// Whether a word is a unit of time, of fixed length or not.
    func isUnit(_ token: Token) -> Bool {
        token.kind == .word
            && (DurationText.milliseconds(of: token.text) != nil
                || DurationText.calendar.contains(token.text))
    }
}
