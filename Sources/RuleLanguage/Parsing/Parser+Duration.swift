extension Parser {
    /// `duration`.
    ///
    /// - Parameters:
    ///   - words: the words before it, for messages.
    ///   - isWindow: whether a calendar window could stand here.
    mutating func duration(after words: String, isWindow: Bool = false) throws(Reported)
        -> DurationSyntax
    {
        let start = index
        if case .span(let units) = token.kind {
            advance()
            return DurationSyntax(units: units, range: previous.range)
        }
        guard case .number(let number) = token.kind else {
            throw missingDuration(after: words, isWindow: isWindow)
        }
        let milliseconds = try unit(after: words, isWindow: isWindow)
        if token.isNumber, DurationText.milliseconds(of: ahead(1).text) != nil {
            throw fail(
                "a duration is one number and one unit",
                at: range(ofNext: 2),
                fix: "write decimals such as 1.5 hours, or the short form 1h30m"
            )
        }
        return DurationSyntax(
            units: number.map { DurationText.units($0, of: milliseconds) },
            range: range(from: start)
        )
    }

    private mutating func missingDuration(after words: String, isWindow: Bool) -> Reported {
        if token.kind == .word, DurationText.milliseconds(of: token.text) != nil {
            return fail(
                "the number is missing before '\(token.text)'",
                fix: "write '\(words) 1 \(token.text)'"
                    + (isWindow ? thisUnit(token.text).map { ", or '\($0)'" } ?? "" : "")
            )
        }
        if token.kind == .word, isWindow, let current = thisUnit(token.text) {
            return fail(
                "the number is missing before '\(token.text)'",
                fix: "write in last \(token.text == "year" ? 365 : 30) days, or '\(current)'"
            )
        }
        if token.kind == .word, DurationText.calendar.contains(ahead(1).text) {
            let isYear = ahead(1).text.hasPrefix("year")
            return fail(
                "the number of a duration is written in digits, and its unit is a fixed length",
                fix: "write for example: \(words) \(isYear ? 365 : 30) days"
            )
        }
        if token.kind == .word, isUnit(ahead(1)) {
            let number = Parser.numberWords[token.text]
            return fail(
                "the number of a duration is written in digits",
                fix: "write \(number == nil ? "for example: " : "")\(words) \(number ?? 2) "
                    + ahead(1).text
            )
        }
        return fail(
            "a duration is missing after '\(words)'",
            fix: "write for example: \(words) 2 hours"
        )
    }

    /// The window that is so long on the calendar as a unit.
    private func thisUnit(_ unit: String) -> String? {
        switch unit {
        case "day": "today"
        case "week", "month", "year": "this \(unit)"
        default: nil
        }
    }

    /// `unit`, behind its number, which is the next token.
    private mutating func unit(after words: String, isWindow: Bool) throws(Reported) -> Int128 {
        let unit = ahead(1)
        if unit.kind == .word, let milliseconds = DurationText.milliseconds(of: unit.text) {
            advance(2)
            return milliseconds
        }
        let shown = shortened(source.text(token.range), to: 30)
        if unit.kind == .word, DurationText.calendar.contains(unit.text) {
            throw calendarUnit(unit.text, after: words, isWindow: isWindow)
        }
        advance()
        let units = DurationText.words.flatMap { [$0.one, $0.many] }
        if unit.kind == .word, !unit.isFirstOnLine,
            let near = DurationText.slips[unit.text] ?? nearest(to: unit.text, among: units)
        {
            throw fail("'\(unit.text)' is no unit of time", fix: "did you mean '\(near)'?")
        }
        throw fail(
            "the unit of the duration is missing after \(shown)",
            at: previous.range,
            fix: "write seconds, minutes, hours, days or weeks behind the number"
        )
    }

    /// `2 months`, which is no fixed length.
    private mutating func calendarUnit(_ unit: String, after words: String, isWindow: Bool)
        -> Reported
    {
        let isYear = unit.hasPrefix("year")
        var days = "\(isYear ? 365 : 30)"
        var months = isYear ? "12" : shortened(source.text(token.range), to: 30)
        if case .number(let count) = token.kind, let count, let whole = count.smallWhole {
            days = "\(whole * (isYear ? 365 : 30))"
            months = "\(whole * (isYear ? 12 : 1))"
        }
        advance()
        let inDays = "'\(words) \(days) days'"
        return fail(
            "'\(unit)' is no fixed length of time",
            fix: isWindow
                ? "write '\(words) \(months) calendar months'\(isYear ? ", 'this year'" : "") or "
                    + inDays
                : "write it in days: \(inDays)"
        )
    }
}
