import EventModel

/// What is malformed in ways that people know from elsewhere.
extension Lexer {
    /// Reads `1.000,00`, `1,000`, `9,05` or `10'000` behind their first group; false where none of
    /// them stands here.
    ///
    /// Only where a group begins with 0 is it certain that a comma belongs to no list; the parser
    /// knows the others.
    mutating func grouped(from start: Int) -> Bool {
        let first = spelling(from: start)
        let isPlain = first.unicodeScalars.allSatisfy { isDigit($0) || $0 == "-" }
        if isPlain, peek() == "'" || peek() == "’", digits(after: 0) == 3 {
            while peek() == "'" || peek() == "’", digits(after: 0) == 3 { advance(4) }
            report(spelling(from: start).filter { $0 != "'" && $0 != "’" }, from: start)
            return true
        }
        guard peek() == "," else { return false }
        let count = digits(after: 0)
        let groups = first.split(separator: ".", omittingEmptySubsequences: false)
        if groups.count > 1, (1...3).contains(groups[0].utf8.count), count == 1 || count == 2,
            groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }),
            first.unicodeScalars.allSatisfy({ isDigit($0) || $0 == "." })
        {
            advance(1 + count)
            report(
                spelling(from: start).filter { $0 != "." }.replacing(",", with: "."),
                from: start
            )
            return true
        }
        guard isPlain, peek(1) == "0", count > 1 else { return false }
        advance(1 + count)
        guard count == 3 else {
            report(spelling(from: start).replacing(",", with: "."), from: start)
            return true
        }
        complain(
            from: start,
            "a number has no commas in it",
            fix: "write \(shortened(spelling(from: start).filter { $0 != "," }))"
        )
        emit(.number(nil), "", from: start)
        return true
    }

    private mutating func report(_ number: String, from start: Int) {
        let shown = ExactDecimal(number).map { "\($0)" } ?? number
        complain(
            from: start,
            "a number has nothing between its thousands, and a point before its decimals",
            fix: "write \(shortened(shown))"
        )
        emit(.number(nil), "", from: start)
    }

    /// How many digits stand behind the sign at a place, no other part of a word behind them.
    private func digits(after place: Int) -> Int {
        var count = 0
        while count < 20, peek(place + 1 + count).map(isDigit) == true { count += 1 }
        return peek(place + 1 + count).map(isWordPart) == true ? 0 : count
    }

    /// The date that a spelling in another order means; nil where none is certain.
    static func dateMeant(by spelled: String) -> String? {
        let parts = spelled.split(whereSeparator: { !$0.isNumber })
        let signs = Set(spelled.filter { !$0.isNumber })
        guard parts.count == 3, signs.count == 1, let sign = signs.first, sign != ":",
            parts.allSatisfy({ $0.utf8.count <= 4 })
        else { return nil }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3 else { return nil }
        func date(_ year: Int, _ month: Int, _ day: Int) -> String? {
            func padded(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
            let text = "\(year)-\(padded(month))-\(padded(day))"
            return Instant(rfc3339: text) == nil ? nil : text
        }
        if parts[0].utf8.count == 4 { return date(numbers[0], numbers[1], numbers[2]) }
        guard parts[2].utf8.count == 4 else { return nil }
        let dayFirst = date(numbers[2], numbers[1], numbers[0])
        let monthFirst = sign == "." ? nil : date(numbers[2], numbers[0], numbers[1])
        guard let dayFirst, let monthFirst, dayFirst != monthFirst else {
            return dayFirst ?? monthFirst
        }
        return "\(dayFirst) or \(monthFirst), whichever you mean"
    }

    /// Reads a sign that is left out, or a comment of another language; false where none stands
    /// here.
    mutating func leftOut() -> Bool {
        let start = mark
        guard let sign = peek() else { return false }
        if matches("//") || matches("/*") || matches("--") {
            advance(2)
            complain(
                from: start,
                "a comment begins with #",
                fix: "write # in place of \(spelling(from: start))"
            )
            skip { $0 != "\n" }
            return true
        }
        if matches("%@") || matches("%.") {
            advance()
            return pattern(from: start)
        }
        let isCurrency = sign.properties.generalCategory == .currencySymbol
        guard isCurrency || "{};:".unicodeScalars.contains(sign) else { return false }
        if sign == ";" {
            // Between two conditions it is not clear what was meant.
            var place = 1
            while peek(place) == " " || peek(place) == "\r" { place += 1 }
            guard peek(place) == nil || peek(place) == "\n" || peek(place) == "#" else {
                return false
            }
        }
        advance()
        complain(
            from: start,
            isCurrency
                ? "a number has no currency sign"
                : "'\(spelling(from: start))' does not belong to the rule language",
            fix: "leave it out"
        )
        return true
    }

    /// Reads a text that goes on behind the end of its line, where its closing quote is found
    /// before a clause or block begins; false where it is not.
    mutating func textOfLines(_ content: String, from start: Int) -> Bool {
        var place = 0
        var lines = 0
        var text = content
        while peek(place) == "\n", lines < 8 {
            lines += 1
            place += 1
            while peek(place) == " " || peek(place) == "\t" { place += 1 }
            var line = ""
            while let scalar = peek(place), scalar != "\n", scalar != "\"", line.utf8.count < 1_000
            {
                if scalar != "\r" { line.unicodeScalars.append(scalar) }
                place += 1
            }
            let first = line.prefix { $0.isLetter }
            guard !line.isEmpty, !Lexer.clauses.contains(String(first)), !line.hasPrefix("#")
            else { return false }
            text += " " + line
            guard peek(place) == "\"" else { continue }
            var behind = place + 1
            while peek(behind) == " " || peek(behind) == "\r" { behind += 1 }
            guard peek(behind) == nil || peek(behind) == "\n" else { return false }
            complain(
                from: start,
                "a text stands on one line",
                fix: "write \"\(shortened(text, to: 80))\""
            )
            advance(place + 1)
            emit(.string, text, from: start)
            return true
        }
        return false
    }

    /// Reads `7-14` behind `between` as the two numbers that it means; false where it is not that.
    mutating func rangeOfNumbers(_ spelled: String, from start: Int) -> Bool {
        let parts = spelled.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, lastWord == "between",
            parts.allSatisfy({ ExactDecimal(String($0)) != nil })
        else { return false }
        complain(
            from: start,
            "two numbers behind 'between' are joined with 'and'",
            fix: "write \(parts[0]) and \(parts[1])"
        )
        emit(.number(nil), "", from: start)
        emit(.word, "and", from: start)
        emit(.number(nil), "", from: start)
        return true
    }

    private static let clauses: Set<String> = [
        "segment", "when", "note", "expect", "event", "and", "or", "timezone", "activity", "where",
        "attribute", "identifier", "settings", "test",
    ]
}
