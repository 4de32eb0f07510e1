internal import CLMDB

/// A snapshot of an environment.
///
/// Ends when it goes out of scope.
public struct ReadTransaction: ~Copyable {
    private let handle: OpaquePointer
    /// An environment must not be closed while one of its transactions is open.
    private let environment: Environment
    private var directory: String { environment.directory }

    init(_ handle: OpaquePointer, of environment: Environment) {
        self.handle = handle
        self.environment = environment
    }

    deinit {
        mdb_txn_abort(handle)
        withExtendedLifetime(environment) {}
    }

    /// Hands the value of a key to `body`, for the time of the call; nil where there is none.
    public func read<Result>(
        _ table: Table,
        key: Span<UInt8>,
        _ body: (Span<UInt8>) -> Result
    ) throws(LMDBError) -> Result? {
        try RawTransaction.read(handle, table, key: key, directory, body)
    }

    /// How many keys the table has.
    public func count(_ table: Table) throws(LMDBError) -> Int {
        var statistics = MDB_stat()
        try LMDBError.check(
            mdb_stat(handle, table.handle, &statistics),
            "reading \(table.name) of \(directory)"
        )
        return statistics.ms_entries
    }

    /// A cursor on the table, before its first key.
    public func cursor(_ table: Table) throws(LMDBError) -> Cursor {
        try Cursor(transaction: handle, table: table, directory: directory)
    }
}

/// What reading and writing transactions have in common.
enum RawTransaction {
    static func read<Result>(
        _ transaction: OpaquePointer,
        _ table: Table,
        key: Span<UInt8>,
        _ directory: String,
        _ body: (Span<UInt8>) -> Result
    ) throws(LMDBError) -> Result? {
        var value = MDB_val()
        let code = key.withUnsafeBufferPointer { bytes in
            var key = MDB_val(bytes)
            return mdb_get(transaction, table.handle, &key, &value)
        }
        if code == MDB_NOTFOUND { return nil }
        try LMDBError.check(code, "reading \(table.name) of \(directory)")
        return value.withSpan(body)
    }
}

extension MDB_val {
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.init(
            mv_size: bytes.count,
            mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        )
    }

    /// The bytes in the map; valid until the transaction ends or writes.
    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: mv_data?.assumingMemoryBound(to: UInt8.self),
            count: mv_size
        )
    }

    /// Hands over the bytes in the map.
    func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(Span(_unsafeElements: bytes))
    }
}
