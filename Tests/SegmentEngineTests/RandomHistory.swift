import EventModel
import SegmentTesting

/// A random history: late, repeated, future and merged entries, rule changes.
struct RandomHistory {
    private var random: SeededGenerator
    private let start: Instant
    private var now: Instant

    init(random: SeededGenerator, start: Instant) {
        self.random = random
        self.start = start
        now = start
    }

    /// Entries that put so many rule sets in force at most, the first one first.
    mutating func entries(ruleSets: Int) -> [TestEntry] {
        var entries = [TestEntry(receivedAt: now, kind: .rules)]
        var rulesLeft = ruleSets - 1
        for _ in 0..<number(2...24) {
            now = now + TimeSpan(milliseconds: pause())
            if number(0...59) == 0 { entries += job() }
            if rulesLeft > 0, number(0...11) == 0 {
                rulesLeft -= 1
                var rules = TestEntry(receivedAt: now, kind: .rules)
                rules.isOn = chance(60)
                rules.isBackfill = rules.isOn && chance(50)
                entries.append(rules)
                continue
            }
            if number(0...19) == 0 {
                entries.append(erasure())
                continue
            }
            for _ in 0..<number(1...3) { entries.append(entry()) }
        }
        return entries
    }

    // MARK: - Chance

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }

    private mutating func pick<Element>(_ from: [Element]) -> Element {
        from[number(0...from.count - 1)]
    }

    // MARK: - Entries

    /// Mostly whole half hours, so that ends of windows and entries often meet to the millisecond.
    private mutating func pause() -> Int64 {
        Int64(chance(50) ? 1_800_000 * number(1...4) : number(1...4_000_000))
    }

    /// An import's opening or closing, at an instant of its own.
    private mutating func job() -> [TestEntry] {
        var open = TestEntry(receivedAt: now, kind: .job)
        open.isOn = true
        now = now + .hours(1)
        let close = TestEntry(receivedAt: now, kind: .job)
        now = now + TimeSpan(milliseconds: 1)
        return [open, close]
    }

    private mutating func identifier() -> Identifier {
        pick([
            .user("u1"), .user("u2"), .user("u4"), .anonymous("a1"), .anonymous("a2"),
            .anonymous("u1"), .email("m1@x"), .email(" M1@X"), .email("m2@x"),
            Identifier(namespace: "phone", text: "5"), Identifier(namespace: "card", text: "c1"),
            Identifier(namespace: "card", text: "c2"), Identifier(namespace: "club", text: "c1"),
        ])
    }

    /// An erasure, at an instant of its own.
    private mutating func erasure() -> TestEntry {
        var erasure = TestEntry(receivedAt: now, kind: .erase)
        erasure.others = [identifier()]
        erasure.isOn = chance(30)
        now = now + TimeSpan(milliseconds: 1)
        return erasure
    }

    /// A merge, an alias, or a suppression.
    private mutating func act() -> TestEntry {
        var entry = TestEntry(receivedAt: now, kind: .merge)
        switch number(0...5) {
        case 0, 1, 2:
            entry.primary = identifier()
            entry.secondary = identifier()
            entry.isOn = chance(50)
        case 3, 4:
            entry.primary = .user(pick(["u1", "u2", "u3"]))
            entry.previousID = pick(["a1", "a2", "a3", "u1", "u3"])
        default:
            entry.kind = .suppress
            entry.isOn = chance(50)
            entry.others = [identifier()]
        }
        if chance(12) { entry.messageID = "m1" }
        return entry
    }

    private mutating func entry() -> TestEntry {
        if chance(7) { return act() }
        var entry = TestEntry(receivedAt: now, kind: chance(30) ? .identify : .track)
        if chance(55) { entry.user = pick(["u1", "u2", "u3"]) }
        if entry.user == nil || chance(40) { entry.anonymous = pick(["a1", "a2", "a3", "a4"]) }
        if chance(20) {
            let other = identifier()
            // `user` and `anonymous` have fields of their own.
            if !["user", "anonymous"].contains(other.namespace) { entry.others = [other] }
            if chance(20), !entry.others.isEmpty { (entry.user, entry.anonymous) = (nil, nil) }
        }
        if chance(15) { entry.source = "app" }
        if chance(45) {
            let late = chance(50) ? 1_800_000 * number(0...10) : number(-600_000...12_000_000)
            entry.timestamp = now - TimeSpan(milliseconds: Int64(late))
            if chance(15) { entry.sentAt = entry.timestamp.map { $0 + .minutes(1) } }
        }
        if chance(20) { entry.messageID = "m\(number(0...3))" }
        entry.isBackfill = chance(8)
        if chance(10) {
            entry.kind = .list
            entry.event = pick(["press_kit", "press_kit", "view"])
            entry.isOn = chance(65)
            return entry
        }
        if entry.kind == .track {
            entry.event = pick([
                "view", "cart", "order", "view", "cart", "order", "purchase", "Order", "basket",
                "page",
            ])
            entry.members = properties()
        } else {
            entry.members = attributes()
        }
        return entry
    }

    // MARK: - Values

    private static let numbers: [TestValue] = [
        1, -3, .number("7.5"), 20, "5", "x", nil, " 7.5", "TRUE", 0, .number("0.1"), true,
        .number("1e30"), 2, 3,
    ]

    private mutating func properties() -> [String: TestValue] {
        var members: [String: TestValue] = [:]
        if chance(70) { members["p"] = pick(RandomHistory.numbers) }
        if chance(20) { members[pick(["total", "value"])] = pick(RandomHistory.numbers) }
        if chance(30) { members["id"] = pick([1, "1", .number("1.0"), "x", "", " X"]) }
        if chance(10) { members["number"] = pick([1, "1", .number("1.0"), "x", "X "]) }
        if chance(40) { members["q"] = .object(["r": pick(RandomHistory.numbers)]) }
        if chance(40) { members[chance(80) ? "sku" : "SKU"] = text() }
        if chance(30) { members["items"] = items() }
        if chance(25) { members["tags"] = tags() }
        if chance(30) { members["due"] = time() }
        return members
    }

    private mutating func attributes() -> [String: TestValue] {
        var members: [String: TestValue] = [:]
        if chance(65) { members["plan"] = chance(15) ? pick([nil, ""]) : text() }
        if chance(10) { members["tier"] = text() }
        if chance(40) { members[chance(80) ? "age" : "years"] = pick(RandomHistory.numbers) }
        if chance(25) { members["born"] = chance(85) ? birthday() : pick([nil, "once"]) }
        if chance(25) { members["trial_ends"] = time() }
        if chance(15) { members["interests"] = chance(60) ? items() : tags() }
        if chance(15) { members["tags"] = tags() }
        if chance(20) {
            members["home"] = chance(80) ? .object(["city": text()]) : pick([nil, "x"])
        }
        return members
    }

    private mutating func text() -> TestValue {
        chance(5) ? pick(["", nil, 5]) : .text(pick(RandomRules.texts))
    }

    private mutating func tags() -> TestValue {
        if chance(10) { return pick(["pro", "", nil, .list([])]) }
        let tags: [TestValue] = (0..<number(0...3)).map { _ in
            chance(85) ? text() : pick([5, true, nil, .list(["pro", 2])])
        }
        return .list(tags)
    }

    private mutating func items() -> TestValue {
        if chance(8) { return pick(["A", nil, .object(["sku": "A", "qty": 2])]) }
        return .list((0..<number(0...3)).map { _ in chance(92) ? item(1) : pick([7, "A", nil]) })
    }

    private mutating func item(_ depth: Int) -> TestValue {
        var members: [String: TestValue] = [:]
        if chance(80) { members["sku"] = text() }
        if chance(20) { members["quantity"] = pick([1, "2 ", 3]) }
        if chance(70) { members["qty"] = pick([1, 2, 3, "2", nil, .number("1e30")]) }
        if chance(60) { members["price"] = pick([1, .number("7.5"), 20, "x"]) }
        if chance(15) { members["due"] = time() }
        if depth > 0, chance(15) { members["parts"] = .list([item(0), item(0)]) }
        return .object(members)
    }

    /// A time near now, mostly by whole half hours, or a day.
    private mutating func time() -> TestValue {
        if chance(8) { return pick(["soon", "", nil, 5]) }
        let ahead = chance(80) ? 1_800_000 * number(-8...60) : number(-4_000_000...90_000_000)
        let time = now + TimeSpan(milliseconds: Int64(ahead))
        if chance(10) {
            let number = chance(50) ? time.milliseconds : time.milliseconds / 1_000
            return chance(70) ? .number(String(number)) : .text(" \(number)")
        }
        if chance(20) { return .text(String(time.rfc3339.prefix(10))) }
        // The same instant as clocks elsewhere show it.
        guard chance(15) else { return .text(time.rfc3339) }
        let there = (time + .minutes(345)).rfc3339.replacing("Z", with: "+05:45")
        return .text(there)
    }

    /// A day, or a time, whose anniversary comes soon: also 29 February, and hours that the clocks miss
    /// or show twice.
    private mutating func birthday() -> TestValue {
        if chance(15) { return pick(["1996-02-29", "2024-02-29T01:30:00Z"]) }
        let hours = chance(30) ? 0 : number(-2...60)
        let time = start + .hours(Int64(hours)) + .minutes(chance(50) ? 0 : 30)
        let year = pick(["1990", "2019", "2024", "2025", String(time.rfc3339.prefix(4))])
        let rest = time.rfc3339.dropFirst(4)
        return .text(year + (chance(30) ? rest.prefix(6) : rest))
    }
}
