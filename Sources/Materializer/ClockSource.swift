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
