/// One identifier that an entry names.
public struct IdentifierReference: Sendable {
    /// The identifier.
    public var id: IdentifierID
    /// The symbol of its namespace's name.
    public var namespace: SymbolID
    /// The entry before this one that names the identifier; zero where this is the first.
    public var previous: SequenceNumber

    /// A reference, with its link of the identifier's chain.
    public init(id: IdentifierID, namespace: SymbolID, previous: SequenceNumber) {
        self.id = id
        self.namespace = namespace
        self.previous = previous
    }
}

/// The identifiers of one entry, held inline: reading an entry allocates nothing.
public struct IdentifierReferences: Sendable {
    /// How many there are.
    public private(set) var count: Int
    @usableFromInline var storage: InlineArray<8, IdentifierReference>

    /// None yet.
    public init() {
        storage = InlineArray(
            repeating: IdentifierReference(id: IdentifierID(0), namespace: .none, previous: .zero)
        )
        count = 0
    }

    /// Adds one; there must be fewer than `EntryHead.identifiersMax`.
    public mutating func append(_ reference: IdentifierReference) {
        storage[count] = reference
        count += 1
    }

    /// Takes all out.
    public mutating func removeAll() { count = 0 }

    /// The reference at a position from 0, in the order of the entry.
    @inlinable public subscript(index: Int) -> IdentifierReference { storage[index] }
}

/// An entry of the log as the engine reads it: the fixed part decoded, the rest as ranges within
/// the record's bytes, which travel beside it.
public struct EntryHead: Sendable {
    /// How many identifiers an entry may name.
    public static let identifiersMax = 8

    /// The position in the log.
    public var sequence: SequenceNumber
    /// Log time.
    public var receivedAt: Instant
    /// What it says.
    public var kind: EntryKind
    /// History sent late on purpose; for `rules` see `announcement`.
    public var isBackfill: Bool
    /// Of a `suppress`, that it begins; of an import job's entry, that the job does; of a `list`, that the list
    /// gains the person; of a `merge`, that the attributes of whom it names first are kept; of an `erase`, that the
    /// identifiers are suppressed from here on; for `rules` see `announcement`.
    public var isOn: Bool
    /// Of a `merge`, that it is an alias: its second identifier means somebody only if no `user` is
    /// called so.
    public var isAlias: Bool
    /// Whether it is the tombstone of an entry about a person who was erased: what it said is gone, and it changes
    /// nothing but who is who.
    public var isErased: Bool
    /// The entry before it whose idempotency key it repeats, where that one was erased and nothing else can tell; of
    /// an `erase`, the one by which the person exists who is meant; else zero.
    public var repeated: SequenceNumber
    /// Of an entry with `repeated`, whether it says something else.
    public var repeatIsConflict: Bool
    /// Whose idempotency keys these are.
    public var source: SymbolID
    /// The event's name, or the list's; `SymbolID.none` of other entries.
    public var event: SymbolID
    /// The sender's timestamp, uncorrected.
    public var timestamp: Instant?
    /// When the sender says it sent the entry.
    public var sentAt: Instant?
    /// Where the idempotency key stands; empty where there is none.
    public var messageID: Range<Int>
    /// Where the identifiers' spellings stand, of those that were received otherwise than they compare:
    /// each a place from 0 and a text; empty where there are none.
    public var spellings: Range<Int>
    /// Where the properties or attributes stand: one object in the interned form of `ValueTag`.
    public var content: Range<Int>
    /// Who it is about.
    ///
    /// Stands last, since of most entries little of it is used.
    public var identifiers: IdentifierReferences

    /// What another entry will be read into.
    package static var empty: EntryHead {
        EntryHead(sequence: .zero, receivedAt: .distantPast, kind: .tick)
    }

    /// An entry that names nobody and says nothing.
    public init(sequence: SequenceNumber, receivedAt: Instant, kind: EntryKind) {
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.kind = kind
        isBackfill = false
        isOn = false
        isAlias = false
        isErased = false
        repeated = .zero
        repeatIsConflict = false
        source = .none
        event = .none
        timestamp = nil
        sentAt = nil
        messageID = 0..<0
        identifiers = IdentifierReferences()
        spellings = 0..<0
        content = 0..<0
    }

    /// Event time: the sender's timestamp on segmentd's clock.
    ///
    /// `sentAt` tells how wrong the sender's clock is. An event that still lies more than the
    /// tolerance ahead of log time is taken as happening when it was received.
    public func occurredAt(skewTolerance: TimeSpan) -> Instant {
        guard var instant = timestamp else { return receivedAt }
        if let sentAt { instant = instant + (receivedAt - sentAt) }
        return instant > receivedAt + skewTolerance ? receivedAt : instant
    }
}
