import EventModel
import SegmentTesting

extension RandomRules {
    // MARK: - Times

    mutating func duration() -> String {
        pick([
            "30 minutes", "30 minutes", "1 hour", "1 hour", "90 minutes", "1h30m", "2 hours",
            "5 hours", "0.5 hours", "1 day", "36h", "2 days", "1 week", "20ms",
        ])
    }

    /// Two durations, the longer one first.
    private mutating func durations() -> String {
        pick([
            "3 and 1 hours", "2 hours and 30 minutes", "5h and 1h30m", "2 and 1 days",
            "1 week and 1 hour", "1h and 20ms",
        ])
    }

    /// A day near the beginning of the history.
    mutating func date() -> String { day(number(-1...3)) }

    private func day(_ offset: Int) -> String {
        String((start + .days(Int64(offset))).rfc3339.prefix(10))
    }

    /// A day or an instant, so many days after the beginning of the history.
    private mutating func time(_ offset: Int) -> String {
        guard chance(40) else { return day(offset) }
        let instant = start + .days(Int64(offset)) + .minutes(Int64(number(0...30)) * 30)
        return instant.rfc3339.replacing(".000Z", with: "Z")
    }

    mutating func simpleWindow() -> String {
        pick([
            "in last 30 minutes", "in last 1 hour", "in last 2 hours", "in last 5 hours", "ever",
            "",
        ])
    }

    mutating func window(isOptional: Bool = true) -> String {
        switch number(0...11) {
        case 0, 1, 2: return "in last \(duration())"
        case 3: return "between \(durations()) ago"
        case 4:
            let filter = chance(30) ? "where \(predicate(1))" : ""
            return "since last \(events()) \(filter)"
        case 5: return pick(["today", "yesterday"])
        case 6: return pick(["this week", "this month", "this year"])
        case 7:
            return "in last \(number(1...3)) calendar \(pick(["days", "days", "weeks", "months"]))"
        case 8: return "since \(time(number(-1...2)))"
        case 9:
            return chance(50)
                ? "before \(time(number(-1...3)))"
                : "between \(time(number(-2...0))) and \(time(number(2...3)))"
        default: return isOptional ? pick(["", "", "ever"]) : "ever"
        }
    }

    // MARK: - Filters

    /// One predicate, or several in brackets.
    mutating func predicate(_ depth: Int) -> String {
        switch number(0...(depth > 0 ? 9 : 5)) {
        case 6: return "not \(predicate(depth - 1))"
        case 7: return "(\(filter(depth - 1, isItem: false)))"
        case 8, 9:
            let path = pick(["items", "items", "items", "tags", "p"])
            return "\(pick(["any", "any", "every", "no"])) \(path) (\(filter(1, isItem: true)))"
        default:
            let path = path()
            return "\(path) \(test(path))"
        }
    }

    /// Predicates as they stand in brackets.
    mutating func filter(_ depth: Int, isItem: Bool) -> String {
        let parts = (0..<number(1...2)).map { _ in
            isItem ? itemPredicate(depth) : predicate(depth)
        }
        return parts.joined(separator: pick([" and ", " or "]))
    }

    private mutating func itemPredicate(_ depth: Int) -> String {
        switch number(0...(depth > 0 ? 9 : 6)) {
        case 7: return "not \(itemPredicate(depth - 1))"
        case 8: return "(\(filter(depth - 1, isItem: true)))"
        case 9: return "\(pick(["any", "every", "no"])) parts (\(filter(0, isItem: true)))"
        default:
            let path = pick(["sku", "sku", "qty", "qty", "price", "price", "due"])
            return "\(path) \(test(path))"
        }
    }

    mutating func path() -> String {
        pick(["p", "p", "q.r", "id", "sku", "sku", "tags", "due", "due", "items"])
    }

    // MARK: - Tests

    mutating func comparison() -> String { pick([">=", ">", "<", "<=", "=", "!="]) }

    mutating func bound() -> String { pick(["0", "1", "7.5", "-2", "20.1", "2", "3"]) }

    mutating func simpleTest() -> String {
        pick([
            "= \"pro\"", "!= \"pro\"", "> 1", "<= 7.5", "is set", "is not set", "= 5", "= \"5\"",
            "one of (1, \"free\", true)", "not one of (20, \"x\")", "between 0 and 7.5", "is true",
            "is false",
        ])
    }

    /// A test that mostly suits the values at the end of a way.
    mutating func test(_ path: String) -> String {
        switch path {
        case _ where chance(15): return simpleTest()
        case "due", "born", "trial_ends": return timeTest()
        case "tags", "interests": return listTest()
        case "p", "q.r", "age", "qty", "price", "id":
            return chance(70) ? "\(comparison()) \(bound())" : simpleTest()
        default: return textTest()
        }
    }

    private mutating func timeTest() -> String {
        switch number(0...8) {
        case 0, 1: return "in next \(duration())"
        case 2: return "in last \(duration())"
        case 3: return "more than \(duration()) ago"
        case 4: return "between \(durations()) ago"
        case 5: return "anniversary in next \(pick(["12 hours", "1 day", "7 days"]))"
        case 6: return "\(comparison()) \(time(number(-1...3)))"
        case 7: return "\(pick(["before", "after"])) \(time(number(-1...3)))"
        default: return "between \(time(number(-2...0))) and \(time(number(2...3)))"
        }
    }

    private mutating func listTest() -> String {
        switch number(0...3) {
        case 0: return pick(["is set", "is not set"])
        case 1: return "contains \(pick(["5", "true", "\"5\""]))"
        default: return "contains \(text())\(ignoringCase())"
        }
    }

    private mutating func textTest() -> String {
        switch number(0...7) {
        case 0:
            return "\(pick(["contains", "starts with", "ends with"])) \(part())\(ignoringCase())"
        case 1, 2: return "\(comparison()) \(text())\(ignoringCase())"
        case 3:
            return "\(pick(["", "not "]))one of (\(text()), \(text()))\(ignoringCase())"
        case 4:
            let pattern = pick(["p*", "*o", "*R*", "P*o", "*", "st*E", "σ*Σ", "*É"])
            return "like \"\(pattern)\"\(ignoringCase())"
        default: return simpleTest()
        }
    }

    private mutating func ignoringCase() -> String { chance(40) ? " ignoring case" : "" }

    private mutating func part() -> String {
        "\"\(pick(["p", "R", "o", "Pr", "ß", "É", "Σ", "ς", "e", "A"]))\""
    }

    private mutating func text() -> String { "\"\(pick(RandomRules.texts))\"" }

    /// Texts of rules and of histories: some differ in case only, some only seem to.
    static let texts = [
        "pro", "pro", "Pro", "PRO", "free", "free", "Straße", "STRAẞE", "Strasse", "é", "É",
        "e\u{301}", "ΣΑΣ", "σας", "σασ", "5", "A", "a", "x",
    ]

    mutating func literal(_ path: String) -> String {
        switch path {
        case "age": bound()
        case "trial_ends": time(number(-1...3))
        default: chance(85) ? text() : pick(["5", "true", "7.5"])
        }
    }
}
