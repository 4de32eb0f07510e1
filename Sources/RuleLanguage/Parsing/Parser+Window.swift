extension Parser {
    /// `window`, without the forms that cannot be evaluated yet; nil where none stands here.
    mutating func window() throws(Reported) -> WindowSyntax? {
        if let error = unavailableWindow() { throw error }
        if take("ever") { return .ever }
        if take("in", "last") { return .last(try duration(after: "in last")) }
        if at("in"), ahead(1).isQuantity {
            throw fail("'last' is missing behind 'in'", fix: "did you mean 'in last'?")
        }
        if at("in"), ahead(1).kind == .word, let error = misspeltWindow() { throw error }
        return nil
    }

    private mutating func misspeltWindow() -> Reported? {
        let next = ahead(1).text
        if next == "the", ["last", "past"].contains(ahead(2).text) {
            return fail("a window is written 'in last …'", at: range(ofNext: 3), fix: windowHint)
        }
        guard !["segment", "list"].contains(next) else { return nil }
        let isNear = nearest(to: next, among: ["last"]) != nil || next == "past"
        return fail(
            "a window begins with 'in last', not 'in \(shortened(next, to: 30))'",
            at: range(ofNext: 2),
            fix: isNear ? "did you mean 'in last'?" : windowHint
        )
    }

    /// What to write where somebody has said a window in other words.
    var windowHint: String { "write for example: in last 2 hours" }

    /// `duration`.
    private mutating func duration(after words: String) throws(Reported) -> DurationSyntax {
        let start = index
        if case .span(let units) = token.kind {
            advance()
            return DurationSyntax(units: units, range: previous.range)
        }
        guard case .number(let number) = token.kind else {
            if token.kind == .word, DurationText.milliseconds(of: token.text) != nil {
                throw fail(
                    "the number is missing before '\(token.text)'",
                    fix: "write '\(words) 1 \(token.text)'"
                )
            }
            if token.kind == .word, DurationText.milliseconds(of: ahead(1).text) != nil {
                throw fail(
                    "the number of a duration is written in digits",
                    fix: "write for example: \(words) 2 \(ahead(1).text)"
                )
            }
            throw fail(
                "a duration is missing after '\(words)'",
                fix: "write for example: \(words) 2 hours"
            )
        }
        let milliseconds = try unit(after: words)
        if case .number(let more) = token.kind, DurationText.milliseconds(of: ahead(1).text) != nil
        {
            _ = more
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

    /// `unit`, behind its number, which is the next token.
    private mutating func unit(after words: String) throws(Reported) -> Int128 {
        let number = source.text(token.range)
        let unit = ahead(1)
        if unit.kind == .word, let milliseconds = DurationText.milliseconds(of: unit.text) {
            advance(2)
            return milliseconds
        }
        let shown = shortened(number, to: 30)
        if unit.kind == .word, DurationText.calendar.contains(unit.text) {
            let isYear = unit.text.hasPrefix("year")
            advance()
            throw fail(
                "'\(unit.text)' is no fixed length of time: write days, such as "
                    + "'\(words) \(isYear ? 365 : 30) days', or the calendar form "
                    + "'\(isYear ? "this year" : "\(words) \(shown) calendar months")'",
                fix: "this version of segmentd cannot evaluate the calendar forms yet"
            )
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
}
