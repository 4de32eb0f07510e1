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

/// Long work in an engine of its own.
public struct LongWork: Sendable {
    /// What it is, with its article.
    public var name: String
    /// The part that is done, from 0 to 1.
    public var done = 0.0
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
        return try await alone("a change of the rules") { isGivenUp throws(PartitionError) in
            try RuleChanger(partition: self, isGivenUp: isGivenUp).run(
                proposed,
                note,
                hash: hash,
                confirmed: confirmed,
                cores: cores,
                at: at,
                progress: { [self] done in
                    tell(done)
                    progress(done)
                }
            )
        }
    }

    /// The long work that is under way, and how far it has got; nil where there is none.
    public var workUnderWay: LongWork? { longWork.read { $0 } }

    /// Begins long work that takes a second engine; `endAlone` must follow.
    func beginAlone(_ name: String) throws(PartitionError) {
        let other = longWork.change { work in
            let other = work
            if work == nil { work = LongWork(name: name) }
            return other
        }
        guard let other else { return }
        throw PartitionError(
            .busy,
            "there is \(other.name) under way (\(Int(other.done * 100)) %), and each takes memory for a "
                + "second engine; ask again when it is done"
        )
    }

    /// Says how far it has got, from 0 to 1.
    func tell(_ done: Double) { longWork.change { $0?.done = done } }

    /// Ends it.
    func endAlone() { longWork.change { $0 = nil } }

    /// Does long work that takes a second engine on a thread of its own, one at a time.
    ///
    /// - Parameters:
    ///   - name: What it is, with its article.
    ///   - body: Told by a question whether its task was cancelled.
    func alone<Answer: Sendable>(
        _ name: String,
        _ body:
            @escaping @Sendable (@escaping @Sendable () -> Bool) throws(PartitionError) -> Answer
    ) async throws(PartitionError) -> Answer {
        try beginAlone(name)
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
