internal import CChecksum
internal import EventModel
internal import Glibc
internal import Synchronization

/// What a checkpoint says of itself, so that it is used for nothing else.
public struct CheckpointHeader: Equatable, Sendable {
    /// The log that it was derived from.
    public var logID: String
    /// Names rules and layout.
    public var layoutHash: UInt64
    /// The last entry in it.
    public var mark: AppliedMark

    /// A header that says this.
    public init(logID: String, layoutHash: UInt64, mark: AppliedMark) {
        self.logID = logID
        self.layoutHash = layoutHash
        self.mark = mark
    }
}

/// The parts that all checkpoint files have: magic bytes, then blocks of words, each with a checksum.
///
/// The layout is drawn in `OnDisk.md`.
enum CheckpointFormat {
    /// `segckpt` and the format's version.
    static let magic: UInt64 = 0x3174_706B_6367_6573
    static let headerKind: UInt32 = 0
    static let endKind: UInt32 = 255
    /// Words of 64 bits before a block's own.
    static let blockHeaderWords = 2

    /// Over everything of a block behind the sum itself.
    static func checksum(_ block: UnsafeRawBufferPointer) -> UInt32 {
        let bytes = unsafe block.bindMemory(to: UInt8.self)
        return unsafe checksum_crc32c(
            0,
            bytes.baseAddress.map { unsafe $0 + 4 },
            bytes.count - 4
        )
    }
}

/// Writes a checkpoint file: beside the last one, which it replaces when it is whole and on disk.
///
/// A process that dies before that leaves the last one as it was.
public final class CheckpointWriter {
    /// How much may be written between two syncs: one long one would hold up the log's.
    private static let syncBytes = 8 << 20

    private let folder: String
    private let descriptor: Int32
    private var blockCount: UInt32 = 0
    private var offset: Int64 = 0
    private var unsynced = 0
    private var isOpen = true

    static func path(_ folder: String) -> String { folder + "/checkpoint" }
    private static func newPath(_ folder: String) -> String { folder + "/checkpoint.new" }
    /// The one before, until its room is given back.
    private static func oldPath(_ folder: String) -> String { folder + "/checkpoint.old" }

