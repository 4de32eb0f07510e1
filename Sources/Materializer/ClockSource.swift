public import EventModel
internal import Glibc

/// Where the writer reads the time: the one place in the daemon that does.
///
/// A value that is handed in, so that tests and the demo hand in another.
public struct ClockSource: Sendable {
    /// The wall clock, which people and daemons may step.
    public var wall: @Sendable () -> Instant
    /// Time since the machine started, sleep included: never stepped.
    public var elapsed: @Sendable () -> TimeSpan

    /// A clock from two functions.
    public init(
        wall: @escaping @Sendable () -> Instant,
        elapsed: @escaping @Sendable () -> TimeSpan
    ) {
        self.wall = wall
        self.elapsed = elapsed
    }

    /// The machine's clocks.
    public static let system = ClockSource(
        wall: { Instant(milliseconds: read(CLOCK_REALTIME)) },
        elapsed: { TimeSpan(milliseconds: read(CLOCK_BOOTTIME)) }
    )

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Log time: an anchor plus elapsed time, so that no step of the wall clock reaches it.
struct LogClock: Sendable {
    private let source: ClockSource
    private let anchor: Instant
    private let start: TimeSpan

    /// Starts log time at the wall clock, or at `earliest` where the wall clock is behind it.
    init(_ source: ClockSource, notBefore earliest: Instant) {
        self.source = source
        start = source.elapsed()
        anchor = max(source.wall(), earliest)
    }

    /// Log time now.
    func now() -> Instant {
        anchor + TimeSpan(milliseconds: source.elapsed().milliseconds - start.milliseconds)
    }

    /// How far the wall clock may lie before the last entry at start.
    static let backwardMax = TimeSpan.minutes(1)
    /// How far it may lie behind the last live entry at start.
    static let forwardMax = TimeSpan.days(30)

    /// Whether the wall clock can be believed at start.
    ///
    /// - Returns: What is wrong with it, in words; nil where nothing is.
    static func objection(wall: Instant, lastEntry: Instant?) -> String? {
        guard let lastEntry else { return nil }
        if wall < lastEntry - backwardMax {
            return "the wall clock says \(wall), which is before the log's last entry "
                + "(\(lastEntry)). Set the clock right, or start with --accept-clock: log time "
                + "then goes on from the last entry."
        }
        if wall > lastEntry + forwardMax {
            return "the wall clock says \(wall), which is more than 30 days after the log's last "
                + "entry (\(lastEntry)). If the clock is right, start with --accept-clock: time "
                + "then passes to now, deadline by deadline."
        }
        return nil
    }
}
