public import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// One data directory at work: log, engine and state.
///
/// Two threads of its own: the writer appends and admits, the applier evaluates and records. Callers
/// may be on any thread.
public final class Partition: Sendable {
    /// What opening found and did.
    public let report: OpeningReport

    let directory: DataDirectory
    let log: EventLog
    let state: StateStore
    /// Entries that have no effect since they crash the engine.
    let quarantined: Set<SequenceNumber>
    let verifications = Monitor(VerificationState.none)
    let past = Monitor(PastAnswers())
    /// The long work that is under way in an engine of its own.
    let longWork = Monitor<LongWork?>(nil)
    /// The rule sets of the log, once somebody has asked for them.
    let pastRules = Monitor<[PastRules]>([])
    /// How many explanations are being made.
    let explanations = Monitor(0)
    let options: PartitionOptions
    /// The rules that count for what is recorded by now.
    let rulesInForce: Monitor<RulesInForce>
    /// Whether time passes.
    let isServing: Bool
    let shared: Monitor<PartitionState>

    private let writer: WriterLoop
    private let applier: ApplierLoop

    init(_ opened: OpenedPartition) {
        report = opened.report
        directory = opened.directory
        log = opened.log
        state = opened.state
        quarantined = opened.quarantined
        options = opened.options
        rulesInForce = Monitor(RulesInForce(opened.rules))
        isServing = opened.isServing
        shared = Monitor(
            PartitionState(
                applied: opened.writer.lastSequence,
                checkpointed: opened.report.checkpoint,
                nextDeadline: opened.isServing ? opened.applier.stage.nextDeadline() : nil
            )
        )
        writer = WriterLoop(
            shared,
            writer: opened.writer,
            admit: opened.admit,
            clock: opened.clock,
            options: opened.options
        )
        applier = ApplierLoop(shared, opened, rulesInForce)
        guard !opened.options.hooks.isStepped else { return }
        startThread { [writer] in writer.run() }
        startThread { [applier] in applier.run() }
    }

    /// The rules in force.
    var rules: RuleSet { rulesInForce.read(\.ruleSet) }

    // MARK: - Simulations

    /// In a simulation, does what the writer would do now; whether there was anything.
    package func stepWriter() -> Bool { writer.step() }

    /// In a simulation, does what the applier would do now; whether there was anything.
    package func stepApplier() -> Bool { applier.step() }

    /// In a simulation, queues entries; whether they were taken.
    package func enqueue(
        _ drafts: [EntryDraft],
        answer: @escaping @Sendable (Result<Submission, SubmitError>) -> Void
    ) -> Bool {
        let request = PartitionState.Request(
            drafts: drafts,
            bytes: drafts.reduce(0) { $0 + $1.content.count },
            wait: .briefly,
            answer: answer
        )
        return shared.change { $0.accept(request, entriesMax: options.queueEntriesMax) } == nil
    }

    /// In a simulation, tells the partition to stop; steps bring it about.
    package func beginStopping() { shared.change { $0.isStopping = true } }

    /// The log's id: the first part of every transition's id.
    public var logID: String { log.id }

