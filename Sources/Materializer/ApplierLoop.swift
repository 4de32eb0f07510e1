internal import EventModel
internal import EventStore
internal import SegmentEngine

/// The applier's thread: evaluates groups in order and records their transitions.
final class ApplierLoop: @unchecked Sendable {
    // Everything here belongs to the applier's thread once `run` has begun.
    private let shared: Monitor<PartitionState>
    private var applier: Applier
    private let state: StateStore
    private let directory: DataDirectory
    private let logID: String
    private let options: PartitionOptions
    private let writesCheckpoints: Bool
    /// The last entry of the groups that were wholly evaluated.
    private var mark: AppliedMark
    private var checkpoint: CheckpointJob?
    private let rulesInForce: Monitor<RulesInForce>
    /// The change of the rules whose entry is being evaluated.
    private var change: RuleSwitch?
    /// How often people were folded again by engines before this one, less what this one had done before.
    private var formerRefolds = 0

    private enum Work {
        case groups([PartitionState.Group])
        case questions([@Sendable (Applier) -> Void])
        case checkpoint
        case mark
        case stop
    }

    init(
        _ shared: Monitor<PartitionState>,
        _ opened: OpenedPartition,
        _ rulesInForce: Monitor<RulesInForce>
    ) {
        self.rulesInForce = rulesInForce
        self.shared = shared
        applier = opened.applier
        state = opened.state
        directory = opened.directory
        logID = opened.log.id
        options = opened.options
        writesCheckpoints = opened.writesCheckpoints
        mark = AppliedMark(
            sequence: opened.writer.lastSequence,
            instant: opened.writer.lastReceivedAt
        )
    }

    /// Works until the writer is done and everything it handed over is.
    func run() {
        while carryOut(shared.wait(look)) {}
    }

    /// Does what there is to do now, for simulations that have no threads; a checkpoint that begins is
    /// written to its end.
    ///
    /// - Returns: Whether there was anything.
    func step() -> Bool {
        guard !shared.read(\.applierIsDone), let work = shared.poll(look) else { return false }
        _ = carryOut(work)
        while checkpoint != nil { continueCheckpoint() }
        return true
    }

    /// - Returns: Whether it goes on.
    private func carryOut(_ work: Work) -> Bool {
        do throws(StoreError) {
            switch work {
            case .groups(let groups): try take(groups)
            case .questions(let questions): for question in questions { question(applier) }
            case .checkpoint: continueCheckpoint()
            case .mark: try commit(always: true)
            case .stop:
                finishCheckpoints()
                end()
                return false
            }
            return true
        } catch {
            checkpoint?.abandon()
            shared.change { $0.fail(PartitionError(error)) }
            end()
            return false
        }
    }

    private func look(_ state: inout PartitionState) -> Monitor<PartitionState>.Finding<Work> {
        if !state.questions.isEmpty {
            let questions = state.questions
            state.questions.removeAll()
            return .ready(.questions(questions))
        }
        if state.failure != nil, state.writerIsDone { return .ready(.stop) }
        if !state.groups.isEmpty {
            let groups = state.groups
            state.groups.removeAll()
            return .ready(.groups(groups))
        }
        if state.wantsMark { return .ready(.mark) }
        if let checkpoint, checkpoint.hasRoom || checkpoint.outcome != nil {
            return .ready(.checkpoint)
        }
        return state.isStopping && state.writerIsDone ? .ready(.stop) : .wait(milliseconds: nil)
    }

    private func take(_ groups: [PartitionState.Group]) throws(StoreError) {
        let began = ContinuousClock.now
        var left = groups[...]
        do throws(StoreError) {
            while let group = left.first {
                if let next = group.ruleSwitch { try putInForce(next) }
                try apply(group)
                if change != nil { try finishChange() }
                left.removeFirst()
                shared.change { $0.groupEntries -= group.admitted.count }
                if let admit = group.checkpoint { try beginCheckpoint(admit) }
                continueCheckpoint()
            }
        } catch {
            // Whoever waits for a change that is not carried out any more is told.
            for group in left { group.ruleSwitch?.finish(.stopped(PartitionError(error))) }
            throw error
        }
        // Also where groups never cease to come.
        try commit(always: shared.read(\.wantsMark))
        let took = ContinuousClock.now - began
        shared.change { $0.metrics.evaluations.add(took) }
    }

