public import EventModel

/// An entry as tests think of it: plain values, from which the draft and the reference's view follow.
public struct TestEntry: Sendable {
    /// When the log takes it.
    public var receivedAt: Instant
    /// `track`, `identify` or `rules`; rules come into force in the order of the rule sets.
    public var kind: EntryKind
    /// The event's name, or the list's.
    public var event = ""
    /// The canonical customer id.
    public var user: String?
    /// The device.
    public var anonymous: String?
    /// Further identifiers, in the order in which the entry names them.
    public var others: [Identifier] = []
    /// Of a merge, the person that the sender would keep; of an alias, the user.
    public var primary: Identifier?
    /// Of a merge, the other one.
    public var secondary: Identifier?
    /// Of an alias, what the user was called before.
    public var previousID: String?
    /// Of a suppress or a job, that it begins; of a list, that it gains the person; of a merge, that the attributes of
    /// whom it names first are kept; of an erase, that the identifiers are suppressed; of rules, that who leaves by
    /// them is announced.
    public var isOn = false
    /// Whose idempotency keys these are.
    public var source = ""
    /// When the sender says it sent the entry.
    public var sentAt: Instant?
    /// The sender's timestamp.
    public var timestamp: Instant?
    /// The idempotency key.
    public var messageID = ""
    /// Sent late on purpose; of rules that announce who leaves, that who enters is not announced.
    public var isBackfill = false
    /// Properties or attributes.
    public var members: [String: TestValue] = [:]

    /// An entry that says nothing yet.
    public init(receivedAt: Instant, kind: EntryKind) {
        self.receivedAt = receivedAt
        self.kind = kind
    }

    /// Whom a track, an identify, a suppress or an erase names.
    public var named: [Identifier] {
        (user.map { [.user($0)] } ?? []) + others + (anonymous.map { [.anonymous($0)] } ?? [])
    }

    /// What is appended.
    public var draft: EntryDraft {
        var draft = EntryDraft(kind: kind)
        draft.identifiers = named
        if let primary { draft.identifiers.append(primary) }
        if let secondary { draft.identifiers.append(secondary) }
        if let previousID {
            draft.identifiers += [.user(previousID), .anonymous(previousID)]
            draft.isAlias = true
        }
        draft.event = event
        draft.timestamp = timestamp
        draft.sentAt = sentAt
        draft.messageID = messageID
        draft.source = source
        draft.isBackfill = isBackfill
        draft.isOn = isOn
        guard kind == .track || kind == .identify else { return draft }
        var writer = ValueWriter()
        TestValue.object(members).write(to: &writer)
        draft.content = writer.bytes
        return draft
    }
}
