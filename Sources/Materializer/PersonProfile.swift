public import EventModel
internal import SegmentEngine

/// Everything that is known of a person, with some of what the person did.
public struct PersonProfile: Sendable {
    /// An identifier that means the person.
    public struct LinkedIdentifier: Sendable {
        /// The identifier.
        public var identifier: Identifier
        /// When it began to mean the person, or one whom the person absorbed: log time.
        public var since: Instant
        /// The entry that linked it.
        public var sequence: SequenceNumber
        /// The kind of that entry.
        public var kind: EntryKind
    }

    /// Somebody who became one with the person.
    public struct Merge: Sendable {
        /// Who.
        public var absorbed: PersonID
        /// When: log time.
        public var at: Instant
        /// The entry that brought it about.
        public var sequence: SequenceNumber
        /// The kind of that entry.
        public var kind: EntryKind
    }

    /// A link that was refused.
    public struct Refusal: Sendable {
        /// The identifier.
        public var identifier: Identifier
        /// When: log time.
        public var at: Instant
        /// The entry that named it.
        public var sequence: SequenceNumber
        /// Whose it is; nil where it is nobody's.
        public var holder: PersonID?
        /// Why.
        public var reason: RefusedLinkReason
    }

    /// A value that an attribute has.
    public struct Attribute: Sendable {
        /// The attribute's name.
        public var name: String
        /// Its value in the named form of `ValueTag`.
        public var value: [UInt8]
        /// When it was set.
        public var occurredAt: Instant
        /// The entry that set it.
        public var sequence: SequenceNumber
    }

    /// A segment that the person is in.
    public struct Stay: Sendable {
        /// The segment's name.
        public var segment: String
        /// When the person entered it.
        public var since: Instant
    }

    /// Who.
    public var person: PersonID
    /// Whom the person became one with: then all else is that one's.
    public var mergedInto: PersonID?
    /// What the person is called, in order of rank, then of first appearance.
    public var identifiers: [LinkedIdentifier] = []
    /// Who became one with the person, in order of the log.
    public var merges: [Merge] = []
    /// Links that were refused, in order of the log.
    public var refusals: [Refusal] = []
    /// The attributes that are set, in order of the bytes of their names.
    public var attributes: [Attribute] = []
    /// The segments, in order of the bytes of their names.
    public var segments: [Stay] = []
    /// The next instant at which time alone changes what a rule in force looks at; nil for never.
    ///
    /// A membership need not turn then: a rule may look at more than what changes.
    public var nextChange: Instant?
    /// The person's entries, the newest first.
    public var activity: [LoggedEntry] = []
    /// Where `activity` goes on: before this entry; nil where that was all.
    public var next: SequenceNumber?

    init(_ person: PersonID) { self.person = person }
}

/// An entry of the log.
public struct LoggedEntry: Sendable {
    /// Its place in the log.
    public var sequence: SequenceNumber
    /// Log time.
    public var receivedAt: Instant
    /// Event time, corrected.
    public var occurredAt: Instant
    /// The entry whose idempotency key it repeats; nil where it counts, or where nobody asked.
    public var duplicateOf: SequenceNumber?
    /// Of such a repeat, whether it says something else.
    public var isConflict = false
    /// Whether it named an identifier that was suppressed, and has no effect.
    public var isSuppressed = false
    /// The entry as its sender gave it.
    public var draft: EntryDraft
}

/// Which entries of the log somebody wants to see.
public struct LogQuestion: Sendable {
    /// The first entry.
    public var from = SequenceNumber(1)
    /// The last entry; nil for the end of the log.
    public var to: SequenceNumber?
    /// Only of this kind.
    public var kind: EntryKind?
    /// How many at most.
    public var limit: Int

    /// The first entries of the log.
    public init(limit: Int) { self.limit = limit }
}

/// Some entries of the log, in order of sequence.
public struct LoggedEntries: Sendable {
    /// The entries; there may be fewer than asked for though more follow.
    public var entries: [LoggedEntry] = []
    /// The entry to go on from; nil where that was all.
    public var next: SequenceNumber?

    /// Entries looked at for one answer.
    static let examinedMax = 100_000
    /// Bytes of records of one answer, unless a single one has more.
    static let bytesMax = 8 << 20
}

/// Why an identifier was not linked.
public enum RefusedLinkReason: String, Sendable {
    /// It stays somebody else's.
    case taken
    /// The rules say that such a value identifies nobody.
    case blocked
    /// The person has as many identifiers as may be.
    case full

    init(_ reason: RefusalReason) {
        switch reason {
        case .taken: self = .taken
        case .blocked: self = .blocked
        case .full: self = .full
        }
    }
}