    /// Appends entries and answers when they are durable, and evaluated or not as `wait` says.
    ///
    /// All entries of a request become durable together, at one instant.
    public func submit(
        _ drafts: [EntryDraft],
        wait: EvaluationWait
    ) async throws(SubmitError) -> Submission {
        guard !drafts.isEmpty else {
            return Submission(receipts: [], evaluatedThrough: shared.read(\.applied))
        }
        let bytes = drafts.reduce(0) { $0 + $1.content.count }
        let result = await withCheckedContinuation { continuation in
            let request = PartitionState.Request(
                drafts: drafts,
                bytes: bytes,
                wait: wait,
                answer: { continuation.resume(returning: $0) }
            )
            let refusal = shared.change { state in
                state.accept(request, entriesMax: options.queueEntriesMax)
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
        }
        return try result.get()
    }

    /// Recorded transitions in order, behind a cursor; the first ones where it is nil.
    public func transitions(
        after cursor: TransitionCursor?,
        limit: Int
    ) throws(PartitionError) -> [DescribedTransition] {
        var described: [DescribedTransition] = []
        for transition in try recorded(after: cursor, limit: limit) {
            described.append(try describe(transition))
        }
        return described
    }

    /// Rows that one call with a filter looks at, so that none takes long.
    private static let filteredRowsMax = 50_000

    /// Recorded transitions that a filter takes, in order, behind a cursor.
    ///
    /// - Returns: At most `limit` of them, and the cursor up to which everything was looked at: go on behind it, also
    ///   where none was found. It is the one handed in where there is nothing behind it.
    public func transitions(
        after cursor: TransitionCursor?,
        limit: Int,
        where filter: TransitionFilter
    ) throws(PartitionError) -> (found: [DescribedTransition], through: TransitionCursor?) {
        var found: [Transition] = []
        var through = cursor
        var looked = 0
        try PartitionError.wrap { () throws(StoreError) in
            try state.scan(after: cursor) { transition in
                if filter.takes(transition) { found.append(transition) }
                through = transition.cursor
                looked += 1
                return found.count < limit && looked < Partition.filteredRowsMax
            }
        }
        var described: [DescribedTransition] = []
        for transition in found { described.append(try describe(transition)) }
        return (described, through)
    }

    /// The cursor of the last recorded transition; nil where there is none.
    public func lastCursor() throws(PartitionError) -> TransitionCursor? {
        try PartitionError.wrap { () throws(StoreError) in try state.lastCursor() }
    }

    /// The names of all segments of all rule sets that the log ever put in force.
    public func segmentNames() async throws(PartitionError) -> [String] {
        try await ask { $0.segmentNames }
    }

    /// Recorded transitions in order, as they are on disk; see `transitions`.
    public func recorded(
        after cursor: TransitionCursor?,
        limit: Int
    ) throws(PartitionError) -> [Transition] {
        var found: [Transition] = []
        try PartitionError.wrap { () throws(StoreError) in
            try state.scan(after: cursor) { transition in
                if found.count < limit { found.append(transition) }
                return found.count < limit
            }
        }
        return found
    }

    /// The recorded transition at a cursor; nil where there is none.
    public func transition(
        at cursor: TransitionCursor
    ) throws(PartitionError) -> DescribedTransition? {
        let found = try PartitionError.wrap { () throws(StoreError) in
            try state.transition(at: cursor)
        }
        guard let found else { return nil }
        return try describe(found)
    }

    func describe(
        _ transition: Transition
    ) throws(PartitionError) -> DescribedTransition {
        var described = DescribedTransition(
            transition: transition,
            id: transition.id(log: log.id),
            identifiers: try texts(transition.identifiers)
        )
        if transition.notice == nil {
            described.title = rulesInForce.read { $0.titles[transition.segment] }
        }
        described.causedBy = try cause(of: transition)
        return described
    }

    private func cause(of transition: Transition) throws(PartitionError) -> CausingEntry? {
        guard transition.notice == nil, transition.cause != .time, transition.sequence != .zero
        else { return nil }
        let found = try PartitionError.wrap { () throws(StoreError) in
            try log.read(transition.sequence) { head, bytes in (head, copied(bytes)) }
        }
        guard let (head, bytes) = found else { return nil }
        var drafts = DraftReader(log)
        let draft = try PartitionError.wrap { () throws(StoreError) in
            try drafts.draft(head, bytes.span)
        }
        return CausingEntry(
            kind: draft.kind,
            event: draft.event,
            messageID: draft.messageID,
            timestamp: draft.timestamp
        )
    }

    /// Yields after each commit of transitions; ends with the partition.
    ///
    /// Commits that nobody has taken note of yet are one yield: read on from your own cursor, and
    /// read once after calling this, for what was recorded before.
    public func recordings() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let id = shared.change { state -> UInt64? in
            state.listenersMade += 1
            guard !state.applierIsDone else { return nil }
            state.listeners[state.listenersMade] = continuation
            return state.listenersMade
        }
        if let id {
            continuation.onTermination = { [shared] _ in
                _ = shared.change { $0.listeners.removeValue(forKey: id) }
            }
        } else {
            continuation.finish()
        }
        return stream
    }

    /// The folder of what is known of deliveries.
    public var deliveryFolder: String { directory.delivery }

    func texts(_ ids: [IdentifierID]) throws(PartitionError) -> [Identifier] {
        var texts: [Identifier] = []
        for id in ids {
            let text = try PartitionError.wrap { () throws(StoreError) in
                try log.identifier(id)
            }
            if let text { texts.append(text) }
        }
        return texts
    }

    /// The segments in force, in order of the bytes of their names.
    public func segments() async throws(PartitionError) -> [SegmentStatus] {
        // Asked for where it cannot change meanwhile.
        try await ask { [rulesInForce] applier in
            let rules = rulesInForce.read { $0 }
            return rules.ruleSet.segments.map { rule in
                SegmentStatus(
                    rule: rule,
                    ruleHash: rules.hashes[rule.name] ?? rule.ruleHash,
                    memberCount: applier.stage.memberCount(of: rule.name) ?? 0
                )
            }
        }
    }

