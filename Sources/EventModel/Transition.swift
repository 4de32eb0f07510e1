/// Into a segment or out of it; of an expectation, which way it turned.
public enum TransitionDirection: UInt8, BitwiseCopyable, Sendable {
    /// The person became a member.
    case entered = 1
    /// The person ceased to be one.
    case exited = 2
    /// The expectation was broken.
    case broken = 3
    /// The expectation was met again.
    case met = 4
    /// The expectation was broken, and no rule says it any more.
    case withdrawn = 5

    /// The name that tables, JSON and ids use.
    public var name: String {
        switch self {
        case .entered: "entered"
        case .exited: "exited"
        case .broken: "broken"
        case .met: "met"
        case .withdrawn: "withdrawn"
        }
    }
}

/// What brought a transition about; of several the strongest, which is the lowest.
public enum TransitionCause: UInt8, Comparable, BitwiseCopyable, Sendable {
    /// The person was erased.
    case erased = 1
    /// Two people became one.
    case merge = 2
    /// The rule set changed.
    case rules = 3
    /// Entries sent late on purpose.
    case backfill = 4
    /// An identify, a link or a list.
    case attribute = 5
    /// An event.
    case event = 6
    /// Nothing but the passing of time.
    case time = 7

    /// The name that tables and JSON use.
    public var name: String {
        switch self {
        case .erased: "erased"
        case .merge: "merge"
        case .rules: "rules"
        case .backfill: "backfill"
        case .attribute: "attribute"
        case .event: "event"
        case .time: "time"
        }
    }

    /// The stronger first.
    public static func < (left: TransitionCause, right: TransitionCause) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A person's way into or out of a segment; or the notice of an expectation, which has its place among these.
public struct Transition: Equatable, Sendable {
    /// The instant of log time at which truth changed.
    public var at: Instant
    /// Who; nobody, 0, for a notice.
    public var person: PersonID
    /// The segment's name; for a notice its key.
    public var segment: String
    /// Into it or out of it.
    public var direction: TransitionDirection
    /// Why.
    public var cause: TransitionCause
    /// The causing entry; for `time` the last entry before the instant.
    public var sequence: SequenceNumber
    /// Names the meaning of the rule that decided.
    public var ruleHash: UInt64
    /// Whether subscribers hear of it.
    public var isAnnounced: Bool
    /// For an exit, whether the entry that it ends was announced.
    public var entryIsAnnounced: Bool
    /// What the person is called, in order of rank, then of first appearance.
    public var identifiers: [IdentifierID]
    /// What a notice says; nil for a person's transition.
    public var notice: ExpectationNotice?

    /// What subscribers know it by: `segment.entered`, `segment.exited`, `expectation.broken`,
    /// `expectation.met` or `expectation.withdrawn`.
    public var eventType: String {
        "\(notice == nil ? "segment" : "expectation").\(direction.name)"
    }

    /// A transition of that person at that instant.
    public init(
        at: Instant,
        person: PersonID,
        segment: String,
        direction: TransitionDirection,
        cause: TransitionCause,
        sequence: SequenceNumber,
        ruleHash: UInt64,
        isAnnounced: Bool,
        entryIsAnnounced: Bool,
        identifiers: [IdentifierID]
    ) {
        self.at = at
        self.person = person
        self.segment = segment
        self.direction = direction
        self.cause = cause
        self.sequence = sequence
        self.ruleHash = ruleHash
        self.isAnnounced = isAnnounced
        self.entryIsAnnounced = entryIsAnnounced
        self.identifiers = identifiers
    }

    /// The notice that an expectation was broken, or met again.
    public init(
        at: Instant,
        _ direction: TransitionDirection,
        _ notice: ExpectationNotice,
        ruleHash: UInt64
    ) {
        self.init(
            at: at,
            person: .nobody,
            segment: notice.key,
            direction: direction,
            cause: .time,
            sequence: .zero,
            ruleHash: ruleHash,
            isAnnounced: true,
            entryIsAnnounced: true,
            identifiers: []
        )
        self.notice = notice
    }
}
