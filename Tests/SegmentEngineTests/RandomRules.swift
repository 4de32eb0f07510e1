import EventModel
import SegmentTesting

/// Random rules over the whole grammar, or of its simplest forms only.
///
/// Their windows and dates are made to meet the times of histories to the millisecond.
struct RandomRules {
    var random: SeededGenerator
    /// When the history begins, by which dates are chosen.
    let start: Instant
    /// Whether only the simplest forms are used.
    let isSimple: Bool
    /// The segments that may be referred to: later ones refer to earlier ones, so there is never a
    /// circle.
    var earlier: [String] = []

    /// The text of a rule set.
    static func text(_ random: inout SeededGenerator, start: Instant) -> String {
        let isSimple = Int.random(in: 0..<3, using: &random) == 0
        var rules = RandomRules(random: random, start: start, isSimple: isSimple)
        defer { random = rules.random }
        return rules.file()
    }

    private mutating func file() -> String {
        let names = ["d", "b", "f", "a", "e", "c"].prefix(number(1...6))
        var text = ""
        if !isSimple, chance(60) { text += "timezone \"\(pick(TestZones.names))\"\n" }
        var segments = ""
        for name in names {
            segments += "segment \(name) when \(condition(2))\n\(expectations())"
            earlier.append(name)
        }
        if segments.contains("activity") || !isSimple && chance(10) {
            text += "activity \(pick(["view", "cart", "view, order"]))\n"
        }
        return RandomContract.text(&random) + RandomContract.separator + text + segments
    }

    private mutating func expectations() -> String {
        guard chance(25) else { return "" }
        let low = number(0...2)
        let bound = chance(50) ? "at least \(number(1...3))" : "at most \(number(0...2))"
        switch number(0...2) {
        case 0: return "  expect \(low) to \(low + number(0...1)) members\n"
        case 1: return "  expect \(bound) members\n"
        default:
            return "  expect \(bound) \(pick(["entries", "exits"])) in \(duration())\n"
        }
    }

    // MARK: - Chance

    mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func pick(_ from: [String]) -> String { from[number(0...from.count - 1)] }

    // MARK: - Conditions

    mutating func condition(_ depth: Int) -> String {
        switch number(0...(depth > 0 ? 4 : 2)) {
        case 0: return held(depth)
        case 1: return "not \(held(depth))"
        case 2: return lasting(isSimple ? occurrence() : anyOccurrence())
        default:
            let joint = pick([" and ", " or "])
            let parts = (0..<number(2...3)).map { _ in "(\(condition(depth - 1)))" }
            return parts.joined(separator: joint)
        }
    }

    private mutating func held(_ depth: Int) -> String { lasting(fact(depth)) }

    /// A condition that may have to have lasted.
    private mutating func lasting(_ fact: String) -> String {
        !isSimple && chance(20) ? "\(fact) for \(duration())" : fact
    }

    private mutating func fact(_ depth: Int) -> String {
        if !earlier.isEmpty, chance(isSimple ? 50 : 30) { return membership() }
        guard !isSimple, chance(75) else { return simpleFact() }
        switch number(0...11) {
        case 0, 1: return person()
        case 2: return change()
        case 3: return extreme()
        case 4: return aggregate()
        case 5: return regular()
        case 6, 7: return sequence()
        case 8:
            let percent = pick(["50", "10", "100", "33.3", "75"])
            return "\(percent)% sample \"\(pick(["salt", "pepper"]))\""
        case 9 where depth > 0: return some(depth)
        case 10 where depth > 0: return "(\(condition(depth - 1)))"
        case 11 where chance(50): return "in list \(pick(["press_kit", "view"]))"
        default: return anyOccurrence()
        }
    }

    private mutating func simpleFact() -> String {
        switch number(0...7) {
        case 0: return "everyone"
        case 1: return "person.plan \(simpleTest())"
        case 2: return "person.age \(simpleTest())"
        case 3: return "person.born before \(date())"
        case 4, 5:
            let path = pick(["p", "q.r"])
            return "sum of order.\(path) \(simpleWindow()) \(comparison()) \(bound())"
        default: return occurrence()
        }
    }

