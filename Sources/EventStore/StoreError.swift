internal import Glibc
public import LMDBStore

/// What can go wrong with what is on disk.
public enum StoreError: Error, Equatable, Sendable {
    /// LMDB or the system refused.
    case lmdb(LMDBError)
    /// A record's checksum or shape is wrong.
    case damaged(table: String, key: String, what: String)
    /// A record or directory was written by a version that this one does not know.
    case unknownVersion(what: String, found: UInt8)
    /// Another process has the directory.
    case locked(path: String, holder: String)
    /// The directory cannot be used; `errno` says why.
    case directory(path: String, what: String, errno: Int32)
    /// Two parts of the directory do not belong together.
    case mismatch(String)
    /// Something that there can be 4 billion of has run out.
    case exhausted(String)

    /// Runs a call of LMDB and wraps its error.
    static func wrap<Result: ~Copyable>(
        _ body: () throws(LMDBError) -> Result
    ) throws(StoreError) -> Result {
        do throws(LMDBError) { return try body() } catch { throw .lmdb(error) }
    }

    /// Commits and wraps the error.
    static func commit(_ transaction: consuming WriteTransaction) throws(StoreError) {
        do throws(LMDBError) { try transaction.commit() } catch { throw .lmdb(error) }
    }
}

extension StoreError: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .lmdb(let error):
            error.isFull
                ? "\(error.description). Free disk space and start again; "
                    + "nothing acknowledged is lost."
                : "\(error.description). Nothing acknowledged is lost; look at the disk and the "
                    + "system's log, then start again."
        case .damaged(let table, let key, let what):
            "the record \(key) of table '\(table)' is damaged: \(what). "
                + "Restore the data directory from a backup."
        case .unknownVersion(let what, let found):
            "\(what) has format version \(found), which this version of segmentd does not know. "
                + "Use the version that wrote it, or a newer one."
        case .locked(let path, let holder):
            "the data directory \(path) is in use by another segmentd (\(holder)). "
                + "Stop it first, or use another --data directory."
        case .directory(let path, let what, let errno):
            "cannot \(what) \(path): \(reason(errno)). "
                + "Check that the path is right and that this user may read and write it."
        case .mismatch(let what): what
        case .exhausted(let what): "this log cannot hold any more \(what) (4,294,967,295)"
        }
    }
}

private func reason(_ errno: Int32) -> String { unsafe String(cString: strerror(errno)) }