    /// Begins a file in a folder.
    public init(folder: String, _ header: CheckpointHeader) throws(StoreError) {
        self.folder = folder
        let path = CheckpointWriter.newPath(folder)
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .directory(path: path, what: "make the checkpoint", errno: errno)
        }
        try write([CheckpointFormat.magic])
        try append(
            kind: CheckpointFormat.headerKind,
            [
                UInt64(header.logID, radix: 16) ?? 0, header.layoutHash,
                header.mark.sequence.rawValue,
                UInt64(bitPattern: header.mark.instant.milliseconds),
            ]
        )
    }

    deinit { if isOpen { close(descriptor) } }

    /// Removes what a process left that died while it wrote a checkpoint.
    public static func removeUnfinished(folder: String) {
        for path in [newPath(folder), oldPath(folder)] { _ = unsafe unlink(path) }
    }

    /// Adds a block.
    ///
    /// - Parameter kind: What its words are: 1 to 254.
    public func append(kind: UInt8, _ words: [UInt64]) throws(StoreError) {
        try append(kind: UInt32(kind), words)
    }

    private func append(kind: UInt32, _ words: [UInt64]) throws(StoreError) {
        var block: [UInt64] = []
        block.reserveCapacity(words.count + CheckpointFormat.blockHeaderWords)
        block.append(UInt64(blockCount) << 32)
        block.append(UInt64(kind) | UInt64(words.count) << 32)
        block += words
        block[0] |= UInt64(
            unsafe block.withUnsafeBytes { unsafe CheckpointFormat.checksum($0) }
        )
        blockCount += 1
        try write(block)
    }

    private func write(_ words: [UInt64]) throws(StoreError) {
        let failure = unsafe words.withUnsafeBytes { bytes -> Int32 in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return count < 0 ? errno : EIO }
                done += count
            }
            return 0
        }
        guard failure == 0 else { throw refusal("write", failure) }
        offset += Int64(words.count * 8)
        unsynced += words.count * 8
        guard unsynced >= CheckpointWriter.syncBytes else { return }
        guard fdatasync(descriptor) == 0 else { throw refusal("sync", errno) }
        unsynced = 0
    }

    /// Puts everything on disk and makes the file the checkpoint of the folder.
    ///
    /// - Parameters:
    ///   - isAlone: Whether nobody else uses the disk now, who would be held up.
    ///   - beforeRename: Called when the file is whole and on disk under its other name.
    public func finish(
        isAlone: Bool = false,
        beforeRename: () -> Void = {}
    ) throws(StoreError) {
        try append(kind: CheckpointFormat.endKind, [UInt64(blockCount)])
        guard fsync(descriptor) == 0 else { throw refusal("sync", errno) }
        close(descriptor)
        isOpen = false
        beforeRename()
        let from = CheckpointWriter.newPath(folder)
        try CheckpointWriter.put(from, in: folder, keepsFormer: !isAlone)
        if !isAlone { CheckpointWriter.giveBackReplaced(folder: folder) }
    }

    /// Makes a file the checkpoint of a folder.
    ///
    /// - Parameter keepsFormer: Whether `giveBackReplaced` gives back the room of the one before.
    private static func put(
        _ file: String,
        in folder: String,
        keepsFormer: Bool
    ) throws(StoreError) {
        let path = CheckpointWriter.path(folder)
        let old = CheckpointWriter.oldPath(folder)
        _ = unsafe unlink(old)
        // Where the file system has no second names, the rename gives the room back.
        if keepsFormer { _ = unsafe link(path, old) }
        guard unsafe rename(file, path) == 0 else {
            throw .directory(path: file, what: "rename the checkpoint", errno: errno)
        }
        try DataDirectory.sync(folder)
    }

    /// Makes the checkpoint of one folder that of another; `giveBackReplaced` gives back the room of the one before.
    public static func adopt(from other: String, in folder: String) throws(StoreError) {
        try put(path(other), in: folder, keepsFormer: true)
    }

    /// Removes the checkpoint of a folder, finished or not.
    public static func remove(folder: String) {
        _ = unsafe unlink(path(folder))
        removeUnfinished(folder: folder)
    }

    /// Gives back the room of the checkpoint whose place another one took.
    public static func giveBackReplaced(folder: String) { giveBack(oldPath(folder)) }

    /// How much room is given back at once, and how long others may use the disk before the next.
    private static let giveBackBytes = 1 << 20
    private static let giveBackPauseMicroseconds: UInt32 = 2_000

    /// Removes a file, a large one from its end on piece by piece: while a file system gives back the room of a
    /// gigabyte in one go, it lets nobody sync, for as long as a second.
    static func giveBack(_ path: String) {
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        if descriptor >= 0 {
            defer { close(descriptor) }
            var status = stat()
            // Not one that somebody reads, or that has another name as copies made with `cp -l` do.
            if unsafe fstat(descriptor, &status) == 0, status.st_nlink == 1,
                !CheckpointReader.isAnyOpen
            {
                var size = Int(status.st_size) - giveBackBytes
                while size > 0, ftruncate(descriptor, size) == 0 {
                    usleep(giveBackPauseMicroseconds)
                    size -= giveBackBytes
                }
            }
        }
        _ = unsafe unlink(path)
    }

    /// Removes the unfinished file, to give its room back.
    public func abandon() {
        if isOpen { close(descriptor) }
        isOpen = false
        CheckpointWriter.removeUnfinished(folder: folder)
    }

    private func refusal(_ what: String, _ errno: Int32) -> StoreError {
        .directory(
            path: CheckpointWriter.newPath(folder),
            what: "\(what) the checkpoint",
            errno: errno
        )
    }
}

/// A checkpoint file, mapped into memory.
@safe public final class CheckpointReader: @unchecked Sendable {
    private static let openCount = Mutex(0)

    /// Counted before the file is opened: a writer that has put another in its place sees everybody who may have
    /// the former one.
    private final class Presence: Sendable {
        init() { CheckpointReader.openCount.withLock { $0 += 1 } }
        deinit { CheckpointReader.openCount.withLock { $0 -= 1 } }
    }

    /// Whether somebody in this process reads a checkpoint.
    static var isAnyOpen: Bool { openCount.withLock { $0 > 0 } }

    private let presence = Presence()
    // Never changes until `deinit`.
    private let words: UnsafeBufferPointer<UInt64>
    private let wordCount: Int
    /// What it is a checkpoint of.
    public private(set) var header: CheckpointHeader