    /// Members of a segment in order of `PersonID`.
    ///
    /// - Parameters:
    ///   - person: Begin behind this one; nil for the first.
    ///   - limit: How many at most.
    /// - Returns: The members, and the last transition that they take account of: all that come behind it change
    ///   them. Nil where no segment of that name is in force.
    public func members(
        of segment: String,
        after person: PersonID?,
        limit: Int
    ) async throws(PartitionError) -> (members: [Member], cursor: TransitionCursor?)? {
        let (found, cursor) = try await ask { [state] applier in
            (applier.stage.members(of: segment, after: person, limit: limit), state.lastRecorded)
        }
        guard let found else { return nil }
        var members: [Member] = []
        for summary in found {
            members.append(
                Member(person: summary.person, identifiers: try texts(summary.identifiers))
            )
        }
        return (members, try PartitionError.wrap { () throws(StoreError) in try cursor.get() })
    }

    /// Who is a member now, by the transitions that made them members, in order; and the last transition that this
    /// takes account of: all that come behind it change it.
    ///
    /// - Parameter segments: The segments' names; nil for all in force.
    public func snapshot(
        of segments: Set<String>?
    ) async throws(PartitionError) -> (entries: [TransitionCursor], through: TransitionCursor?) {
        let (entries, through) = try await ask { [state] applier in
            (applier.stage.entries(of: segments), state.lastRecorded)
        }
        let last = try PartitionError.wrap { () throws(StoreError) in try through.get() }
        return (entries.sorted(), last)
    }

    /// Has the applier answer between two commits, so that nothing unrecorded shows.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (Applier) -> Answer
    ) async throws(PartitionError) -> Answer {
        try await answer { state, resume in
            guard !state.applierIsDone else { return false }
            state.questions.append { resume(question($0)) }
            return true
        }
    }

    /// Has the writer answer between two groups, told of log time: it alone knows that, and the numbers of texts.
    func askWriter<Answer: Sendable>(
        _ question: @escaping @Sendable (LogWriter, Instant) -> Answer
    ) async throws(PartitionError) -> Answer {
        try await answer { state, resume in
            guard !state.writerIsDone else { return false }
            state.writerQuestions.append { resume(question($0, $1)) }
            return true
        }
    }

    /// Waits for an answer; `enqueue` says whether anybody is left to give it.
    private func answer<Answer: Sendable>(
        _ enqueue: (inout PartitionState, @escaping @Sendable (Answer) -> Void) -> Bool
    ) async throws(PartitionError) -> Answer {
        let answer: Answer? = await withCheckedContinuation { continuation in
            let isTaken = shared.change { state in
                enqueue(&state) { continuation.resume(returning: $0) }
            }
            if !isTaken { continuation.resume(returning: nil) }
        }
        guard let answer else {
            throw failure ?? PartitionError(.storage, "segmentd is stopping")
        }
        return answer
    }

    /// All transitions up to this entry are recorded.
    var appliedThrough: SequenceNumber { shared.read(\.applied) }

    /// Log time, as near as others than the writer can tell; of a directory that is only looked at, long ago.
    var now: Instant { isServing ? options.clock.wall() + shared.read(\.clockLead) : .distantPast }

    /// How far log time is ahead of the wall clock; negative where it is behind.
    public var clockLead: TimeSpan { shared.read(\.clockLead) }

    /// Why the partition failed, if it did: the process must end with that message.
    public var failure: PartitionError? { shared.read(\.failure) }

    /// Returns when the partition has stopped.
    ///
    /// - Throws: Why it failed, if it did.
    public func run() async throws(PartitionError) {
        let failure = await withCheckedContinuation { continuation in
            let ended = shared.change { state -> Bool in
                if !state.applierIsDone {
                    state.onEnd.append { continuation.resume(returning: $0) }
                }
                return state.applierIsDone
            }
            if ended { continuation.resume(returning: shared.read(\.failure)) }
        }
        if let failure { throw failure }
    }

    /// Finishes what was accepted, evaluates it, and stops.
    public func stop() async {
        shared.change { $0.isStopping = true }
        // How it ends is what `run` tells; here only that it has.
        try? await run()
    }

    /// Writes into the lock file who has the directory, for the message that others get.
    public func describeHolder(_ text: String) { directory.describeHolder(text) }
}

extension PartitionState {
    /// Queues a request, or says why not.
    mutating func accept(_ request: Request, entriesMax: Int) -> SubmitError? {
        if let failure { return .stopped(failure.message) }
        if isStopping { return .stopped("segmentd is stopping") }
        let isFull = queuedEntries + request.drafts.count > entriesMax
        if isFull, !queue.isEmpty { return .overloaded(retryAfterSeconds: 1) }
        queue.append(request)
        queuedEntries += request.drafts.count
        return nil
    }
}

extension StateStore {
    /// The last transition on disk, or why it cannot be read.
    fileprivate var lastRecorded: Result<TransitionCursor?, StoreError> {
        do throws(StoreError) { return .success(try lastCursor()) } catch { return .failure(error) }
    }
}
