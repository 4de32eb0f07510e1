import EventModel
import EventStore
import Foundation
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// Checkpoints of a real directory: written while entries come, used at the next start.
@Suite struct CheckpointTests {
    private let bench: PartitionFolder
    private static let rules = """
        event order_completed unique by order_id
          total number
        event added_to_cart
        attribute plan text
        segment carts when added_to_cart in last 2 hours
        segment pros when person.plan = "pro"
        segment spenders when sum of order_completed.total in last 1 day >= 10
        """

    init() throws {
        bench = try PartitionFolder()
    }

    private func open(_ rules: String? = CheckpointTests.rules) throws -> Partition {
        try bench.open(rules) { $0.checkpointEntries = 50 }
    }

    /// Some rounds of entries of every kind, minutes apart.
    private func feed(_ partition: Partition, rounds: Range<Int>) async throws {
        for round in rounds {
            var drafts: [EntryDraft] = (0..<8).map {
                .track(
                    "added_to_cart",
                    user: "\($0)",
                    anonymous: "a\($0 % 3)-\(round)",
                    id: "m\(round % 5)-\($0)"
                )
            }
            drafts.append(.identify(user: "\(round)", ["plan": .text("pro")]))
            drafts.append(
                .track(
                    "order_completed",
                    user: "\(round % 4)",
                    ["order_id": .number("\(round % 6)"), "total": .number("6.5")]
                )
            )
            _ = try await partition.submit(drafts, wait: .fully)
            bench.clock.advance(by: .minutes(7))
        }
    }

    private func transitions(_ partition: Partition) throws -> [Transition] {
        try partition.transitions(after: nil, limit: 100_000).map(\.transition)
    }

    @Test func aStartGoesOnFromTheCheckpoint() async throws {
        var before: [Transition] = []
        var members: [PersonID] = []
        do {
            let partition = try open()
            try await feed(partition, rounds: 0..<40)
            before = try transitions(partition)
            members =
                try await partition.members(of: "pros", after: nil, limit: 1_000)?
                .members.map(\.person) ?? []
            await partition.stop()
        }
        let partition = try open()
        #expect(partition.report.checkpoint > SequenceNumber(50))
        #expect(partition.report.foldedEntries < 200)
        #expect(partition.report.recoveredTransitions == 0)
        #expect(try transitions(partition) == before)
        let found = try await partition.members(of: "pros", after: nil, limit: 1_000)
        #expect(found?.members.map(\.person) == members)
        #expect(!members.isEmpty)
        await partition.stop()
        // The test's clock may go on between two looks at it, which is reported as well.
        #expect(!bench.reports.all.contains { $0.contains("checkpoint") })
    }

    /// With and without checkpoints, over many starts, the same log gives the same transitions.
    @Test func startsFromCheckpointsGiveWhatTheWholeLogGives() async throws {
        var recorded: [Transition] = []
        for start in 0..<8 {
            let partition = try open()
            try await feed(partition, rounds: start * 9..<start * 9 + 9)
            recorded = try transitions(partition)
            await partition.stop()
        }
        try FileManager.default.removeItem(atPath: bench.folder.path + "/state")
        let partition = try open(nil)
        #expect(partition.report.checkpoint == .zero)
        #expect(try transitions(partition) == recorded)
        #expect(recorded.count > 60)
        await partition.stop()
    }

    @Test(arguments: [8, 40, 200, 0.5, 0.99] as [Double])
    func aDamagedCheckpointIsNotUsed(place: Double) async throws {
        var before: [Transition] = []
        do {
            let partition = try open()
            try await feed(partition, rounds: 0..<40)
            before = try transitions(partition)
            await partition.stop()
        }
        let path = bench.folder.path + "/state/checkpoint"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[place < 1 ? Int(Double(bytes.count) * place) : Int(place)] ^= 4
        try bytes.write(to: URL(fileURLWithPath: path))
        let partition = try open()
        #expect(partition.report.foldedEntries > 400)
        #expect(try transitions(partition) == before)
        #expect(bench.reports.all.contains { $0.contains("checkpoint") })
        await partition.stop()
    }