    // MARK: - Changes of the rules

    /// Has another engine take the place of this one, behind the last entry that this one applied.
    private func putInForce(_ next: RuleSwitch) throws(StoreError) {
        try commit(always: true)
        if let checkpoint {
            giveUp(checkpoint)
            // Not of one that the writer has asked for behind this.
            shared.change { $0.checkpointIsOpen = false }
        }
        options.hooks.reached?(.ruleChange)
        try next.applyLast()
        formerRefolds += applier.refolds - next.applier.refolds
        next.replaced = applier
        applier = next.applier
        if next.checkpointed > .zero {
            do throws(StoreError) {
                try CheckpointWriter.adopt(from: directory.nextCheckpoint, in: directory.state)
                shared.change { $0.checkpointed = max($0.checkpointed, next.checkpointed) }
            } catch { complain(error) }
        }
        rulesInForce.change { $0 = RulesInForce(next.proposed.ruleSet) }
        options.hooks.reached?(.ruleChange)
        change = next
    }

    /// The entry of a change was evaluated.
    private func finishChange() throws(StoreError) {
        try commit(always: true)
        change?.finish(mark)
        change = nil
    }

    // MARK: - Checkpoints

    /// Begins a checkpoint behind the last group; the people follow between groups, slice by slice.
    private func beginCheckpoint(_ admit: AdmitCheckpoint) throws(StoreError) {
        guard writesCheckpoints else { return }
        // A checkpoint is of no use where transitions up to it are missing.
        try commit(always: true)
        checkpoint = CheckpointJob(
            folder: directory.state,
            CheckpointHeader(
                logID: logID,
                layoutHash: applier.stage.layoutHash,
                mark: mark
            ),
            applier.stage.beginCheckpoint(),
            admit,
            hooks: options.hooks,
            roomAppeared: { [shared] in shared.change { _ in } }
        )
    }

    /// Hands over the next people where there is room for them; sees to the end of the checkpoint.
    private func continueCheckpoint() {
        guard let checkpoint else { return }
        if let outcome = checkpoint.outcome {
            self.checkpoint = nil
            applier.stage.abandonCheckpoint()
            let mark = checkpoint.mark.sequence
            shared.change { state in
                state.checkpointIsOpen = false
                // After a failure too: the next try is not before as many entries again.
                state.checkpointed = mark
            }
            if case .failure(let error) = outcome { complain(error) }
        } else if checkpoint.hasRoom {
            checkpoint.add(
                applier.stage.checkpointSlice(peopleMax: PartitionOptions.checkpointPeopleMax)
            )
        }
    }

    /// At the end of a daemon that was told to stop: what is open, then one of everything, so that the next
    /// start is quick.
    private func finishCheckpoints() {
        let (last, checkpointed, failure) = shared.read { state in
            (state.lastCheckpoint, state.checkpointed, state.failure)
        }
        if let checkpoint {
            giveUp(checkpoint)
        }
        guard failure == nil, let last else { return }
        let behind = mark.sequence.rawValue - min(checkpointed, mark.sequence).rawValue
        guard writesCheckpoints, applier.stage.isBetweenInstants,
            behind >= PartitionOptions.lastCheckpointEntriesMin
        else { return }
        do throws(StoreError) {
            try commit(always: true)
            try CheckpointJob.write(
                folder: directory.state,
                logID: logID,
                mark: mark,
                applier,
                last,
                hooks: options.hooks
            )
        } catch { complain(error) }
    }

