internal import EventModel

/// Log time: an anchor plus elapsed time, drawn towards the wall clock by at most 500 ppm.
///
/// No step of the wall clock reaches it: after one it is ahead or behind until the slow pull, or a
/// restart, has closed the gap.
struct LogClock {
    /// How much faster or slower than elapsed time log time may go: nanoseconds a millisecond.
    private static let slewMax: Int64 = 500
    private static let millisecond: Int64 = 1_000_000

    private let source: ClockSource
    private var elapsed: TimeSpan
    /// Log time, in nanoseconds since 1970: a millisecond's pull is less than a microsecond.
    private var nanoseconds: Int64
    /// How far log time is ahead of the wall clock; negative where it is behind.
    private(set) var lead = TimeSpan(milliseconds: 0)

    /// Starts log time at the wall clock, or at `earliest` where the wall clock is behind it.
    init(_ source: ClockSource, notBefore earliest: Instant) {
        self.source = source
        elapsed = source.elapsed()
        nanoseconds = max(source.wall(), earliest).milliseconds * LogClock.millisecond
    }

    /// Log time now.
    mutating func now() -> Instant {
        let reading = source.elapsed()
        let passed = max(0, reading.milliseconds - elapsed.milliseconds)
        elapsed = reading
        nanoseconds += passed * LogClock.millisecond
        let gap = source.wall().milliseconds * LogClock.millisecond - nanoseconds
        let pull = passed * LogClock.slewMax
        nanoseconds += min(max(gap, -pull), pull)
        let instant = Instant(milliseconds: nanoseconds / LogClock.millisecond)
        lead = instant - source.wall()
        return instant
    }

    /// How far the wall clock may lie before the last entry at start.
    static let backwardMax = TimeSpan.minutes(1)
    /// How far it may lie behind the last live entry at start.
    static let forwardMax = TimeSpan.days(30)

    /// Whether the wall clock can be believed at start.
    ///
    /// - Returns: What is wrong with it, in words; nil where nothing is.
    static func objection(
        wall: Instant,
        lastEntry: Instant?,
        lastLive: Instant?
    ) -> String? {
        if let lastEntry, wall < lastEntry - backwardMax {
            return "the wall clock says \(wall), which is before the log's last entry "
                + "(\(lastEntry)). Set the clock right, or start with --accept-clock: log time "
                + "then goes on from the last entry."
        }
        if let lastLive, wall > lastLive + forwardMax {
            return "the wall clock says \(wall), which is more than 30 days after the log's last "
                + "entry (\(lastLive)). If the clock is right, start with --accept-clock: time "
                + "then passes to now, deadline by deadline."
        }
        return nil
    }
}
