internal import LMDBStore

/// Who is let in over the network.
extension DeliveryStore {
    /// All API keys, in order of their ids.
    public func keys() throws(StoreError) -> [APIKey] {
        try all(keyTable) { record, key throws(StoreError) in
            try APIKeyRecord.read(record, place: key)
        }
    }

    /// Keeps an API key.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func put(_ key: APIKey) throws(StoreError) {
        let place = Array(key.id.utf8)
        let record = APIKeyRecord.write(key, place: place.span)
        try change { transaction throws(LMDBError) in
            try transaction.put(keyTable, key: place.span, value: record.span)
        }
    }

    /// Forgets an API key.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func removeKey(_ id: String) throws(StoreError) {
        let place = Array(id.utf8)
        try change { transaction throws(LMDBError) in
            try transaction.remove(keyTable, key: place.span)
        }
    }
}
