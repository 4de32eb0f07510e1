public import EventModel
internal import Foundation

/// A clock that goes where the test says.
public final class VirtualClock: Sendable {
    private struct Times {
        var wall: Int64
        var elapsed: Int64
        var isTicking: Bool
    }

    private let times: Guarded

    /// A lock that the thread sanitizer knows: of `Mutex`, it does not.
    private final class Guarded: @unchecked Sendable {
        private let lock = NSLock()
        private var times: Times

        init(_ times: Times) { self.times = times }

        func withLock<Result>(_ body: (inout Times) -> Result) -> Result {
            lock.withLock { body(&times) }
        }
    }

    /// A clock that stands at an instant.
    ///
    /// - Parameter isTicking: Whether each reading finds it a millisecond on, so that a loop that
    ///   waits for time to pass gets on.
    public init(at instant: Instant, isTicking: Bool = true) {
        times = Guarded(Times(wall: instant.milliseconds, elapsed: 0, isTicking: isTicking))
    }

    /// What the wall clock says.
    public var wall: Instant { times.withLock { Instant(milliseconds: $0.wall) } }

    /// Time since the machine started.
    public var elapsed: TimeSpan {
        times.withLock { times in
            if times.isTicking {
                times.elapsed += 1
                times.wall += 1
            }
            return TimeSpan(milliseconds: times.elapsed)
        }
    }

    /// Lets time pass.
    public func advance(by span: TimeSpan) {
        times.withLock { times in
            times.wall += span.milliseconds
            times.elapsed += span.milliseconds
        }
    }

    /// Sets the wall clock, as an administrator or a daemon does; no time passes.
    public func step(by span: TimeSpan) {
        times.withLock { $0.wall += span.milliseconds }
    }
}
