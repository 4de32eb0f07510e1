import EventModel
import EventStore
import Materializer
import RuleLanguage
import SegmentTesting
import Testing

/// What a plan says beside what the change then does.
@Suite struct PlanTests {
    static let first = """
        event order_completed unique by order_id
          total number
        event added_to_cart
        segment carts when added_to_cart in last 2 hours
        segment buyers when order_completed
        segment idle when any event and no added_to_cart in last 1 hour
        segment gone when order_completed in last 2 hours
        """

    /// Each set with what a plan from `first` to it says of the segments.
    private static let others: [(rules: String, kinds: [String: RuleChangeKind])] = [
        (
            """
            event order_completed unique by order_id
              total number
            event added_to_cart
            segment carts when added_to_cart in last 3 hours
            segment buyers "Buyers" when order_completed # as it was
            segment idle when any event and no added_to_cart in last 1 hour
            segment spenders when sum of order_completed.total in last 1 day >= 10
            segment both when in segment buyers and in segment carts
            """,
            [
                "carts": .changed, "buyers": .unchanged, "idle": .unchanged, "spenders": .new,
                "both": .new, "gone": .removed,
            ]
        ),
        (
            // Other names for what was sent: nothing but what rests on them changes.
            """
            event order_completed also known as added_to_cart
            event viewed
            segment buyers when order_completed
            segment idle when any event and no viewed in last 1 hour
            """,
            ["carts": .removed, "buyers": .changed, "idle": .changed, "gone": .removed]
        ),
    ]

    static func proposed(_ text: String) throws -> ProposedRules {
        let source = RuleSource(path: "test.seg", text: text)
        let ruleSet = try #require(compileRules([source]).ruleSet)
        return ProposedRules(sources: [source], ruleSet: ruleSet)
    }

    /// Never such that a deadline lies just behind the last of them.
    private static func pause(_ round: Int) -> TimeSpan {
        .seconds(Int64(round % 7) * 540 + 67)
    }

    static func drafts(_ round: Int) -> [EntryDraft] {
        var drafts: [EntryDraft] = (0..<10).map {
            .track(
                "added_to_cart",
                user: $0 % 4 == 3 ? nil : "\(($0 + round) % 40)",
                anonymous: "a\($0)-\(round / 3)",
                id: "m\(round)-\($0)",
                // Names come all the while.
                ["name\(round % 30)": .number("1")]
            )
        }
        for place in 0..<3 {
            drafts.append(
                .track(
                    "order_completed",
                    user: "\((round + place) % 23)",
                    // Entries by these are not announced.
                    backfill: round % 2 == 0,
                    ["order_id": .number("\(round % 50)"), "total": .number("6.5")]
                )
            )
        }
        return drafts
    }

    private func fill(_ bench: PartitionFolder, rounds: Int) async throws {
        let partition = try bench.open(Self.first)
        for round in 0..<rounds {
            bench.clock.advance(by: Self.pause(round))
            _ = try await partition.submit(Self.drafts(round), wait: .fully)
        }
        await partition.stop()
    }

    /// A plan of a directory under the rules, and how many members segments had.
    private func plan(
        _ bench: PartitionFolder,
        _ rules: String?,
        to text: String,
        days: Int = 0,
        cores: Int = 1
    ) async throws -> (plan: RulePlan, members: [String: Int]) {
        let partition = try bench.open(rules)
        let plan = try await partition.plan(
            try Self.proposed(text),
            days: days,
            cores: cores,
            progress: { _ in }
        )
        let members = try await members(partition)
        await partition.stop()
        return (plan, members)
    }

    private func members(_ partition: Partition) async throws -> [String: Int] {
        let all = try await partition.segments()
        return Dictionary(uniqueKeysWithValues: all.map { ($0.rule.name, $0.memberCount) })
    }

