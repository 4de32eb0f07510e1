package import EventModel

/// What there is to know of a subscriber's deliveries, for people and for `/metrics`.
package struct DeliveryStatus: Sendable {
    /// Why nothing is sent; nil while something may be.
    package var halt: DeliveryMachine.Halt?
    /// Whether deliveries go on, or are probed.
    package var circuit: DeliveryMachine.Circuit
    /// How many wanted transitions are not delivered, as far as they were counted.
    package var backlog: Int
    /// How many of them failed, or wait behind one that did.
    package var held: Int
    /// The instant of the first transition that waits and has not failed; nil without any.
    package var oldest: Instant?
    /// Attempts on their way.
    package var inFlight: Int
    /// What was counted since the daemon began.
    package var tallies: DeliveryTallies
}

/// What is counted of a subscriber's attempts.
package struct DeliveryTallies: Sendable {
    /// Attempts that were taken.
    package private(set) var delivered = 0
    /// Attempts that failed.
    package private(set) var failed = 0
    /// Attempts answered with 410.
    package private(set) var gone = 0
    /// From a transition's instant to the receiver's answer, for each that was taken.
    package private(set) var latency = LatencyHistogram()

    mutating func note(_ outcome: AttemptOutcome, of cursors: [TransitionCursor], at now: Instant) {
        switch outcome {
        case .delivered:
            delivered += 1
            for cursor in cursors { latency.add(now - cursor.at) }
        case .failed: failed += 1
        case .gone: gone += 1
        }
    }
}
