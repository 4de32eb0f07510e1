package import EventModel

/// Bounds of one subscriber's deliveries.
package struct DeliveryLimits: Equatable, Sendable {
    /// Attempts on their way at the same time.
    package var inFlightMax = 8
    /// Transitions of one attempt, where the receiver takes several.
    package var batchMax = 1
    /// Transitions read that have not failed; behind so many nothing more is read.
    package var freshMax = 1_000
    /// Transitions that failed or wait behind one that did; behind so many nothing more is read.
    package var heldMax = 100_000
    /// People whose first attempts fail, and nobody's goes well between, until the breaker opens.
    package var failuresInARowMax = 10
    /// How long after the breaker opened the first probe is made.
    package var probePauseMin = TimeSpan.seconds(5)
    /// The longest time between two probes, but for what the receiver asks for.
    package var probePauseMax = TimeSpan.seconds(30)
    /// How long nothing may get through until the subscriber is suspended.
    package var failingMax = TimeSpan.days(7)
    /// How many transitions may wait while nothing gets through until the subscriber is suspended.
    package var backlogMax = 1_000_000
    /// How long nothing gets through until it matters how many wait.
    package var backlogPatience = TimeSpan.hours(1)
    /// How many that were delivered may be sent again after a crash because one before them takes its time.
    package var repeatsMax = 1_000
    /// Gives every transition a lane of its own: a fault that tests must find.
    package var skipsLanes = false
    /// The longest that a delivery waits for its next attempt: 24 hours, and a tenth.
    package static let waitMax = TimeSpan.minutes(1_584)

    /// The bounds of the product.
    package init() {}
}
