/// A fixed length of time in whole milliseconds.
public struct TimeSpan: Hashable, Comparable, Sendable {
    /// The length in milliseconds.
    public var milliseconds: Int64

    /// A span of so many milliseconds.
    @inlinable public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A span of so many whole seconds.
    @inlinable public static func seconds(_ count: Int64) -> TimeSpan {
        TimeSpan(milliseconds: count * 1_000)
    }

    /// A span of so many whole minutes.
    @inlinable public static func minutes(_ count: Int64) -> TimeSpan { seconds(count * 60) }

    /// A span of so many whole hours.
    @inlinable public static func hours(_ count: Int64) -> TimeSpan { minutes(count * 60) }

    /// A span of so many days of 24 hours.
    @inlinable public static func days(_ count: Int64) -> TimeSpan { hours(count * 24) }

    /// The shorter first.
    @inlinable public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension TimeSpan: CustomStringConvertible {
    /// The span in the rule language's words, in the largest unit that is exact: `2 hours`.
    public var description: String {
        let units: [(Int64, String)] = [
            (604_800_000, "week"), (86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"),
            (1_000, "second"),
        ]
        for (length, name) in units where milliseconds != 0 && milliseconds % length == 0 {
            let count = milliseconds / length
            return "\(count) \(name)\(count == 1 ? "" : "s")"
        }
        return "\(milliseconds)ms"
    }
}
