public import EventModel
internal import RuleLanguage

/// How an expectation stands.
public struct ExpectationStatus: Sendable {
    /// Whether it is looked at yet, and what was found.
    public enum Standing: Sendable {
        /// It is looked at from that instant on.
        case armed(from: Instant)
        /// During an import with which the log begins nothing is looked at.
        case suspended
        case met
        case broken
    }

    /// What it is about, since when it has stood so, and how many there are now.
    public var notice: ExpectationNotice
    /// How it stands.
    public var standing: Standing
    /// Whether there may be more, since no more are counted than the bound needs.
    public var isMore: Bool
    /// Whether it was noticed: a change is after a minute of log time.
    public var isNoticed: Bool
}

extension ExpectationWatch {
    /// How those in force stand at an instant, everything up to which has been taken.
    public func standings(at now: Instant) -> [ExpectationStatus] {
        var watch = self
        let next = now + TimeSpan(milliseconds: 1)
        watch.complete(before: next)
        return watch.states.map { state in
            var state = state
            while state.pass(to: next, watch) != nil {}
            let item = plan.items[state.number]
            let count = watch.count(of: state, at: now)
            return ExpectationStatus(
                notice: item.notice(since: state.since, count: count),
                standing: state.armedAt == .distantFuture
                    ? .suspended
                    : !state.isArmed
                        ? .armed(from: state.armedAt) : state.isBroken ? .broken : .met,
                isMore: item.expectation.window != nil && count == item.timesMax,
                isNoticed: state.isBroken == state.isToldBroken
            )
        }
    }
}
