internal import EventModel
internal import Materializer
internal import Synchronization

/// The clock of the demo: begins in the past, jumps where the story says, and ends as the ordinary one.
///
/// Wall clock and elapsed time jump together, as if the time between had passed.
final class DemoClock: Sendable {
    private let system = ClockSource.system
    private let start: Instant
    /// How far the demo is behind the ordinary clock, in milliseconds.
    private let behind: Mutex<Int64>
    private let behindAtStart: Int64

    /// A clock that stands so far in the past.
    init(behind span: TimeSpan) {
        start = system.wall() - span
        behindAtStart = span.milliseconds
        behind = Mutex(span.milliseconds)
    }

    /// What the daemon reads the time from.
    var source: ClockSource {
        ClockSource(
            wall: { [self] in system.wall() - TimeSpan(milliseconds: behind.withLock { $0 }) },
            elapsed: { [self] in
                let jumped = behindAtStart - behind.withLock { $0 }
                return TimeSpan(milliseconds: system.elapsed().milliseconds + jumped)
            }
        )
    }

    /// The time that the demo has.
    var now: Instant { source.wall() }

    /// Lets time pass until so long after the start; never back, and never beyond the ordinary clock.
    func jump(to span: TimeSpan) {
        let target = (start + span).milliseconds
        let ordinary = system.wall().milliseconds
        behind.withLock { $0 = max(0, min($0, ordinary - target)) }
    }

    /// Makes it the ordinary clock.
    func becomeOrdinary() { behind.withLock { $0 = 0 } }
}
