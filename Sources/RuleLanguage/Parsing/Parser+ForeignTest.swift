/// What people bring along from SQL and from other tools, where a test stands.
extension Parser {
    /// `NOT IN (…)`, `IS NOT NULL`, `LIKE`: the test in capitals that was meant.
    mutating func capitalTest() -> Reported? {
        guard token.kind == .word, token.text.contains(where: \.isUppercase) else { return nil }
        for (words, meant) in Parser.capitalTests
        where words.indices.allSatisfy({
            ahead($0).kind == .word && ahead($0).text.lowercased() == words[$0]
        }) {
            return fail(
                "'\(spelling(of: index..<index + words.count))' is no test of the rule language",
                at: range(ofNext: words.count),
                fix: "write '\(meant)'"
            )
        }
        return nil
    }

    private static let capitalTests: [(words: [String], meant: String)] = [
        (["not", "in"], "not one of"), (["is", "not", "null"], "is set"),
        (["is", "null"], "is not set"), (["not", "null"], "is set"), (["in"], "one of"),
        (["like"], "like"), (["between"], "between"), (["is", "true"], "is true"),
        (["is", "false"], "is false"), (["is", "not"], "!="), (["is"], "="),
        (["contains"], "contains"), (["starts", "with"], "starts with"),
        (["ends", "with"], "ends with"),
    ]

    /// `equals "pro"`, `is "pro"`: complains, and reads on as if the sign stood there, so that what
    /// is wrong behind it shows in the same run.
    mutating func comparisonInWords(of subject: String) throws(Reported) -> TestSyntax? {
        guard token.kind == .word, let (count, meant) = signInWords,
            let comparison = Comparison(rawValue: meant)
        else { return nil }
        let value = ahead(count)
        let isValue =
            value.kind == .string || value.isDate || value.isNumber && !isUnit(ahead(count + 1))
            || value.kind == .word && !at("is") && isFurtherWord(value)
                && value.text.utf8.count > 1
                && !Parser.tests.contains(value.text)
        guard isValue, !value.isFirstOnLine else { return nil }
        if at("is") {
            complain(
                range(ofNext: count + 1),
                "values are compared with signs",
                fix: "write \(meant) \(shortened(source.text(value.range), to: 40))"
            )
        } else {
            complain(
                range(ofNext: count),
                "'\(spelling(of: index..<index + count))' is no test of the rule language",
                fix: "did you mean '\(meant)'?"
            )
        }
        advance(count)
        return .compare(comparison, try literal(after: meant, of: subject))
    }

    private var signInWords: (tokens: Int, meant: String)? {
        if at("is", "not") { return (2, "!=") }
        if at("is") { return (1, "=") }
        return Parser.testSlips.first { at($0.words) }.map { ($0.words.count, $0.meant) }
    }

    /// Text of several words without its quotes: `New York`.
    func unquotedText() -> (text: String, tokens: Int) {
        var count = 1
        while count < 8, ahead(count).kind == .word, !ahead(count).isFirstOnLine,
            !Parser.neverFurther.contains(ahead(count).text), !ahead(count).isWord("to")
        {
            count += 1
        }
        return (spelling(of: index..<index + count, charactersMax: 40), count)
    }

    /// How a window of these words is written, from a place among the next tokens on.
    func windowFix(at place: Int) -> String {
        let first = ahead(place)
        if first.isQuantity, !first.isDate {
            let unit = ahead(place + 1).text
            if first.isNumber, DurationText.calendar.contains(unit) {
                let number = shortened(source.text(first.range), to: 20)
                let months = unit.hasPrefix("year") ? "12" : number
                return
                    "write in last \(spelledDuration(at: place)), or in last \(months) calendar months"
            }
            return "write in last \(spelledDuration(at: place))"
        }
        if let number = Parser.numberWords[first.text], isUnit(ahead(place + 1)),
            !DurationText.calendar.contains(ahead(place + 1).text)
        {
            return "write in last \(number) \(ahead(place + 1).text)"
        }
        switch first.text {
        case "second", "minute", "hour": return "write in last 1 \(first.text)"
        case "day": return "write in last 1 day"
        case "week": return "write in last 1 week, or 'this week'"
        case "month": return "write in last 30 days, or in last 1 calendar months, or 'this month'"
        case "year": return "write in last 365 days, or 'this year'"
        default: return windowHint
        }
    }

    static let numberWords = [
        "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14, "thirty": 30,
    ]

    /// Whether a date with the month's name stands so many tokens on: `Jan 31`, `31 January`.
    func isMonthDate(_ place: Int) -> Bool {
        func isMonth(_ token: Token) -> Bool {
            token.kind == .word && Parser.months.contains(String(token.text.lowercased().prefix(3)))
                && token.text.first?.isUppercase == true
        }
        return isMonth(ahead(place)) && ahead(place + 1).isNumber
            || ahead(place).isNumber && isMonth(ahead(place + 1))
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// `since Jan 31, 2026`, where a date should stand behind one word.
    mutating func monthDate() -> Reported? {
        guard isMonthDate(1) else { return nil }
        let isMonthFirst = ahead(1).kind == .word
        let month = ahead(isMonthFirst ? 1 : 2).text.lowercased().prefix(3)
        let day = source.text(ahead(isMonthFirst ? 2 : 1).range)
        let place = ahead(3).isSymbol(",") ? 4 : 3
        let year = source.text(ahead(place).range)
        let isDated = ahead(place).isNumber && year.utf8.count == 4
        let number = (Parser.months.firstIndex(of: String(month)) ?? 0) + 1
        func padded(_ text: String) -> String { text.utf8.count == 1 ? "0" + text : text }
        let date = "\(isDated ? year : "2026")-\(padded("\(number)"))-\(padded(day))"
        let isDay = day.utf8.count <= 2
        return fail(
            "a date is written in digits: the year, the month and the day",
            at: ahead(1).range.lowerBound..<ahead(isDated ? place : 2).range.upperBound,
            fix: isDay
                ? "write \(isDated ? "" : "for example: ")\(token.text) \(date)"
                : "write for example: \(token.text) 2026-01-31"
        )
    }

    /// `in 2026`, `in January 2026`, `in May`.
    mutating func inYear() -> Reported? {
        func isYear(_ token: Token) -> Bool {
            let text = source.text(token.range)
            return token.isNumber && text.utf8.count == 4 && ["19", "20"].contains(text.prefix(2))
        }
        let month = Parser.months.firstIndex(of: String(ahead(1).text.lowercased().prefix(3)))
        let isMonth =
            ahead(1).kind == .word && month != nil && ahead(1).text.first?.isUppercase == true
        let isYearBehind = isYear(ahead(isMonth ? 2 : 1)) && !isUnit(ahead(isMonth ? 3 : 2))
        guard isMonth || isYearBehind else { return nil }
        let year = isYearBehind ? source.text(ahead(isMonth ? 2 : 1).range) : "2026"
        let number = (month ?? 0) + 1
        let padded = number < 10 ? "0\(number)" : "\(number)"
        let isLeap = Int(year).map { $0 % 4 == 0 && ($0 % 100 != 0 || $0 % 400 == 0) } ?? false
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][number - 1]
        return fail(
            "a window between two dates is written 'between … and …'",
            at: range(ofNext: isMonth && isYearBehind ? 3 : 2),
            fix: isMonth
                ? "write \(isYearBehind ? "" : "for example: ")between \(year)-\(padded)-01 and "
                    + "\(year)-\(padded)-\(days)"
                : "write between \(year)-01-01 and \(year)-12-31"
        )
    }
}
