package import EventModel
package import EventStore

/// What is counted of a partition since the process began, and how it stands now.
package struct PartitionMetrics: Sendable {
    /// Entries that were appended, ticks among them.
    package var appendedEntries = 0
    /// How long appending a group took, its sync included.
    package var logCommits = LatencyHistogram()
    /// How long recording transitions took, the sync included.
    package var stateCommits = LatencyHistogram()
    /// How long groups took to be evaluated and recorded.
    package var evaluations = LatencyHistogram()
    /// From the instant at which time alone changed something to its being on disk.
    package var deadlineLag = LatencyHistogram()
    /// Transitions by the number of their direction.
    private var transitions = [Int](repeating: 0, count: 6)
    /// How often a person was folded again from the log.
    package var refolds = 0

    /// Entries that wait to be written.
    package var queuedEntries = 0
    /// The last entry that is durable.
    package var appended = SequenceNumber.zero
    /// The last entry whose transitions are durable.
    package var applied = SequenceNumber.zero
    /// The last entry of the last checkpoint.
    package var checkpointed = SequenceNumber.zero
    /// How far log time is ahead of the wall clock.
    package var clockLead = TimeSpan(milliseconds: 0)
    /// The room that the log has taken.
    package var log = StoreSize(bytes: 0, readerLag: 0)
    /// The room that transitions and what belongs to them have taken.
    package var state = StoreSize(bytes: 0, readerLag: 0)

    /// Nothing was counted yet.
    init() {}

    /// Takes note of transitions that are recorded at a time.
    mutating func note(_ recorded: [Transition], at now: Instant) {
        for transition in recorded {
            transitions[Int(transition.direction.rawValue)] += 1
            if transition.cause == .time { deadlineLag.add(now - transition.at) }
        }
    }

    /// How many transitions of a direction were recorded.
    package func count(of direction: TransitionDirection) -> Int {
        transitions[Int(direction.rawValue)]
    }
}

extension Partition {
    /// What is counted, and how it stands.
    package var metrics: PartitionMetrics {
        var metrics = shared.read { state in
            var metrics = state.metrics
            metrics.queuedEntries = state.queuedEntries
            metrics.appended = state.appended
            metrics.applied = state.applied
            metrics.checkpointed = state.checkpointed
            metrics.clockLead = state.clockLead
            return metrics
        }
        metrics.log = log.size
        metrics.state = state.size
        return metrics
    }
}
