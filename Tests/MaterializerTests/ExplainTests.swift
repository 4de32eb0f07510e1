import EventModel
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// What an explanation says, beside what the naive reference makes of the same entries.
@Suite struct ExplainTests {
    /// A segment of several parts, each of which is a segment of its own too: the n-th part of `s` is `s_n`.
    struct Sample: Sendable {
        var name: String
        /// In order, those in brackets behind what they stand in.
        var parts: [String]
        var condition: String

        init(_ name: String, _ parts: [String], _ joined: String) {
            self.name = name
            self.parts = parts
            condition = parts.joined(separator: " \(joined) ")
        }

        init(_ name: String, _ condition: String, parts: [String]) {
            self.name = name
            self.parts = parts
            self.condition = condition
        }
    }

    static let conditions = [
        Sample("carts", ["cart in last 2 hours", "no order in last 2 hours"], "and"),
        Sample("often", ["at least 2 cart in last 5 hours", "person.plan = \"pro\""], "or"),
        Sample("rare", ["at most 1 view in last 3 hours", "any event"], "and"),
        Sample("spent", ["sum of order.total in last 1 day >= 15", "exactly 2 order"], "or"),
        Sample(
            "steps",
            ["view then order within 2 hours", "person is known", "in list vips"],
            "or"
        ),
        Sample("stays", ["entered segment carts in last 4 hours", "not in segment rare"], "and"),
        Sample("held", ["no view in last 1 hour for 2 hours", "view"], "and"),
        Sample("wide", ["any event where total >= 5", "last order has total < 8"], "and"),
        Sample(
            "mixed",
            "(cart in last 2 hours or person.plan = \"pro\") and not (view in last 1 hour and order)",
            parts: [
                "(cart in last 2 hours or person.plan = \"pro\")", "cart in last 2 hours",
                "person.plan = \"pro\"", "not (view in last 1 hour and order)",
                "view in last 1 hour", "order",
            ]
        ),
        Sample(
            "some",
            "at least 2 of (cart in last 2 hours, order, person is known)",
            parts: [
                "at least 2 of (cart in last 2 hours, order, person is known)",
                "cart in last 2 hours", "order", "person is known",
            ]
        ),
    ]

    static let contract = """
        event cart also known as basket
        event order unique by order_id
          order_id text
          total number
        event view
        attribute plan text

        """

    private static var rules: String {
        var text = contract
        for sample in conditions {
            text += "segment \(sample.name) when \(sample.condition)\n"
            for (place, part) in sample.parts.enumerated() {
                text += "segment \(sample.name)_\(place) when \(part)\n"
            }
        }
        return text
    }

    static func entry(_ random: inout SeededGenerator, at instant: Instant) -> TestEntry {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        func pick<Value>(_ values: [Value]) -> Value {
            values[Int.random(in: values.indices, using: &random)]
        }
        var entry = TestEntry(receivedAt: instant, kind: chance(20) ? .identify : .track)
        if chance(50) { entry.user = pick(["u1", "u2", "u3"]) }
        if entry.user == nil || chance(30) { entry.anonymous = pick(["a1", "a2", "a3", "a4"]) }
        if chance(30) {
            entry.timestamp = instant - .minutes(Int64.random(in: 0...300, using: &random))
        }
        if chance(15) { entry.messageID = "m\(Int.random(in: 0...3, using: &random))" }
        if chance(8) {
            entry.kind = .list
            entry.event = "vips"
            entry.isOn = chance(65)
            return entry
        }
        if chance(6) {
            entry = TestEntry(receivedAt: instant, kind: .suppress)
            entry.isOn = chance(60)
            entry.others = [pick([.user("u3"), .anonymous("a2"), .anonymous("a4")])]
            return entry
        }
        if chance(5) {
            entry = TestEntry(receivedAt: instant, kind: .merge)
            entry.primary = .user(pick(["u1", "u2"]))
            entry.secondary = pick([.user("u3"), .anonymous("a1"), .anonymous("a4")])
            return entry
        }
        if entry.kind == .identify {
            entry.members = ["plan": pick(["pro", "free", nil, "pro"])]
            return entry
        }
        entry.event = pick(["view", "cart", "basket", "order", "order"])
        if chance(70) { entry.members["total"] = pick([1, 7, .number("9.5"), 20, "x"]) }
        if chance(50) { entry.members["order_id"] = pick(["1", "2", "3"]) }
        return entry
    }

