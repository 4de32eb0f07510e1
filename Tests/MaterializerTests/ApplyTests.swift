import EventModel
import EventStore
import Foundation
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// Rules that are put in force while entries come.
@Suite struct ApplyTests {
    /// Expectations go on over a change, with notices of their own.
    private static let watched = """

        segment watched when added_to_cart
          expect at least 5 entries in 2 hours
        segment watched_too when order_completed in last 1 hour
          expect at most 3 members
        """
    private static let first = PlanTests.first + watched
    private static let second =
        watched + """

            event order_completed unique by order_id
              total number
            event added_to_cart
            segment carts when added_to_cart in last 3 hours
            segment buyers when order_completed # as it was
            segment idle when any event and no added_to_cart in last 90 minutes
            segment both when in segment buyers and in segment carts
            segment new_back when entered segment carts in last 4 hours
            """

    private func fill(
        _ bench: PartitionFolder,
        _ partition: Partition,
        _ rounds: Range<Int>
    ) async throws {
        for round in rounds {
            bench.clock.advance(by: .seconds(Int64(round % 7) * 540 + 67))
            _ = try await partition.submit(PlanTests.drafts(round), wait: .fully)
        }
    }

    // Inlined, it makes the compiler (6.3.1) crash.
    @inline(never)
    private func apply(
        _ text: String,
        to partition: Partition,
        _ announcement: RuleAnnouncement = .none,
        plan: UInt64? = nil,
        confirmed: Int? = nil
    ) async throws -> AppliedRules {
        try await partition.apply(
            try PlanTests.proposed(text),
            RuleChangeNote(author: "ann", reason: "tests", announcement: announcement),
            plan: plan,
            confirmed: confirmed,
            cores: 1,
            progress: { _ in }
        )
    }

