public import EventModel

/// An entry as tests think of it: plain values, from which the draft and the reference's view follow.
public struct TestEntry: Sendable {
    /// When the log takes it.
    public var receivedAt: Instant
    /// `track`, `identify` or `rules`; rules come into force in the order of the rule sets.
    public var kind: EntryKind
    /// The event's name.
    public var event = ""
    /// The canonical customer id.
    public var user: String?
    /// The device.
    public var anonymous: String?
    /// The sender's timestamp.
    public var timestamp: Instant?
    /// The idempotency key.
    public var messageID = ""
    /// Sent late on purpose.
    public var isBackfill = false
    /// Properties or attributes.
    public var members: [String: TestValue] = [:]

    /// An entry that says nothing yet.
    public init(receivedAt: Instant, kind: EntryKind) {
        self.receivedAt = receivedAt
        self.kind = kind
    }

    /// What is appended.
    public var draft: EntryDraft {
        switch kind {
        case .track:
            .track(
                event,
                user: user,
                anonymous: anonymous,
                at: timestamp,
                id: messageID,
                backfill: isBackfill,
                members
            )
        case .identify:
            .identify(
                user: user,
                anonymous: anonymous,
                at: timestamp,
                id: messageID,
                backfill: isBackfill,
                members
            )
        case .rules, .tick, .merge, .suppress, .job: EntryDraft(kind: kind)
        }
    }
}
