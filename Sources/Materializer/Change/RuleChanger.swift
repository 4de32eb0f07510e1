internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Puts rules in force while entries go on to come: folds the log under the rules in force and the new ones in an
/// engine of its own, which then takes the place of the other between two groups.
struct RuleChanger {
    let partition: Partition
    /// Asked now and then whether to end before anything is changed.
    let isGivenUp: @Sendable () -> Bool

    /// Puts the rules in force.
    ///
    /// - Parameters:
    ///   - hash: What the plan says that the caller has seen; nil where that is not asked for.
    ///   - confirmed: How many people at most may be announced to have entered or left; nil for those that need no
    ///     confirmation.
    ///   - progress: Called now and then with the part that is done, from 0 to 1.
    func run(
        _ proposed: ProposedRules,
        _ note: RuleChangeNote,
        hash: UInt64?,
        confirmed: Int?,
        cores: Int,
        at instant: Instant,
        progress: @escaping @Sendable (Double) -> Void
    ) throws(PartitionError) -> AppliedRules {
        let planner = try Planner(partition.log, proposed, cores: cores, isGivenUp: isGivenUp)
        // A request that is sent again, since its answer was lost, is answered as before.
        if let entry = try planner.inForceAlready {
            return AppliedRules(
                sequence: entry.sequence,
                at: entry.at,
                changes: [],
                isChanged: false
            )
        }
        if let hash, planner.hash != hash {
            throw PartitionError(
                .outdated,
                "this is not what was planned: the rules in force, or these, have changed since. Plan again"
            )
        }
        let share = note.announcement == .none ? 0.0 : 0.4
        if note.announcement != .none {
            let plan = try planner.plan(at: instant, days: 0) { progress($0 * share) }
            try RuleChanger.check(plan, note.announcement, confirmed)
        }
        return try change(to: proposed, note) { progress(share + $0 * (1 - share)) }
    }

    /// Many are not to be told of by accident (G10).
    private static func check(
        _ plan: RulePlan,
        _ announcement: RuleAnnouncement,
        _ confirmed: Int?
    ) throws(PartitionError) {
        let count = plan.announced(announcement)
        guard count > confirmed ?? plan.announcedMax else { return }
        let what =
            announcement == .all
            ? "\(count) of \(plan.people) people would be announced to enter or leave"
            : "\(count) of \(plan.people) people would be announced to leave"
        let why =
            confirmed.map { "more than the \($0) that were confirmed" }
            ?? "more than the \(plan.announcedMax) that need no confirmation"
        throw PartitionError(
            .unconfirmed,
            "\(what), \(why); nothing was changed. Where that is meant, confirm the number: confirm "
                + "\(count) ('segmentd apply --confirm \(count)')"
        )
    }

    private func change(
        to proposed: ProposedRules,
        _ note: RuleChangeNote,
        progress: @escaping @Sendable (Double) -> Void
    ) throws(PartitionError) -> AppliedRules {
        let log = partition.log
        let names = try PartitionError.wrap { () throws(StoreError) in try log.allSymbols() }
        let history = try partition.rulesOfLog().map(\.ruleSet)
        let stages = Stages(log, history + [proposed.ruleSet], partition.quarantined, names)
        let next = RuleSwitch(
            log,
            stages,
            names: names.count,
            to: proposed,
            from: history.last ?? RuleSet(segments: []),
            note,
            partition.options.hooks
        )
        // Most of the way; a checkpoint, so that who dies right behind the change need not fold everything again;
        // and what came while that was written.
        let shared = partition.shared
        let total = Double(max(1, shared.read(\.applied).rawValue))
        try catchUp(next, to: \.applied) { progress(min(1, Double($0.rawValue) / total) * 0.9) }
        try writeCheckpoint(next)
        progress(0.95)
        while true {
            try catchUp(next, to: \.appended) { _ in }
            let isTaken = shared.change { state -> Bool in
                guard !state.writerIsDone, state.failure == nil else { return false }
                state.ruleSwitch = next
                return true
            }
            guard isTaken else { throw PartitionError.stopping(shared) }
            switch next.wait() {
            case .behind: continue
            case .stopped(let error): throw error
            case .changed(let rules):
                // Both take a while, and nobody waits here.
                next.replaced = nil
                CheckpointWriter.giveBackReplaced(folder: partition.directory.state)
                progress(1)
                return rules
            }
        }
    }

    /// Folds until little is left.
    private func catchUp(
        _ next: RuleSwitch,
        to end: (PartitionState) -> SequenceNumber,
        progress: (SequenceNumber) -> Void
    ) throws(PartitionError) {
        while true {
            let last = partition.shared.read(end)
            try next.fold(through: last) { (sequence) throws(PartitionError) in
                if isGivenUp() { throw PartitionError.givenUp }
                progress(sequence)
            }
            partition.options.hooks.reached?(.ruleChange)
            if partition.shared.read(end).rawValue - last.rawValue <= RuleSwitch.tailMax / 2 {
                return
            }
        }
    }

    private func writeCheckpoint(_ next: RuleSwitch) throws(PartitionError) {
        let (shared, options) = (partition.shared, partition.options)
        // Of no use where transitions up to it are missing.
        let (mark, wanted) = (next.mark, next.mark.sequence)
        shared.change { $0.wantsMark = true }
        let isStopping = shared.wait { state -> Monitor<PartitionState>.Finding<Bool> in
            if state.applierIsDone { return .ready(true) }
            return state.marked >= wanted ? .ready(false) : .wait(milliseconds: nil)
        }
        if isStopping { throw PartitionError.stopping(shared) }
        do throws(StoreError) {
            let folder = try partition.directory.makeNextCheckpointFolder()
            try CheckpointJob.write(
                folder: folder,
                logID: partition.logID,
                mark: mark,
                next.applier,
                next.admit.checkpoint(),
                hooks: options.hooks
            )
            next.checkpointed = mark.sequence
        } catch {
            next.applier.stage.abandonCheckpoint()
            options.report(CheckpointJob.complaint(error))
        }
        options.hooks.reached?(.ruleChange)
    }
}

extension PartitionError {
    /// Why a partition takes nothing more.
    static func stopping(_ shared: Monitor<PartitionState>) -> PartitionError {
        shared.read(\.failure) ?? PartitionError(.storage, "segmentd is stopping")
    }
}
