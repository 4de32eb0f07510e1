/// A point of time: milliseconds since 1970-01-01T00:00:00Z, exact, without a timezone.
///
/// Event time (`occurredAt`) and log time (`receivedAt`) are both instants.
public struct Instant: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
    public var milliseconds: Int64

    /// The instant so many milliseconds after 1970-01-01T00:00:00Z.
    @inlinable public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Earlier than everything that can happen.
    @inlinable public static var distantPast: Instant { Instant(milliseconds: .min / 4) }
    /// Later than everything that can happen: the deadline of what time alone never changes.
    @inlinable public static var distantFuture: Instant { Instant(milliseconds: .max / 4) }
    /// The first instant of the year 1, the earliest that a timestamp may name.
    @inlinable public static var earliestNamed: Instant {
        Instant(milliseconds: -62_135_596_800_000)
    }
    /// The last millisecond of the year 9999, the latest that a timestamp may name.
    @inlinable public static var latestNamed: Instant { Instant(milliseconds: 253_402_300_799_999) }

    /// The earlier first.
    @inlinable public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The instant one span later; never overflows for named instants and spans of the language.
    @inlinable public static func + (left: Instant, right: TimeSpan) -> Instant {
        Instant(milliseconds: left.milliseconds &+ right.milliseconds)
    }

    /// The instant one span earlier.
    @inlinable public static func - (left: Instant, right: TimeSpan) -> Instant {
        Instant(milliseconds: left.milliseconds &- right.milliseconds)
    }

    /// The span from `right` to `left`; negative where `left` is the earlier one.
    @inlinable public static func - (left: Instant, right: Instant) -> TimeSpan {
        TimeSpan(milliseconds: left.milliseconds &- right.milliseconds)
    }
}
