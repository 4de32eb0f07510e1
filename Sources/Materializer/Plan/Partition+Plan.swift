public import EventModel

extension Partition {
    /// Finds out what a change to these rules would bring about; changes nothing.
    ///
    /// Folds the log in an engine of its own, beside the work of the partition, and takes memory for it meanwhile: so
    /// one at a time. Ends without a plan when its task is cancelled.
    ///
    /// - Parameters:
    ///   - instant: When the change would be made; nil for now.
    ///   - days: For how many days back sizes are given, 0 for none.
    ///   - cores: How many threads fold.
    ///   - progress: Called now and then with the part that is done, from 0 to 1.
    public func plan(
        _ proposed: ProposedRules,
        at instant: Instant? = nil,
        days: Int,
        cores: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(PartitionError) -> RulePlan {
        let (log, at) = (log, instant ?? now)
        return try await alone { isGivenUp throws(PartitionError) in
            let planner = try Planner(log, proposed, cores: cores, isGivenUp: isGivenUp)
            return try planner.plan(at: at, days: days, progress: progress)
        }
    }
}
