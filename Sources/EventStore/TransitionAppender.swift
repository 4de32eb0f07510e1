public import EventModel
internal import LMDBStore

/// What a transition says beside its texts and identifiers.
public struct TransitionFields: BitwiseCopyable, Sendable {
    /// The instant.
    public var at: Instant
    /// Who.
    public var person: PersonID
    /// Into the segment or out of it.
    public var direction: TransitionDirection
    /// Why.
    public var cause: TransitionCause
    /// The causing entry; zero for time.
    public var sequence: SequenceNumber
    /// Names the meaning of the rule that decided.
    public var ruleHash: UInt64
    /// Whether subscribers hear of it.
    public var isAnnounced: Bool
    /// Whether the entry into the segment was announced.
    public var entryIsAnnounced: Bool

    /// Those of a transition.
    public init(
        at: Instant,
        person: PersonID,
        direction: TransitionDirection,
        cause: TransitionCause,
        sequence: SequenceNumber,
        ruleHash: UInt64,
        isAnnounced: Bool,
        entryIsAnnounced: Bool
    ) {
        self.at = at
        self.person = person
        self.direction = direction
        self.cause = cause
        self.sequence = sequence
        self.ruleHash = ruleHash
        self.isAnnounced = isAnnounced
        self.entryIsAnnounced = entryIsAnnounced
    }

    init(_ transition: borrowing Transition) {
        self.init(
            at: transition.at,
            person: transition.person,
            direction: transition.direction,
            cause: transition.cause,
            sequence: transition.sequence,
            ruleHash: transition.ruleHash,
            isAnnounced: transition.isAnnounced,
            entryIsAnnounced: transition.entryIsAnnounced
        )
    }
}

/// A commit of transitions under way: goes back to `StateStore.commit`, or is given up.
public struct TransitionAppender: ~Copyable {
    private let transaction: WriteTransaction
    private let table: Table
    private var key: [UInt8] = []
    private var record = ValueWriter()

    init(_ transaction: consuming WriteTransaction, _ table: Table) {
        self.transaction = transaction
        self.table = table
    }

    /// Adds a transition, or a notice, behind those before.
    public mutating func append(_ transition: Transition) throws(StoreError) {
        try append(
            TransitionFields(transition),
            segment: transition.segment,
            identifiers: transition.identifiers.span,
            notice: transition.notice
        )
    }

    /// Adds a transition behind those before; it takes no object.
    ///
    /// - Parameter identifiers: What the person is called, by rank, then in order of appearance.
    public mutating func append(
        _ fields: TransitionFields,
        segment: String,
        identifiers: Span<IdentifierID>
    ) throws(StoreError) {
        try append(fields, segment: segment, identifiers: identifiers, notice: nil)
    }

    @inline(__always)
    private mutating func append(
        _ fields: TransitionFields,
        segment: String,
        identifiers: Span<IdentifierID>,
        notice: ExpectationNotice?
    ) throws(StoreError) {
        // Taken out for the time, since the compiler sees no two parts of a noncopyable value at once.
        var (key, record): ([UInt8], ValueWriter) = ([], ValueWriter())
        swap(&key, &self.key)
        swap(&record, &self.record)
        defer {
            swap(&key, &self.key)
            swap(&record, &self.record)
        }
        key.removeAll(keepingCapacity: true)
        TransitionCursor.write(fields.at, fields.person, segment, to: &key)
        TransitionRecord.write(fields, identifiers, notice, key: key.span, to: &record)
        try StoreError.wrap { () throws(LMDBError) in
            try transaction.append(table, key: key.span, value: record.bytes.span)
        }
    }

    consuming func finish() -> WriteTransaction { transaction }
}