    @inline(never)
    private func members(_ partition: Partition) async throws -> [String: Set<PersonID>] {
        var all: [String: Set<PersonID>] = [:]
        for status in try await partition.segments() {
            let name = status.rule.name
            let found = try await partition.members(of: name, after: nil, limit: 100_000)
            all[name] = Set(try #require(found).members.map(\.person))
            #expect(all[name]?.count == status.memberCount)
        }
        return all
    }

    /// The members before and after each change to these rules.
    private func membersOverChanges(
        _ partition: Partition,
        _ texts: [String]
    ) async throws -> [[String: Set<PersonID>]] {
        var found = [try await members(partition)]
        for text in texts {
            _ = try await apply(text, to: partition)
            found.append(try await members(partition))
        }
        return found
    }

    private func ruleEntries(_ partition: Partition) async throws -> [LoggedEntry] {
        var question = LogQuestion(limit: 10)
        question.kind = .rules
        return try await partition.entries(question).entries
    }

    private func recorded(_ partition: Partition) throws -> [Transition] {
        try partition.transitions(after: nil, limit: 1_000_000).map(\.transition)
    }

    /// What a partition was when it was stopped.
    private struct Standing: Equatable {
        var transitions: [Transition]
        var members: [String: Set<PersonID>]
    }

    /// Opens the directory, does that, and stops.
    private func live(
        _ bench: PartitionFolder,
        _ rules: String?,
        checkpointEntries: Int? = nil,
        _ body: (Partition) async throws -> Void = { _ in }
    ) async throws -> Standing {
        let partition = try bench.open(rules) { $0.checkpointEntries = checkpointEntries }
        try await body(partition)
        let standing = Standing(
            transitions: try recorded(partition),
            members: try await members(partition)
        )
        await partition.stop()
        return standing
    }

    /// Opens the directory again, and once more without all that was derived: everything must be as it was.
    private func check(_ bench: PartitionFolder, is standing: Standing) async throws {
        for isRebuilt in [false, true] {
            if isRebuilt {
                try FileManager.default.removeItem(atPath: bench.folder.path + "/state")
            }
            #expect(try await live(bench, nil) == standing)
        }
    }

    /// Entries come all the while; afterwards everything is what the log alone gives.
    @Test(arguments: [nil, 400])
    func rulesAreChangedWhileEntriesCome(checkpointEntries: Int?) async throws {
        let bench = try PartitionFolder()
        let standing = try await live(bench, Self.first, checkpointEntries: checkpointEntries) {
            try await fill(bench, $0, 0..<60)
            let (applied, rounds) = try await applyWhileEntriesCome(bench, $0)
            try check(applied, in: try recorded($0))
            try await fill(bench, $0, rounds..<rounds + 20)
        }
        #expect(standing.transitions.contains { $0.notice != nil })
        try await check(bench, is: standing)
        // It goes on without another change when it is opened with these rules.
        _ = try await live(bench, Self.second) {
            #expect(!$0.report.rulesChanged)
            let count = try await ruleEntries($0).count
            #expect(count == 2)
        }
    }

    private func applyWhileEntriesCome(
        _ bench: PartitionFolder,
        _ partition: Partition
    ) async throws -> (AppliedRules, rounds: Int) {
        let ingest = Task {
            var round = 60
            while !Task.isCancelled {
                try await fill(bench, partition, round..<round + 1)
                round += 1
            }
            return round
        }
        let applied = try await apply(Self.second, to: partition)
        ingest.cancel()
        return (applied, try await ingest.value)
    }

    private func check(_ applied: AppliedRules, in transitions: [Transition]) throws {
        #expect(applied.changes.map(\.kind) == [.new, .changed, .removed, .changed, .new])
        for change in applied.changes {
            let own = transitions.filter {
                $0.cause == .rules && $0.segment == change.segment
                    && $0.sequence == applied.sequence
            }
            #expect(own.count { $0.direction == .entered } == change.entered, "\(change)")
            #expect(own.count { $0.direction == .exited } == change.exited, "\(change)")
            #expect(own.allSatisfy { !$0.isAnnounced && $0.at == applied.at })
        }
        #expect(applied.changes.contains { $0.entered > 0 })
    }

    /// Checkpoints begin and end all the while, also right behind a change.
    @Test func rulesAreChangedAgainAndAgainBesideCheckpoints() async throws {
        let bench = try PartitionFolder()
        let standing = try await live(bench, Self.first, checkpointEntries: 15) {
            try await fill(bench, $0, 0..<20)
            try await changeWhileEntriesCome(bench, $0, times: 12)
        }
        try await check(bench, is: standing)
    }

    private func changeWhileEntriesCome(
        _ bench: PartitionFolder,
        _ partition: Partition,
        times: Int
    ) async throws {
        let ingest = Task {
            var round = 20
            while !Task.isCancelled {
                try await fill(bench, partition, round..<round + 1)
                round += 1
            }
        }
        for time in 0..<times {
            _ = try await apply(time % 2 == 0 ? Self.second : Self.first, to: partition)
        }
        ingest.cancel()
        try await ingest.value
    }

    @Test func aThenBThenAGivesTheMembersOfA() async throws {
        let bench = try PartitionFolder()
        let standing = try await live(bench, Self.first) {
            try await fill(bench, $0, 0..<80)
            bench.clock.advance(by: .minutes(45))
            // So that time has passed for all alike.
            try await fill(bench, $0, 80..<81)
            let found = try await membersOverChanges($0, [Self.second, Self.first])
            #expect(found[2] == found[0])
            #expect(found[1] != found[0])
        }
        try await check(bench, is: standing)
    }

    @Test(arguments: RuleAnnouncement.allCases)
    func whatIsAnnouncedIsAsAskedFor(_ announcement: RuleAnnouncement) async throws {
        let bench = try PartitionFolder()
        let standing = try await live(bench, Self.first) {
            try await fill(bench, $0, 0..<40)
            _ = try await apply(Self.second, to: $0, announcement)
            let entry = try #require(try await ruleEntries($0).last)
            #expect(entry.draft.announcement == announcement)
        }
        let own = standing.transitions.filter { $0.cause == .rules }
        let directions = Set(own.map(\.direction.name))
        #expect(directions == ["entered", "exited"])
        for transition in own {
            let isExit = transition.direction == .exited
            let isTold = announcement == .all || announcement == .exits && isExit
            #expect(transition.isAnnounced == isTold)
            if !isExit { #expect(transition.entryIsAnnounced == isTold) }
        }
        try await check(bench, is: standing)
    }

    @Test func onlyWhatWasPlannedIsApplied() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open(Self.first)
        try await fill(bench, partition, 0..<10)
        let plan = try await partition.plan(
            try PlanTests.proposed(Self.second),
            days: 0,
            cores: 1,
            progress: { _ in }
        )
        func kind(_ body: () async throws -> Void) async -> PartitionError.Kind? {
            do {
                try await body()
                return nil
            } catch {
                return (error as? PartitionError)?.kind
            }
        }
        #expect(
            await kind {
                _ = try await apply(Self.second + " # seen", to: partition, plan: plan.hash)
            }
                == .outdated
        )
        let same = try await apply(Self.first, to: partition)
        #expect(!same.isChanged && same.sequence == SequenceNumber(1))
        #expect(
            try await ruleEntries(partition).count == 1
        )
        _ = try await apply(Self.second, to: partition, plan: plan.hash)
        #expect(
            await kind { _ = try await apply(Self.first, to: partition, plan: plan.hash) }
                == .outdated
        )
        await partition.stop()
    }

    /// More than 1,000 people, or 5 % of all, are told of only when somebody has said so (G10).
    @Test func manyAreToldOfOnlyWhenConfirmed() async throws {
        let bench = try PartitionFolder()
        let partition = try bench.open("segment seen when seen in last 1 hour")
        _ = try await partition.submit(
            (0..<1_001).map { .track("seen", user: "\($0)") },
            wait: .fully
        )
        let others =
            "segment seen when seen in last 2 hours and not anonymous_only"
            .replacingOccurrences(of: " and not anonymous_only", with: "")
            + "\nsegment all_seen when seen"
        do {
            _ = try await apply(others, to: partition, .all)
            Issue.record("it was not refused")
        } catch let error as PartitionError {
            #expect(error.kind == .unconfirmed)
            #expect(error.message.contains("1001 of 1001 people"))
        }
        #expect(try await partition.segments().map(\.rule.name) == ["seen"])
        do {
            _ = try await apply(others, to: partition, .all, confirmed: 1_000)
            Issue.record("it was not refused")
        } catch let error as PartitionError {
            #expect(error.kind == .unconfirmed)
        }
        // Nobody leaves; and whoever confirms is let do it.
        _ = try await apply(others, to: partition, .exits)
        _ = try await apply(
            "segment seen when seen in last 2 hours",
            to: partition,
            .all,
            confirmed: 1_001
        )
        await partition.stop()
    }

    @Test func aCancelledChangeChangesNothing() async throws {
        let bench = try PartitionFolder()
        let standing = try await live(bench, Self.first) { partition in
            try await fill(bench, partition, 0..<20)
            let task = Task { try await apply(Self.second, to: partition) }
            task.cancel()
            // Where it was too late for that, the change was made.
            let isMade = (try? await task.value) != nil
            let names = try await partition.segments().map(\.rule.name)
            #expect(names.contains("gone") == !isMade)
        }
        try await check(bench, is: standing)
    }
}
