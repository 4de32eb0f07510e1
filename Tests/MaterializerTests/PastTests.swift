import EventModel
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// Who was in a segment at past instants, beside what was seen then.
@Suite struct PastTests {
    private static let first = """
        segment carts when added_to_cart in last 2 hours
        segment buyers when at least 2 order_completed
        segment idle when any event and no added_to_cart in last 1 hour
        """
    /// `buyers` means something else, and `idle` is gone.
    private static let second = """
        segment carts when added_to_cart in last 2 hours
        segment buyers when at least 6 order_completed
        """

    private struct Seen {
        var at: Instant
        var members: [String: [PersonID]]
    }

    private static func drafts(_ round: Int) -> [EntryDraft] {
        var drafts: [EntryDraft] = (0..<8).map {
            .track(
                "added_to_cart",
                user: $0 % 3 == 0 ? "\(($0 + round) % 20)" : nil,
                anonymous: "a\($0)-\(round / 4)",
                id: "m\(round)-\($0)"
            )
        }
        drafts.append(.track("order_completed", user: "\(round % 7)", [:]))
        return drafts
    }

    /// Sends what happens in some rounds, and sees after each of them who is in what.
    private func play(
        _ bench: PartitionFolder,
        _ rules: String,
        _ rounds: Range<Int>
    ) async throws -> [Seen] {
        let partition = try bench.open(rules)
        var seen: [Seen] = []
        for round in rounds {
            bench.clock.advance(by: .seconds(Int64(round % 7) * 540 + 67))
            _ = try await partition.submit(Self.drafts(round), wait: .fully)
            var members: [String: [PersonID]] = [:]
            for segment in try await partition.segments().map(\.rule.name) {
                let found = try await partition.members(of: segment, after: nil, limit: 1_000)
                members[segment] = found?.members.map(\.person)
            }
            seen.append(Seen(at: bench.clock.wall, members: members))
        }
        await partition.stop()
        return seen
    }

    /// All pages of an answer.
    private func members(
        _ partition: Partition,
        of segment: String,
        at instant: Instant,
        page: Int
    ) async throws -> [Member] {
        var all: [Member] = []
        while true {
            let found = try await partition.members(
                of: segment,
                at: instant,
                after: all.last?.person,
                limit: page
            )
            all += found
            if found.count < page { return all }
        }
    }

    @Test func membersAreThoseThatWereSeenThen() async throws {
        let bench = try PartitionFolder()
        let seen = try await play(bench, Self.first, 0..<40) + play(bench, Self.second, 40..<60)
        bench.clock.advance(by: .seconds(5))
        let partition = try bench.open(Self.second)
        for (index, then) in seen.enumerated() {
            for segment in ["buyers", "carts", "idle"] {
                let page = [1, 3, 1_000][index % 3]
                let found = try await members(partition, of: segment, at: then.at, page: page)
                #expect(found.map(\.person) == then.members[segment] ?? [], "\(segment) \(then.at)")
            }
        }
        #expect(seen.contains { $0.members["idle", default: []].count > 3 })
        #expect(seen[39].members["buyers"] != seen[40].members["buyers"])
        let long = Instant(milliseconds: 0)
        #expect(try await members(partition, of: "carts", at: long, page: 10).isEmpty)
        await partition.stop()
    }

    /// A deadline that is due at the instant asked for is waited for, and counts.
    @Test func whatIsDueIsWaitedFor() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open("segment carts when added_to_cart in last 1 minute\n")
        _ = try await partition.submit([.track("added_to_cart", user: "u", [:])], wait: .fully)
        let entered = try #require(try partition.transitions(after: nil, limit: 1).first)
        let due = entered.transition.at + .minutes(1)
        bench.clock.advance(by: .minutes(2))
        let before = Instant(milliseconds: due.milliseconds - 1)
        #expect(try await members(partition, of: "carts", at: before, page: 10).count == 1)
        #expect(try await members(partition, of: "carts", at: due, page: 10).isEmpty)
        #expect(try partition.knownThrough() >= due)
        await partition.stop()
    }

    /// A directory that is only looked at knows what was when it stopped.
    @Test func aDirectoryThatIsLookedAtKnowsItsPast() async throws {
        let bench = try PartitionFolder()
        let seen = try await play(bench, Self.first, 0..<10)
        let partition = try bench.open(nil)
        let last = try partition.knownThrough()
        #expect(last <= seen[9].at && last > seen[8].at)
        for then in seen.prefix(9) {
            let found = try await members(partition, of: "carts", at: then.at, page: 100)
            #expect(found.map(\.person) == then.members["carts"])
        }
        await partition.stop()
    }
}
