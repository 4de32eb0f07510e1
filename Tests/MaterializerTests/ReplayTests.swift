import EventModel
import EventStore
import Foundation
import Materializer
import SegmentTesting
import Testing

/// A log on disk folded again, on one core and on several, against what was recorded live.
@Suite struct ReplayTests {
    private static let rules = """
        event order_completed unique by order_id
          expect at least 20 in 30 minutes
          total number
        event added_to_cart expect at most 20 in 20 minutes
        attribute plan text
        segment carts when added_to_cart in last 2 hours
          expect 5 to 15 members
          expect at least 3 entries in 1 hour
          expect at most 3 exits in 40 minutes
        segment idle when any event and no added_to_cart in last 1 hour
        segment pros when person.plan = "pro"
        segment spenders when sum of order_completed.total in last 1 day >= 10
        segment both when in segment pros and in segment spenders
        """

    /// Drafts of one round: devices that meet their users later, repeated messages and orders.
    private static func drafts(_ round: Int) -> [EntryDraft] {
        var drafts: [EntryDraft] = (0..<12).map {
            .track(
                "added_to_cart",
                user: $0 % 4 == 3 ? nil : "\($0)",
                anonymous: "a\($0)-\(round / 3)",
                id: "m\(round % 5)-\($0)"
            )
        }
        drafts.append(.identify(user: "\(round % 20)", ["plan": .text("pro")]))
        for place in 0..<3 {
            drafts.append(
                .track(
                    "order_completed",
                    user: "\((round + place) % 9)",
                    ["order_id": .number("\(round % 6)"), "total": .number("6.5")]
                )
            )
        }
        return drafts
    }

    @Test func aReplayOnAnyNumberOfCoresGivesWhatWasRecorded() async throws {
        let bench = try PartitionFolder()
        let recorded = try await record(bench)
        #expect(recorded.count > 100)
        #expect(Set(recorded.compactMap(\.notice?.key)).count == 5)
        let people = recorded.filter { $0.notice == nil }
        for (cores, stretch) in Self.manners {
            let log = try EventLog(directory: bench.folder.path + "/log", newID: "")
            var replay = try Replay(log, cores: cores)
            replay.stretchEntries = stretch
            var found: [Transition] = []
            try replay.run { found.append($0) }
            #expect(found == recorded, "\(cores) cores, \(stretch) entries at a time")
            var count = 0
            let counted = try replay.count { at, _, _, _ in
                if count < people.count { #expect(at == people[count].at) }
                count += 1
            }
            #expect(counted == people.count)
        }
    }

    /// Numbers of cores, with numbers of entries after which transitions are handed out.
    private static let manners: [(cores: Int, stretch: UInt64)] = [1, 2, 3, 7].flatMap { cores in
        [1 << 17, 700, 37].map { (cores, $0) }
    }

    @Test func aReplayThatIsGivenUpEnds() async throws {
        let bench = try PartitionFolder()
        _ = try await record(bench)
        for (cores, stretch) in Self.manners {
            let log = try EventLog(directory: bench.folder.path + "/log", newID: "")
            var replay = try Replay(log, cores: cores)
            replay.stretchEntries = stretch
            replay.isGivenUp = { true }
            let error = #expect(throws: PartitionError.self) { try replay.run { _ in } }
            #expect(error?.kind == .busy, "\(cores) cores, \(stretch) entries at a time")
        }
    }

    @Test func aReplayOfADamagedLogSaysSo() async throws {
        let bench = try PartitionFolder()
        let recorded = try await record(bench)
        let path = URL(fileURLWithPath: bench.folder.path + "/log/data.mdb")
        var bytes = [UInt8](try Data(contentsOf: path))
        let text = Array("m4-11".utf8)
        let places = (0..<bytes.count - text.count).filter {
            bytes[$0..<$0 + text.count] == text[...]
        }
        #expect(places.count > 50)
        for place in places.suffix(20) { bytes[place] ^= 1 }
        try Data(bytes).write(to: path)
        for (cores, stretch) in Self.manners {
            let log = try EventLog(directory: bench.folder.path + "/log", newID: "")
            var replay = try Replay(log, cores: cores)
            replay.stretchEntries = stretch
            var found: [Transition] = []
            let error = #expect(throws: PartitionError.self) { try replay.run { found.append($0) } }
            #expect(error?.kind == .damaged, "\(cores) cores, \(stretch) entries at a time")
            // What was handed out before holds.
            #expect(found[...] == recorded.prefix(found.count))
        }
    }

    private func record(_ bench: PartitionFolder) async throws -> [Transition] {
        let partition = try bench.open(Self.rules)
        for round in 0..<300 {
            _ = try await partition.submit(Self.drafts(round), wait: .fully)
            bench.clock.advance(by: .minutes(Int64(round % 7) * 9))
        }
        let recorded = try partition.transitions(after: nil, limit: 100_000).map(\.transition)
        await partition.stop()
        return recorded
    }
}
