import EventModel
import Foundation
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// Random histories under rules that change at random instants: a plan, the change, what a rebuild gives and the naive
/// reference say the same.
@Suite struct RuleChangeLawTests {
    /// Some of the conditions, some of them with other windows.
    private static func rules(_ random: inout SeededGenerator) -> String {
        var text = ExplainTests.contract
        for sample in ExplainTests.conditions {
            let name = sample.name
            // What others refer to is always there.
            let isNeeded = name == "carts" || name == "rare"
            guard isNeeded || Int.random(in: 0..<3, using: &random) > 0 else { continue }
            var condition = sample.condition
            if Int.random(in: 0..<2, using: &random) == 0 {
                condition = condition.replacing("2 hours", with: "3 hours")
                    .replacing("at least 2", with: "at least 1")
            }
            text += "segment \(name) when \(condition)\n"
        }
        return text
    }

    private static func proposed(_ text: String) throws -> ProposedRules {
        try PlanTests.proposed(text)
    }

    /// What happened: the entries as the reference takes them, and the rules in order.
    private struct Story {
        var random: SeededGenerator
        var texts: [String]
        var entries: [TestEntry] = []
    }

    private func send(
        _ story: inout Story,
        _ bench: PartitionFolder,
        _ partition: Partition,
        count: Int
    ) async throws {
        for _ in 0..<count {
            bench.clock.advance(by: .minutes(Int64.random(in: 1...90, using: &story.random)))
            let entry = ExplainTests.entry(&story.random, at: bench.clock.wall)
            _ = try await partition.submit([entry.draft], wait: .fully)
            story.entries.append(entry)
        }
    }

    /// Plans other rules and puts them in force: both say the same.
    private func change(
        _ story: inout Story,
        _ bench: PartitionFolder,
        _ partition: Partition
    ) async throws {
        let text = Self.rules(&story.random)
        guard text != story.texts.last else { return }
        // So that nothing falls due between the plan and the change.
        bench.clock.advance(by: .seconds(30))
        let plan = try await partition.plan(
            try Self.proposed(text),
            days: 0,
            cores: Int.random(in: 1...2, using: &story.random),
            progress: { _ in }
        )
        let announcements = RuleAnnouncement.allCases
        let announcement = announcements[
            Int.random(in: announcements.indices, using: &story.random)
        ]
        let applied = try await partition.apply(
            try Self.proposed(text),
            RuleChangeNote(author: "", reason: "", announcement: announcement),
            plan: plan.hash,
            cores: 1,
            progress: { _ in }
        )
        bench.clock.advance(by: .seconds(30))
        let planned = plan.segments.filter { $0.kind != .unchanged }
        #expect(planned.map(\.name) == applied.changes.map(\.segment))
        #expect(planned.map(\.kind) == applied.changes.map(\.kind))
        #expect(planned.map(\.entered) == applied.changes.map(\.entered))
        #expect(planned.map(\.exited) == applied.changes.map(\.exited))
        var entry = TestEntry(receivedAt: bench.clock.wall, kind: .rules)
        entry.isOn = announcement != .none
        entry.isBackfill = announcement == .exits
        story.texts.append(text)
        story.entries.append(entry)
    }

    private func live(_ story: inout Story, _ bench: PartitionFolder) async throws -> [Transition] {
        let partition = try bench.open(story.texts[0])
        story.entries = [TestEntry(receivedAt: bench.clock.wall, kind: .rules)]
        for _ in 0..<Int.random(in: 1...3, using: &story.random) {
            try await send(
                &story,
                bench,
                partition,
                count: Int.random(in: 2...9, using: &story.random)
            )
            try await change(&story, bench, partition)
        }
        try await send(&story, bench, partition, count: 4)
        var all: [TestEntry] = []
        for one in try await partition.entries(LogQuestion(limit: 1_000)).entries {
            var entry = TestEntry(receivedAt: one.receivedAt, kind: .tick)
            if one.draft.kind != .tick {
                entry = story.entries.removeFirst()
                entry.receivedAt = one.receivedAt
            }
            all.append(entry)
        }
        story.entries = all
        await partition.stop()
        return try partition.transitions(after: nil, limit: 100_000).map(\.transition)
    }

    @Test(.serialized, arguments: UInt64(1)...40)
    func planChangeRebuildAndReferenceAgree(seed: UInt64) async throws {
        let bench = try PartitionFolder()
        var random = SeededGenerator(seed: seed)
        let first = Self.rules(&random)
        var story = Story(random: random, texts: [first])
        let recorded = try await live(&story, bench)
        let sets = try story.texts.map { try Self.proposed($0).ruleSet }
        let end = story.entries.last?.receivedAt ?? .distantPast
        let due = NaiveReference(story.entries, ruleSets: sets).transitions(through: end)
        func line(
            _ at: Instant,
            _ person: UInt64,
            _ segment: String,
            _ isEntry: Bool,
            _ cause: TransitionCause,
            _ sequence: UInt64,
            _ isAnnounced: Bool
        ) -> String {
            "\(at) \(person) \(isEntry ? "enters" : "leaves") \(segment): \(cause) \(sequence) \(isAnnounced)"
        }
        let found = recorded.map {
            line(
                $0.at,
                $0.person.rawValue,
                $0.segment,
                $0.direction == .entered,
                $0.cause,
                $0.sequence.rawValue,
                $0.isAnnounced
            )
        }
        let expected = due.map {
            line($0.at, $0.person, $0.segment, $0.isEntry, $0.cause, $0.sequence, $0.isAnnounced)
        }
        #expect(found == expected, "seed \(seed)")
        try FileManager.default.removeItem(atPath: bench.folder.path + "/state")
        let again = try bench.open(nil)
        let rebuilt = try again.transitions(after: nil, limit: 100_000).map(\.transition)
        #expect(rebuilt == recorded)
        await again.stop()
    }
}
