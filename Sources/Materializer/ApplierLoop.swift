internal import EventModel
internal import EventStore
internal import SegmentEngine

/// The applier's thread: evaluates groups in order and records their transitions.
final class ApplierLoop: @unchecked Sendable {
    // Everything here belongs to the applier's thread once `run` has begun.
    private let shared: Monitor<PartitionState>
    private let applier: Applier
    private let state: StateStore
    /// The last entry of the groups that were wholly evaluated.
    private var mark: AppliedMark

    private enum Work {
        case groups([PartitionState.Group])
        case questions([@Sendable (Applier) -> Void])
        case stop
    }

    init(
        _ shared: Monitor<PartitionState>,
        applier: Applier,
        state: StateStore,
        mark: AppliedMark
    ) {
        self.shared = shared
        self.applier = applier
        self.state = state
        self.mark = mark
    }

    /// Works until the writer is done and everything it handed over is.
    func run() {
        do throws(StoreError) {
            while true {
                switch shared.wait(look) {
                case .groups(let groups): try take(groups)
                case .questions(let questions): for question in questions { question(applier) }
                case .stop:
                    end()
                    return
                }
            }
        } catch {
            shared.change { $0.fail(PartitionError(error)) }
            end()
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
        return state.isStopping && state.writerIsDone ? .ready(.stop) : .wait(milliseconds: nil)
    }

    private func take(_ groups: [PartitionState.Group]) throws(StoreError) {
        for group in groups {
            try apply(group)
            shared.change { $0.groupEntries -= group.admitted.count }
        }
        try commit()
    }

    private func apply(_ group: PartitionState.Group) throws(StoreError) {
        guard let first = group.appended.heads.first, let last = group.appended.heads.last else {
            return
        }
        try applier.proceed(to: first.receivedAt, pause)
        for (symbol, text) in group.appended.newSymbols { applier.stage.define(symbol, text) }
        let bytes = group.appended.bytes.span
        for index in group.appended.heads.indices {
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
    private func commit() throws(StoreError) {
        let hasTransitions = !applier.batch.rows.isEmpty
        if hasTransitions { try state.commit(applier.takeTransitions(), applied: mark) }
        let sequence = mark.sequence
        let deadline = applier.stage.nextDeadline()
        let (due, listeners) = shared.change { state in
            state.applied = sequence
            state.nextDeadline = deadline
            return (state.takeDueAnswers(at: nil), hasTransitions ? state.listeners : [:])
        }
        for answer in due { answer.send(evaluatedThrough: sequence) }
        for listener in listeners.values { listener.yield() }
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
        for answer in state.answers { answer.answer(.failure(.stopped(words))) }
        for question in state.questions { question(applier) }
        for wake in waiting { wake(state.failure) }
    }
}
