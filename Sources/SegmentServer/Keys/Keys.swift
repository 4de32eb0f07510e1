package import EventStore
internal import Materializer

/// The API keys of a data directory that no daemon has.
package enum Keys {
    /// All keys, the eldest first; makes the directory where there is none.
    package static func all(of dataDirectory: String) throws(DaemonError) -> [APIKey] {
        try with(dataDirectory) { store throws(StoreError) in try store.keys() }
            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Keeps a key; makes the directory where there is none.
    package static func put(_ key: APIKey, in dataDirectory: String) throws(DaemonError) {
        try with(dataDirectory) { store throws(StoreError) in try store.put(key) }
    }

    /// Forgets a key.
    package static func remove(_ key: APIKey, from dataDirectory: String) throws(DaemonError) {
        try with(dataDirectory) { store throws(StoreError) in try store.removeKey(key.id) }
    }

    private static func with<Value>(
        _ dataDirectory: String,
        _ body: (DeliveryStore) throws(StoreError) -> Value
    ) throws(DaemonError) -> Value {
        let prepared: PreparedDirectory
        do throws(PartitionError) {
            prepared = try Partition.prepare(dataDirectory)
        } catch {
            throw DaemonError(error.message)
        }
        do throws(StoreError) {
            return try body(
                try DeliveryStore(directory: prepared.deliveryFolder, logID: prepared.logID)
            )
        } catch {
            throw DaemonError(error.description)
        }
    }
}
