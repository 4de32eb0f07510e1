/// What the notice of an expectation says beside its place among the transitions.
public struct ExpectationNotice: Hashable, Sendable {
    /// What an expectation is about.
    public enum Subject: UInt8, Sendable {
        /// A segment's members, entries or exits.
        case segment = 1
        /// An event.
        case event = 2

        /// The name that JSON and notices use.
        public var name: String {
            switch self {
            case .segment: "segment"
            case .event: "event"
            }
        }
    }

    /// Whether it is about a segment or an event.
    public var subject: Subject
    /// The segment's name, or the event's.
    public var name: String
    /// The expectation in its one spelling: `at least 1 entry in 6 hours`.
    public var expectation: String
    /// The instant from which on it has been broken, or met; the notice comes a minute of log time later.
    public var since: Instant
    /// How many there were when the notice came; of entries, exits and events no more than one above the bound
    /// are counted.
    public var count: Int

    /// A notice of that expectation.
    public init(
        subject: Subject,
        name: String,
        expectation: String,
        since: Instant,
        count: Int
    ) {
        self.subject = subject
        self.name = name
        self.expectation = expectation
        self.since = since
        self.count = count
    }

    /// What stands for a segment's name in the notice's cursor and id: `segment carts: at least 1 entry in 6 hours`.
    public var key: String { "\(subject.name) \(name): \(expectation)" }
}
