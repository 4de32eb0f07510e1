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
    ///
    /// - Throws: Where the folders could not be renamed later.
    func makeNextLogFolder() throws(StoreError) -> String {
        removeFormerLog()
        removeNextLog()
        var (here, parent) = (stat(), stat())
        guard unsafe lstat(log, &here) == 0, unsafe stat(path, &parent) == 0,
            here.st_mode & S_IFMT == S_IFDIR, here.st_dev == parent.st_dev
        else {
            throw .directory(
                path: log,
                what: "have another log take its place, since it is a link or a disk of its own:",
                errno: EXDEV
            )
        }
        for folder in [formerLog, nextLog] where unsafe lstat(folder, &here) == 0 {
            throw .directory(
                path: folder,
                what: "remove it, which holds something else than a log:",
                errno: ENOTEMPTY
            )
        }
        try DataDirectory.make(nextLog)
        return nextLog
    }

    /// Makes the folder of a log's sealed entries.
    func makeSealedFolder(of log: String) throws(StoreError) {
        try DataDirectory.make(LogFiles.sealedFolder(of: log))
    }

    /// Gives a file of the log's sealed entries a place in another log, too.
    func link(sealed name: String, to log: String) throws(StoreError) {
        let file = LogFiles.sealedFolder(of: self.log) + "/" + name
        guard unsafe Glibc.link(file, LogFiles.sealedFolder(of: log) + "/" + name) == 0 else {
            throw .directory(path: file, what: "link", errno: errno)
        }
    }

    /// Removes a log's files of sealed entries.
    static func removeSealed(of log: String) {
        let folder = LogFiles.sealedFolder(of: log)
        guard let entries = unsafe opendir(folder) else { return }
        var names: [String] = []
        while let entry = unsafe readdir(entries) {
            // In its place: an entry is shorter than its type, and a copy would read beyond it.
            let name = unsafe UnsafeRawPointer(entry)
                .advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
                .assumingMemoryBound(to: CChar.self)
            let text = unsafe String(cString: name)
            if !text.hasPrefix(".") { names.append(text) }
        }
        unsafe closedir(entries)
        for name in names { _ = unsafe unlink(folder + "/" + name) }
        _ = unsafe rmdir(folder)
    }

    /// Puts the next log, which is whole and on disk, in the place of the log; that one's files are removed.
    ///
    /// - Parameter isBroken: Set where there is no log then; the next start finds one.
    func putNextLogInPlace(
        isBroken: inout Bool,
        between: () -> Void
    ) throws(StoreError) {
        try DataDirectory.sync(nextLog)
        try rename(log, to: formerLog)
        between()
        do throws(StoreError) {
            try rename(nextLog, to: log)
        } catch {
            isBroken = true
            try rename(formerLog, to: log)
            isBroken = false
            throw error
        }
        isBroken = true
        try DataDirectory.sync(path)
        isBroken = false
    }

    /// The file of a log whose place another one has taken.
    var formerLogFile: String { formerLog + "/data.mdb" }

    /// Finishes what a process began that died while one log took the place of another.
    private func finishExchange() throws(StoreError) {
        func isThere(_ folder: String) -> Bool {
            var information = stat()
            return unsafe stat(folder + "/data.mdb", &information) == 0
        }
        if !isThere(log), isThere(formerLog) {
            // An empty folder may have been made in its place.
            _ = unsafe rmdir(log)
            // Whole where the log was renamed already; else the former one goes on.
            try rename(isThere(nextLog) ? nextLog : formerLog, to: log)
            try DataDirectory.sync(path)
        }
        guard isThere(log) || !isThere(formerLog) else { return }
        removeFormerLog()
        removeNextLog()
    }

    private func rename(_ folder: String, to name: String) throws(StoreError) {
        guard unsafe Glibc.rename(folder, name) != 0 else { return }
        throw .directory(path: folder, what: "rename the directory", errno: errno)
    }

    /// Removes a log whose place another one has taken; only where there is one that has.
    func removeFormerLog() {
        var information = stat()
        guard unsafe stat(log + "/data.mdb", &information) == 0 else { return }
        DataDirectory.remove(log: formerLog)
    }

    /// Removes a log that was to take the place of the log.
    func removeNextLog() { DataDirectory.remove(log: nextLog) }

    private static func remove(log folder: String) {
        removeSealed(of: folder)
        for file in ["data.mdb", "data.mdb.new", "data.mdb.new-lock", "lock.mdb"] {
            _ = unsafe unlink("\(folder)/\(file)")
        }
        _ = unsafe rmdir(folder)
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
        DataDirectory.removeSealed(of: log)
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
        guard unsafe mkdir(path, 0o700) != 0 else { return }
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
