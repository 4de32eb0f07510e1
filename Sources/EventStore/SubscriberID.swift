/// Names a subscriber within a data directory.
public struct SubscriberID: Hashable, Sendable {
    /// The number itself.
    public var rawValue: UInt32

    /// The subscriber of that number.
    public init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The one that the daemon's configuration names.
    public static let configured = SubscriberID(1)
}