    /// Opens the checkpoint of a folder.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: `StoreError.damaged` where it has no header.
    public init?(folder: String) throws(StoreError) {
        let path = CheckpointWriter.path(folder)
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .directory(path: path, what: "open the checkpoint", errno: errno)
        }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size >= 64, size.isMultiple(of: 8) else {
            throw CheckpointReader.damage(0, "the file has \(size) bytes")
        }
        let mapped = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            throw .directory(path: path, what: "map the checkpoint", errno: errno)
        }
        unsafe madvise(mapped, size, MADV_SEQUENTIAL)
        unsafe madvise(mapped, size, MADV_WILLNEED)
        unsafe words = UnsafeBufferPointer(
            start: mapped.assumingMemoryBound(to: UInt64.self),
            count: size / 8
        )
        wordCount = size / 8
        header = CheckpointHeader(
            logID: "",
            layoutHash: 0,
            mark: AppliedMark(sequence: .zero, instant: .distantPast)
        )
        guard unsafe words[0] == CheckpointFormat.magic else {
            throw CheckpointReader.damage(0, "it is no checkpoint of this version")
        }
        let block = try block(at: 1, number: 0)
        guard block.kind == CheckpointFormat.headerKind, block.count == 4 else {
            throw CheckpointReader.damage(0, "it has no header")
        }
        let first = block.first
        let digits = unsafe String(words[first], radix: 16)
        header = CheckpointHeader(
            logID: String(repeating: "0", count: 16 - digits.count) + digits,
            layoutHash: unsafe words[first + 1],
            mark: AppliedMark(
                sequence: SequenceNumber(unsafe words[first + 2]),
                instant: Instant(milliseconds: Int64(bitPattern: unsafe words[first + 3]))
            )
        )
    }

    deinit {
        unsafe munmap(UnsafeMutableRawPointer(mutating: words.baseAddress), words.count * 8)
    }

    private struct Block {
        var kind: UInt32
        var first: Int
        var count: Int
    }

    private func block(
        at offset: Int,
        number: UInt32,
        checks: Bool = true
    ) throws(StoreError) -> Block {
        guard offset + CheckpointFormat.blockHeaderWords <= wordCount else {
            throw CheckpointReader.damage(number, "the file ends there")
        }
        let (sum, sizes) = unsafe (words[offset], words[offset + 1])
        let block = Block(
            kind: UInt32(truncatingIfNeeded: sizes),
            first: offset + CheckpointFormat.blockHeaderWords,
            count: Int(sizes >> 32)
        )
        let end = block.first + block.count
        guard end <= wordCount, sum >> 32 == UInt64(number) else {
            throw CheckpointReader.damage(number, "the file ends there")
        }
        let bytes = unsafe UnsafeRawBufferPointer(
            UnsafeBufferPointer(rebasing: words[offset..<end])
        )
        let found = unsafe checks ? CheckpointFormat.checksum(bytes) : 0
        guard !checks || UInt32(truncatingIfNeeded: sum) == found else {
            throw CheckpointReader.damage(number, "its checksum does not match")
        }
        return block
    }

    /// Hands all blocks of some kinds to `body`, in order.
    ///
    /// - Throws: `StoreError.damaged` where the file is not whole, or what `body` throws.
    public func blocks(
        where isWanted: (UInt8) -> Bool,
        _ body: (UInt8, UnsafeBufferPointer<UInt64>) throws(StoreError) -> Void
    ) throws(StoreError) {
        var offset = 1
        var number: UInt32 = 0
        while true {
            var block = try block(at: offset, number: number, checks: false)
            let kind = UInt8(truncatingIfNeeded: block.kind)
            if isWanted(kind) || block.kind == CheckpointFormat.endKind {
                block = try self.block(at: offset, number: number)
            }
            offset = block.first + block.count
            if block.kind == CheckpointFormat.endKind {
                guard offset == wordCount else {
                    throw CheckpointReader.damage(number, "there is something behind the end")
                }
                return
            }
            number += 1
            guard block.kind != CheckpointFormat.headerKind, isWanted(kind) else { continue }
            unsafe try body(
                kind,
                UnsafeBufferPointer(rebasing: words[block.first..<offset])
            )
        }
    }

    private static func damage(_ block: UInt32, _ what: String) -> StoreError {
        .damaged(table: "checkpoint", key: "block \(block)", what: what)
    }
}
