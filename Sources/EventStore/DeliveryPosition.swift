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

    /// The position before the first transition.
    public init() {}
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
