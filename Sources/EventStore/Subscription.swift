public import EventModel

/// Somebody who is sent transitions, and which.
public struct Subscription: Equatable, Sendable {
    /// A field of the requests' headers.
    public struct Header: Equatable, Sendable {
        /// Its name.
        public var name: String
        /// Its value, which may be a secret.
        public var value: String

        /// A field of that name.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Who asked for it.
    public enum Origin: UInt8, Sendable {
        /// Somebody, through the API.
        case requested = 0
        /// The settings file.
        case declared = 1
        /// A settings file that declares it no more: nothing is sent, and its position is kept.
        case undeclared = 2
    }

    /// Names it in positions and dead letters; never given again.
    public var id: SubscriberID
    /// What people and programs call it; no two have the same.
    public var name: String
    /// Where it is sent to; may have a secret in it.
    public var url: String
    /// What it wants.
    public var filter: TransitionFilter
    /// What signs, the newest first; at most two, so that a receiver can change from one to the other.
    public var secrets: [String]
    /// Fields that each request has besides the usual ones.
    public var headers: [Header]
    /// Whether nothing is sent for now.
    public var isPaused: Bool
    /// When it was made; wall time.
    public var createdAt: Instant
    /// Transitions of one request at most; 1 where it takes no batches.
    public var batchMax = 1
    /// Requests on their way at the same time.
    public var inFlightMax = 8
    /// Attributes of people that it is told of.
    public var attributes: [String] = []
    /// Up to which transition the members stand for what went before; nil where it did not ask for members.
    public var snapshotThrough: TransitionCursor?
    /// Whether the settings file declares it.
    public var origin = Origin.requested

    /// A subscription that was not stored yet.
    public init(
        name: String,
        url: String,
        filter: TransitionFilter,
        secrets: [String],
        headers: [Header],
        createdAt: Instant
    ) {
        id = SubscriberID(0)
        self.name = name
        self.url = url
        self.filter = filter
        self.secrets = secrets
        self.headers = headers
        isPaused = false
        self.createdAt = createdAt
    }
}
