public import EventModel
internal import EventStore
internal import SegmentEngine

/// What sealing old entries did.
public struct Compaction: Equatable, Sendable {
    /// The last entry that is sealed; zero where none is.
    public var through: SequenceNumber
    /// How many entries were sealed by this.
    public var sealed: UInt64
    /// What the log took on disk before, in bytes.
    public var bytesBefore: Int
    /// What it takes now.
    public var bytesAfter: Int
}

extension Partition {
    /// Seals the entries that came before an instant: they go into compressed files, and are read as if they were still
    /// in the log's table.
    ///
    /// Copies the log beside the work of the partition, and has the copy take the place of the log between two groups:
    /// takes the room of what is not sealed a second time meanwhile.
    ///
    /// - Parameter progress: Called now and then with the part that is done, from 0 to 1.
    public func compact(
        before instant: Instant,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws(PartitionError) -> Compaction {
        try await alone("a compaction of the log") { [self] isGivenUp throws(PartitionError) in
            try compactAlone(before: instant, isGivenUp: isGivenUp) { done in
                self.tell(done)
                progress(done)
            }
        }
    }

    private func compactAlone(
        before instant: Instant,
        isGivenUp: @escaping @Sendable () -> Bool,
        progress: @escaping (Double) -> Void
    ) throws(PartitionError) -> Compaction {
        let (log, options, directory) = (log, options, directory)
        let (last, sealed) = try PartitionError.wrap { () throws(StoreError) in
            (try log.last(before: instant, of: appliedThrough), log.sealedThrough)
        }
        guard last > sealed else {
            let bytes = log.size.bytes
            return Compaction(through: sealed, sealed: 0, bytesBefore: bytes, bytesAfter: bytes)
        }
        let copy = try PartitionError.wrap { () throws(StoreError) in
            try LogCopy(
                log,
                in: directory,
                mapSizeBytes: options.hooks.logBytesMax ?? EventLog.mapSizeBytes,
                sealing: last,
                keepsSealed: true
            )
        }
        let next = CompactSwitch(log, copy)
        let before: Int
        do throws(PartitionError) {
            before = log.size.bytes
            try exchange(next, isGivenUp: isGivenUp) { progress($0 * 0.9) }
        } catch {
            copy.abandon()
            throw error
        }
        options.hooks.reached?(.logExchange)
        copy.removeFormer()
        progress(1)
        return Compaction(
            through: last,
            sealed: last.rawValue - sealed.rawValue,
            bytesBefore: before,
            bytesAfter: log.size.bytes
        )
    }
}

extension EventLog {
    /// The last entry that came before an instant; never the last of all those up to `end`.
    fileprivate func last(
        before instant: Instant,
        of end: SequenceNumber
    ) throws(StoreError) -> SequenceNumber {
        var (low, high) = (UInt64(0), max(1, end.rawValue) - 1)
        while low < high {
            let middle = low + (high - low + 1) / 2
            let receivedAt = try read(SequenceNumber(middle)) { head, _ in head.receivedAt }
            if let receivedAt, receivedAt < instant { low = middle } else { high = middle - 1 }
        }
        return SequenceNumber(low)
    }
}

/// A copy of the log with old entries sealed.
private final class CompactSwitch: LogSwitch, @unchecked Sendable {
    // Handed from thread to thread, never used by two at once.

    let outcome = SwitchOutcome()
    var nextAdmit: AdmitStage? { nil }
    var forgetsCheckpoint: Bool { false }

    private let log: EventLog
    let copy: LogCopy
    private(set) var through: SequenceNumber
    private var block = AppendedGroup()

    init(_ log: EventLog, _ copy: LogCopy) {
        self.log = log
        self.copy = copy
        through = copy.copiedThrough
    }

    func fold(
        through last: SequenceNumber,
        _ goesOn: (SequenceNumber) throws(PartitionError) -> Void
    ) throws(PartitionError) {
        while through < last {
            let end = SequenceNumber(min(last.rawValue, through.rawValue + copiedBlockEntries))
            try PartitionError.wrap { () throws(StoreError) in
                try log.read(from: through.next, through: end, into: &block)
                try copy.append(block)
            }
            through = end
            try goesOn(through)
        }
        try PartitionError.wrap { () throws(StoreError) in try copy.copyNames { _ in nil } }
    }

    func complete(at now: Instant) throws(StoreError) { try copy.note([], at: now) }
}
