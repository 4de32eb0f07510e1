internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Finds out what a change of the rules would bring about, by folding the log with the change behind its end.
///
/// So a plan says what the change does: both are the same fold.
struct Planner {
    /// Of so many segments at most, overlaps are counted.
    private static let overlappingMax = 200
    private static let overlapsMax = 5
    /// Samples of each direction.
    private static let samplesMax = 5

    private let log: EventLog
    private let proposed: ProposedRules
    private let past: Partition.PastRules?
    private let cores: Int
    private let isGivenUp: @Sendable () -> Bool

    /// - Parameter isGivenUp: Asked now and then whether to end without a plan.
    init(
        _ log: EventLog,
        _ proposed: ProposedRules,
        cores: Int,
        isGivenUp: @escaping @Sendable () -> Bool
    ) throws(PartitionError) {
        let names = try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() }
        let symbols = Dictionary(names.map { ($0.text, $0.symbol) }, uniquingKeysWith: { $1 })
        past = try Partition.ruleHistory(log) { symbols[$0] }.last
        self.log = log
        self.proposed = proposed
        self.cores = cores
        self.isGivenUp = isGivenUp
    }

    /// Makes the plan.
    ///
    /// - Parameters:
    ///   - at: The instant of the change.
    ///   - days: For how many days back sizes are given, 0 for none.
    ///   - progress: Called now and then with the part that is done, from 0 to 1.
    func plan(
        at instant: Instant,
        days: Int,
        progress: (Double) -> Void
    ) throws(PartitionError) -> RulePlan {
        var replay = try Replay(
            log,
            cores: cores,
            rules: .changing(to: proposed.ruleSet, at: instant)
        )
        replay.isGivenUp = isGivenUp
        var plan = RulePlan(
            hash: hash,
            at: replay.changesAt ?? instant,
            entries: replay.entries,
            segments: segments()
        )
        let share = days > 0 ? 0.5 : 1.0
        let total = Double(max(1, replay.entries))
        try fold(replay, into: &plan) { progress(Double($0) / total * share) }
        if days > 0 {
            try addSizes(&plan, days: days) { progress(share + Double($0) / total * share) }
        }
        progress(1)
        return plan
    }

    /// The entry that put these very files in force; nil where others are, be it in comments.
    var inForceAlready: (sequence: SequenceNumber, at: Instant)? {
        get throws(PartitionError) {
            guard let past, past.entry == RulesEntry(proposed) else { return nil }
            let at = try PartitionError.wrap { () throws(StoreError) in
                try log.read(past.sequence) { head, _ in head.receivedAt }
            }
            return (past.sequence, at ?? .distantPast)
        }
    }

    /// What `apply` takes, so that nobody applies what they did not see.
    var hash: UInt64 {
        var hash = StableHash()
        hash.feed(log.id)
        hash.feed(" \(past?.sequence ?? .zero) ")
        let entry = RulesEntry(proposed)
        hash.feed("\(entry.semanticsVersion)")
        for file in entry.files {
            for text in [file.path, file.text] {
                hash.feed(0)
                hash.feed(text)
            }
        }
        for zone in entry.zones {
            hash.feed(0)
            hash.feed(zone.name)
            for offset in zone.offsets {
                hash.feed(" \(offset.from.milliseconds) \(offset.seconds)")
            }
        }
        return hash.value
    }

    // MARK: - What changes

    private func segments() -> [PlannedSegment] {
        let old = past?.ruleSet ?? RuleSet(segments: [])
        let titles = Dictionary(
            (old.segments + proposed.ruleSet.segments).map { ($0.name, $0.title) },
            uniquingKeysWith: { $1 }
        )
        var segments = proposed.ruleSet.kinds(since: old).map { name, kind in
            PlannedSegment(name: name, title: titles[name] ?? "", kind: kind)
        }
        addClauses(&segments)
        return segments
    }

    private func addClauses(_ segments: inout [PlannedSegment]) {
        let changing = Set(segments.filter { $0.kind != .unchanged }.map(\.name))
        guard !changing.isEmpty else { return }
        let old = past.map { past in
            Planner.clauses(
                of: changing,
                past.entry.files.map { RuleSource(path: $0.path, text: $0.text) },
                past.entry.zones
            )
        }
        let new = Planner.clauses(of: changing, proposed.sources, proposed.zones)
        for place in segments.indices {
            let (gone, come) = (old?[segments[place].name] ?? [], new[segments[place].name] ?? [])
            let (before, after) = (Set(gone.map(\.meaning)), Set(come.map(\.meaning)))
            let removed = gone.filter { !after.contains($0.meaning) }.map(\.text)
            let added = come.filter { !before.contains($0.meaning) }.map(\.text)
            // What is written the same is read otherwise: by the contract, or its settings.
            segments[place].clausesReread = added.filter { removed.contains($0) }
            segments[place].clausesRemoved = removed.filter { !added.contains($0) }
            segments[place].clausesAdded = added.filter { !removed.contains($0) }
        }
        let meanings = [past?.ruleSet.segments ?? [], proposed.ruleSet.segments].map { rules in
            Dictionary(uniqueKeysWithValues: rules.map { ($0.name, $0.meaning) })
        }
        for place in segments.indices {
            let name = segments[place].name
            segments[place].meansTheSame = meanings[0][name] == meanings[1][name]
        }
    }

    /// A part of a condition, as it is written, and what it means.
    private struct Clause {
        var text: String
        var meaning: String
    }

    /// The parts of conditions that stand beside each other, outermost.
    private static func clauses(
        of names: Set<String>,
        _ sources: [RuleSource],
        _ zones: [Zone]
    ) -> [String: [Clause]] {
        let parts = conditionParts(ofAll: names, in: sources) { name in
            zones.first { $0.name == name }
        }
        return parts.mapValues { parts in
            let depth = parts.map(\.depth).min()
            return parts.filter { $0.depth == depth }.map {
                Clause(text: $0.text, meaning: $0.rule.meaning)
            }
        }
    }

    // MARK: - Who enters and leaves

    private func fold(
        _ replay: Replay,
        into plan: inout RulePlan,
        progress: (UInt64) -> Void
    ) throws(PartitionError) {
        let changing = plan.segments.filter { $0.kind == .new || $0.kind == .changed }
        let change = try replay.change(
            overlapsOf: changing.prefix(Planner.overlappingMax).map(\.name),
            samplesMax: Planner.samplesMax,
            progress: progress
        )
        (plan.people, plan.moved, plan.left) = (
            change.people, change.moved.count, change.left.count
        )
        for place in plan.segments.indices {
            guard let moved = change.segments[plan.segments[place].name] else { continue }
            plan.segments[place].entered = moved.entered
            plan.segments[place].exited = moved.exited
            plan.segments[place].exitedUnannounced = moved.exitedUnannounced
            plan.segments[place].before = moved.members - moved.entered + moved.exited
            for sample in moved.samples {
                plan.segments[place].samples.append(
                    PlannedMove(
                        person: sample.person,
                        identifiers: try texts(sample.identifiers),
                        direction: sample.direction
                    )
                )
            }
            let others = moved.overlaps.sorted {
                ($1.members, $0.segment) < ($0.members, $1.segment)
            }
            plan.segments[place].overlaps = Array(others.prefix(Planner.overlapsMax))
        }
    }

    private func texts(_ ids: [IdentifierID]) throws(PartitionError) -> [Identifier] {
        var texts: [Identifier] = []
        for id in ids {
            let text = try PartitionError.wrap { () throws(StoreError) in
                try log.identifier(id)
            }
            if let text { texts.append(text) }
        }
        return texts
    }

    // MARK: - Sizes

    /// Adds how many members the segments would have had at the end of each day that ends with the change.
    private func addSizes(
        _ plan: inout RulePlan,
        days: Int,
        progress: (UInt64) -> Void
    ) throws(PartitionError) {
        let changing = plan.segments.indices.filter {
            plan.segments[$0].kind == .new || plan.segments[$0].kind == .changed
        }
        guard !changing.isEmpty else { return }
        var replay = try Replay(
            log,
            cores: cores,
            rules: .always(proposed.ruleSet, through: plan.at)
        )
        replay.isGivenUp = isGivenUp
        let names = proposed.ruleSet.segments.map(\.name)
        let places = changing.map { names.firstIndex(of: plan.segments[$0].name) }
        var counts = Array(repeating: 0, count: names.count)
        var ends = (0..<days).reversed().map { plan.at - TimeSpan.days(Int64($0)) }[...]
        var sizes: [[SegmentSize]] = changing.map { _ in [] }
        func close(before instant: Instant) {
            while let end = ends.first, end < instant {
                ends.removeFirst()
                for (row, place) in places.enumerated() {
                    guard let place else { continue }
                    sizes[row].append(SegmentSize(at: end, members: counts[place]))
                }
            }
        }
        _ = try replay.count(progress: progress) { at, _, name, direction in
            close(before: at)
            counts[name] += direction == .entered ? 1 : -1
        }
        close(before: .distantFuture)
        for (row, place) in changing.enumerated() { plan.segments[place].sizes = sizes[row] }
    }
}
