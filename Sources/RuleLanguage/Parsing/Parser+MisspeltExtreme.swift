extension Parser {
    /// `last 7 days`, `last 3 orders`, `first` with nothing behind it: where a condition begins.
    mutating func misspeltExtremeLead() -> Reported? {
        guard at("first") || at("last"), !startsExtreme else { return nil }
        let word = token.text
        let next = ahead(1)
        let isDuration = next.isNumber && isUnit(ahead(2)) || next.kind == .word && isUnit(next)
        if case .span = next.kind, word == "last" { return missingEvent() }
        if isDuration {
            if word == "last" { return missingEvent() }
            return fail(
                "the event is missing behind 'first'",
                fix: "write for example: first order_completed in last 7 days"
            )
        }
        if next.isNumber {
            let number = shortened(source.text(next.range), to: 20)
            return fail(
                "'\(word)' looks at one event only",
                at: range(ofNext: 2),
                fix: "leave \(number) out, or count: at least \(number) order_completed"
            )
        }
        if next.isWord("no") || next.isWord("at") || next.isWord("exactly") {
            return fail(
                "'\(word)' looks at one event only",
                at: range(ofNext: 2),
                fix: "write for example: \(word) order_completed in last 7 days"
            )
        }
        if next.isSymbol("("), ahead(2).isName, ahead(3).isSymbol(")") {
            return fail(
                "the event stands behind '\(word)' without brackets",
                at: range(ofNext: 4),
                fix: "write \(word) \(shortened(source.text(ahead(2).range), to: 40))"
            )
        }
        return fail(
            "the event is missing behind '\(word)'",
            at: token.range,
            fix: "write for example: \(word) order_completed in last 7 days; "
                + "an event of that name is written \"\(word)\""
        )
    }

    private mutating func missingEvent() -> Reported {
        let end = ahead(1).kind == .word || !ahead(1).isNumber ? 2 : 3
        let window = "in \(spelling(of: index..<index + end))"
        return fail(
            "the event is missing before 'last'",
            at: range(ofNext: end),
            fix: "write for example: order_completed \(window)"
        )
    }

    /// `last time order_completed`, `first ever order_completed`, behind `first` or `last`.
    mutating func misspeltExtremeEvent(_ start: Int) -> Reported? {
        let word = tokens[start].text
        guard at("time") || at("of") || at("ever"), !ahead(1).isFirstOnLine, !isTestStart(1),
            ahead(1).kind == .string || isFurtherWord(ahead(1))
        else { return nil }
        return fail(
            "'\(token.text)' is left out behind '\(word)'",
            fix: "write \(word) \(shortened(source.text(ahead(1).range), to: 40))"
        )
    }

    /// `last order_completed total > 100`, without the dot.
    mutating func missingDot(_ event: TextSyntax) -> Reported? {
        guard isFurtherWord(token), isTestStart(1) else { return nil }
        return fail(
            "a dot is missing between the event and its property",
            at: event.range.lowerBound..<token.range.upperBound,
            fix: "write \(shortened(source.text(event.range), to: 40))."
                + shortened(source.text(token.range), to: 40)
        )
    }

    /// How `was within last 30 days` is written behind the event.
    private func extremeFix(_ event: String) -> String {
        let place = (1...4).first { ahead($0).isQuantity && !ahead($0).isDate }
        guard let place else {
            return "write \(event) in last 7 days, or \(event) more than 60 days ago"
        }
        let duration = spelledDuration(at: place)
        let isRecent = ["within", "during", "less", "fewer"].contains(ahead(1).text)
        let isOld = ["over", "longer", "older", "at"].contains(ahead(1).text)
        let recent = "\(event) in last \(duration)"
        let old = "\(event) more than \(duration) ago"
        return isRecent
            ? "write \(recent)" : isOld ? "write \(old)" : "write \(old), or \(recent)"
    }

    /// What stands behind the event instead of a window, `more than … ago` or `has`.
    mutating func misspeltExtreme(_ start: Int) -> Reported? {
        guard token.kind == .word else { return missingAgoLead(start) }
        let event = spelling(of: start..<index)
        if ["is", "was", "happened", "lies", "occurred"].contains(token.text),
            !isTestStart(0) || at("is")
        {
            return fail(
                "'\(token.text)' is left out here",
                fix: ahead(1).isWord("in") || ahead(1).isWord("more")
                    ? "leave it out"
                    : extremeFix(event)
            )
        }
        if ["with", "having", "have", "hase", "whose"].contains(token.text) {
            return fail(
                "what that event must be like is written with 'has'",
                fix: "write \(event) has …"
            )
        }
        if at("not", "in", "last") || at("not") && ahead(1).isWord("in") {
            return fail(
                "'not' stands before the condition",
                fix:
                    "write not \(event) \(spelling(of: index + 1..<min(index + 5, tokens.count - 1)))"
            )
        }
        return misspeltAgo(event)
    }

    /// `less than 7 days ago`, `older than 60 days`, `at least 60 days ago`.
    private mutating func misspeltAgo(_ event: String) -> Reported? {
        for words in [["less", "than"], ["fewer", "than"], ["within"], ["at", "most"]]
        where at(words) && ahead(words.count).isQuantity {
            let duration = spelledDuration(at: words.count)
            return fail(
                "how long ago at most is written as a window",
                at: range(ofNext: words.count),
                fix: "write in last \(duration)"
            )
        }
        let slips = [
            ["older", "than"], ["longer", "than"], ["at", "least"], ["over"], ["more", "then"],
            ["greater", "than"], ["longer", "ago", "than"], ["not", "within"], ["more"],
        ]
        for words in slips where at(words) && ahead(words.count).isQuantity {
            return fail(
                "how long ago at least is written 'more than … ago'",
                at: range(ofNext: words.count),
                fix: "write more than \(spelledDuration(at: words.count)) ago"
            )
        }
        return nil
    }

    /// `60 days ago` on its own.
    private mutating func missingAgoLead(_ start: Int) -> Reported? {
        guard token.isQuantity, !token.isDate else { return nil }
        let duration = spelledDuration(at: 0)
        return fail(
            "'more than' or a window is missing before \(duration)",
            at: range(ofNext: token.isNumber ? 2 : 1),
            fix: "write more than \(duration) ago, or in last \(duration)"
        )
    }

    /// The duration so many tokens on, as text.
    func spelledDuration(at place: Int) -> String {
        let unit = ahead(place + 1)
        if case .number(let number) = ahead(place).kind, let count = number?.smallWhole,
            DurationText.calendar.contains(unit.text)
        {
            return "\(count * (unit.text.hasPrefix("year") ? 365 : 30)) days"
        }
        let end = ahead(place).isNumber && isUnit(unit) ? 2 : 1
        return spelling(of: index + place..<min(index + place + end, tokens.count))
    }

    /// `last order_completed` with nothing behind it.
    ///
    /// - Parameter tested: the tokens of the predicate behind `where`; empty for none.
    mutating func missingExtreme(_ start: Int, where tested: Range<Int>) -> Reported {
        let word = tokens[start].text
        let event = spelling(of: start..<index, charactersMax: 40)
        if isTestStart(1), token.isName, !Reserved.joining.contains(token.text) {
            return fail(
                "a property of the \(word) event is written with a dot, or behind 'has'",
                fix: "write \(event) has \(spelling(of: index..<index + 1, charactersMax: 40)) …"
            )
        }
        if !tested.isEmpty {
            let bare = spelling(of: start..<tested.lowerBound - 1, charactersMax: 40)
            return fail(
                "'\(word)' needs what is said of that event: a window, 'more than … ago' or 'has'",
                at: tokens[start].range,
                fix: "write \(event) in last 7 days, or \(bare) has \(spelling(of: tested))"
            )
        }
        return fail(
            "'\(word)' needs what is said of that event: a window, 'more than … ago', 'has' or a "
                + "property",
            at: tokens[start].range,
            fix: "write for example: \(event) in last 7 days, or \(event) has total > 100"
        )
    }
}
