internal import CLMDB
internal import Glibc

/// A failed call of LMDB.
public struct LMDBError: Error, Hashable, Sendable {
    /// What was being done, in words: `commit of /data/log`.
    public var operation: String
    /// LMDB's or the system's error code.
    public var code: Int32

    /// A failed call.
    public init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// Whether there is no room left: the map is full or the disk is.
    public var isFull: Bool { code == MDB_MAP_FULL || code == ENOSPC }

    /// Whether the key that was to be appended does not follow the last one.
    public var isOutOfOrder: Bool { code == MDB_KEYEXIST }

    /// Throws unless the call went well.
    static func check(
        _ code: Int32,
        _ operation: @autoclosure () -> String
    ) throws(LMDBError) {
        guard code == MDB_SUCCESS else {
            throw LMDBError(operation: operation(), code: code)
        }
    }
}

extension LMDBError: CustomStringConvertible {
    /// What failed, and LMDB's own words for why.
    public var description: String {
        "\(operation) failed: \(String(cString: mdb_strerror(code))) (LMDB error \(code))"
    }
}
