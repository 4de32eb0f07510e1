internal import CLMDB
internal import CMemory
internal import Glibc

/// A place in a table, within a transaction.
///
/// Must not outlive its transaction.
public struct Cursor: ~Copyable {
    /// What LMDB takes a page to be where the system's are of that size; nothing depends on it.
    private static let pageBytes = 4096

    private let handle: OpaquePointer
    private let what: String
    private var key = MDB_val()
    private var value = MDB_val()

    init(transaction: OpaquePointer, table: Table, directory: String) throws(LMDBError) {
        var opened: OpaquePointer?
        let what = "reading \(table.name) of \(directory)"
        try LMDBError.check(mdb_cursor_open(transaction, table.handle, &opened), what)
        guard let opened else { throw LMDBError(operation: what, code: ENOMEM) }
        handle = opened
        self.what = what
    }

    deinit { mdb_cursor_close(handle) }

    /// Goes to the first key; false where the table is empty.
    public mutating func first() throws(LMDBError) -> Bool { try move(MDB_FIRST) }

    /// Goes to the last key; false where the table is empty.
    public mutating func last() throws(LMDBError) -> Bool { try move(MDB_LAST) }

    /// Goes to the next key; false at the end.
    public mutating func next() throws(LMDBError) -> Bool { try move(MDB_NEXT) }

    /// Goes to the key before; false at the beginning.
    public mutating func previous() throws(LMDBError) -> Bool { try move(MDB_PREV) }

    /// Goes to the first key that is not before `key`; false where there is none.
    public mutating func seek(_ key: Span<UInt8>) throws(LMDBError) -> Bool {
        let code = key.withUnsafeBufferPointer { bytes in
            self.key = MDB_val(bytes)
            return mdb_cursor_get(handle, &self.key, &value, MDB_SET_RANGE)
        }
        return try found(code)
    }

    private mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
        try found(mdb_cursor_get(handle, &key, &value, operation))
    }

    private func found(_ code: Int32) throws(LMDBError) -> Bool {
        if code == MDB_NOTFOUND { return false }
        try LMDBError.check(code, what)
        return true
    }

    /// Hands key and value of the current place to `body`, for the time of the call.
    public func withCurrent<Result, Failure: Error>(
        _ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.withSpan { (key) throws(Failure) in
            try value.withSpan { (value) throws(Failure) in try body(key, value) }
        }
    }

    /// Hands the current place and those after it to `body` until it returns false, or there are no more.
    ///
    /// One call per place and nothing else, for whoever reads millions of them.
    /// - Precondition: The cursor stands at a place.
    public mutating func scan(
        _ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) -> Bool
    ) throws(LMDBError) {
        while true {
            // Pages that were appended lie one behind the other as a rule, so what stands here in the next one
            // will be read soon; the processor does not look beyond a page by itself.
            if let here = value.mv_data {
                prefetch_line(here + Cursor.pageBytes)
                prefetch_line(here + (Cursor.pageBytes + 64))
            }
            guard body(Span(_unsafeElements: key.bytes), Span(_unsafeElements: value.bytes)) else {
                return
            }
            let code = mdb_cursor_get(handle, &key, &value, MDB_NEXT)
            if code == MDB_NOTFOUND { return }
            try LMDBError.check(code, what)
        }
    }
}
