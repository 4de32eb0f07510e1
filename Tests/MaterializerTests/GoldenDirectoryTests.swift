import EventModel
import Foundation
import Materializer
import SegmentTesting
import Testing

/// A data directory that an earlier version wrote, which every later one must open and understand.
///
/// `RECORD_GOLDEN=1` writes a new one, of the version that runs; the old ones stay.
@Suite struct GoldenDirectoryTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil
    private static let rules = """
        identifier loyalty_card
        event order_completed unique by order_id
          total number
        event added_to_cart
        attribute plan text
        segment carts when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment spenders when sum of order_completed.total in last 90 days >= 20
        segment pros when person.plan = "pro"
        segment quiet when any event and no event in last 3 days
        """

    /// Entries of every kind, as long as this version writes them.
    private func record(_ version: String) async throws {
        let bench = try PartitionFolder()
        try await fill(bench)
        let changed = try bench.open(Self.rules + "\nsegment all when everyone") {
            $0.checkpointEntries = 1
        }
        _ = try await changed.submit([.track("added_to_cart", user: "5")], wait: .fully)
        await changed.stop()
        try keep(bench, version)
        let lines = try await describe(try copied(version)).joined(separator: "\n") + "\n"
        let target = Self.golden.appendingPathComponent(version)
        try Data(lines.utf8).write(to: target.appendingPathComponent("expected.txt"))
    }

    private func fill(_ bench: PartitionFolder) async throws {
        let partition = try bench.open(Self.rules)
        func send(_ drafts: EntryDraft...) async throws {
            _ = try await partition.submit(drafts, wait: .fully)
            bench.clock.advance(by: .minutes(50))
        }
        var spelled = EntryDraft.identify(user: "1", ["plan": "pro", "age": 41])
        spelled.identifiers.append(Identifier(namespace: "email", text: " Ann@Example.com"))
        spelled.identifiers.append(Identifier(namespace: "loyalty_card", text: "L-1"))
        try await send(.track("added_to_cart", anonymous: "a", id: "m1", ["sku": "lamp"]))
        try await send(spelled)
        try await send(.track("added_to_cart", user: "1", anonymous: "a", id: "m1"))
        for total in ["12.50", "12.50", "9.99"] {
            try await send(
                .track(
                    "order_completed",
                    user: "1",
                    ["order_id": .number(total), "total": .number(total)]
                )
            )
        }
        try await send(.track("added_to_cart", anonymous: "b", backfill: true))
        var merge = EntryDraft(kind: .merge)
        merge.identifiers = [.user("1"), .user("2")]
        try await send(.track("added_to_cart", user: "2"), merge)
        var alias = EntryDraft(kind: .merge)
        alias.isAlias = true
        alias.identifiers = [.user("3"), .user("b"), .anonymous("b")]
        try await send(alias)
        var suppress = EntryDraft(kind: .suppress)
        suppress.isOn = true
        suppress.identifiers = [.anonymous("c")]
        try await send(suppress)
        try await send(.track("added_to_cart", anonymous: "c"))
        let job = ImportJob(id: "job", files: [ImportJob.File(name: "f", hash: "00")])
        try await send(job.draft(isOn: true, isLive: true))
        try await send(job.draft(isOn: false, isLive: true))
        bench.clock.advance(by: .days(4))
        try await send(.track("product_viewed", user: "4"))
        await partition.stop()
    }

    private func keep(_ bench: PartitionFolder, _ version: String) throws {
        let target = Self.golden.appendingPathComponent(version)
        try? FileManager.default.removeItem(at: target)
        for part in ["log", "state"] {
            let folder = target.appendingPathComponent(part)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for file in ["data.mdb", "checkpoint"] {
                let source = "\(bench.folder.path)/\(part)/\(file)"
                guard FileManager.default.fileExists(atPath: source) else { continue }
                try FileManager.default.copyItem(
                    atPath: source,
                    toPath: folder.appendingPathComponent(file).path
                )
            }
        }
    }

    /// A copy of a golden directory, to be opened.
    private func copied(_ version: String, without part: String? = nil) throws -> PartitionFolder {
        let bench = try PartitionFolder()
        let source = Self.golden.appendingPathComponent(version).path
        for folder in ["log", "state"] where folder != part {
            try FileManager.default.copyItem(
                atPath: "\(source)/\(folder)",
                toPath: "\(bench.folder.path)/\(folder)"
            )
        }
        return bench
    }

    /// Its entries and its transitions.
    private func describe(_ bench: PartitionFolder) async throws -> [String] {
        let partition = try bench.open(nil)
        let entries = try await partition.entries(LogQuestion(limit: 1_000)).entries.map { entry in
            "entry \(entry.sequence) \(entry.receivedAt) \(entry.draft.kind.name) "
                + "\(entry.draft.event) \(entry.draft.messageID) "
                + entry.draft.identifiers.map { "\($0.namespace):\($0.text)" }
                .joined(separator: ",") + " \(entry.draft.content.count)"
        }
        let transitions = try partition.transitions(after: nil, limit: 1_000).map {
            "\($0.id) \($0.transition.cause.name) \($0.transition.isAnnounced) "
                + "\($0.transition.ruleHash) "
                + $0.identifiers.map { "\($0.namespace):\($0.text)" }.joined(separator: ",")
        }
        await partition.stop()
        return entries + transitions
    }

    @Test func theseVersionsAreUnderstood() async throws {
        if Self.isRecording { try await record("1") }
        let versions = try FileManager.default.contentsOfDirectory(atPath: Self.golden.path)
            .filter { !$0.hasPrefix(".") }.sorted()
        #expect(!versions.isEmpty)
        for version in versions {
            let text = try String(
                contentsOf: Self.golden.appendingPathComponent("\(version)/expected.txt"),
                encoding: .utf8
            )
            let expected = text.split(separator: "\n").map(String.init)
            #expect(try await describe(try copied(version)) == expected, "version \(version)")
            // Derived again from its log alone.
            let alone = try copied(version, without: "state")
            #expect(try await describe(alone) == expected, "version \(version) from its log")
            #expect(expected.count > 20)
            let path = try copied(version).folder
            let verified = try Partition.verify(dataDirectory: path.path) { _, _ in }
            #expect(verified.difference == nil)
        }
    }

    /// The daemon says where the damage is and what to do.
    @Test func aDamagedEntryIsNamedAtTheStart() async throws {
        let bench = try copied("1", without: "state")
        let path = URL(fileURLWithPath: bench.folder.path + "/log/data.mdb")
        var bytes = [UInt8](try Data(contentsOf: path))
        let text = Array("lamp".utf8)
        for start in 0..<bytes.count - text.count
        where bytes[start..<start + text.count] == text[...] {
            bytes[start] ^= 1
        }
        try Data(bytes).write(to: path)
        let error = #expect(throws: PartitionError.self) { _ = try bench.open(nil) }
        #expect(error?.kind == .damaged)
        #expect(error?.message.contains("of table 'entries'") ?? false)
        #expect(error?.message.contains("Restore the data directory from a backup") ?? false)
    }
}
