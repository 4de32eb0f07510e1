import RuleLanguage
import SegmentTesting

/// Random declarations over the names that random histories use, types that nothing fits among them.
struct RandomContract {
    var random: SeededGenerator

    /// Between declarations and rules: what follows is checked without a contract, so that any rule may stand
    /// under any types.
    static let separator = "# rules\n"

    /// The text of a contract; empty for none.
    static func text(_ random: inout SeededGenerator) -> String {
        var contract = RandomContract(random: random)
        defer { random = contract.random }
        return contract.text()
    }

    private mutating func text() -> String {
        var text = ""
        if chance(40) {
            text +=
                "identifier card\(chance(50) ? " also known as club" : "")\(blocks("c2", "c*"))\n"
        } else if chance(20) {
            text += "identifier club\n"
        }
        if chance(10) { text += "identifier user\(blocks("u3", "u1"))\n" }
        if chance(10) { text += "identifier email\(blocks("M1@x", "m*@x"))\n" }
        if chance(20) {
            text += "settings\n"
            if chance(40) {
                text += "  skew tolerance \(pick(["1 minute", "2 hours", "1 second"]))\n"
            }
            if chance(40) { text += "  duplicate horizon \(pick(["1 hour", "1 day", "90m"]))\n" }
            if chance(40) {
                text += "  identifiers at most \(pick(["2", "3", "100"])) per person\n"
            }
        }
        if chance(60) {
            text += event("order", ["purchase", "Order"], [["id"]])
            if chance(60) { text += event("cart", ["basket"], [["id"], ["id", "p"]]) }
            if chance(40) { text += event("view", ["page"], []) }
        }
        let attributes = [
            ("plan", ["tier"], scalar), ("age", ["years"], scalar), ("born", [], scalar),
            ("trial_ends", [], scalar), ("interests", ["likes"], "items"), ("tags", [], "tags"),
        ]
        for (name, aliases, kind) in attributes where chance(25) {
            text += "attribute \(name) \(type(kind))\(also(aliases))\n"
        }
        return text
    }

    private let scalar = "scalar"

    private mutating func event(_ name: String, _ aliases: [String], _ keys: [[String]]) -> String {
        var text = "event \(name)\(also(aliases))\n"
        if !keys.isEmpty, chance(50) {
            text += "  unique by \(keys[number(0...keys.count - 1)].joined(separator: ", "))\n"
        }
        if chance(40) {
            let bound = chance(60) ? "least \(number(1...3))" : "most \(number(0...2))"
            let period = pick(["30 minutes", "1 hour", "90m", "4 hours", "1 second"])
            text += "  expect at \(bound) in \(period)\n"
        }
        let fields = [
            ("p", ["total", "value"], "key"), ("id", ["number"], "key"), ("sku", ["SKU"], "text"),
            ("items", ["lines"], "items"), ("tags", [], "tags"), ("due", [], "time"),
        ]
        for (name, aliases, kind) in fields where chance(55) {
            text += "  \(name) \(type(kind))\(chance(10) ? " required" : "")\(also(aliases))\n"
        }
        return text
    }

    private mutating func also(_ aliases: [String]) -> String {
        let some = aliases.filter { _ in chance(70) }.map { "\"\($0)\"" }
        return some.isEmpty ? "" : " also known as \(some.joined(separator: ", "))"
    }

    private mutating func blocks(_ value: String, _ pattern: String) -> String {
        guard chance(30) else { return "" }
        return chance(60) ? " blocks \"\(value)\"" : " blocks \"zz\", like \"\(pattern)\""
    }

    private mutating func type(_ kind: String) -> String {
        // Now and then what hardly fits.
        switch chance(85) || kind == "key"
            ? kind : pick(["scalar", "text", "items", "tags", "time"])
        {
        case "items":
            let fields = [
                "sku \(text(["upper", "lower", "trimmed"]))",
                "qty \(pick(["number", "text"])) also known as quantity", "price number",
                "due time", "parts list of (sku text)",
            ]
            let some = fields.filter { _ in chance(60) }
            return "list of (\((some.isEmpty ? [fields[0]] : some).joined(separator: ", ")))"
        case "tags": return "list of \(pick(["text", "text normalized lower", "number"]))"
        case "time": return "time"
        case "text": return text(["upper", "lower", "trimmed", "lower trimmed"])
        default:
            return pick(["number", "number", "boolean", "time", text(["upper", "lower trimmed"])])
        }
    }

    private mutating func text(_ shapes: [String]) -> String {
        chance(40) ? "text normalized \(pick(shapes))" : "text"
    }

    // MARK: - Chance

    private mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func pick(_ from: [String]) -> String { from[number(0...from.count - 1)] }
}
