import EventModel
import EventStore
import RuleLanguage
import SegmentTesting

/// A random history under random rules: late, repeated, future and merged entries, rule changes.
struct RandomCase: CustomStringConvertible {
    var sources: [String]
    var entries: [TestEntry]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        sources = (0..<Int.random(in: 1...3, using: &random)).map { _ in RandomCase.rules(&random) }
        entries = []
        var at = EngineWorld.epoch
        var rulesLeft = sources.count - 1
        entries.append(TestEntry(receivedAt: at, kind: .rules))
        for _ in 0..<Int.random(in: 2...24, using: &random) {
            at = at + TimeSpan(milliseconds: RandomCase.pause(&random))
            if rulesLeft > 0, Int.random(in: 0..<12, using: &random) == 0 {
                rulesLeft -= 1
                entries.append(TestEntry(receivedAt: at, kind: .rules))
                continue
            }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                entries.append(RandomCase.entry(at, &random))
            }
        }
    }

    /// Mostly whole half hours, so that ends of windows and entries often meet to the millisecond.
    private static func pause(_ random: inout SeededGenerator) -> Int64 {
        Bool.random(using: &random)
            ? 1_800_000 * Int64.random(in: 1...4, using: &random)
            : Int64.random(in: 1...4_000_000, using: &random)
    }

    private static func entry(
        _ now: Instant,
        _ random: inout SeededGenerator
    ) -> TestEntry {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func pick<Element>(_ from: [Element], _ otherwise: Element) -> Element {
            from.randomElement(using: &random) ?? otherwise
        }
        var entry = TestEntry(receivedAt: now, kind: chance(25) ? .identify : .track)
        if chance(55) { entry.user = pick(["u1", "u2", "u3"], "u1") }
        if entry.user == nil || chance(40) {
            entry.anonymous = pick(["a1", "a2", "a3", "a4"], "a1")
        }
        if chance(45) {
            let late =
                chance(50)
                ? 1_800_000 * Int64.random(in: 0...10, using: &random)
                : Int64.random(in: -600_000...12_000_000, using: &random)
            entry.timestamp = now - TimeSpan(milliseconds: late)
        }
        if chance(20) { entry.messageID = "m\(Int.random(in: 0..<4, using: &random))" }
        entry.isBackfill = chance(8)
        let numbers: [TestValue] = [
            1, -3, .number("7.5"), 20, "5", "x", nil, .number("0.1"), true, .number("1e30"),
        ]
        if entry.kind == .track {
            entry.event = pick(["view", "cart", "order"], "view")
            if chance(70) { entry.members["p"] = pick(numbers, 1) }
            if chance(40) { entry.members["q"] = .object(["r": pick(numbers, 1)]) }
        } else {
            if chance(70) { entry.members["plan"] = pick(["pro", "free", nil, ""], "pro") }
            if chance(50) { entry.members["age"] = pick(numbers, 1) }
            if chance(20) {
                entry.members["born"] = pick(["2026-01-31", "2026-02-01T00:00:00Z"], "")
            }
        }
        return entry
    }

    // MARK: - Rules

    private static func rules(_ random: inout SeededGenerator) -> String {
        // Later names may refer to earlier ones, so there is never a circle.
        let names = ["d", "b", "f", "a", "e", "c"].prefix(Int.random(in: 1...6, using: &random))
        var text = ""
        for (index, name) in names.enumerated() {
            let earlier = Array(names.prefix(index))
            text += "segment \(name) when \(condition(2, earlier, &random))\n"
        }
        return text
    }

    private static func condition(
        _ depth: Int,
        _ segments: [String],
        _ random: inout SeededGenerator
    ) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 5 : 3), using: &random) {
        case 0: return fact(segments, &random)
        case 1: return "not \(fact(segments, &random))"
        case 2: return occurrence(&random)
        default:
            let joint = Bool.random(using: &random) ? " and " : " or "
            let parts = (0..<Int.random(in: 2...3, using: &random)).map { _ in
                "(\(condition(depth - 1, segments, &random)))"
            }
            return parts.joined(separator: joint)
        }
    }

    private static func fact(_ segments: [String], _ random: inout SeededGenerator) -> String {
        if let name = segments.randomElement(using: &random), Bool.random(using: &random) {
            return "in segment \(name)"
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return "everyone"
        case 1: return "person.plan \(test(&random))"
        case 2: return "person.age \(test(&random))"
        case 3: return "person.born before 2026-02-01"
        case 4, 5:
            let bound = ["0", "1", "7.5", "-2", "20.1"].randomElement(using: &random) ?? "1"
            let compare =
                [">=", ">", "<", "<=", "=", "!="].randomElement(using: &random) ?? ">="
            let path = Bool.random(using: &random) ? "p" : "q.r"
            return "sum of order.\(path) \(window(&random)) \(compare) \(bound)"
        default: return occurrence(&random)
        }
    }

    private static func occurrence(_ random: inout SeededGenerator) -> String {
        let counts = [
            "", "no", "at least 2", "at most 1", "exactly 2", "more than 1", "fewer than 3",
            "between 1 and 2",
        ]
        let count = counts.randomElement(using: &random) ?? ""
        let which =
            ["view", "cart", "order", "any of (view, cart)", "event"].randomElement(using: &random)
            ?? "view"
        let filter =
            Int.random(in: 0..<3, using: &random) == 0
            ? "where \(Bool.random(using: &random) ? "p" : "q.r") \(test(&random))" : ""
        return "\(count) \(which) \(filter) \(window(&random))"
    }

    private static func window(_ random: inout SeededGenerator) -> String {
        ["in last 30 minutes", "in last 1 hour", "in last 2 hours", "in last 5 hours", "ever", ""]
            .randomElement(using: &random) ?? ""
    }

    private static func test(_ random: inout SeededGenerator) -> String {
        [
            "= \"pro\"", "!= \"pro\"", "> 1", "<= 7.5", "is set", "is not set", "= 5", "= \"5\"",
            "one of (1, \"free\", true)", "not one of (20, \"x\")", "between 0 and 7.5", "is true",
        ].randomElement(using: &random) ?? "is set"
    }

    // MARK: - Both sides

    var ruleSets: [RuleSet] { sources.map(EngineWorld.rules) }

    static let end = EngineWorld.epoch + .days(9)

    /// What the engine makes of it.
    func engine(alwaysRefolds: Bool = false) -> [String] {
        let world = EngineWorld(ruleSets: ruleSets)
        world.alwaysRefolds = alwaysRefolds
        var index = 0
        while index < entries.count {
            let instant = entries[index].receivedAt
            let group = entries[index...].prefix { $0.receivedAt == instant }
            world.step(instant, group.map(\.draft))
            index += group.count
        }
        world.proceed(to: RandomCase.end + TimeSpan(milliseconds: 1))
        return world.transitions.map { transition in
            RandomCase.line(
                transition.at,
                transition.person.rawValue,
                transition.segment,
                transition.direction == .entered,
                transition.cause,
                transition.sequence.rawValue,
                transition.isAnnounced,
                transition.identifiers.map(world.log.identifier)
            )
        }
    }

    /// What the reference makes of it.
    func reference() -> [String] {
        NaiveReference(entries, ruleSets: ruleSets).transitions(through: RandomCase.end).map {
            RandomCase.line(
                $0.at,
                $0.person,
                $0.segment,
                $0.isEntry,
                $0.cause,
                $0.sequence,
                $0.isAnnounced,
                $0.identifiers
            )
        }
    }

    private static func line(
        _ at: Instant,
        _ person: UInt64,
        _ segment: String,
        _ isEntry: Bool,
        _ cause: TransitionCause,
        _ sequence: UInt64,
        _ isAnnounced: Bool,
        _ identifiers: [Identifier]
    ) -> String {
        // The order of names of one rank is nobody's business.
        let names = identifiers.map { "\($0.namespace):\($0.text)" }.sorted()
        return "\(at) \(person) \(isEntry ? "enters" : "leaves") \(segment) \(cause.name) "
            + "#\(sequence)\(isAnnounced ? "" : " quiet") \(names.joined(separator: ","))"
    }

    /// The smallest case that still differs: entries taken out one by one.
    func shrunk() -> RandomCase {
        var smallest = self
        var index = smallest.entries.count - 1
        while index > 0 {
            var candidate = smallest
            if candidate.entries[index].kind != .rules {
                candidate.entries.remove(at: index)
                if candidate.engine() != candidate.reference() { smallest = candidate }
            }
            index -= 1
        }
        return smallest
    }

    var description: String {
        sources.joined(separator: "--- then\n")
            + entries.enumerated().map { index, entry in
                "#\(index + 1) \(entry.receivedAt) \(entry.kind.name) \(entry.event) "
                    + "user \(entry.user ?? "-") anonymous \(entry.anonymous ?? "-") "
                    + "at \(entry.timestamp?.description ?? "-") \(entry.messageID) "
                    + "\(entry.isBackfill ? "backfill " : "")\(entry.members)"
            }.joined(separator: "\n")
    }
}
