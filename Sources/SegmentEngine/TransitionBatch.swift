public import EventModel

/// Transitions as the engine gives them, in their order: flat, so that a million cost no objects.
public struct TransitionBatch: Sendable {
    /// One transition; names and identifiers by number.
    public struct Row: BitwiseCopyable, Sendable {
        /// The instant.
        public var at: Instant
        /// Who.
        public var person: PersonID
        /// The causing entry; zero for time.
        public var sequence: SequenceNumber
        /// Names the meaning of the rule that decided.
        public var ruleHash: UInt64
        /// The segment, by `ApplyStage.segmentNames`; of a notice, whose person is nobody, its place among the
        /// batch's.
        public var segment: Int32
        /// Into it or out of it.
        public var direction: TransitionDirection
        /// Why.
        public var cause: TransitionCause
        /// Whether subscribers hear of it.
        public var isAnnounced: Bool
        /// Whether the entry into the segment was announced.
        public var entryIsAnnounced: Bool
        /// Where the person's identifiers begin in the batch's, and end.
        var firstIdentifier: UInt32
        var endIdentifier: UInt32

        /// Where the person's identifiers stand in the batch's.
        public var identifiers: Range<Int> { Int(firstIdentifier)..<Int(endIdentifier) }

        /// Whether it comes first in the order of all: by instant, person and name.
        @inlinable
        public func precedes(_ other: Row) -> Bool {
            if at != other.at { return at < other.at }
            if person != other.person { return person < other.person }
            return segment < other.segment
        }
    }

    /// The transitions.
    public internal(set) var rows: [Row] = []
    /// All rows' identifiers.
    public internal(set) var identifiers: [IdentifierID] = []
    /// Notices of expectations among them.
    private var notices: [Transition] = []

    /// A batch without transitions.
    public init() {}

    /// Empties the batch and keeps its memory.
    public mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        identifiers.removeAll(keepingCapacity: true)
        if !notices.isEmpty { notices.removeAll() }
    }

    /// Adds notices behind what the batch holds.
    mutating func add(_ added: [Transition]) {
        for notice in added {
            rows.append(
                Row(
                    at: notice.at,
                    person: notice.person,
                    sequence: notice.sequence,
                    ruleHash: notice.ruleHash,
                    segment: Int32(truncatingIfNeeded: notices.count),
                    direction: notice.direction,
                    cause: notice.cause,
                    isAnnounced: notice.isAnnounced,
                    entryIsAnnounced: notice.entryIsAnnounced,
                    firstIdentifier: UInt32(truncatingIfNeeded: identifiers.count),
                    endIdentifier: UInt32(truncatingIfNeeded: identifiers.count)
                )
            )
            notices.append(notice)
        }
    }

    /// The transition of a row.
    public func transition(_ index: Int, segmentNames: [String]) -> Transition {
        let row = rows[index]
        if row.person == .nobody { return notices[Int(row.segment)] }
        return Transition(
            at: row.at,
            person: row.person,
            segment: segmentNames[Int(row.segment)],
            direction: row.direction,
            cause: row.cause,
            sequence: row.sequence,
            ruleHash: row.ruleHash,
            isAnnounced: row.isAnnounced,
            entryIsAnnounced: row.entryIsAnnounced,
            identifiers: Array(identifiers[row.identifiers])
        )
    }
}
