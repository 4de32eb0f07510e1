package import EventModel
package import EventStore

/// What goes into decisions and comes out of them.
extension DeliveryMachine {
    /// An attempt to be made now.
    package struct Attempt: Equatable, Sendable {
        /// The transitions, of as many lanes; more than one only where the subscriber takes batches.
        package var cursors: [TransitionCursor]
        /// 1 for the first attempt.
        package var number: Int

        /// The attempt of that number.
        package init(cursors: [TransitionCursor], number: Int) {
            self.cursors = cursors
            self.number = number
        }
    }

    /// What an attempt's end came to.
    package enum Verdict: Equatable, Sendable {
        /// It is done.
        case done
        /// It is tried again then.
        case retry(at: Instant)
        /// Some were given up; others of it may be tried again.
        case parked([DeadLetter])
        /// It was a probe, and the next one is made then.
        case stillFailing(until: Instant)
        /// Nothing more is sent from now on.
        case stopped
        /// Nobody waits for it.
        case stale
    }

    /// What the breaker says.
    package enum Circuit: Equatable, Sendable {
        /// Deliveries go on.
        case closed
        /// Nothing got through; a probe is made then.
        case open(probe: Instant)
    }

    /// Why nothing is sent.
    package enum Halt: Equatable, Sendable {
        /// The receiver said that it wants no more; until the next start.
        case gone
        /// It failed for too long, or too much waits; until somebody resumes it.
        case suspended(Suspension)
    }
}
