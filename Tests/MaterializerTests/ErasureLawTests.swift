import EventModel
import Foundation
import Materializer
import SegmentTesting
import Testing

/// Random histories in which people are erased and the log is scrubbed: for all others the log means what it meant.
@Suite(.serialized) struct ErasureLawTests {
    private struct Story {
        var random: SeededGenerator
        var entries: [TestEntry] = []
        var scrubbedBehind: Set<UInt64> = []

        mutating func chance(_ percent: Int) -> Bool {
            Int.random(in: 0..<100, using: &random) < percent
        }

        mutating func pick<Value>(_ values: [Value]) -> Value {
            values[Int.random(in: values.indices, using: &random)]
        }
    }

    /// Half of the stories have namespaces of two names and values that identify nobody.
    private static func rules(_ seed: UInt64) -> String {
        var text = ExplainTests.contract
        if seed.isMultiple(of: 2) {
            text += """
                identifier user also known as customer
                identifier email blocks "m3@x", like "m4*"

                """
        }
        for sample in ExplainTests.conditions {
            text += "segment \(sample.name) when \(sample.condition)\n"
        }
        return text
    }

    private static func entry(_ story: inout Story, at instant: Instant) -> TestEntry {
        if story.chance(14) {
            var erasure = TestEntry(receivedAt: instant, kind: .erase)
            erasure.isOn = story.chance(35)
            erasure.others = [
                story.pick([
                    .user("u1"), .user("u2"), .user("u3"), .anonymous("a1"), .email("m1@x"),
                ])
            ]
            return erasure
        }
        var entry = ExplainTests.entry(&story.random, at: instant)
        guard entry.kind == .track || entry.kind == .identify else {
            if story.chance(40) { entry.messageID = "m\(story.pick([0, 1, 2, 3]))" }
            return entry
        }
        if story.chance(30) {
            entry.others = [
                story.pick([
                    .email("m1@x"), .email(" M1@X "), .email("M2@x"), .email("m3@X"),
                    .email("m4@x"), .email("m45@x"),
                ])
            ]
        } else if story.chance(15) {
            entry.others = [
                Identifier(namespace: "customer", text: story.pick(["u1", "u2", "u5"]))
            ]
            if story.chance(50), entry.anonymous != nil { entry.user = nil }
        }
        return entry
    }

    private func send(
        _ story: inout Story,
        _ bench: PartitionFolder,
        _ partition: Partition
    ) async throws {
        for _ in 0..<Int.random(in: 4...12, using: &story.random) {
            bench.clock.advance(by: .minutes(Int64.random(in: 1...90, using: &story.random)))
            let entry = Self.entry(&story, at: bench.clock.wall)
            _ = try await partition.submit([entry.draft], wait: .fully)
            story.entries.append(entry)
        }
    }

    private func entryCount(_ partition: Partition) async throws -> UInt64 {
        try await partition.status().entries
    }

    /// Opens the partition, and closes it for whoever comes next.
    private func open<Answer>(
        _ bench: PartitionFolder,
        _ rules: String,
        _ body: (Partition) async throws -> Answer
    ) async throws -> Answer {
        let partition = try bench.open(rules) { $0.checkpointEntries = 7 }
        let answer = try await body(partition)
        await partition.stop()
        return answer
    }

    /// What happened live, with scrubbings between; each entry as the reference takes it.
    private func live(
        _ story: inout Story,
        _ bench: PartitionFolder,
        _ rules: String
    ) async throws -> [Transition] {
        for round in 0..<Int.random(in: 1...3, using: &story.random) {
            story = try await open(bench, rules) { [story] partition in
                var story = story
                if round == 0 {
                    story.entries = [TestEntry(receivedAt: bench.clock.wall, kind: .rules)]
                }
                for _ in 0..<2 {
                    try await send(&story, bench, partition)
                    guard story.chance(60), !(try await partition.scrub()).isEmpty else { continue }
                    story.scrubbedBehind.insert(try await entryCount(partition))
                }
                return story
            }
        }
        let (found, logged) = try await open(bench, rules) { partition in
            let found = try partition.transitions(after: nil, limit: 100_000)
            return (found, try await partition.entries(LogQuestion(limit: 1_000)).entries)
        }
        let verified = try Partition.verify(dataDirectory: bench.folder.path) { _, _ in }
        #expect(verified.difference == nil)
        var all: [TestEntry] = []
        for one in logged {
            var entry = TestEntry(receivedAt: one.receivedAt, kind: .tick)
            if one.draft.kind != .tick {
                entry = story.entries.removeFirst()
                entry.receivedAt = one.receivedAt
            }
            all.append(entry)
        }
        story.entries = all
        return found.map(\.transition)
    }

    private static func line(_ one: Transition) -> String {
        line(
            one.at,
            one.person.rawValue,
            one.segment,
            one.direction == .entered,
            one.cause,
            one.sequence.rawValue
        )
    }

    private static func line(
        _ at: Instant,
        _ person: UInt64,
        _ segment: String,
        _ isEntry: Bool,
        _ cause: TransitionCause,
        _ sequence: UInt64
    ) -> String {
        "\(at) \(person) \(isEntry ? "enters" : "leaves") \(segment): \(cause) \(sequence)"
    }

    @Test(arguments: UInt64(1)...120)
    func othersKeepWhatTheyHad(seed: UInt64) async throws {
        let bench = try PartitionFolder()
        var story = Story(random: SeededGenerator(seed: seed))
        let rules = Self.rules(seed)
        let recorded = try await live(&story, bench, rules)
        let reference = NaiveReference(
            story.entries,
            ruleSets: [try PlanTests.proposed(rules).ruleSet],
            scrubbedBehind: story.scrubbedBehind
        )
        let end = story.entries.last?.receivedAt ?? .distantPast
        let all = reference.transitions(through: end)
        let others = all.filter { !reference.isErased($0.person) }.map {
            Self.line($0.at, $0.person, $0.segment, $0.isEntry, $0.cause, $0.sequence)
        }
        let found = recorded.filter { !reference.isErased($0.person.rawValue) }
        #expect(found.map(Self.line) == others, "seed \(seed)")
        let ends = all.filter { $0.cause == .erased }.map {
            Self.line($0.at, $0.person, $0.segment, $0.isEntry, $0.cause, $0.sequence)
        }
        let foundEnds = recorded.filter { $0.cause == .erased }
        #expect(foundEnds.map(Self.line) == ends, "seed \(seed)")
        #expect(foundEnds.allSatisfy { $0.identifiers.isEmpty })

        // From nothing, and again with the log scrubbed of the rest.
        for _ in 0..<2 {
            try FileManager.default.removeItem(atPath: bench.folder.path + "/state")
            try await open(bench, rules) { again in
                let rebuilt = try again.transitions(after: nil, limit: 100_000).map(\.transition)
                let known = rebuilt.filter { !reference.isErased($0.person.rawValue) }
                #expect(known.map(Self.line) == others, "seed \(seed)")
                _ = try await again.scrub()
            }
        }
    }
}
