internal import EventModel
internal import EventStore
internal import SegmentEngine

/// Writes one checkpoint on a thread of its own, while the applier hands it people slice by slice.
final class CheckpointJob: Sendable {
    /// Slices that may wait to be written.
    private static let slicesMax = 8

    private struct State {
        var slices: [CheckpointBlock] = []
        var isLast = false
        var isAbandoned = false
        var outcome: Result<Void, StoreError>?
    }

    let mark: AppliedMark
    private let shared = Monitor(State())
    private let isAlone: Bool
    private let hooks: StepHooks

    /// Begins to write.
    ///
    /// - Parameters:
    ///   - isAlone: Whether nobody else uses the disk meanwhile.
    ///   - roomAppeared: Called when a slice was taken, and at the end.
    init(
        folder: String,
        _ header: CheckpointHeader,
        _ apply: ApplyCheckpoint,
        _ admit: AdmitCheckpoint,
        isAlone: Bool = false,
        hooks: StepHooks,
        roomAppeared: @escaping @Sendable () -> Void
    ) {
        mark = header.mark
        self.isAlone = isAlone
        self.hooks = hooks
        startThread { [self] in
            let outcome = run(folder, header, apply, admit, roomAppeared)
            shared.change { $0.outcome = outcome }
            roomAppeared()
        }
    }

    /// Whether another slice may be handed over now.
    var hasRoom: Bool {
        shared.read { state in
            state.outcome == nil && !state.isLast && state.slices.count < CheckpointJob.slicesMax
        }
    }

    /// How it ended; nil while it has not.
    var outcome: Result<Void, StoreError>? { shared.read(\.outcome) }

    /// Hands over the next people; nil ends the checkpoint.
    func add(_ slice: CheckpointBlock?) {
        shared.change { state in
            if let slice { state.slices.append(slice) } else { state.isLast = true }
        }
    }

    /// Gives the checkpoint up.
    func abandon() { shared.change { $0.isAbandoned = true } }

    /// Waits until the file is the checkpoint, or could not be written.
    func wait() throws(StoreError) {
        let outcome = shared.wait { state -> Monitor<State>.Finding<Result<Void, StoreError>> in
            state.outcome.map { .ready($0) } ?? .wait(milliseconds: nil)
        }
        try outcome.get()
    }

    private func run(
        _ folder: String,
        _ header: CheckpointHeader,
        _ apply: ApplyCheckpoint,
        _ admit: AdmitCheckpoint,
        _ roomAppeared: () -> Void
    ) -> Result<Void, StoreError> {
        do throws(StoreError) {
            let writer = try CheckpointWriter(folder: folder, header)
            do throws(StoreError) {
                func append(_ block: CheckpointBlock) throws(StoreError) {
                    try writer.append(kind: block.kind.rawValue, block.words)
                    hooks.reached?(.checkpoint)
                }
                try apply.blocks(append)
                try admit.blocks(append)
                while let slice = nextSlice() {
                    roomAppeared()
                    try append(slice)
                }
                guard !shared.read(\.isAbandoned) else {
                    writer.abandon()
                    return .success(())
                }
                try writer.finish(isAlone: isAlone) { hooks.reached?(.checkpoint) }
                hooks.reached?(.checkpoint)
                return .success(())
            } catch {
                writer.abandon()
                throw error
            }
        } catch { return .failure(error) }
    }

    private func nextSlice() -> CheckpointBlock? {
        shared.wait { state in
            let isReady = state.isAbandoned || !state.slices.isEmpty || state.isLast
            return isReady ? .ready(()) : .wait(milliseconds: nil)
        }
        // A change of its own, since that is what wakes whoever waits for room.
        return shared.change { state in
            state.isAbandoned || state.slices.isEmpty ? nil : state.slices.removeFirst()
        }
    }
}

extension CheckpointJob {
    /// Writes a whole checkpoint before it returns.
    static func write(
        folder: String,
        logID: String,
        mark: AppliedMark,
        _ applier: Applier,
        _ admit: AdmitCheckpoint,
        hooks: StepHooks
    ) throws(StoreError) {
        let job = CheckpointJob(
            folder: folder,
            CheckpointHeader(logID: logID, layoutHash: applier.stage.layoutHash, mark: mark),
            applier.stage.beginCheckpoint(),
            admit,
            isAlone: true,
            hooks: hooks,
            roomAppeared: {}
        )
        while true {
            job.waitForRoom()
            let slice = applier.stage.checkpointSlice(
                peopleMax: PartitionOptions.slicePeopleMax
            )
            job.add(slice)
            if slice == nil { break }
        }
        try job.wait()
    }

    /// What is said of one that could not be written: it only makes starts quicker.
    static func complaint(_ error: StoreError) -> String {
        "a checkpoint could not be written (\(error.description)) Nothing is lost; the next start folds "
            + "more of the log."
    }

    private func waitForRoom() {
        shared.wait { state in
            let isReady =
                state.outcome != nil || state.slices.count < CheckpointJob.slicesMax
            return isReady ? .ready(()) : .wait(milliseconds: nil)
        }
    }
}
