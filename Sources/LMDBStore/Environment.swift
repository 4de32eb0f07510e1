internal import CLMDB
internal import Glibc

/// One LMDB environment: a directory with a memory-mapped file of tables.
///
/// Opened with LMDB's default durability, so a commit that returned survives power loss. One
/// process at a time may have it open: LMDB does not see to that, a lock file of the caller must.
public final class Environment: @unchecked Sendable {
    /// Where it lies.
    public let directory: String
    // LMDB locks what it shares itself; this pointer never changes until `deinit`.
    private let handle: OpaquePointer

    /// Opens the environment of a directory, which must exist.
    ///
    /// - Parameters:
    ///   - mapSizeBytes: The most that it can grow to; sparse, so it costs address space only.
    ///   - tablesMax: How many tables it may have.
    public convenience init(
        directory: String,
        mapSizeBytes: Int,
        tablesMax: UInt32
    ) throws(LMDBError) {
        try self.init(
            directory: directory,
            mapSizeBytes: mapSizeBytes,
            tablesMax: tablesMax,
            syncs: true
        )
    }

    /// The same; without syncs a commit is on no disk, which tests of power loss must find.
    ///
    /// - Parameter name: What the directory will be called later, where that is something else.
    package init(
        directory: String,
        mapSizeBytes: Int,
        tablesMax: UInt32,
        syncs: Bool,
        name: String? = nil
    ) throws(LMDBError) {
        if syncs { try Environment.make(directory) }
        var created: OpaquePointer?
        try LMDBError.check(mdb_env_create(&created), "making an environment")
        guard let created else { throw LMDBError(operation: "making an environment", code: ENOMEM) }
        handle = created
        self.directory = name ?? directory
        // All properties are set, so `deinit` closes the handle if one of these throws.
        try LMDBError.check(mdb_env_set_mapsize(created, mapSizeBytes), "sizing \(directory)")
        try LMDBError.check(mdb_env_set_maxdbs(created, tablesMax), "sizing \(directory)")
        // Readers belong to transactions, not threads: tasks change threads.
        try LMDBError.check(
            mdb_env_open(
                created,
                directory,
                UInt32(MDB_NOTLS) | (syncs ? 0 : UInt32(MDB_NOSYNC)),
                0o644
            ),
            "opening \(directory)"
        )
    }

    deinit { mdb_env_close(handle) }

    /// Makes the file of an environment that is not there yet, whole on disk before it has its name.
    ///
    /// LMDB writes the first pages in place and syncs them with the first commit: power lost between leaves
    /// a file that it refuses to open.
    private static func make(_ directory: String) throws(LMDBError) {
        let path = directory + "/data.mdb"
        var information = stat()
        guard stat(path, &information) != 0 || information.st_size == 0 else { return }
        let new = path + ".new"
        // Left by a process that died here.
        unlink(new)
        defer { unlink(new + "-lock") }
        var created: OpaquePointer?
        try LMDBError.check(mdb_env_create(&created), "making an environment")
        guard let created else { throw LMDBError(operation: "making an environment", code: ENOMEM) }
        defer { mdb_env_close(created) }
        try LMDBError.check(
            mdb_env_open(created, new, UInt32(MDB_NOSUBDIR), 0o644),
            "making \(path)"
        )
        try LMDBError.check(mdb_env_sync(created, 1), "syncing \(path)")
        guard rename(new, path) == 0 else {
            throw LMDBError(operation: "naming \(path)", code: errno)
        }
    }

    /// Writes all that is committed now into another directory, which must be there and empty, without the pages that
    /// are not used; it is on disk when this returns.
    ///
    /// Reads in one snapshot, so that the file grows by what is written meanwhile.
    public func copy(to other: String) throws(LMDBError) {
        try LMDBError.check(
            mdb_env_copy2(handle, other, UInt32(MDB_CP_COMPACT)),
            "copying \(directory) to \(other)"
        )
        let path = other + "/data.mdb"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LMDBError(operation: "opening \(path)", code: errno)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw LMDBError(operation: "syncing \(path)", code: errno)
        }
    }

    /// Makes everything committed durable.
    public func sync() throws(LMDBError) {
        try LMDBError.check(mdb_env_sync(handle, 1), "syncing \(directory)")
    }

    /// Makes everything committed durable, and every commit from here on, of an environment opened without syncs.
    public func beginSyncing() throws(LMDBError) {
        try LMDBError.check(
            mdb_env_set_flags(handle, UInt32(MDB_NOSYNC), 0),
            "syncing \(directory)"
        )
        try LMDBError.check(mdb_env_sync(handle, 1), "syncing \(directory)")
    }

    /// Opens tables, making those that are not there yet.
    public func openTables(_ names: [String]) throws(LMDBError) -> [Table] {
        let transaction = try beginWriting()
        var tables: [Table] = []
        for name in names { tables.append(try transaction.open(name)) }
        try transaction.commit()
        return tables
    }

    /// Begins a snapshot of everything committed.
    ///
    /// Held long, it keeps LMDB from reusing pages: renew it every 100 ms or 10,000 records.
    public func beginReading() throws(LMDBError) -> ReadTransaction {
        ReadTransaction(try begin(UInt32(MDB_RDONLY)), of: self)
    }

    /// Begins to write; waits while another thread is writing.
    public func beginWriting() throws(LMDBError) -> WriteTransaction {
        WriteTransaction(try begin(0), directory: directory)
    }

    private func begin(_ flags: UInt32) throws(LMDBError) -> OpaquePointer {
        var transaction: OpaquePointer?
        try LMDBError.check(
            mdb_txn_begin(handle, nil, flags, &transaction),
            "a transaction on \(directory)"
        )
        guard let transaction else {
            throw LMDBError(operation: "a transaction on \(directory)", code: ENOMEM)
        }
        return transaction
    }

    /// How many commits the oldest snapshot that is being read is behind the last one; 0 without any.
    ///
    /// LMDB cannot use pages again that such a snapshot may still show.
    public var readerLag: Int {
        var information = MDB_envinfo()
        guard mdb_env_info(handle, &information) == 0 else { return 0 }
        var oldest = UInt.max
        withUnsafeMutablePointer(to: &oldest) { oldest in
            // Lines of process, thread and transaction; `-` for a slot that reads nothing.
            _ = mdb_reader_list(
                handle,
                { line, context in
                    guard let line, let context else { return 0 }
                    let fields = String(cString: line).split(whereSeparator: \.isWhitespace)
                    if let last = fields.last, let transaction = UInt(last) {
                        let oldest = context.assumingMemoryBound(to: UInt.self)
                        oldest.pointee = min(oldest.pointee, transaction)
                    }
                    return 0
                },
                UnsafeMutableRawPointer(oldest)
            )
        }
        return oldest == .max ? 0 : max(0, Int(information.me_last_txnid) - Int(oldest))
    }

    /// Bytes of the file in use, free pages included.
    public var usedBytes: Int {
        var information = MDB_envinfo()
        var statistics = MDB_stat()
        guard mdb_env_info(handle, &information) == 0, mdb_env_stat(handle, &statistics) == 0
        else { return 0 }
        return (information.me_last_pgno + 1) * Int(statistics.ms_psize)
    }
}

/// A table of an environment: keys in the order of their bytes, one value each.
public struct Table: Sendable {
    let handle: UInt32
    let name: String
}
