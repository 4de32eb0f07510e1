internal import EventModel
internal import EventStore
internal import Glibc
internal import SegmentEngine

/// A copy of the log that takes its place.
///
/// Goes from the thread that copies to the writer and back, and is never used by two at once.
protocol LogSwitch: AnyObject, Sendable {
    /// What became of it.
    var outcome: SwitchOutcome { get }
    /// The copy.
    var copy: LogCopy { get }
    /// The last entry that is copied.
    var through: SequenceNumber { get }
    /// Where the writer's stage must know something else behind it, what it goes on with.
    var nextAdmit: AdmitStage? { get }
    /// Whether the checkpoint that is there is removed by it.
    var forgetsCheckpoint: Bool { get }

    /// Copies what the log has behind what is copied.
    func fold(
        through last: SequenceNumber,
        _ goesOn: (SequenceNumber) throws(PartitionError) -> Void
    ) throws(PartitionError)
    /// Puts right in the copy what only its last entry decides; on the writer's thread.
    ///
    /// - Parameter now: Log time.
    func complete(at now: Instant) throws(StoreError)
}

extension LogSwitch {
    /// On the writer's thread: copies what came last, and has the copy take the place of the log.
    ///
    /// - Parameter now: Log time.
    /// - Returns: Whether it did; else `outcome` says why, and the log is what it was.
    func takePlace(
        of writer: LogWriter,
        at now: Instant,
        _ hooks: StepHooks
    ) throws(StoreError) -> Bool {
        guard writer.lastSequence.rawValue - through.rawValue <= copiedTailMax else {
            outcome.set(.behind)
            return false
        }
        do throws(PartitionError) {
            try fold(through: writer.lastSequence) { _ in }
        } catch {
            outcome.set(.stopped(error))
            return false
        }
        do throws(StoreError) {
            try complete(at: now)
            try copy.takePlace(of: writer, forgets: forgetsCheckpoint) {
                hooks.reached?(.logExchange)
            }
            return true
        } catch {
            // Where there is no log left the process must end, and open the directory anew.
            if copy.isBroken { throw error }
            outcome.set(.stopped(PartitionError(error)))
            return false
        }
    }
}

/// What became of a copy of the log, told from one thread to another.
final class SwitchOutcome: Sendable {
    enum Value {
        /// Too many entries came meanwhile: they must be copied first.
        case behind
        /// A checkpoint or a backup is being written, of what was before.
        case waiting
        /// The copy is the log.
        case done
        /// It was not possible; where the partition goes on, nothing is changed.
        case stopped(PartitionError)
    }

    private let value = Monitor<Value?>(nil)

    /// Says what became of it.
    func set(_ new: Value) { value.change { $0 = new } }

    /// Waits for what becomes of it, once.
    func wait() -> Value {
        let found = value.wait { value -> Monitor<Value?>.Finding<Value> in
            value.map { .ready($0) } ?? .wait(milliseconds: nil)
        }
        value.change { $0 = nil }
        return found
    }
}

/// Entries that the writer leaves to be copied while it makes everybody wait.
let copiedTailMax: UInt64 = 2_000
/// Entries that are read before they are copied.
let copiedBlockEntries: UInt64 = 1_024

extension Partition {
    /// Copies until little is left, and has the writer do the rest.
    func exchange(
        _ next: any LogSwitch,
        isGivenUp: @Sendable () -> Bool,
        progress: (Double) -> Void
    ) throws(PartitionError) {
        let shared = shared
        func catchUp() throws(PartitionError) {
            while true {
                let last = shared.read(\.appended)
                try next.fold(through: last) { (sequence) throws(PartitionError) in
                    if isGivenUp() || shared.read(\.isStopping) { throw PartitionError.givenUp }
                    progress(Double(sequence.rawValue) / Double(max(1, last.rawValue)))
                }
                let behind = shared.read(\.appended).rawValue - last.rawValue
                if behind <= copiedTailMax / 2 { return }
            }
        }
        try catchUp()
        options.hooks.reached?(.logExchange)
        // The long part of bringing it to disk.
        try PartitionError.wrap { () throws(StoreError) in try next.copy.sync() }
        shared.change { $0.isCopying = true }
        defer { shared.change { $0.isCopying = false } }
        while true {
            try catchUp()
            let isTaken = shared.change { state -> Bool in
                guard !state.writerIsDone, state.failure == nil else { return false }
                state.logSwitch = next
                return true
            }
            guard isTaken else { throw PartitionError.stopping(shared) }
            switch next.outcome.wait() {
            case .behind: continue
            case .waiting:
                if isGivenUp() { throw PartitionError.givenUp }
                usleep(50_000)
            case .stopped(let error): throw error
            case .done: return
            }
        }
    }
}
