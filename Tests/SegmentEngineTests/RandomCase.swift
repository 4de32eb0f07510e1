import EventModel
import EventStore
import RuleLanguage
import SegmentEngine
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
            if Int.random(in: 0..<60, using: &random) == 0 { entries += RandomCase.job(&at) }
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

    /// An import's opening or closing, at an instant of its own.
    private static func job(_ at: inout Instant) -> [TestEntry] {
        var open = TestEntry(receivedAt: at, kind: .job)
        open.isOn = true
        at = at + TimeSpan(milliseconds: 3_600_000)
        let close = TestEntry(receivedAt: at, kind: .job)
        at = at + TimeSpan(milliseconds: 1)
        return [open, close]
    }

    private static func identifier(_ random: inout SeededGenerator) -> Identifier {
        let names: [Identifier] = [
            .user("u1"), .user("u2"), .user("u4"), .anonymous("a1"), .anonymous("a2"),
            .anonymous("u1"), .email("m1@x"), .email(" M1@X"), .email("m2@x"),
            Identifier(namespace: "phone", text: "5"), Identifier(namespace: "card", text: "c1"),
            Identifier(namespace: "card", text: "c2"), Identifier(namespace: "club", text: "c1"),
        ]
        return names.randomElement(using: &random) ?? .user("u1")
    }

    /// A merge, an alias, or a suppression.
    private static func act(_ now: Instant, _ random: inout SeededGenerator) -> TestEntry {
        var entry = TestEntry(receivedAt: now, kind: .merge)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1, 2:
            entry.primary = identifier(&random)
            entry.secondary = identifier(&random)
        case 3, 4:
            entry.primary = .user(["u1", "u2", "u3"].randomElement(using: &random) ?? "u1")
            entry.previousID = ["a1", "a2", "a3", "u1", "u3"].randomElement(using: &random)
        default:
            entry.kind = .suppress
            entry.isOn = Bool.random(using: &random)
            entry.others = [identifier(&random)]
        }
        if Int.random(in: 0..<8, using: &random) == 0 { entry.messageID = "m1" }
        return entry
    }

    private static func entry(
        _ now: Instant,
        _ random: inout SeededGenerator
    ) -> TestEntry {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func pick<Element>(_ from: [Element], _ otherwise: Element) -> Element {
            from.randomElement(using: &random) ?? otherwise
        }
        if chance(7) { return act(now, &random) }
        var entry = TestEntry(receivedAt: now, kind: chance(25) ? .identify : .track)
        if chance(55) { entry.user = pick(["u1", "u2", "u3"], "u1") }
        if entry.user == nil || chance(40) {
            entry.anonymous = pick(["a1", "a2", "a3", "a4"], "a1")
        }
        if chance(20) {
            let other = identifier(&random)
            // `user` and `anonymous` have fields of their own.
            if !["user", "anonymous"].contains(other.namespace) { entry.others = [other] }
            if chance(20), !entry.others.isEmpty { (entry.user, entry.anonymous) = (nil, nil) }
        }
        if chance(15) { entry.source = "app" }
        if chance(45) {
            let late =
                chance(50)
                ? 1_800_000 * Int64.random(in: 0...10, using: &random)
                : Int64.random(in: -600_000...12_000_000, using: &random)
            entry.timestamp = now - TimeSpan(milliseconds: late)
            if chance(15) { entry.sentAt = entry.timestamp.map { $0 + .minutes(1) } }
        }
        if chance(20) { entry.messageID = "m\(Int.random(in: 0..<4, using: &random))" }
        entry.isBackfill = chance(8)
        let numbers: [TestValue] = [
            1, -3, .number("7.5"), 20, "5", "x", nil, .number("0.1"), true, .number("1e30"),
        ]
        if entry.kind == .track {
            entry.event = pick(["view", "cart", "order"], "view")
            if chance(70) { entry.members["p"] = pick(numbers, 1) }
            if chance(30) { entry.members["id"] = pick([1, "1", .number("1.0"), "x", ""], 1) }
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
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        if chance(40) { text += "identifier card\n" }
        if chance(20) { text += "identifier club\n" }
        if chance(40) { text += "event order unique by id\n" }
        if chance(20) { text += "event cart unique by id, p\n" }
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
    /// Low, so that links are refused for it.
    static let identifiersMax = 6

    /// What the engine makes of it.
    ///
    /// - Parameters:
    ///   - groups: Of so many entries of one instant, how many to apply before the next.
    ///   - shownBack: How much later than planned everything happens, and is not shown to.
    func engine(
        alwaysRefolds: Bool = false,
        end: Instant = RandomCase.end,
        shownBack shift: TimeSpan = TimeSpan(milliseconds: 0),
        groups: ((Int) -> Int)? = nil,
        setting: ((EngineWorld) -> Void)? = nil,
        coverage: ((EngineWorld) -> Void)? = nil,
        transitions: ((EngineWorld) throws -> [Transition])? = nil
    ) rethrows -> [String] {
        let world = EngineWorld(ruleSets: ruleSets, identifiersMax: RandomCase.identifiersMax)
        world.alwaysRefolds = alwaysRefolds
        setting?(world)
        var index = 0
        while index < entries.count {
            let instant = entries[index].receivedAt
            var group = entries[index...].prefix { $0.receivedAt == instant }
            if let groups { group = group.prefix(groups(group.count)) }
            index += group.count
            let isLast = index == entries.count || entries[index].receivedAt != instant
            world.step(instant, group.map(\.draft), closes: isLast)
        }
        world.proceed(to: end + TimeSpan(milliseconds: 1))
        coverage?(world)
        return try (transitions?(world) ?? world.transitions).map { transition in
            RandomCase.line(
                transition.at - shift,
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
        NaiveReference(
            entries,
            ruleSets: ruleSets,
            identifiersMax: RandomCase.identifiersMax
        ).transitions(through: RandomCase.end).map {
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

    /// How often the engine came across what is rare.
    static func count(_ world: EngineWorld, into coverage: inout [String: Int]) {
        let found = world.irregularities
        coverage["duplicates", default: 0] += found.duplicates
        coverage["conflicts", default: 0] += found.conflicts
        coverage["suppressed", default: 0] += found.suppressed
        coverage["refused links", default: 0] += found.refusedLinks
        coverage["refolds", default: 0] += world.refolds
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
        for place in smallest.sources.indices {
            var lines = smallest.sources[place].split(
                separator: "\n",
                omittingEmptySubsequences: true
            )
            for line in lines.indices.reversed() where lines.count > 1 {
                var fewer = lines
                fewer.remove(at: line)
                var candidate = smallest
                candidate.sources[place] = fewer.joined(separator: "\n") + "\n"
                guard EngineWorld.compiles(candidate.sources[place]),
                    candidate.engine() != candidate.reference()
                else { continue }
                smallest = candidate
                lines = fewer
            }
        }
        return smallest
    }

    var description: String {
        sources.joined(separator: "--- then\n")
            + entries.enumerated().map { index, entry in
                "#\(index + 1) \(entry.receivedAt) \(entry.kind.name) \(entry.event) "
                    + "\(entry.others) \(entry.primary as Any) \(entry.secondary as Any) "
                    + "\(entry.previousID ?? "-") \(entry.isOn) \(entry.source) "
                    + "user \(entry.user ?? "-") anonymous \(entry.anonymous ?? "-") "
                    + "at \(entry.timestamp?.description ?? "-") \(entry.messageID) "
                    + "\(entry.isBackfill ? "backfill " : "")\(entry.members)"
            }.joined(separator: "\n")
    }
}
