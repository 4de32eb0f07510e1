internal import EventModel
internal import EventStore
internal import SegmentEngine

/// What the writer, the applier and the callers of a partition share.
struct PartitionState: Sendable {
    /// A request that waits to be appended.
    struct Request: Sendable {
        var drafts: [EntryDraft]
        var bytes: Int
        var wait: EvaluationWait
        var answer: @Sendable (Result<Submission, SubmitError>) -> Void
    }

    /// A durable request whose answer waits for evaluation.
    struct Answer: Sendable {
        var receipts: [EntryReceipt]
        /// Answered when this entry has been evaluated.
        var through: SequenceNumber
        /// Answered all the same when log time has got here; nil where it waits fully.
        var patience: Instant?
        var answer: @Sendable (Result<Submission, SubmitError>) -> Void
    }

    /// A group on its way to the applier.
    struct Group: Sendable {
        var appended: AppendedGroup
        var admitted: [Admitted]
        /// What the writer knew behind the group, where a checkpoint is due.
        var checkpoint: AdmitCheckpoint?
        /// Whose engine takes the place of the applier's, right before the group.
        var ruleSwitch: RuleSwitch?
    }

    var queue: [Request] = []
    var queuedEntries = 0
    var groups: [Group] = []
    var groupEntries = 0
    var answers: [Answer] = []
    /// Questions that the applier answers between two commits.
    var questions: [@Sendable (Applier) -> Void] = []
    /// Questions that the writer answers between two groups, told of log time: nothing to come lies before it.
    var writerQuestions: [@Sendable (LogWriter, Instant) -> Void] = []

    /// Rules that wait for the writer to put them in force.
    var ruleSwitch: RuleSwitch?
    /// A copy of the log that waits for the writer to have it take the place of the log.
    var logSwitch: (any LogSwitch)?
    /// Whether one will soon: then no checkpoint is begun, since it might tell of what is erased.
    var isCopying = false
    /// How many backups are being made: the log stays what it is meanwhile.
    var backups = 0
    /// Whether a copy takes the place of the log right now: no backup begins meanwhile.
    var isExchanging = false
    /// Whether somebody waits for what is applied to be marked on disk; and the last entry that is.
    var wantsMark = false
    var marked = SequenceNumber.zero

    /// Whether a checkpoint is being written, or is on its way to the applier.
    var checkpointIsOpen = false
    /// The last entry of the last checkpoint.
    var checkpointed: SequenceNumber
    /// What the writer knew at the end, for a last checkpoint.
    var lastCheckpoint: AdmitCheckpoint?

    /// The last entry that is durable.
    var appended: SequenceNumber
    /// The last entry whose transitions are durable.
    var applied: SequenceNumber
    /// When time alone may next change something.
    var nextDeadline: Instant?

    /// How far log time is ahead of the wall clock, when the writer last looked.
    var clockLead = TimeSpan(milliseconds: 0)

    /// What is counted.
    var metrics = PartitionMetrics()

    var isStopping = false
    var writerIsDone = false
    var applierIsDone = false
    var failure: PartitionError?
    /// Told after each commit of transitions; never called with the lock held, which they take.
    var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
    var listenersMade: UInt64 = 0
    var onEnd: [@Sendable (PartitionError?) -> Void] = []

    init(applied: SequenceNumber, checkpointed: SequenceNumber, nextDeadline: Instant?) {
        appended = applied
        self.checkpointed = checkpointed
        self.applied = applied
        self.nextDeadline = nextDeadline
    }

    /// Takes out the answers that are due: their entries were evaluated, or their patience is over.
    mutating func takeDueAnswers(at now: Instant?) -> [Answer] {
        guard !answers.isEmpty else { return [] }
        var due: [Answer] = []
        answers.removeAll { answer in
            let isOver =
                answer.through <= applied
                || now.map { now in answer.patience.map { $0 <= now } ?? false } ?? false
            if isOver { due.append(answer) }
            return isOver
        }
        return due
    }

    /// Takes out what the writer is asked.
    mutating func takeWriterQuestions() -> [@Sendable (LogWriter, Instant) -> Void] {
        let questions = writerQuestions
        writerQuestions.removeAll()
        return questions
    }

    /// Takes out everything that waits, since nothing more will be done.
    mutating func fail(_ error: PartitionError) {
        failure = failure ?? error
        isStopping = true
    }
}

extension PartitionState.Answer {
    func send(evaluatedThrough: SequenceNumber) {
        answer(
            .success(Submission(receipts: receipts, evaluatedThrough: evaluatedThrough))
        )
    }
}