    /// A random history in a partition, and as the reference takes it.
    private func history(
        _ bench: PartitionFolder,
        seed: UInt64
    ) async throws -> (partition: Partition, entries: [TestEntry]) {
        var random = SeededGenerator(seed: seed)
        let partition = try bench.open(Self.rules)
        var entries = [TestEntry(receivedAt: bench.clock.wall, kind: .rules)]
        for _ in 0..<Int.random(in: 5...18, using: &random) {
            bench.clock.advance(by: .minutes(Int64.random(in: 1...90, using: &random)))
            let entry = Self.entry(&random, at: bench.clock.wall)
            _ = try await partition.submit([entry.draft], wait: .fully)
            entries.append(entry)
        }
        bench.clock.advance(by: .minutes(30))
        let logged = try await partition.entries(LogQuestion(limit: 1_000)).entries
        // Ticks say nothing, but have numbers.
        var all: [TestEntry] = []
        for one in logged {
            var entry = TestEntry(receivedAt: one.receivedAt, kind: .tick)
            if one.draft.kind != .tick {
                entry = entries.removeFirst()
                entry.receivedAt = one.receivedAt
            }
            all.append(entry)
        }
        #expect(entries.isEmpty)
        return (partition, all)
    }

    private func members(
        _ entries: [TestEntry],
        _ ruleSet: RuleSet,
        at instant: Instant
    ) -> [UInt64: Set<String>] {
        let known = entries.filter { $0.receivedAt <= instant }
        var members: [UInt64: Set<String>] = [:]
        for turn in NaiveReference(known, ruleSets: [ruleSet]).transitions(through: instant) {
            if turn.isEntry {
                members[turn.person, default: []].insert(turn.segment)
            } else {
                members[turn.person]?.remove(turn.segment)
            }
        }
        return members
    }

    private func silenced(_ entries: [TestEntry], but kept: Set<UInt64>) -> [TestEntry] {
        entries.enumerated().map { place, entry in
            let says = entry.kind == .track || entry.kind == .identify || entry.kind == .list
            guard says, !kept.contains(UInt64(place) + 1) else { return entry }
            var silent = entry
            silent.kind = .identify
            (silent.event, silent.messageID, silent.members) = ("", "", [:])
            return silent
        }
    }

