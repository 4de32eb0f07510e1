internal import EventModel

extension Partition {
    /// Finds out what a change to these rules would bring about now; changes nothing.
    ///
    /// Folds the log in an engine of its own, beside the work of the partition, and takes memory for it meanwhile.
    ///
    /// - Parameters:
    ///   - days: For how many days back sizes are given, 0 for none.
    ///   - cores: How many threads fold.
    ///   - progress: Called now and then with the part that is done, from 0 to 1.
    public func plan(
        _ proposed: ProposedRules,
        days: Int,
        cores: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(PartitionError) -> RulePlan {
        let (log, now) = (log, now)
        let result: Result<RulePlan, PartitionError> = await withCheckedContinuation { waiting in
            startThread {
                do throws(PartitionError) {
                    let planner = try Planner(log, proposed, cores: cores)
                    let plan = try planner.plan(at: now, days: days, progress: progress)
                    waiting.resume(returning: .success(plan))
                } catch {
                    waiting.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
