internal import EventModel
internal import EventStore
internal import Glibc
internal import SegmentEngine

/// The writer's thread: takes what is queued as one group, commits it, admits it, hands it on.
///
/// The only place that appends, and the only one that reads the clock.
final class WriterLoop: @unchecked Sendable {
    // Everything here belongs to the writer's thread once `run` has begun.
    private let shared: Monitor<PartitionState>
    private let writer: LogWriter
    private var admit: AdmitStage
    private var clock: LogClock
    /// Whether the wall clock has been reported to be far from log time.
    private var hasReportedClock = false
    private let options: PartitionOptions

    private enum Work {
        case group([PartitionState.Request])
        case tick
        case patience
        case change(RuleSwitch)
        case exchange(any LogSwitch)
        case questions([@Sendable (LogWriter, Instant) -> Void])
        case stop
    }

    init(
        _ shared: Monitor<PartitionState>,
        writer: LogWriter,
        admit: AdmitStage,
        clock: LogClock,
        options: PartitionOptions
    ) {
        self.shared = shared
        self.writer = writer
        self.admit = admit
        self.clock = clock
        self.options = options
        if let reached = options.hooks.reached {
            writer.beforeCommit = { _ in reached(.logCommit) }
        }
    }

    /// Works until the partition stops or fails.
    func run() {
        while carryOut(shared.wait(look)) {}
    }

    /// Does what there is to do now, for simulations that have no threads.
    ///
    /// - Returns: Whether there was anything.
    func step() -> Bool {
        guard !shared.read(\.writerIsDone), let work = shared.poll(look) else { return false }
        _ = carryOut(work)
        return true
    }

    /// - Returns: Whether it goes on.
    private func carryOut(_ work: Work) -> Bool {
        do throws(StoreError) {
            switch work {
            case .group(let requests): try take(requests)
            case .tick: try tick()
            case .patience: break
            case .change(let next): try change(to: next)
            case .exchange(let next): try exchange(next)
            case .questions(let questions): answer(questions)
            case .stop:
                end(nil)
                return false
            }
            answerDue()
            return true
        } catch {
            end(PartitionError(error))
            return false
        }
    }

    /// Says that nothing more is appended, and answers what was asked before that.
    private func end(_ error: PartitionError?) {
        let (questions, change, copy) = shared.change { state in
            if let error { state.fail(error) }
            if state.failure == nil { state.lastCheckpoint = admit.checkpoint() }
            state.writerIsDone = true
            let change = state.ruleSwitch
            state.ruleSwitch = nil
            let copy = state.logSwitch
            state.logSwitch = nil
            return (state.takeWriterQuestions(), change, copy)
        }
        copy?.outcome.set(.stopped(.stopping(shared)))
        change?.finish(.stopped(.stopping(shared)))
        answer(questions)
    }

    private func answer(_ questions: [@Sendable (LogWriter, Instant) -> Void]) {
        guard !questions.isEmpty else { return }
        let now = max(clock.now(), writer.lastReceivedAt)
        for question in questions { question(writer, now) }
    }

    /// What there is to do; while the applier is far behind, nothing is taken.
    private func look(_ state: inout PartitionState) -> Monitor<PartitionState>.Finding<Work> {
        if !state.writerQuestions.isEmpty {
            return .ready(.questions(state.takeWriterQuestions()))
        }
        if state.failure != nil { return .ready(.stop) }
        if let change = state.ruleSwitch {
            state.ruleSwitch = nil
            return .ready(.change(change))
        }
        if let copy = state.logSwitch {
            state.logSwitch = nil
            return .ready(.exchange(copy))
        }
        if !state.queue.isEmpty, state.groupEntries < PartitionOptions.pipelineEntriesMax {
            return .ready(.group(WriterLoop.takeGroup(&state)))
        }
        if state.isStopping, state.queue.isEmpty { return .ready(.stop) }
        let now = clock.now()
        watchClock(&state)
        var wait: Int64?
        // While entries are on their way to the applier, they carry the time.
        if let deadline = state.nextDeadline, state.applied == state.appended {
            if deadline <= now { return .ready(.tick) }
            wait = (deadline - now).milliseconds
        }
        if let patience = state.answers.compactMap(\.patience).min() {
            if patience <= now { return .ready(.patience) }
            wait = min(wait ?? .max, (patience - now).milliseconds)
        }
        return .wait(milliseconds: wait)
    }

