/// An entry as a sender gave it: not yet in the log, so without sequence number and log time.
public struct EntryDraft: Sendable {
    /// What it says.
    public var kind: EntryKind
    /// Who it is about, the most telling first; at most `EntryHead.identifiersMax`.
    ///
    /// Of a `merge`: one of the person that the sender would keep, then one of the other. Of an alias:
    /// the `user`, then the previous id twice, as a `user` and as an `anonymous`; the second means
    /// somebody only if the first means nobody.
    public var identifiers: [Identifier]
    /// The event's name, or the list's; empty of other entries.
    public var event: String
    /// The sender's timestamp, uncorrected.
    public var timestamp: Instant?
    /// When the sender says it sent the entry, by the same clock as `timestamp`.
    public var sentAt: Instant?
    /// The sender's idempotency key; empty where there is none.
    public var messageID: String
    /// Which sender's idempotency keys these are.
    public var source: String
    /// History sent late on purpose: counts, but is not announced; for `rules` see `announcement`.
    public var isBackfill: Bool
    /// Of a `suppress`, that it begins; of an import job's entry, that the job does; of a `list`, that the list
    /// gains the person; of a `merge`, that the attributes of whom it names first are kept; of an `erase`, that the
    /// identifiers are suppressed from here on; for `rules` see `announcement`.
    public var isOn: Bool
    /// Of a `merge`, that it is an alias.
    public var isAlias: Bool
    /// Whether it is the tombstone of an entry about a person who was erased: what it said is gone.
    public var isErased: Bool
    /// The entry before it whose idempotency key it repeats, where that one was erased and nothing else can tell; of
    /// an `erase`, the one by which the person exists who is meant, zero for whom the identifiers mean; else zero.
    public var repeated: SequenceNumber
    /// Of an entry with `repeated`, whether it says something else.
    public var repeatIsConflict: Bool
    /// Properties or attributes: one object in the named form of `ValueTag`.
    public var content: [UInt8]

    /// An entry of that kind that says nothing yet.
    public init(kind: EntryKind) {
        self.kind = kind
        identifiers = []
        event = ""
        timestamp = nil
        sentAt = nil
        messageID = ""
        source = ""
        isBackfill = false
        isOn = false
        isAlias = false
        isErased = false
        repeated = .zero
        repeatIsConflict = false
        content = [ValueTag.object.rawValue, 0, 0, 0, 0]
    }
}
