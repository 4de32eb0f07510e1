internal import CLMDB
internal import Glibc

/// Changes to an environment that become durable together, or not at all.
///
/// Aborted where it goes out of scope without `commit`. Belongs to the thread that began it.
public struct WriteTransaction: ~Copyable {
    private let handle: OpaquePointer
    private let directory: String
    private var isOpen = true

    init(_ handle: OpaquePointer, directory: String) {
        self.handle = handle
        self.directory = directory
    }

    deinit {
        if isOpen { mdb_txn_abort(handle) }
    }

    func open(_ name: String) throws(LMDBError) -> Table {
        var table: UInt32 = 0
        try LMDBError.check(
            mdb_dbi_open(handle, name, UInt32(MDB_CREATE), &table),
            "opening table \(name) of \(directory)"
        )
        return Table(handle: table, name: name)
    }

    /// Makes everything durable.
    ///
    /// - Throws: What LMDB says. Nothing is known then of what is on disk: the process must end
    ///   and open the environment again; a failed sync must never be tried twice.
    public consuming func commit() throws(LMDBError) {
        // LMDB frees the transaction whether or not the commit goes well.
        isOpen = false
        let code = mdb_txn_commit(handle)
        guard code != MDB_SUCCESS else { return }
        throw LMDBError(
            operation: "commit of \(directory)",
            code: WriteTransaction.isFull(directory, code) ? ENOSPC : code
        )
    }

    /// Whether an input or output error comes from a disk without room: tmpfs says no more than that.
    private static func isFull(_ directory: String, _ code: Int32) -> Bool {
        var room = statvfs()
        return code == EIO && statvfs(directory, &room) == 0 && room.f_bavail == 0
    }

    /// Sets the value of a key.
    public func put(
        _ table: Table,
        key: Span<UInt8>,
        value: Span<UInt8>
    ) throws(LMDBError) {
        try put(table, key: key, value: value, flags: 0)
    }

    /// Adds a key behind the last one of the table.
    ///
    /// - Throws: An error that `isOutOfOrder` where the key does not follow the last one.
    public func append(
        _ table: Table,
        key: Span<UInt8>,
        value: Span<UInt8>
    ) throws(LMDBError) {
        try put(table, key: key, value: value, flags: UInt32(MDB_APPEND))
    }

    @inline(__always)
    private func put(
        _ table: Table,
        key: Span<UInt8>,
        value: Span<UInt8>,
        flags: UInt32
    ) throws(LMDBError) {
        let code = key.withUnsafeBufferPointer { keyBytes in
            value.withUnsafeBufferPointer { valueBytes in
                var key = MDB_val(keyBytes)
                var value = MDB_val(valueBytes)
                return mdb_put(handle, table.handle, &key, &value, flags)
            }
        }
        try LMDBError.check(code, "writing \(table.name) of \(directory)")
    }

    /// Removes a key; nothing where it is not there.
    public func remove(_ table: Table, key: Span<UInt8>) throws(LMDBError) {
        let code = key.withUnsafeBufferPointer { keyBytes in
            var key = MDB_val(keyBytes)
            return mdb_del(handle, table.handle, &key, nil)
        }
        guard code != MDB_NOTFOUND else { return }
        try LMDBError.check(code, "removing from \(table.name) of \(directory)")
    }

    /// Removes all keys of the table.
    public func clear(_ table: Table) throws(LMDBError) {
        try LMDBError.check(
            mdb_drop(handle, table.handle, 0),
            "clearing \(table.name) of \(directory)"
        )
    }

    /// Hands the value of a key to `body`, for the time of the call; nil where there is none.
    public func read<Result>(
        _ table: Table,
        key: Span<UInt8>,
        _ body: (Span<UInt8>) -> Result
    ) throws(LMDBError) -> Result? {
        try RawTransaction.read(handle, table, key: key, directory, body)
    }
}