    @Test(.serialized, arguments: UInt64(1)...24)
    func everyPartIsWhatTheReferenceSays(seed: UInt64) async throws {
        let bench = try PartitionFolder()
        let (partition, entries) = try await history(bench, seed: seed)
        let ruleSet = try #require(
            compileRules([RuleSource(path: "test.seg", text: Self.rules)]).ruleSet
        )
        let middle = entries[entries.count / 2].receivedAt
        for instant in [middle, bench.clock.wall - TimeSpan(milliseconds: 1)] {
            let truth = members(entries, ruleSet, at: instant)
            let known = entries.filter { $0.receivedAt <= instant }
            let later = NaiveReference(known, ruleSets: [ruleSet])
                .transitions(through: instant + Self.ahead).filter { $0.at > instant }
            let people = Set(
                entries.indices.filter { entries[$0].receivedAt <= instant }.map { UInt64($0) + 1 }
            )
            for person in people.sorted() {
                for sample in Self.conditions {
                    let (name, parts) = (sample.name, sample.parts)
                    let found = try await partition.explain(
                        PersonReference("#\(person)"),
                        in: name,
                        at: instant
                    )
                    // Of whom became one with another, that one's.
                    guard let found else { continue }
                    let own = truth[found.person.rawValue] ?? []
                    #expect(found.isMember == own.contains(name))
                    #expect(found.parts.count == parts.count)
                    for (place, part) in found.parts.enumerated() {
                        #expect(part.text == parts[place])
                        #expect(
                            part.holds == own.contains("\(name)_\(place)"),
                            "seed \(seed), person \(person), \(part.text) at \(instant)"
                        )
                        // Each of them is a history of its own to the reference.
                        guard part.isInnermost, (person + UInt64(place)).isMultiple(of: 3) else {
                            continue
                        }
                        checkWitnesses(part, "\(name)_\(place)", found, entries, ruleSet)
                    }
                    checkTurn(found, later)
                }
            }
        }
        await partition.stop()
    }

    /// They alone make the part what it is, and without any of them it is not.
    private func checkWitnesses(
        _ part: Explanation.Part,
        _ name: String,
        _ found: Explanation,
        _ entries: [TestEntry],
        _ ruleSet: RuleSet
    ) {
        #expect(!part.hasMore)
        let named = Set(part.witnesses.map(\.entry.sequence.rawValue))
        var ruleSet = ruleSet
        ruleSet.segments.removeAll { ![name, "carts", "rare"].contains($0.name) }
        func holds(_ kept: Set<UInt64>) -> Bool {
            let all = members(silenced(entries, but: kept), ruleSet, at: found.at)
            return all[found.person.rawValue]?.contains(name) ?? false
        }
        for one in part.witnesses {
            let entry = entries[Int(one.entry.sequence.rawValue) - 1]
            #expect(entry.receivedAt == one.entry.receivedAt && entry.kind == one.entry.draft.kind)
        }
        #expect(holds(named) == part.holds, "\(part.text): \(named) do not suffice")
        for one in named {
            #expect(
                holds(named.subtracting([one])) != part.holds,
                "\(part.text): \(one) of \(named) does not matter"
            )
        }
    }

    private static let ahead = TimeSpan.days(1)

    private func checkTurn(_ found: Explanation, _ later: [NaiveReference.Outcome]) {
        let turn = later.first {
            $0.person == found.person.rawValue && $0.segment == found.segment
        }
        guard let at = found.turnsAt, at <= found.at + Self.ahead else {
            #expect(turn == nil, "\(found.segment): \(String(describing: turn))")
            return
        }
        #expect(turn?.at == at)
    }

    @Test func whatWouldChangeItSoonerIsSaid() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open(
            """
            event cart also known as basket
            event order
              plan text
            segment carts when cart in last 2 hours and no order where plan = "pro" in last 2 hours
            segment buyers when at least 2 order
            """
        )
        bench.clock.advance(by: .minutes(1))
        _ = try await partition.submit([.track("cart", anonymous: "a1")], wait: .fully)
        bench.clock.advance(by: .minutes(1))
        _ = try await partition.submit([.track("order", user: "u", anonymous: "a1")], wait: .fully)
        bench.clock.advance(by: .minutes(1))
        let logged = try await partition.entries(LogQuestion(limit: 10)).entries
        let start = try #require(logged.first { $0.draft.event == "cart" }).receivedAt
        let found = try #require(try await partition.explain(PersonReference("u"), in: "carts"))
        #expect(found.isMember && found.since == start && found.turnsAt == start + .hours(2))
        #expect(found.parts.map(\.holds) == [true, true])
        #expect(found.parts.map { $0.witnesses.count } == [1, 0])
        #expect(found.parts[0].turnsAt == start + .hours(2))
        #expect(found.hints.map(\.event) == ["cart", "order"])
        #expect(found.hints.map(\.turns) == [false, true])
        #expect(found.hints[0].turnsAt == found.at + .hours(2) + TimeSpan(milliseconds: 1))
        #expect(found.hints[1].properties.map(\.name) == ["plan"])
        let buyers = try #require(try await partition.explain(PersonReference("u"), in: "buyers"))
        #expect(!buyers.isMember && buyers.turnsAt == nil)
        #expect(buyers.parts[0].count.map { [$0.found, $0.asked] } == [1, 2])
        #expect(buyers.hints.map(\.turns) == [true])
        await #expect(throws: PartitionError.self) {
            _ = try await partition.explain(PersonReference("u"), in: "nobody")
        }
        let nobody = try await partition.explain(PersonReference("x"), in: "carts")
        #expect(nobody == nil)
        await partition.stop()
    }

    /// What is ahead of parts behind the membership's own turn, of segments that are referred to, and of what is
    /// too far ahead to say.
    @Test func whatIsAheadIsSaidOfAllParts() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open(
            """
            segment both when a in last 1 hour and order in last 1 day
            segment left when not in segment both and order
            segment long when order in last 1000 weeks
            """
        )
        bench.clock.advance(by: .minutes(1))
        let drafts: [EntryDraft] = [.track("order", user: "u"), .track("a", user: "u")]
        _ = try await partition.submit(drafts, wait: .fully)
        let start = try #require(
            try await partition.entries(LogQuestion(limit: 10)).entries.last {
                $0.draft.event == "a"
            }
        ).receivedAt
        bench.clock.advance(by: .minutes(1))
        let both = try #require(try await partition.explain(PersonReference("u"), in: "both"))
        #expect(both.turnsAt == start + .hours(1))
        #expect(both.parts.map(\.turnsAt) == [start + .hours(1), start + .days(1)])
        let long = try #require(try await partition.explain(PersonReference("u"), in: "long"))
        #expect(long.isMember && long.turnsAt == nil && !long.isTurnKnown)
        bench.clock.advance(by: .hours(2))
        let left = try #require(try await partition.explain(PersonReference("u"), in: "left"))
        #expect(left.isMember && left.turnsAt == nil && left.isTurnKnown)
        #expect(left.hints.map(\.event) == ["a"])
        #expect(left.hints.map(\.turns) == [true])
        await partition.stop()
    }

    /// Stays are what was recorded, for everybody, over merges and changes of the rules.
    @Test(.serialized, arguments: UInt64(1)...20) func staysAreWhatWasRecorded(seed: UInt64)
        async throws
    {
        let bench = try PartitionFolder()
        let (partition, entries) = try await history(bench, seed: seed)
        let others = RuleSource(
            path: "b.seg",
            text: Self.rules.replacing("2 hours", with: "3 hours")
        )
        _ = try await partition.apply(
            ProposedRules(sources: [others], ruleSet: try #require(compileRules([others]).ruleSet)),
            RuleChangeNote(author: "", reason: ""),
            plan: nil,
            cores: 1,
            progress: { _ in }
        )
        bench.clock.advance(by: .minutes(100))
        var stays: [String] = []
        for number in entries.indices.map({ UInt64($0) + 1 }) {
            let found = try await partition.person(PersonReference("#\(number)"), at: nil)
            for stay in found?.stays ?? [] where stay.person.rawValue == number {
                stays.append(
                    "\(number) \(stay.segment): \(stay.from) \(stay.cause) \(stay.sequence)"
                )
                if let end = stay.to, let cause = stay.endCause {
                    stays.append("\(number) \(stay.segment): until \(end) \(cause)")
                }
            }
        }
        var due: [String] = []
        for row in try partition.transitions(after: nil, limit: 10_000).map(\.transition) {
            let what =
                row.direction == .entered
                ? "\(row.at) \(row.cause) \(row.sequence)" : "until \(row.at) \(row.cause)"
            due.append("\(row.person.rawValue) \(row.segment): \(what)")
        }
        #expect(stays.sorted() == due.sorted())
        #expect(due.count > 5)
        await partition.stop()
    }
}
