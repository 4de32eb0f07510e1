import EventModel

extension Lexer {
    /// Reads what begins with a digit: a number, a date or a duration in its short form.
    mutating func quantity() {
        let start = mark
        advance()
        while let scalar = peek() {
            let isJoint = ".-:/+".unicodeScalars.contains(scalar) && peek(1).map(isDigit) == true
            guard isWordPart(scalar) || isJoint else { break }
            advance()
        }
        if grouped(from: start) { return }
        let spelled = spelling(from: start)
        if let number = number(spelled, from: start) {
            emit(number, "", from: start)
        } else if let date = date(spelled, from: start) {
            emit(date, "", from: start)
        } else if let units = DurationText.units(of: spelled) {
            emit(.span(units), "", from: start)
        } else {
            malformed(spelled, from: start)
        }
    }

    private mutating func number(_ spelled: String, from start: Int) -> Token.Kind? {
        let digits = spelled.first == "-" ? spelled.dropFirst() : spelled[...]
        guard digits.unicodeScalars.allSatisfy({ isDigit($0) || $0 == "." }),
            digits.count(where: { $0 == "." }) <= 1
        else { return nil }
        if let number = ExactDecimal(spelled) { return .number(number) }
        let significant = digits.drop { $0 == "0" }
        if digits.first == "0", digits.dropFirst().first != "." {
            let isBare = significant.isEmpty || significant.first == "."
            let shown = shortened((isBare ? "0" : "") + significant)
            complain(
                from: start,
                "a number does not begin with 0",
                fix: "write \(shown), or in quotes where it is text: \"\(shortened(spelled))\""
            )
        } else {
            complain(
                from: start,
                "this number is too long: at most 18 digits may stand before the point and 18 behind it"
            )
        }
        return .number(nil)
    }

    private mutating func date(_ spelled: String, from start: Int) -> Token.Kind? {
        let bytes = Array(spelled.utf8)
        let isDate = zip(bytes, "0000-00-00".utf8).allSatisfy { byte, shape in
            shape == UInt8(ascii: "-") ? byte == shape : (0x30...0x39).contains(byte)
        }
        guard bytes.count >= 10, isDate else { return nil }
        let isWholeDay = bytes.count == 10
        if isWholeDay || bytes[10] | 0x20 == UInt8(ascii: "t"),
            let instant = Instant(rfc3339: spelled)
        {
            let span = isWholeDay ? TimeSpan.days(1) : TimeSpan(milliseconds: 1)
            return .date(start: instant, end: instant + span)
        }
        if isWholeDay {
            complain(from: start, "there is no day \(spelled)")
        } else if Instant(rfc3339: spelled + "Z") != nil {
            complain(
                from: start,
                "a time of day needs its offset from UTC",
                fix: "write \(spelled)Z for UTC, or an offset such as \(spelled)+02:00"
            )
        } else {
            complain(
                from: start,
                "'\(shortened(spelled))' is no date",
                fix: "write 2026-01-31, or with a time 2026-01-31T09:00:00Z"
            )
        }
        return .malformedDate
    }

    /// Says what was probably meant, and gives that kind of token.
    private mutating func malformed(_ spelled: String, from start: Int) {
        if rangeOfNumbers(spelled, from: start) { return }
        let shown = shortened(spelled)
        func consists(of signs: String) -> Bool {
            spelled.unicodeScalars.allSatisfy { isDigit($0) || signs.unicodeScalars.contains($0) }
        }
        if let (count, unit) = DurationText.joined(spelled) {
            complain(from: start, "'\(spelled)' lacks a space", fix: "write '\(count) \(unit)'")
            emit(.span(nil), "", from: start)
        } else if let number = ExactDecimal(spelled) {
            complain(from: start, "a number has no exponent", fix: "write \(number)")
            emit(.number(nil), "", from: start)
        } else if spelled.last == "$", let number = ExactDecimal(String(spelled.dropLast())) {
            complain(from: start, "a number has no currency sign", fix: "write \(number)")
            emit(.number(nil), "", from: start)
        } else if consists(of: "_") {
            complain(
                from: start,
                "a number has no '_' in it",
                fix: "write \(shortened(spelled.filter { $0 != "_" }))"
            )
            emit(.number(nil), "", from: start)
        } else if consists(of: "-./:+TZtz") {
            complain(
                from: start,
                "'\(shown)' is neither a number nor a date",
                fix: Lexer.dateMeant(by: spelled).map { "write \($0)" }
                    ?? "dates are written 2026-01-31, with a time 2026-01-31T09:00:00Z"
            )
            emit(.malformedDate, "", from: start)
        } else if consists(of: "wdhms.") {
            complain(
                from: start,
                "'\(shown)' is neither a number nor a duration",
                fix: "durations are written '2 hours', 2h or 1h30m, the longer unit first"
            )
            emit(.span(nil), "", from: start)
        } else {
            complain(
                from: start,
                "'\(shown)' is neither a number nor a duration",
                fix: "write '2 hours' or 2h; a name goes in quotes: \"\(shown)\""
            )
            emit(.string, spelled, from: start)
        }
    }
}
