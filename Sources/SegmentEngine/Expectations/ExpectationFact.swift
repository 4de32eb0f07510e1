public import EventModel

/// What an entry is to expectations; people's transitions they see besides.
public struct ExpectationFact: BitwiseCopyable, Sendable {
    /// The kinds; within an instant in this order.
    enum Kind: UInt8 {
        /// The first live entry behind an import with which the log begins.
        case liveAgain
        /// The next rule set came into force.
        case rules
        /// Such an import began.
        case importOpened
        /// An entry sent late on purpose.
        case backfill
        /// An event that counts.
        case event
    }

    /// The entry's instant.
    public var at: Instant
    var kind: Kind
    /// The event's name.
    var event = SymbolID.none
    /// Its event time.
    var occurredAt = Instant.distantPast

    /// Whether it is to be seen before another: by instant, then by kind.
    public func precedes(_ other: ExpectationFact) -> Bool {
        (at, kind.rawValue) < (other.at, other.kind.rawValue)
    }
}