    /// Says once when the wall clock and log time part, and once when they meet again.
    private func watchClock(_ state: inout PartitionState) {
        state.clockLead = clock.lead
        let isFar = abs(clock.lead.milliseconds) > WriterLoop.clockLeadMaxMilliseconds
        guard isFar != hasReportedClock else { return }
        // It may have gone on between the two readings of which that was the difference.
        _ = clock.now()
        let isStillFar = abs(clock.lead.milliseconds) > WriterLoop.clockLeadMaxMilliseconds
        guard isStillFar == isFar else { return }
        hasReportedClock = isFar
        guard isFar else {
            options.report("the wall clock and log time agree again")
            return
        }
        let side = clock.lead.milliseconds > 0 ? "ahead of" : "behind"
        options.report(
            "log time is \(abs(clock.lead.milliseconds)) ms \(side) the wall clock, which was "
                + "stepped; it closes in by 0.5 ms a second, or at a restart"
        )
    }

    private static let clockLeadMaxMilliseconds: Int64 = 1_000

    private static func takeGroup(_ state: inout PartitionState) -> [PartitionState.Request] {
        var entries = 0
        var bytes = 0
        var count = 0
        for request in state.queue {
            entries += request.drafts.count
            bytes += request.bytes
            let isOver =
                entries > PartitionOptions.groupEntriesMax
                || bytes > PartitionOptions.groupBytesMax
            // An erasure has an instant of its own.
            let isErasure = request.drafts.contains { $0.kind == .erase }
            if isOver || isErasure, count > 0 { break }
            count += 1
            if isErasure { break }
        }
        let taken = Array(state.queue.prefix(count))
        state.queue.removeFirst(count)
        state.queuedEntries -= taken.reduce(0) { $0 + $1.drafts.count }
        return taken
    }

    /// Log time for the next group: never the instant of the one before.
    private func nextInstant() -> Instant {
        var now = clock.now()
        while now <= writer.lastReceivedAt {
            usleep(100)
            now = clock.now()
        }
        return now
    }

    private func take(_ requests: [PartitionState.Request]) throws(StoreError) {
        if options.hooks.answersBeforeCommit { answerTooEarly(requests) }
        let instant = nextInstant()
        let answered = options.hooks.answersBeforeCommit ? [] : requests
        do throws(StoreError) {
            try append(requests.flatMap(\.drafts), at: instant, for: answered)
        } catch {
            // Nobody else knows of them: a request that is never answered would hold up the end.
            let failure = PartitionError(error)
            for request in answered { request.answer(.failure(.stopped(failure.message))) }
            throw error
        }
    }

    /// Appends entries, admits them when they are durable, and hands them on.
    private func append(
        _ drafts: [EntryDraft],
        at instant: Instant,
        for requests: [PartitionState.Request]
    ) throws(StoreError) {
        options.hooks.reached?(.logCommit)
        if let wait = options.hooks.lateCommit {
            writer.beforeCommit = { [self] group in
                hand(group, admit(group), requests, at: instant)
                wait()
                options.hooks.reached?(.logCommit)
            }
        }
        let began = ContinuousClock.now
        let appended = try writer.append(drafts, receivedAt: instant)
        let took = ContinuousClock.now - began
        shared.change { state in
            state.metrics.logCommits.add(took)
            state.metrics.appendedEntries += drafts.count
        }
        options.hooks.reached?(.logCommit)
        guard options.hooks.lateCommit == nil else { return }
        hand(appended, admit(appended), requests, at: instant)
    }

    private func admit(_ appended: AppendedGroup) -> [Admitted] {
        var admitted: [Admitted] = []
        admitted.reserveCapacity(appended.heads.count)
        for (symbol, text) in appended.newSymbols { admit.define(symbol, text) }
        if appended.restoresNames { admit.lookAgain() }
        CrashNote.working { next in
            admit.admit(
                appended.heads,
                appended.bytes.span,
                appended.recordStarts,
                into: &admitted,
                next
            )
        }
        for _ in admitted { options.hooks.reached?(.admit) }
        return admitted
    }

    /// Puts rules in force whose engine has folded all but what came last.
    private func change(to next: RuleSwitch) throws(StoreError) {
        do throws(StoreError) {
            guard try next.catchUp(writer) else { return }
            let instant = nextInstant()
            options.hooks.reached?(.ruleChange)
            if let wait = options.hooks.lateCommit {
                writer.beforeCommit = { [self] group in
                    admit = next.admit
                    hand(group, admit(group), [], at: instant, change: next)
                    wait()
                    options.hooks.reached?(.ruleChange)
                }
            }
            let appended = try writer.append([next.draft], receivedAt: instant)
            options.hooks.reached?(.ruleChange)
            guard options.hooks.lateCommit == nil else { return }
            admit = next.admit
            hand(appended, admit(appended), [], at: instant, change: next)
        } catch {
            next.finish(.stopped(PartitionError(error)))
            throw error
        }
    }

