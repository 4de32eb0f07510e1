internal import Glibc

/// A data directory: one partition of people, on one disk, for one process at a time.
public final class DataDirectory: Sendable {
    /// Where it lies.
    public let path: String
    private let lock: Int32

    /// Makes the directory where it is not there yet, and takes its lock until this object goes.
    ///
    /// - Throws: `StoreError.locked` where another process has it, `StoreError.directory` where it
    ///   cannot be made or used.
    public init(path: String) throws(StoreError) {
        self.path = path
        try DataDirectory.make(path)
        let lockPath = path + "/lock"
        let descriptor = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .directory(path: lockPath, what: "open the lock file", errno: errno)
        }
        lock = descriptor
        guard DataDirectory.take(descriptor) else {
            let holder = DataDirectory.holder(descriptor)
            throw .locked(path: path, holder: holder)
        }
        try finishExchange()
        for part in [log, state, delivery] { try DataDirectory.make(part) }
        try DataDirectory.sync(path)
    }

    deinit { close(lock) }

    /// Takes the lock; waits a little for a command that is just looking whether anybody has it.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<5 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(20_000)
        }
        return false
    }

    /// The folder of the log.
    public var log: String { path + "/log" }
    /// The folder of a log that is to take the place of the log.
    private var nextLog: String { path + "/log.next" }
    /// The folder of a log whose place another one has taken.
    private var formerLog: String { path + "/log.former" }

    /// Makes the folder of a log that is to take the place of the log, empty.
    func makeNextLogFolder() throws(StoreError) -> String {
        removeLogs(formerOnly: false)
        try DataDirectory.make(nextLog)
        return nextLog
    }

    /// Puts the next log, which is whole and on disk, in the place of the log; that one's files are removed.
    func putNextLogInPlace() throws(StoreError) {
        try DataDirectory.sync(nextLog)
        try rename(log, to: formerLog)
        try rename(nextLog, to: log)
        try DataDirectory.sync(path)
    }

    /// The file of a log whose place another one has taken.
    var formerLogFile: String { formerLog + "/data.mdb" }

    /// Finishes what a process began that died while one log took the place of another.
    private func finishExchange() throws(StoreError) {
        var information = stat()
        if unsafe stat(log, &information) != 0, unsafe stat(formerLog, &information) == 0,
            unsafe stat(nextLog, &information) == 0
        {
            try rename(nextLog, to: log)
            try DataDirectory.sync(path)
        }
        removeLogs(formerOnly: false)
    }

    private func rename(_ folder: String, to name: String) throws(StoreError) {
        guard unsafe Glibc.rename(folder, name) != 0 else { return }
        throw .directory(path: folder, what: "rename the directory", errno: errno)
    }

    /// Removes logs that are not the log.
    func removeLogs(formerOnly: Bool) {
        for folder in formerOnly ? [formerLog] : [formerLog, nextLog] {
            for file in ["data.mdb", "lock.mdb"] { _ = unsafe unlink("\(folder)/\(file)") }
            _ = unsafe rmdir(folder)
        }
    }

    /// The folder of what is derived from the log; may be deleted while no daemon runs.
    public var state: String { path + "/state" }
    /// The folder of the checkpoint of rules that are about to be put in force.
    public var nextCheckpoint: String { DataDirectory.nextCheckpoint(of: state) }
    package static func nextCheckpoint(of state: String) -> String { state + "/next" }
    /// Makes that folder, where it is not there yet.
    public func makeNextCheckpointFolder() throws(StoreError) -> String {
        try DataDirectory.make(nextCheckpoint)
        CheckpointWriter.remove(folder: nextCheckpoint)
        return nextCheckpoint
    }
    /// The folder of what is known of deliveries, which cannot be derived.
    public var delivery: String { path + "/delivery" }
    /// The note of the entry that a process crashed at; not derived, and of no harm where it is lost.
    public var crashNote: String { path + "/crash" }
    /// Where the daemon listens for commands on this directory.
    public static func socket(of path: String) -> String { path + "/segmentd.sock" }

    /// Removes the log and all that was derived from it; what is known of deliveries stays.
    ///
    /// Nothing of it may be open.
    public func removeLog() {
        for folder in [log, state] {
            for file in ["data.mdb", "lock.mdb"] { _ = unsafe unlink("\(folder)/\(file)") }
        }
        for folder in [state, nextCheckpoint] { CheckpointWriter.remove(folder: folder) }
        // It names an entry of the log that was.
        _ = unsafe unlink(crashNote)
    }

    /// Writes into the lock file who has it, for the message that a second process gives.
    public func describeHolder(_ text: String) {
        ftruncate(lock, 0)
        let bytes = Array(text.utf8.prefix(200))
        _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(lock, $0.baseAddress, $0.count, 0) }
    }

    /// Whether a process has the directory: false where there is no such directory.
    public static func isInUse(path: String) -> Bool {
        let descriptor = unsafe open(path + "/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
        }
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : "starting up"
    }

    /// Makes the names in a folder durable: a file that is on disk is of no use without its name.
    static func sync(_ folder: String) throws(StoreError) {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .directory(path: folder, what: "open the directory", errno: errno)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .directory(path: folder, what: "sync the directory", errno: errno)
        }
    }

    private static func make(_ path: String) throws(StoreError) {
        guard unsafe mkdir(path, 0o755) != 0 else { return }
        let failure = errno
        var information = stat()
        let isDirectory =
            unsafe stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
        guard failure == EEXIST, isDirectory else {
            throw .directory(
                path: path,
                what: "make the directory",
                errno: failure == EEXIST ? ENOTDIR : failure
            )
        }
        guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
            throw .directory(path: path, what: "use the directory", errno: errno)
        }
    }
}
