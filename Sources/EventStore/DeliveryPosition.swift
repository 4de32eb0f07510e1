public import EventModel

/// How far a subscriber has been served.
public struct DeliveryPosition: Equatable, Sendable {
    /// All transitions up to this one are done, but for those held; nil before the first.
    public var through: TransitionCursor?
    /// Those before `through` that are not done, in order.
    ///
    /// They failed, or wait behind one of their person's that did.
    public var held: [HeldDelivery] = []
    /// Set while the subscriber has said that it wants no more.
    public var gone: GoneSubscriber?
    /// Since when, by wall time, nothing has got through; nil while deliveries go well.
    public var failingSince: Instant?
    /// Set while nothing is sent, since it failed for too long or too much waits.
    public var suspension: Suspension?

    /// The position before the first transition.
    public init() {}
}

/// What changed of a position since it was last written.
public struct DeliveryProgress: Equatable, Sendable {
    /// The position without what is held.
    public var position = DeliveryPosition()
    /// Deliveries that are held now, or held differently; nil for those that are done.
    public var held: [TransitionCursor: HeldDelivery?] = [:]

    /// Nothing is held that was not held before.
    public init() {}

    /// Everything of a position, as if nothing of it had been written.
    public init(of whole: DeliveryPosition) {
        position = whole
        position.held = []
        held = Dictionary(whole.held.map { ($0.cursor, $0) }, uniquingKeysWith: { $1 })
    }
}

/// Why nothing is sent to a subscriber until somebody resumes it.
public struct Suspension: Equatable, Sendable {
    /// When it was suspended; wall time.
    public var since: Instant
    /// Why, in words.
    public var reason: String

    /// A suspension since that time.
    public init(since: Instant, reason: String) {
        self.since = since
        self.reason = reason
    }
}

/// Transitions that a subscriber was not sent and will not be: from where to where.
public struct DeliveryGap: Equatable, Sendable {
    /// The last one before the gap; nil where it begins with the first of all.
    public var after: TransitionCursor?
    /// The last one in the gap.
    public var through: TransitionCursor
    /// When, by wall time, it was known what the gap is: when somebody resumed the subscription.
    public var recordedAt: Instant
    /// Why, in words.
    public var reason: String

    /// A gap between those two.
    public init(
        after: TransitionCursor?,
        through: TransitionCursor,
        recordedAt: Instant,
        reason: String
    ) {
        self.after = after
        self.through = through
        self.recordedAt = recordedAt
        self.reason = reason
    }
}

/// A delivery that is yet to be made.
public struct HeldDelivery: Equatable, Sendable {
    /// The transition.
    public var cursor: TransitionCursor
    /// How often it has failed.
    public var failures: Int
    /// When to try it next; wall time.
    public var due: Instant

    /// A delivery that has failed so often.
    public init(cursor: TransitionCursor, failures: Int, due: Instant) {
        self.cursor = cursor
        self.failures = failures
        self.due = due
    }
}

/// A subscriber that answered 410.
public struct GoneSubscriber: Equatable, Sendable {
    /// A hash of the URL that did: another URL is another subscriber.
    public var target: UInt64
    /// When it did.
    public var since: Instant

    /// The subscriber at that URL since that time.
    public init(target: UInt64, since: Instant) {
        self.target = target
        self.since = since
    }
}

/// A delivery that was given up.
public struct DeadLetter: Equatable, Sendable {
    /// The transition.
    public var cursor: TransitionCursor
    /// How many attempts were made.
    public var attempts: Int
    /// When the last one failed.
    public var since: Instant
    /// Why, in words.
    public var reason: String

    /// A delivery given up then.
    public init(cursor: TransitionCursor, attempts: Int, since: Instant, reason: String) {
        self.cursor = cursor
        self.attempts = attempts
        self.since = since
        self.reason = reason
    }
}
