import EventModel
import EventStore
import Foundation
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// The loop on a real directory with a clock of the test's.
@Suite struct PartitionTests {
    private let folder: TemporaryDirectory
    private let clock = VirtualClock(at: Instant(milliseconds: 1_767_225_600_000))
    private static let rules = """
        segment carts when added_to_cart in last 2 hours
        segment pros when person.plan = "pro"
        """

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func open(_ rules: String?, acceptsClock: Bool = false) throws -> Partition {
        var options = PartitionOptions(dataDirectory: folder.path)
        options.clock = ClockSource(
            wall: { [clock] in clock.wall },
            elapsed: { [clock] in clock.elapsed }
        )
        options.acceptsClock = acceptsClock
        let proposed = try rules.map { text in
            let source = RuleSource(path: "test.seg", text: text)
            return ProposedRules(
                sources: [source],
                ruleSet: try #require(compileRules([source]).ruleSet)
            )
        }
        return try Partition.open(options, rules: proposed)
    }

    private func lines(_ partition: Partition) throws -> [String] {
        try partition.transitions(after: nil, limit: 10_000).map { described in
            let transition = described.transition
            let who = described.identifiers.map(\.text).joined(separator: ",")
            return "\(who) \(transition.direction.name) \(transition.segment) "
                + "\(transition.cause.name)"
        }
    }

    @Test func anEventComesInAndATransitionGoesOut() async throws {
        let partition = try open(Self.rules)
        #expect(partition.report.rulesChanged)
        let first = try await partition.submit(
            [.track("added_to_cart", user: "1"), .track("product_viewed", user: "2")],
            wait: .fully
        )
        #expect(first.receipts.map(\.sequence.rawValue) == [2, 3])
        #expect(first.evaluatedThrough == SequenceNumber(3))
        #expect(try lines(partition) == ["1 entered carts event"])
        #expect(try await partition.segments().map(\.memberCount) == [1, 0])
        let members = try await partition.members(of: "carts", after: nil, limit: 10)
        #expect(members?.members.map(\.identifiers) == [[.user("1")]])
        #expect(try await partition.members(of: "nothing", after: nil, limit: 10) == nil)
        await partition.stop()
    }

    @Test func duplicatesAreAnsweredWithTheirOriginal() async throws {
        let partition = try open(Self.rules)
        let drafts: [EntryDraft] = [
            .track("e", user: "1", id: "m"), .track("e", user: "1", id: "m"),
        ]
        let answer = try await partition.submit(drafts, wait: .briefly)
        #expect(answer.receipts.map(\.duplicateOf) == [nil, SequenceNumber(2)])
        await partition.stop()
    }

    @Test func downtimeIsPassedThroughDeadlineByDeadline() async throws {
        var end = Instant.distantPast
        do {
            let partition = try open(Self.rules)
            _ = try await partition.submit([.track("added_to_cart", user: "1")], wait: .fully)
            let entered = try #require(try partition.transitions(after: nil, limit: 1).first)
            end = entered.transition.at + .hours(2)
            await partition.stop()
        }
        clock.advance(by: .days(3))
        let partition = try open(Self.rules)
        #expect(!partition.report.rulesChanged)
        // The tick that the deadline asks for comes by itself; this entry comes after it.
        _ = try await partition.submit([.track("product_viewed", user: "2")], wait: .fully)
        let last = try #require(try partition.transitions(after: nil, limit: 10).last)
        #expect(last.transition.at == end)
        #expect(last.transition.cause == .time)
        await partition.stop()
    }

