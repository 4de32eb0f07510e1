public import EventModel

/// What a change of the rules did.
public struct AppliedRules: Sendable {
    /// The entry that put them in force.
    public var sequence: SequenceNumber
    /// The instant of the change.
    public var at: Instant
    /// The segments that it concerns, in order of the bytes of their names.
    public var changes: [RuleChange]
    /// Whether anything was changed: not where they were in force already, since that entry.
    public var isChanged = true
}

extension Partition {
    /// Puts other rules in force, while entries go on to come.
    ///
    /// Folds the log under them in an engine of its own, beside the work of the partition, and takes memory for it
    /// meanwhile: so one at a time, and none beside a plan. When the task is cancelled before that is done, nothing
    /// is changed.
    ///
    /// - Parameters:
    ///   - note: What is said of it in the log, and what of it is announced.
    ///   - instant: When the change is about to be made, to count who would be announced; nil for now.
    ///   - hash: Of the plan that was seen; nil where none was.
    ///   - confirmed: How many people at most may be announced to have entered or left; nil for 1,000, or 5 % of all
    ///     where that is more.
    ///   - cores: How many threads fold beforehand, to count who would be announced.
    ///   - progress: Called now and then with the part that is done, from 0 to 1.
    public func apply(
        _ proposed: ProposedRules,
        _ note: RuleChangeNote,
        at instant: Instant? = nil,
        plan hash: UInt64?,
        confirmed: Int? = nil,
        cores: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(PartitionError) -> AppliedRules {
        let at = instant ?? now
        return try await alone { isGivenUp throws(PartitionError) in
            try RuleChanger(self, isGivenUp: isGivenUp).run(
                proposed,
                note,
                hash: hash,
                confirmed: confirmed,
                cores: cores,
                at: at,
                progress: progress
            )
        }
    }

    /// Begins long work that takes a second engine; `endAlone` must follow.
    func beginAlone() throws(PartitionError) {
        let begins = isPlanning.change { isPlanning in
            defer { isPlanning = true }
            return !isPlanning
        }
        guard begins else {
            throw PartitionError(
                .busy,
                "another plan, replay or change of the rules is being made, and each takes memory for a "
                    + "second engine; ask again when it is done"
            )
        }
    }

    /// Ends it.
    func endAlone() { isPlanning.change { $0 = false } }

    /// Does long work that takes a second engine on a thread of its own, one at a time.
    ///
    /// - Parameter body: Told by a question whether its task was cancelled.
    func alone<Answer: Sendable>(
        _ body:
            @escaping @Sendable (@escaping @Sendable () -> Bool) throws(PartitionError) -> Answer
    ) async throws(PartitionError) -> Answer {
        try beginAlone()
        defer { endAlone() }
        let isGivenUp = Monitor(false)
        let result: Result<Answer, PartitionError> = await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                startThread {
                    do throws(PartitionError) {
                        waiting.resume(returning: .success(try body { isGivenUp.read { $0 } }))
                    } catch {
                        waiting.resume(returning: .failure(error))
                    }
                }
            }
        } onCancel: {
            isGivenUp.change { $0 = true }
        }
        return try result.get()
    }
}
