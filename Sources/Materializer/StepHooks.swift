/// A phase of the daemon's work in which a process may die.
package enum Step: String, CaseIterable, Sendable {
    /// A group is written and committed to the log.
    case logCommit = "log-commit"
    /// An entry is admitted.
    case admit
    /// An entry is applied.
    case apply
    /// Transitions are written and committed.
    case stateCommit = "state-commit"
    /// Other rules are put in force.
    case ruleChange = "rule-change"
    /// A copy of the log, without what was erased or with old entries sealed, takes its place.
    case logExchange = "log-exchange"
    /// A checkpoint is written, and takes the place of the last one.
    case checkpoint
    /// A webhook is sent, and its outcome written down.
    case webhook
}

/// Where test executables step in; the product sets none of it.
package struct StepHooks: Sendable {
    /// Called within each phase, before, amid and after what it does.
    package var reached: (@Sendable (Step) -> Void)?
    /// Called with the message id of each entry that is about to be applied.
    package var applies: (@Sendable (String) -> Void)?
    /// Answers before the commit: a fault that crash tests must find.
    package var answersBeforeCommit = false
    /// Has entries evaluated, and their transitions recorded and sent, before the log's commit, which comes when
    /// this returns; nil for the true order.
    package var lateCommit: (@Sendable () -> Void)?
    /// Goes on from a checkpoint without the entries behind it.
    package var forgetsTail = false
    /// Removes the recorded transitions of people who were erased before the log without them takes the place of the
    /// log.
    package var cleansTooEarly = false
    /// Sends each transition under a number that is counted anew with each start.
    package var numbersDeliveries = false
    /// Sends a person's transitions without waiting for the ones before.
    package var skipsLanes = false
    /// Has no threads: a simulation takes every step itself.
    package var isStepped = false
    /// Commits without syncs.
    package var skipsSyncs = false
    /// The most that the log may grow to, in bytes; nil for what the product allows.
    package var logBytesMax: Int?

    /// No hooks, no faults.
    package init() {}

    /// What is called in a phase; nil for nothing.
    package func hook(_ step: Step) -> (@Sendable () -> Void)? {
        guard let reached else { return nil }
        return { reached(step) }
    }
}