    @Test(arguments: [0, 1], [1, 3])
    func aPlanIsWhatTheChangeThenDoes(set: Int, cores: Int) async throws {
        let bench = try PartitionFolder()
        try await fill(bench, rounds: 120)
        // A while in which nothing comes, and what is planned would have had people leave.
        bench.clock.advance(by: .minutes(100))
        let (text, kinds) = Self.others[set]
        let (plan, before) = try await plan(bench, Self.first, to: text, days: 3, cores: cores)
        #expect(
            Dictionary(uniqueKeysWithValues: plan.segments.map { ($0.name, $0.kind) }) == kinds
        )
        let changed = try bench.open(text)
        let after = try await members(changed)
        let moved = Dictionary(
            uniqueKeysWithValues: changed.report.ruleChanges.map { ($0.segment, $0) }
        )
        let all = try changed.transitions(after: nil, limit: 100_000)
        for segment in plan.segments {
            #expect(segment.before == before[segment.name] ?? 0, "\(segment)")
            #expect(segment.after == after[segment.name] ?? 0, "\(segment)")
            #expect(segment.entered == moved[segment.name]?.entered ?? 0, "\(segment)")
            #expect(segment.exited == moved[segment.name]?.exited ?? 0, "\(segment)")
            let recorded = all.filter {
                $0.transition.cause == .rules && $0.transition.segment == segment.name
                    && $0.transition.at == all.last?.transition.at
            }
            let quiet = recorded.count {
                $0.transition.direction == .exited && !$0.transition.entryIsAnnounced
            }
            #expect(segment.exitedUnannounced == quiet)
            for direction in [TransitionDirection.entered, .exited] {
                let sampled = segment.samples.filter { $0.direction == direction }
                let due = recorded.filter { $0.transition.direction == direction }
                #expect(sampled.map(\.person) == due.prefix(5).map(\.transition.person))
                #expect(sampled.map(\.identifiers) == due.prefix(5).map(\.identifiers))
            }
            // The last day ends with the change, where the segment is what it would always have been.
            #expect(segment.sizes.isEmpty == (segment.kind != .new && segment.kind != .changed))
            if let last = segment.sizes.last {
                #expect(segment.sizes.count == 3 && last.at == plan.at)
                #expect(last.members == segment.after)
            }
            try await checkOverlaps(of: segment, in: changed)
        }
        #expect(
            plan.segments.contains { $0.entered > 0 } && plan.segments.contains { $0.exited > 0 }
        )
        #expect(
            plan.segments.contains { 0 < $0.exitedUnannounced && $0.exitedUnannounced < $0.exited }
        )
        await changed.stop()
    }

    private func checkOverlaps(
        of segment: PlannedSegment,
        in partition: Partition
    ) async throws {
        guard segment.kind == .new || segment.kind == .changed else {
            #expect(segment.overlaps.isEmpty)
            return
        }
        let own = try #require(try await people(of: segment.name, in: partition))
        var common: [String: Int] = [:]
        for other in try await partition.segments().map(\.rule.name) where other != segment.name {
            let members = try #require(try await people(of: other, in: partition))
            common[other] = own.intersection(members).count
        }
        let due = common.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        #expect(segment.overlaps.map(\.segment) == due.prefix(5).map(\.key))
        #expect(segment.overlaps.map(\.members) == due.prefix(5).map(\.value))
    }

    private func people(
        of segment: String,
        in partition: Partition
    ) async throws -> Set<PersonID>? {
        let found = try await partition.members(of: segment, after: nil, limit: 100_000)
        return found.map { Set($0.members.map(\.person)) }
    }

    @Test func clausesThatDifferAreShown() async throws {
        let bench = try PartitionFolder()
        try await fill(bench, rounds: 3)
        let plan = try await plan(
            bench,
            Self.first,
            to: """
                event order_completed unique by order_id
                  total number
                event added_to_cart
                attribute plan text
                segment carts when added_to_cart in last 2 hours
                segment buyers when order_completed
                segment idle when any event and no added_to_cart in last 90 minutes
                segment pros when order_completed or person.plan = "pro"
                """
        ).plan
        func clauses(_ name: String) -> [[String]]? {
            plan.segments.first { $0.name == name }.map { [$0.clausesRemoved, $0.clausesAdded] }
        }
        #expect(
            clauses("idle") == [
                ["no added_to_cart in last 1 hour"], ["no added_to_cart in last 90 minutes"],
            ]
        )
        #expect(clauses("gone") == [["order_completed in last 2 hours"], []])
        #expect(clauses("carts") == [[], []])
        let pros = try #require(clauses("pros"))
        #expect(pros[0].isEmpty && !pros[1].isEmpty)
    }

    /// What is written as it was, and read otherwise by another contract, is not shown as gone and come.
    @Test func clausesThatAreReadOtherwiseAreShown() async throws {
        let bench = try PartitionFolder()
        try await fill(bench, rounds: 3)
        let other = Self.first.replacing(
            "event added_to_cart\n",
            with: "event added_to_cart also known as add_to_cart\n"
        )
        let plan = try await plan(bench, Self.first, to: other).plan
        let carts = try #require(plan.segments.first { $0.name == "carts" })
        #expect(carts.kind == .changed)
        #expect(carts.clausesReread == ["added_to_cart in last 2 hours"])
        #expect(carts.clausesRemoved.isEmpty && carts.clausesAdded.isEmpty)
        #expect(plan.segments.first { $0.name == "buyers" }?.clausesReread == [])
    }

    /// A plan's hash stands for what is in force and what is planned.
    @Test func theHashNamesTheChange() async throws {
        let bench = try PartitionFolder()
        try await fill(bench, rounds: 2)
        func hash(_ rules: String?, to text: String) async throws -> UInt64 {
            try await plan(bench, rules, to: text).plan.hash
        }
        let planned = Self.others[0].rules
        let first = try await hash(nil, to: planned)
        #expect(try await hash(Self.first, to: planned) == first)
        #expect(try await hash(nil, to: planned + "\n# seen") != first)
        #expect(try await hash(Self.others[1].rules, to: planned) != first)
    }

    /// An import, so that several logs have the same entries at the same instants.
    private func fill(_ bench: PartitionFolder, importingUnder text: String) throws -> Instant {
        var at = Instant(milliseconds: 1_767_225_600_000)
        let writer = try ImportWriter(
            bench.folder.path,
            ImportJob(id: "test", files: []),
            rules: try Self.proposed(text),
            earliest: at
        )
        for round in 0..<100 {
            for draft in Self.drafts(round) { try writer.add(draft, at: at) }
            at = at + Self.pause(round)
        }
        try writer.close(latest: at)
        return at
    }

    /// Rules that were always in force: what a log gives that began with them.
    @Test func aReplayUnderOtherRulesIsALogThatBeganWithThem() async throws {
        let rules = """
            event order_completed unique by order_id
              total number
            event added_to_cart
            segment carts when added_to_cart in last 3 hours
            segment spenders when sum of order_completed.total in last 1 day >= 10
            segment idle when any event and no added_to_cart in last 1 hour
            """
        let (bench, other) = (try PartitionFolder(), try PartitionFolder())
        var recorded: [Transition] = []
        for (folder, text) in [(bench, Self.first), (other, rules)] {
            let end = try fill(folder, importingUnder: text)
            folder.clock.advance(by: end + .seconds(1) - folder.clock.wall)
            let partition = try folder.open(nil)
            recorded = try partition.transitions(after: nil, limit: 100_000).map(\.transition)
            await partition.stop()
        }
        #expect(recorded.count > 100)
        let log = try EventLog(directory: bench.folder.path + "/log", newID: "")
        for cores in [1, 3] {
            let replay = try Replay(
                log,
                cores: cores,
                rules: .always(try Self.proposed(rules).ruleSet, through: nil)
            )
            var found: [Transition] = []
            try replay.run { found.append($0) }
            #expect(found == recorded, "\(cores) cores")
        }
    }
}