    @Test func aTruncatedCheckpointIsNotUsed() async throws {
        do {
            let partition = try open()
            try await feed(partition, rounds: 0..<20)
            await partition.stop()
        }
        let path = bench.folder.path + "/state/checkpoint"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for count in [0, 8, 63, 64, bytes.count / 16 * 8, bytes.count - 8] {
            try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
            let partition = try open(nil)
            #expect(partition.report.checkpoint == .zero, "\(count) bytes")
            await partition.stop()
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        let partition = try open(nil)
        #expect(partition.report.checkpoint > .zero)
        await partition.stop()
    }

    @Test func aStartThatCannotWriteItsCheckpointGoesOn() async throws {
        let path = bench.folder.path + "/state/checkpoint"
        do {
            let partition = try open()
            try await feed(partition, rounds: 0..<20)
            await partition.stop()
        }
        try FileManager.default.removeItem(atPath: path)
        // In the way of the file that it would write.
        try FileManager.default.createDirectory(
            atPath: path + ".new",
            withIntermediateDirectories: true
        )
        let partition = try open()
        try await feed(partition, rounds: 20..<21)
        await partition.stop()
        #expect(bench.reports.all.contains { $0.contains("could not be written") })
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["checkpoint.new", "checkpoint.old"])
    func whatAProcessLeftThatDiedWhileItWroteIsRemoved(name: String) async throws {
        do { await (try open()).stop() }
        let path = bench.folder.path + "/state/\(name)"
        try Data(count: 100).write(to: URL(fileURLWithPath: path))
        await (try open()).stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func anImportThatBeginsTheLogAnewLeavesNothingOfTheOldOne() async throws {
        do {
            let partition = try open()
            try await feed(partition, rounds: 0..<20)
            await partition.stop()
        }
        let folder = bench.folder.path
        try Data("3 1\n".utf8).write(to: URL(fileURLWithPath: folder + "/crash"))
        let source = RuleSource(path: "test.seg", text: Self.rules)
        let rules = ProposedRules(
            sources: [source],
            ruleSet: try #require(compileRules([source]).ruleSet)
        )
        let earliest = Instant(milliseconds: 1_700_000_000_000)
        do {
            let writer = try ImportWriter(
                folder,
                ImportJob(id: "job", files: []),
                rules: rules,
                earliest: earliest
            )
            try writer.close(latest: earliest)
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/crash"))
        let partition = try open(nil)
        #expect(partition.report.checkpoint == .zero)
        #expect(partition.report.entries == 3)
        await partition.stop()
    }

    @Test func aChangeOfRulesHasItsCheckpointBeforeItsEntry() async throws {
        do {
            let partition = try open()
            try await feed(partition, rounds: 0..<4)
            await partition.stop()
        }
        let changed = Self.rules + "\nsegment all when added_to_cart"
        var last = SequenceNumber.zero
        do {
            let partition = try open(changed)
            #expect(partition.report.rulesChanged)
            // The first entry that it folds is the one of the rules.
            last = partition.report.checkpoint
            #expect(last.rawValue == partition.report.entries)
            await partition.stop()
        }
        let header = try #require(try CheckpointReader(folder: bench.folder.path + "/state")).header
        #expect(header.mark.sequence == last)
        let partition = try open(changed)
        #expect(partition.report.checkpoint == last)
        #expect(partition.report.foldedEntries == partition.report.entries - last.rawValue)
        await partition.stop()
    }

    @Test func aCheckpointAheadOfTheTransitionsIsNotUsed() async throws {
        do {
            let partition = try open()
            try await feed(partition, rounds: 0..<20)
            await partition.stop()
        }
        try FileManager.default.removeItem(atPath: bench.folder.path + "/state/data.mdb")
        let partition = try open()
        #expect(partition.report.checkpoint.rawValue == partition.report.entries)
        #expect(partition.report.foldedEntries == partition.report.entries)
        #expect(partition.report.recoveredTransitions > 0)
        await partition.stop()
    }

    /// The fault that the comparisons above must see.
    @Test func withoutTheTailTransitionsAreMissing() async throws {
        do {
            let partition = try open()
            try await feed(partition, rounds: 0..<10)
            await partition.stop()
        }
        // Behind the checkpoint, and not stopped in order: nothing is written at the end.
        do {
            let partition = try bench.open(Self.rules) { $0.checkpointEntries = 1_000_000 }
            try await feed(partition, rounds: 10..<14)
            await partition.stop()
        }
        let partition = try bench.open(Self.rules) { options in
            options.checkpointEntries = 1_000_000
            options.hooks.forgetsTail = true
        }
        try await feed(partition, rounds: 14..<20)
        await partition.stop()
        #expect(throws: PartitionError.self) {
            try FileManager.default.removeItem(
                atPath: bench.folder.path + "/state/checkpoint"
            )
            _ = try open(nil)
        }
    }
}
