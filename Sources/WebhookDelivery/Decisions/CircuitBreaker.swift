internal import EventModel
internal import EventStore

/// Whether anybody's deliveries get through.
///
/// After Nygard, Release It!, 2007.
struct CircuitBreaker {
    private let limits: DeliveryLimits
    /// Lanes whose first attempts failed since anything went well: what fails again says nothing new.
    private var failedInARow: Set<LaneKey> = []
    private var pause = TimeSpan.seconds(0)

    /// Whether deliveries go on, or are probed.
    private(set) var circuit = DeliveryMachine.Circuit.closed
    /// Since when nothing has got through; nil while it is closed, and where it opened for a 410.
    private(set) var failingSince: Instant?

    /// - Parameters:
    ///   - since: Since when nothing has got through, where that is known from before.
    ///   - isOpen: Whether a probe is to be made before anything else.
    init(_ limits: DeliveryLimits, since: Instant?, isOpen: Bool, at now: Instant) {
        self.limits = limits
        failingSince = since.map { min($0, now) }
        if isOpen || since != nil { circuit = .open(probe: now) }
    }

    /// Takes note that a lane's first attempt failed, and opens where that makes too many.
    mutating func firstFailed(
        _ lane: LaneKey,
        _ failure: AttemptFailure,
        at now: Instant,
        jitter: Double
    ) {
        failedInARow.insert(lane)
        guard circuit == .closed, failedInARow.count >= limits.failuresInARowMax else { return }
        failingSince = now
        pause = .seconds(0)
        pauseProbes(failure, at: now, jitter: jitter)
    }

    /// Something got through.
    mutating func close() {
        circuit = .closed
        failedInARow.removeAll()
        failingSince = nil
    }

    /// A probe failed; gives when the next one is made.
    mutating func probeFailed(
        _ failure: AttemptFailure,
        at now: Instant,
        jitter: Double
    ) -> Instant {
        failingSince = failingSince ?? now
        return pauseProbes(failure, at: now, jitter: jitter)
    }

    /// Twice as long each time, from 5 to 30 seconds, a tenth more or less; or as long as was asked for, up to an hour.
    ///
    /// No longer: where it was the deliveries of some people that failed and not the receiver, others' wait so long.
    @discardableResult
    private mutating func pauseProbes(
        _ failure: AttemptFailure,
        at now: Instant,
        jitter: Double
    ) -> Instant {
        let doubled = TimeSpan(milliseconds: pause.milliseconds * 2)
        pause = min(max(doubled, limits.probePauseMin), limits.probePauseMax)
        let jittered = RetrySchedule(delays: [.seconds(0), pause]).delay(
            afterFailures: 1,
            jitter: jitter,
            retryAfterSeconds: failure.retryAfterSeconds.map { min($0, 3_600) }
        )
        let next = now + (jittered ?? pause)
        circuit = .open(probe: next)
        return next
    }

    /// The end of it, where the receiver has failed for too long, or too much waits while it fails.
    ///
    /// Asked when a probe has failed: so nobody is suspended for what happened before a start.
    func suspension(at now: Instant, backlog: Int) -> Suspension? {
        guard let since = failingSince else { return nil }
        if now >= since + limits.failingMax {
            return Suspension(since: now, reason: "nothing got through since \(since)")
        }
        guard now >= since + limits.backlogPatience, backlog > limits.backlogMax else { return nil }
        return Suspension(
            since: now,
            reason: "\(backlog) transitions wait, and nothing got through since \(since)"
        )
    }
}
