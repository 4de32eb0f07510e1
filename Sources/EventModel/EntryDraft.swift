/// An entry as a sender gave it: not yet in the log, so without sequence number and log time.
public struct EntryDraft: Sendable {
    /// What it says.
    public var kind: EntryKind
    /// Who it is about, the most telling first; at most `EntryHead.identifiersMax`.
    public var identifiers: [Identifier]
    /// The event's name; empty unless the entry is a `track`.
    public var event: String
    /// The sender's timestamp, uncorrected.
    public var timestamp: Instant?
    /// When the sender says it sent the entry, by the same clock as `timestamp`.
    public var sentAt: Instant?
    /// The sender's idempotency key; empty where there is none.
    public var messageID: String
    /// Which sender's idempotency keys these are.
    public var source: String
    /// History sent late on purpose: counts, but is not announced.
    public var isBackfill: Bool
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
        content = [ValueTag.object.rawValue, 0, 0, 0, 0]
    }
}
