extension Parser {
    /// The error for what stands where a window could and was probably meant for one.
    mutating func misspeltWindow() -> Reported? {
        guard token.kind == .word else { return nil }
        if ["since", "before", "after", "from", "until", "on", "between"].contains(token.text),
            let error = monthDate()
        {
            return error
        }
        switch token.text {
        case "in": return misspeltIn()
        case "this": return misspeltThis()
        case "before" where ahead(1).isQuantity || ahead(1).kind == .word:
            return fail(
                "'before' takes a date",
                fix: ahead(1).isQuantity || ["yesterday", "today"].contains(ahead(1).text)
                    ? "write for example: before 2026-01-31, or between 60 and 30 days ago"
                    : "write for example: before 2026-01-31; the order of events is 'a then b'"
            )
        case "after" where ahead(1).isDate:
            let date = shortened(source.text(ahead(1).range), to: 40)
            return fail(
                "a window begins with 'since', not with 'after'",
                fix: "write since \(date), which counts that day too"
            )
        case "on" where ahead(1).isDate:
            let date = shortened(source.text(ahead(1).range), to: 40)
            return fail(
                "a window of one day is written 'between … and …'",
                fix: "write between \(date) and \(date)"
            )
        case "last" where ahead(1).isNumber && isUnit(ahead(2)):
            return fail(
                "'in' is missing before 'last'",
                fix: "write in last \(spelledDuration(at: 1))"
            )
        case "until" where ahead(1).isDate:
            return fail(
                "'until' is no word of the rule language",
                fix: "write 'before' and the day after, or 'between … and …'"
            )
        case "from" where ahead(1).isDate:
            return fail(
                "a window between two dates is written 'between … and …'",
                fix: "write for example: between 2026-01-01 and 2026-01-31"
            )
        default: return nil
        }
    }

    private mutating func misspeltIn() -> Reported? {
        if ahead(1).isWord("at") || ahead(1).isWord("exactly") { return nil }
        if let error = inYear() { return error }
        guard !ahead(1).isQuantity else {
            return fail("'last' is missing behind 'in'", fix: "did you mean 'in last'?")
        }
        guard ahead(1).kind == .word else { return nil }
        let next = ahead(1).text
        if next == "the", ["last", "past"].contains(ahead(2).text) {
            return fail(
                "a window is written 'in last …'",
                at: range(ofNext: 3),
                fix: windowFix(at: 3)
            )
        }
        guard !["segment", "list"].contains(next) else { return nil }
        if next == "this" || next == "today" || next == "yesterday" {
            let window = next == "this" ? "this \(shortened(ahead(2).text, to: 20))" : next
            return fail("'in' is left out before '\(window)'", fix: "write '\(window)'")
        }
        if next == "next" {
            return fail(
                "'in next' goes with attributes that are times: no event has happened yet",
                at: range(ofNext: 2),
                fix: "did you mean 'in last'?"
            )
        }
        if next == "calendar" || DurationText.calendar.contains(next) {
            return fail(
                "'last' and a number are missing behind 'in'",
                fix: "write for example: in last 3 calendar months"
            )
        }
        if next == "past" {
            return fail(
                "a window begins with 'in last', not 'in past'",
                at: range(ofNext: 2),
                fix: windowFix(at: 2)
            )
        }
        let isNear = nearest(to: next, among: ["last"]) != nil
        return fail(
            "a window begins with 'in last', not 'in \(shortened(next, to: 30))'",
            at: range(ofNext: 2),
            fix: isNear ? "did you mean 'in last'?" : windowHint
        )
    }

    private mutating func misspeltThis() -> Reported? {
        let next = ahead(1)
        guard next.kind == .word, !next.isFirstOnLine else {
            return fail(
                "behind 'this' comes 'week', 'month' or 'year'",
                at: token.range,
                fix: "write for example: this week"
            )
        }
        let meant: [String: String] = [
            "day": "'today'", "weeks": "'this week'", "months": "'this month'",
            "years": "'this year'", "quarter": "'in last 3 calendar months', or two dates",
            "hour": "'in last 1 hour'", "morning": "'today'", "evening": "'today'",
        ]
        let near = nearest(to: next.text, among: ["week", "month", "year"]).map { "'this \($0)'" }
        return fail(
            "there is no window 'this \(shortened(next.text, to: 20))'",
            at: range(ofNext: 2),
            fix: "write \(meant[next.text] ?? near ?? "'this week', 'this month' or 'this year'")"
        )
    }

    /// `since` with neither a date nor `last` and an event behind it.
    mutating func misspeltSince() -> Reported {
        if let error = monthDate() { return error }
        let place = at("since", "last") || at("since", "the") ? 2 : 1
        let next = ahead(place)
        if next.isQuantity || isUnit(next) || next.isWord("last") && ahead(place + 1).isQuantity {
            return fail(
                "'since' takes a date, or 'last' and an event",
                at: range(ofNext: place),
                fix: next.isNumber && isUnit(ahead(place + 1))
                    ? "write in last \(spelledDuration(at: place))" : windowHint
            )
        }
        if at("since", "the", "last"), ahead(3).isName {
            let event = shortened(source.text(ahead(3).range), to: 40)
            return fail(
                "'the' is left out behind 'since'",
                at: ahead(1).range,
                fix: "write 'since last \(event)'"
            )
        }
        if next.isWord("yesterday") || next.isWord("today") || next.isWord("this") {
            return fail(
                "'since' takes a date, or 'last' and an event",
                fix: next.isWord("yesterday")
                    ? "write 'in last 2 calendar days'"
                    : "leave 'since' out"
            )
        }
        let isName =
            next.kind == .string
            || next.kind == .word && !Reserved.events.contains(next.text)
                && !Reserved.joining.contains(next.text)
        if isName {
            return fail(
                "'last' is missing behind 'since'",
                fix: "write 'since last \(shortened(source.text(next.range), to: 40))'"
            )
        }
        return fail(
            "behind 'since' comes a date, or 'last' and an event",
            fix: "write for example: since 2026-01-31, or since last order_completed"
        )
    }

    /// What to write where somebody has said a window in other words.
    var windowHint: String { "write for example: in last 2 hours" }
}