    private mutating func some(_ depth: Int) -> String {
        let parts = (0..<number(2...3)).map { _ in condition(depth - 1) }
        let bound = number(1...parts.count - 1)
        let count = pick(["at least \(bound)", "at most \(bound)", "exactly \(bound)"])
        return "\(count) of (\(parts.joined(separator: ", ")))"
    }

    private mutating func membership() -> String {
        let name = pick(earlier)
        if isSimple || chance(50) { return "in segment \(name)" }
        return "\(pick(["entered", "exited"])) segment \(name) \(window())"
    }

    private mutating func person() -> String {
        switch number(0...6) {
        case 0: return "person is \(pick(["known", "anonymous"]))"
        case 1: return "known for at least \(duration())"
        case 2:
            return "\(pick(["any", "every", "no"])) person.\(pick(["interests", "plan"])) "
                + "(\(filter(1, isItem: true)))"
        default:
            let path = pick([
                "plan", "plan", "age", "born", "trial_ends", "trial_ends", "interests", "tags",
                "home.city",
            ])
            return "person.\(path) \(test(path))"
        }
    }

    private mutating func change() -> String {
        let path = pick(["plan", "plan", "age", "trial_ends", "home.city", "tags"])
        let from = chance(30) ? literal(path) : ""
        var to = chance(40) ? literal(path) : ""
        // From something to the same is an error.
        if to == from { to = "" }
        return "person.\(path) changed \(from.isEmpty ? "" : "from \(from)") "
            + "\(to.isEmpty ? "" : "to \(to)") \(window())"
    }

    // MARK: - Occurrences

    mutating func occurrence() -> String {
        let filter = chance(33) ? "where \(pick(["p", "q.r"])) \(simpleTest())" : ""
        let events = pick(["view", "cart", "order", "any of (view, cart)", "event"])
        return "\(count(mayBeEmpty: true)) \(events) \(filter) \(simpleWindow())"
    }

    private mutating func anyOccurrence() -> String {
        "\(count(mayBeEmpty: true)) \(events()) \(filtered()) \(window())"
    }

    private mutating func sequence() -> String {
        let isNegated = chance(50)
        let within = isNegated || chance(60) ? "within \(duration())" : ""
        let same = chance(30) ? "with same \(pick(["sku", "id", "q.r", "p"]))" : ""
        return "\(events()) \(filtered()) then \(isNegated ? "no " : "")\(events()) \(filtered()) "
            + "\(within) \(same) \(window())"
    }

    private mutating func extreme() -> String {
        let which = "\(pick(["first", "last"])) \(events())"
        if chance(30) {
            let path = path()
            return "\(which).\(path) \(test(path))"
        }
        let place = chance(50) ? "more than \(duration()) ago" : window(isOptional: false)
        if chance(50) { return "\(which) \(filtered()) \(place)" }
        return "\(which) \(filtered()) has \(predicate(1)) \(chance(50) ? place : "")"
    }

    private mutating func aggregate() -> String {
        let figure = pick([
            "sum of", "average of", "minimum of", "maximum of", "distinct", "distinct",
        ])
        let path = pick(["p", "q.r", "items.qty", "items.price", "items.sku", "tags", "sku", "id"])
        return "\(figure) \(events()).\(path) \(filtered()) \(window()) \(comparison()) \(bound())"
    }

    private mutating func regular() -> String {
        let each = chance(30) ? pick(["at least 2", "exactly 1", "between 1 and 2"]) : ""
        let count = pick(["at least 1", "at least 2", "exactly 1", "at most 1", "no"])
        return "\(count) \(pick(["days", "days", "weeks", "months"])) with \(each) \(events()) "
            + "\(filtered()) \(window())"
    }

    mutating func events() -> String {
        switch number(0...9) {
        case 0: return "any of (view, cart)"
        case 1: return pick(["event", "any event"])
        case 2: return pick(["any event like \"*r*\"", "event like \"v*w\"", "event like \"*\""])
        case 3: return pick(["activity", "any activity"])
        case 4: return "any of (order, event like \"c*\")"
        default: return pick(["view", "view", "cart", "order"])
        }
    }

    private mutating func filtered() -> String { chance(33) ? "where \(predicate(1))" : "" }

    private mutating func count(mayBeEmpty: Bool) -> String {
        pick([
            "", "no", "at least 2", "at most 1", "exactly 2", "more than 1", "fewer than 3",
            "between 1 and 2", "exactly 0",
        ])
    }
}