    /// Has a copy take the place of the log.
    private func exchange(_ next: any LogSwitch) throws(StoreError) {
        let isFree = shared.change { state in
            state.isExchanging = !state.checkpointIsOpen && state.backups == 0
            return state.isExchanging
        }
        defer { shared.change { $0.isExchanging = false } }
        guard isFree else {
            next.outcome.set(.waiting)
            return
        }
        do throws(StoreError) {
            options.hooks.reached?(.logExchange)
            let now = max(clock.now(), writer.lastReceivedAt)
            guard try next.takePlace(of: writer, at: now, options.hooks) else { return }
            options.hooks.reached?(.logExchange)
        } catch {
            next.outcome.set(.stopped(PartitionError(error)))
            throw error
        }
        if let nextAdmit = next.nextAdmit { admit = nextAdmit }
        shared.change { state in
            state.isCopying = false
            if next.forgetsCheckpoint { state.checkpointed = .zero }
        }
        next.outcome.set(.done)
    }

    private func tick() throws(StoreError) {
        try append([EntryDraft(kind: .tick)], at: nextInstant(), for: [])
    }

    /// Gives a durable group to the applier, and its answers to whoever is first to see them due.
    private func hand(
        _ appended: AppendedGroup,
        _ admitted: [Admitted],
        _ requests: [PartitionState.Request],
        at instant: Instant,
        change: RuleSwitch? = nil
    ) {
        var answers: [PartitionState.Answer] = []
        var index = 0
        for request in requests {
            var receipts: [EntryReceipt] = []
            for _ in request.drafts {
                var original: SequenceNumber?
                if case .duplicate(let of) = admitted[index].verdict { original = of }
                receipts.append(
                    EntryReceipt(
                        sequence: appended.heads[index].sequence,
                        duplicateOf: original,
                        isConflict: admitted[index].isConflict,
                        isSuppressed: admitted[index].verdict == .suppressed,
                        isErased: appended.heads[index].kind == .erase
                            && admitted[index].erasedPerson != nil
                    )
                )
                index += 1
            }
            let patience = TimeSpan(
                milliseconds: PartitionOptions.evaluationPatienceMilliseconds
            )
            answers.append(
                PartitionState.Answer(
                    receipts: receipts,
                    through: receipts.last?.sequence ?? .zero,
                    patience: request.wait == .fully ? nil : instant + patience,
                    answer: request.answer
                )
            )
        }
        // Held on to only where a checkpoint is due: then what changes is copied.
        let checkpoint = change == nil && isCheckpointDue() ? admit.checkpoint() : nil
        let last = appended.heads.last?.sequence ?? .zero
        let failure = shared.change { state -> PartitionError? in
            state.appended = last
            // Where the applier has failed nobody would answer.
            if state.applierIsDone { return state.failure }
            if checkpoint != nil { state.checkpointIsOpen = true }
            state.groups.append(
                PartitionState.Group(
                    appended: appended,
                    admitted: admitted,
                    checkpoint: checkpoint,
                    ruleSwitch: change
                )
            )
            state.groupEntries += admitted.count
            state.answers += answers
            return nil
        }
        guard let failure else { return }
        change?.finish(.stopped(failure))
        for answer in answers { answer.answer(.failure(.stopped(failure.message))) }
    }

    /// Whether there are so many new entries that folding them would take long.
    private func isCheckpointDue() -> Bool {
        let (isOpen, last, appended) = shared.read { state in
            (state.checkpointIsOpen || state.isCopying, state.checkpointed, state.appended)
        }
        guard !isOpen, appended > last else { return false }
        let size = admit.keyCount + admit.personCount
        let due =
            options.checkpointEntries
            ?? max(PartitionOptions.checkpointEntriesMin, size / PartitionOptions.checkpointPart)
        return appended.rawValue - last.rawValue >= UInt64(due)
    }

    private func answerDue() {
        let now = clock.now()
        let (due, applied) = shared.change { ($0.takeDueAnswers(at: now), $0.applied) }
        for answer in due { answer.send(evaluatedThrough: applied) }
    }

    /// The planted fault: says what will be true once the commit has gone well.
    private func answerTooEarly(_ requests: [PartitionState.Request]) {
        var next = writer.lastSequence.next
        for request in requests {
            var receipts: [EntryReceipt] = []
            for _ in request.drafts {
                receipts.append(EntryReceipt(sequence: next, duplicateOf: nil))
                next = next.next
            }
            request.answer(
                .success(Submission(receipts: receipts, evaluatedThrough: writer.lastSequence))
            )
        }
    }
}
