public import EventModel
public import EventStore

/// A copy of a data directory.
public struct Backup: Sendable {
    /// Where it is.
    public var path: String
    /// The last entry of its log.
    public var entries: UInt64
    /// When that came; nil of an empty log.
    public var through: Instant?
}

extension Partition {
    /// Copies the directory while it is in use: all that was acknowledged when this is called is in the copy, which
    /// is opened like any other directory.
    ///
    /// - Parameters:
    ///   - path: Where to; nothing may be there yet.
    ///   - deliveries: What is known of deliveries.
    public func backUp(
        to path: String,
        _ deliveries: DeliveryStore
    ) async throws(PartitionError) -> Backup {
        let (log, state, directory, shared) = (log, state, directory, shared)
        while !shared.change({ state in
            guard !state.isExchanging else { return false }
            state.backups += 1
            return true
        }) { try await pause() }
        defer { shared.change { $0.backups -= 1 } }
        return try await besides { _ throws(StoreError) in
            let folder = try BackupFolder(path: path)
            do throws(StoreError) {
                // Nothing may be ahead of the log.
                try folder.copy(state, checkpointOf: directory.state)
                try folder.copy(deliveries)
                try folder.copy(log)
                try folder.finish()
            } catch {
                folder.abandon()
                throw error
            }
            let copied = try EventLog(directory: path + "/log", newID: log.id)
            let last = try copied.lastSequence()
            let at = try copied.read(last) { head, _ in head.receivedAt }
            return Backup(path: path, entries: last.rawValue, through: at)
        }
    }
}
