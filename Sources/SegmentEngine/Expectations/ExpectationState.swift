internal import EventModel
internal import RuleLanguage

/// An expectation in force.
struct ExpectationState: Sendable {
    /// Its number in the plan.
    let number: Int
    /// From here on it is looked at; the distant future during an import that begins the log.
    var armedAt: Instant
    var isArmed = false
    var isBroken = false
    /// Since when it has been so.
    var since: Instant
    /// Whether the last notice said that it is broken; without one, it is not.
    var isToldBroken = false
    /// When what is counted happened, as far as the bound needs it.
    var times: LatestTimes
    /// Whether the open instant has brought something that counts.
    var isTouched = false

    /// When time alone next arms or turns it; the distant future where it does not.
    func nextTurn(_ watch: borrowing ExpectationWatch) -> Instant {
        guard isArmed else { return armedAt }
        let expectation = watch.plan.items[number].expectation
        guard let window = expectation.window else { return .distantFuture }
        let rank = isBroken ? expectation.high.map { $0 + 1 } : expectation.low
        return rank.flatMap { times.latest($0) }.map { $0 + window } ?? .distantFuture
    }

    /// When its last change is noticed if nothing turns it back; the distant future where it is known.
    func nextNotice(_ watch: borrowing ExpectationWatch) -> Instant {
        guard isArmed, isBroken != isToldBroken else { return .distantFuture }
        let isOfMembers = watch.plan.items[number].expectation.window == nil
        return (isOfMembers ? max(since, watch.lastBackfill) : since) + ExpectationWatch.hold
    }

    mutating func turn(at instant: Instant, _ watch: borrowing ExpectationWatch) {
        isBroken = isArmed ? !isBroken : watch.isBroken(self, at: instant)
        isArmed = true
        since = instant
    }

    /// Lets time pass up to an instant, whose own entries and transitions are still to come.
    ///
    /// - Returns: The next notice's instant; nil where there is none up to then.
    mutating func pass(to instant: Instant, _ watch: borrowing ExpectationWatch) -> Instant? {
        while true {
            let (turn, notice) = (nextTurn(watch), nextNotice(watch))
            if notice <= instant, notice <= turn {
                isToldBroken = isBroken
                return notice
            }
            guard turn < instant else { return nil }
            self.turn(at: turn, watch)
        }
    }
}
