public import EventModel
public import RuleLanguage

/// How to open a partition.
public struct PartitionOptions: Sendable {
    /// The data directory.
    public var dataDirectory: String
    /// Go on although the wall clock contradicts the log.
    public var acceptsClock = false
    /// Entries that may wait to be appended before `submit` is refused.
    ///
    /// About two groups: more would only make everybody wait longer.
    public var queueEntriesMax = 20_000
    /// Where the writer reads the time.
    public var clock = ClockSource.system
    /// Takes messages for whoever runs the daemon, one sentence each.
    public var report: @Sendable (String) -> Void = { _ in }
    /// Entries after which a checkpoint is due; nil for as many as suit what a checkpoint holds.
    public var checkpointEntries: Int?
    /// Where crash tests step in.
    package var hooks = StepHooks()

    /// The defaults for a directory.
    public init(dataDirectory: String) {
        self.dataDirectory = dataDirectory
    }

    /// Entries that may be on their way to the applier before the writer takes no more.
    static let pipelineEntriesMax = 100_000
    /// Entries of one commit group at most; a request is never split, so one may exceed it alone.
    static let groupEntriesMax = 10_000
    /// Bytes of properties of one commit group at most.
    static let groupBytesMax = 4 << 20
    /// How long an answer waits for evaluation unless it is asked to wait fully: it is to be there within 50 ms.
    static let evaluationPatienceMilliseconds: Int64 = 45
    /// People evaluated between two looks at what else there is to do.
    static let slicePeopleMax = 2_000
    /// Entries behind the last checkpoint for which one is written when the daemon is told to stop.
    static let lastCheckpointEntriesMin: UInt64 = 1_000
    /// People of one slice of a checkpoint.
    static let checkpointPeopleMax = 1_000
    /// Entries after which a checkpoint is due, at the least.
    static let checkpointEntriesMin = 100_000
    /// A checkpoint is due when there are that part as many new entries as it has people and keys: then
    /// writing checkpoints costs little beside writing the log, and folding the rest costs little
    /// beside reading them.
    static let checkpointPart = 8
    /// Transitions of one commit of the state.
    static let stateCommitTransitionsMax = 10_000
}

/// What became of an entry.
public struct EntryReceipt: Sendable {
    /// Its place in the log.
    public var sequence: SequenceNumber
    /// The entry whose idempotency key it repeats; nil where it counts.
    public var duplicateOf: SequenceNumber?
    /// Of a duplicate, whether it says something else than what it repeats.
    public var isConflict = false
    /// Whether it names an identifier that is suppressed, and so has no effect.
    public var isSuppressed = false
    /// Of an `erase`, whether it erased anybody.
    public var isErased = false

    /// A receipt with its parts.
    public init(
        sequence: SequenceNumber,
        duplicateOf: SequenceNumber? = nil,
        isConflict: Bool = false,
        isSuppressed: Bool = false,
        isErased: Bool = false
    ) {
        self.sequence = sequence
        self.duplicateOf = duplicateOf
        self.isConflict = isConflict
        self.isSuppressed = isSuppressed
        self.isErased = isErased
    }
}

/// What became of a request.
public struct Submission: Sendable {
    /// Per entry, in the order of the request.
    public var receipts: [EntryReceipt]
    /// All entries up to this one had been evaluated when the answer was made.
    public var evaluatedThrough: SequenceNumber

    /// An outcome with its parts.
    public init(receipts: [EntryReceipt], evaluatedThrough: SequenceNumber) {
        self.receipts = receipts
        self.evaluatedThrough = evaluatedThrough
    }
}

/// Why a request was not taken.
public enum SubmitError: Error, Equatable, Sendable {
    /// Too much is waiting already: try again after so many seconds.
    case overloaded(retryAfterSeconds: Int)
    /// The partition is stopping or has failed; what of this request is durable is not known.
    case stopped(String)
}

/// How long an answer waits for evaluation; the log's commit it always waits for.
public enum EvaluationWait: Sendable {
    /// At most 50 ms.
    case briefly
    /// Until every entry of the request has been evaluated.
    case fully
}

/// What opening found and did.
public struct OpeningReport: Sendable {
    /// Entries of the log.
    public var entries: UInt64 = 0
    /// The last entry of the checkpoint from which it went on; zero where there was none.
    public var checkpoint = SequenceNumber.zero
    /// Entries that were folded: those behind the checkpoint.
    public var foldedEntries: UInt64 = 0
    /// Transitions that the log gives and that were not recorded yet.
    public var recoveredTransitions = 0
    /// Whether a `rules` entry was appended.
    public var rulesChanged = false
    /// The segments that the change concerns, in order of names.
    public var ruleChanges: [RuleChange] = []
}

/// What a change of rules did to one segment.
public struct RuleChange: Equatable, Sendable {
    /// The segment's name.
    public var segment: String
    /// How the rule sets differ in it.
    public var kind: RuleChangeKind
    /// How many people the change alone brought in.
    public var entered: Int
    /// How many people the change alone took out.
    public var exited: Int
}

/// A recorded transition, with its identifiers' texts.
public struct DescribedTransition: Sendable {
    /// The transition.
    public var transition: Transition
    /// Its stable id.
    public var id: String
    /// What the person is called, in order of rank.
    public var identifiers: [Identifier]
    /// The title of the segment in force of that name; nil where there is none.
    public var title: String?
    /// The causing entry; nil where time alone caused it.
    public var causedBy: CausingEntry?
}

/// What is told of the entry that brought a transition about.
public struct CausingEntry: Sendable {
    /// What the entry says.
    public var kind: EntryKind
    /// The event's name, or the list's, as it was sent; empty of other entries.
    public var event: String
    /// The sender's idempotency key; empty where there is none.
    public var messageID: String
    /// When it occurred, as the sender says.
    public var timestamp: Instant?
}

/// What is known of a transition's person now, which may be later than the transition.
public struct TransitionOutlook: Sendable {
    /// Whom the person became one with; nil where it did not.
    public var mergedInto: PersonID?
    /// When the membership ends if nothing but time passes; nil where the person is no member, where it never
    /// ends so, and where that is not known.
    public var until: Instant?
    /// The person's attributes, by the names asked for; values in the named form of `ValueTag`.
    public var attributes: [(name: String, value: [UInt8])] = []
}

/// A segment in force.
public struct SegmentStatus: Sendable {
    /// Its rule.
    public var rule: SegmentRule
    /// Names what the rule means, with the segments that it refers to.
    public var ruleHash: UInt64
    /// How many members it has.
    public var memberCount: Int
}

/// A member of a segment.
public struct Member: Sendable {
    /// Who.
    public var person: PersonID
    /// What the person is called, in order of rank.
    public var identifiers: [Identifier]
}