    private func giveUp(_ checkpoint: CheckpointJob) {
        checkpoint.abandon()
        applier.stage.abandonCheckpoint()
        // It gives the file up, so there is nothing to hear of it.
        try? checkpoint.wait()
        self.checkpoint = nil
    }

    private func complain(_ error: StoreError) { options.report(CheckpointJob.complaint(error)) }

    private func apply(_ group: PartitionState.Group) throws(StoreError) {
        guard let first = group.appended.heads.first, let last = group.appended.heads.last else {
            return
        }
        try applier.proceed(to: first.receivedAt, pause)
        for (symbol, text) in group.appended.newSymbols { applier.stage.define(symbol, text) }
        let bytes = group.appended.bytes.span
        for index in group.appended.heads.indices {
            applier.stage.lookAhead(group.appended.heads, group.admitted, from: index)
            try applier.apply(
                group.appended.heads[index],
                group.admitted[index],
                bytes.extracting(group.appended.record(index))
            )
        }
        // A live group is one instant and closes at once.
        try applier.proceed(to: last.receivedAt + TimeSpan(milliseconds: 1), pause)
        mark = AppliedMark(sequence: last.sequence, instant: last.receivedAt)
    }

    /// Between two slices of people: a commit if there is much to record, then questions.
    private func pause() throws(StoreError) {
        guard applier.batch.rows.count >= PartitionOptions.stateCommitTransitionsMax else {
            return
        }
        try commit()
        let questions = shared.change { state in
            let questions = state.questions
            state.questions.removeAll()
            return questions
        }
        for question in questions { question(applier) }
    }

    /// Records what waits; then the mark moves for everybody to see, and answers go out.
    ///
    /// - Parameter always: Whether the mark is recorded where there are no transitions too.
    private func commit(always: Bool = false) throws(StoreError) {
        let hasTransitions = !applier.batch.rows.isEmpty
        if hasTransitions || always {
            options.hooks.reached?(.stateCommit)
            let began = ContinuousClock.now
            let transitions = applier.takeTransitions()
            try state.commit(transitions, applied: mark)
            options.hooks.reached?(.stateCommit)
            change?.count(transitions)
            count(transitions, ContinuousClock.now - began)
        }
        let (sequence, isMarked) = (mark.sequence, hasTransitions || always)
        let deadline = applier.stage.nextDeadline()
        let (due, listeners) = shared.change { state in
            state.applied = sequence
            if isMarked { (state.marked, state.wantsMark) = (sequence, false) }
            state.nextDeadline = deadline
            return (state.takeDueAnswers(at: nil), hasTransitions ? state.listeners : [:])
        }
        for answer in due { answer.send(evaluatedThrough: sequence) }
        for listener in listeners.values { listener.yield() }
    }

    private func count(_ transitions: [Transition], _ took: Duration) {
        let (now, refolds) = (options.clock.wall(), formerRefolds + applier.refolds)
        shared.change { state in
            state.metrics.stateCommits.add(took)
            state.metrics.refolds = refolds
            state.metrics.note(transitions, at: now)
        }
    }

    /// Says to all who still wait that nothing more comes.
    private func end() {
        let (state, waiting) = shared.change { state in
            state.applierIsDone = true
            let copy = state
            state.queue.removeAll()
            state.answers.removeAll()
            state.questions.removeAll()
            state.onEnd.removeAll()
            state.listeners.removeAll()
            return (copy, copy.onEnd)
        }
        for listener in state.listeners.values { listener.finish() }
        let words = state.failure?.message ?? "segmentd is stopping"
        for request in state.queue { request.answer(.failure(.stopped(words))) }
        change?.finish(.stopped(.stopping(shared)))
        for group in state.groups { group.ruleSwitch?.finish(.stopped(.stopping(shared))) }
        for answer in state.answers { answer.answer(.failure(.stopped(words))) }
        for question in state.questions { question(applier) }
        for wake in waiting { wake(state.failure) }
    }
}