    @Test func withoutStateEverythingIsDerivedAgain() async throws {
        var before: [DescribedTransition] = []
        do {
            let partition = try open(Self.rules)
            for round in 0..<20 {
                let drafts: [EntryDraft] = (0..<10).map {
                    .track("added_to_cart", user: "\($0)", anonymous: "a\($0 % 3)-\(round)")
                }
                _ = try await partition.submit(drafts, wait: .fully)
                clock.advance(by: .minutes(Int64(round * 20)))
            }
            before = try partition.transitions(after: nil, limit: 10_000)
            await partition.stop()
        }
        try FileManager.default.removeItem(atPath: folder.path + "/state")
        let partition = try open(nil)
        let after = try partition.transitions(after: nil, limit: 10_000)
        #expect(after.map(\.id) == before.map(\.id))
        #expect(after.map(\.transition) == before.map(\.transition))
        #expect(partition.report.recoveredTransitions == before.count)
        #expect(!before.isEmpty)
        await partition.stop()
    }

    @Test func recordedTransitionsThatDoNotFollowFromTheLogAreReported() async throws {
        do {
            let partition = try open(Self.rules)
            _ = try await partition.submit([.track("added_to_cart", user: "1")], wait: .fully)
            await partition.stop()
        }
        do {
            let log = try EventLog(directory: folder.path + "/log", newID: "")
            let state = try StateStore(directory: folder.path + "/state", logID: log.id)
            var planted: Transition?
            try state.scan(after: nil) { transition in
                planted = transition
                return false
            }
            var false2 = try #require(planted)
            false2.at = false2.at + TimeSpan(milliseconds: 1)
            try state.commit(
                [false2],
                applied: AppliedMark(sequence: .zero, instant: .distantPast)
            )
        }
        let error = #expect(throws: PartitionError.self) { _ = try open(nil) }
        #expect(error?.kind == .damaged)
        #expect(error?.message.contains("state/") ?? false)
    }

    @Test func changedRulesComeIntoForceQuietly() async throws {
        do {
            let partition = try open(Self.rules)
            _ = try await partition.submit(
                [.track("added_to_cart", user: "1"), .track("added_to_cart", user: "2")],
                wait: .fully
            )
            await partition.stop()
        }
        let partition = try open("segment all when added_to_cart")
        let changes = partition.report.ruleChanges.map { change in
            "\(change.segment) \(change.kind.rawValue) +\(change.entered) -\(change.exited)"
        }
        #expect(changes == ["all new +2 -0", "carts removed +0 -2", "pros removed +0 -0"])
        let quiet = try partition.transitions(after: nil, limit: 100).filter {
            $0.transition.cause == .rules
        }
        #expect(quiet.count == 4)
        #expect(quiet.allSatisfy { !$0.transition.isAnnounced })
        await partition.stop()
    }

    @Test func aClockFarOffIsRefusedAndAccepted() async throws {
        do {
            let partition = try open(Self.rules)
            _ = try await partition.submit([.track("added_to_cart", user: "1")], wait: .fully)
            await partition.stop()
        }
        clock.step(by: TimeSpan(milliseconds: -61_000))
        let backward = #expect(throws: PartitionError.self) { _ = try open(Self.rules) }
        #expect(backward?.kind == .clock)
        clock.step(by: TimeSpan(milliseconds: 61_000) + .days(31))
        let forward = #expect(throws: PartitionError.self) { _ = try open(Self.rules) }
        #expect(forward?.message.contains("--accept-clock") ?? false)
        let partition = try open(Self.rules, acceptsClock: true)
        await partition.stop()
    }

    @Test func stepsOfTheWallClockDoNotReachLogTime() async throws {
        let partition = try open(Self.rules)
        _ = try await partition.submit([.track("added_to_cart", user: "1")], wait: .fully)
        clock.step(by: .days(400))
        _ = try await partition.submit([.track("product_viewed", user: "1")], wait: .fully)
        #expect(try lines(partition) == ["1 entered carts event"])
        await partition.stop()
    }

    @Test func aStoppedPartitionRefuses() async throws {
        let partition = try open(Self.rules)
        await partition.stop()
        await #expect(throws: SubmitError.stopped("segmentd is stopping")) {
            _ = try await partition.submit([.track("e", user: "1")], wait: .briefly)
        }
        await #expect(throws: PartitionError.self) { _ = try await partition.segments() }
    }
}

extension TimeSpan {
    fileprivate static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds + right.milliseconds)
    }
}
