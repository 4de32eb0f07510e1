import EventModel
import EventStore
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// Clocks that step while the daemon runs and between its lives: what is recorded is what the log gives by
/// definition, each deadline at its own instant.
@Suite struct ClockTests {
    private static let rules = """
        segment carts when cart in last 2 hours and no order in last 2 hours
        segment two when at least 2 view in last 1 day
        segment quiet when any event and no any event in last 3 days
        """

    /// Steps of the wall clock, and time that passes: backward and forward, small and large.
    private static func disturb(_ clock: VirtualClock, _ random: inout SeededGenerator) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: clock.step(by: .days(Int64.random(in: 1...400, using: &random)))
        case 1: clock.step(by: .days(-Int64.random(in: 1...400, using: &random)))
        case 2:
            clock.step(
                by: TimeSpan(milliseconds: Int64.random(in: -90_000...90_000, using: &random))
            )
        case 3: clock.advance(by: .minutes(Int64.random(in: 1...200, using: &random)))
        case 4: clock.advance(by: .days(Int64.random(in: 1...5, using: &random)))
        default: break
        }
    }

    /// Lives of a daemon; gives how many times the wall clock was refused at a start.
    private func live(
        _ bench: PartitionFolder,
        _ random: inout SeededGenerator
    ) async throws -> Int {
        var refusals = 0
        for _ in 0..<4 {
            var partition: Partition
            do {
                partition = try bench.open(Self.rules) { $0.checkpointEntries = 20 }
            } catch {
                refusals += 1
                partition = try bench.open(Self.rules) { options in
                    options.checkpointEntries = 20
                    options.acceptsClock = true
                }
            }
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                Self.disturb(bench.clock, &random)
                let drafts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    EntryDraft.track(
                        ["cart", "order", "view"].randomElement(using: &random) ?? "",
                        user: "\(Int.random(in: 0..<4, using: &random))"
                    )
                }
                _ = try await partition.submit(drafts, wait: .fully)
            }
            await partition.stop()
            // Downtime, over many deadlines at times.
            Self.disturb(bench.clock, &random)
        }
        return refusals
    }

    /// The log as the reference takes it.
    private func entries(_ partition: Partition) async throws -> [TestEntry] {
        try await partition.entries(LogQuestion(limit: 10_000)).entries.map { logged in
            var entry = TestEntry(receivedAt: logged.receivedAt, kind: logged.draft.kind)
            entry.event = logged.draft.event
            entry.user = logged.draft.identifiers.first?.text
            return entry
        }
    }

    @Test func stepsOfTheClockCauseNoFalseTransition() async throws {
        let source = RuleSource(path: "test.seg", text: Self.rules)
        let ruleSet = try #require(compileRules([source]).ruleSet)
        var byTime = 0
        var refusals = 0
        for seed in 0..<60 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let bench = try PartitionFolder()
            refusals += try await live(bench, &random)
            let partition = try bench.open(nil)
            let log = try await entries(partition)
            let last = try #require(log.last).receivedAt
            // Instants of different groups differ, and never go back.
            for (first, second) in zip(log, log.dropFirst()) {
                #expect(first.receivedAt <= second.receivedAt, "seed \(seed)")
            }
            let expected = NaiveReference(log, ruleSets: [ruleSet]).transitions(through: last).map {
                "\($0.at) \($0.person) \($0.segment) \($0.isEntry) \($0.cause.name) \($0.sequence)"
            }
            let found = try partition.recorded(after: nil, limit: 100_000).map {
                "\($0.at) \($0.person) \($0.segment) \($0.direction == .entered) "
                    + "\($0.cause.name) \($0.sequence)"
            }
            #expect(found == expected, "seed \(seed)")
            byTime += found.count { $0.contains(" time ") }
            await partition.stop()
        }
        #expect(byTime > 100)
        #expect(refusals > 10)
        print("clock: 60 seeds, \(byTime) transitions by time, \(refusals) starts refused")
    }
}
