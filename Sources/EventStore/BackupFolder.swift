internal import EventModel
internal import Glibc
internal import LMDBStore

/// A copy of a data directory in the making: under another name until it is whole and on disk.
public struct BackupFolder: Sendable {
    /// What it will be called.
    public let path: String
    private let partial: String

    /// Begins one.
    ///
    /// - Throws: `StoreError.directory` where there is something of that name already, or it cannot be made.
    public init(path: String) throws(StoreError) {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        partial = path + ".partial"
        var information = stat()
        for name in [path, partial] where unsafe lstat(name, &information) == 0 {
            throw .directory(
                path: name,
                what: "make the backup, since there is already",
                errno: EEXIST
            )
        }
        for folder in [partial, log, state, delivery] {
            guard unsafe mkdir(folder, 0o700) == 0 else {
                throw .directory(path: folder, what: "make the directory", errno: errno)
            }
        }
    }

    private var log: String { partial + "/log" }
    private var state: String { partial + "/state" }
    private var delivery: String { partial + "/delivery" }

    /// Copies what is derived: before the log, so that nothing in it is ahead of that.
    ///
    /// - Parameter folder: Where the checkpoint is.
    public func copy(_ store: StateStore, checkpointOf folder: String) throws(StoreError) {
        // Of no use where transitions up to it are missing.
        try copy(CheckpointWriter.path(folder), to: CheckpointWriter.path(state))
        try BackupFolder.copy(store.environment, to: state)
    }

    /// Copies what is known of deliveries.
    public func copy(_ store: DeliveryStore) throws(StoreError) {
        try BackupFolder.copy(store.environment, to: delivery)
    }

    /// Copies the log: last.
    public func copy(_ store: EventLog) throws(StoreError) {
        let files = store.files
        try BackupFolder.copy(files.environment, to: log)
        let sealed = LogFiles.sealedFolder(of: log)
        for file in files.sealed {
            if file.first.rawValue == 1, unsafe mkdir(sealed, 0o700) != 0 {
                throw .directory(path: sealed, what: "make the directory", errno: errno)
            }
            try copy(file.descriptor, to: sealed + "/" + file.name, at: 0)
        }
        if !files.sealed.isEmpty { try DataDirectory.sync(sealed) }
        withExtendedLifetime(files) {}
    }

    private static func copy(_ environment: Environment, to folder: String) throws(StoreError) {
        try StoreError.wrap { () throws(LMDBError) in try environment.copy(to: folder) }
        try DataDirectory.sync(folder)
    }

    /// Copies a file, where it is there.
    private func copy(_ file: String, to copy: String) throws(StoreError) {
        let source = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else {
            if errno == ENOENT { return }
            throw .directory(path: file, what: "open", errno: errno)
        }
        defer { close(source) }
        try self.copy(source, to: copy, at: nil)
    }

    /// - Parameter start: Where to begin, of a file that others read too; nil for where it stands.
    private func copy(
        _ source: Int32,
        to copy: String,
        at start: off_t?
    ) throws(StoreError) {
        let target = unsafe open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw .directory(path: copy, what: "make", errno: errno) }
        defer { close(target) }
        var offset = start ?? 0
        while true {
            let count =
                start == nil
                ? sendfile(target, source, nil, 1 << 24)
                : unsafe sendfile(target, source, &offset, 1 << 24)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .directory(path: copy, what: "write", errno: errno) }
            if count == 0 { break }
        }
        guard fsync(target) == 0 else { throw .directory(path: copy, what: "sync", errno: errno) }
    }

    /// Gives the copy its name.
    public func finish() throws(StoreError) {
        try DataDirectory.sync(partial)
        guard unsafe rename(partial, path) == 0 else {
            throw .directory(path: path, what: "name the backup", errno: errno)
        }
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        try DataDirectory.sync(parent.isEmpty ? "." : parent.joined(separator: "/") + "/")
    }

    /// Removes what there is of it.
    public func abandon() {
        DataDirectory.removeSealed(of: log)
        for folder in [log, state, delivery] {
            for file in ["data.mdb", "lock.mdb", "checkpoint"] {
                _ = unsafe unlink("\(folder)/\(file)")
            }
            _ = unsafe rmdir(folder)
        }
        _ = unsafe rmdir(partial)
    }
}
