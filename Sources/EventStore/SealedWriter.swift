internal import CZstd
internal import EventModel
internal import Glibc

/// Writes entries into a file of sealed ones.
final class SealedWriter {
    private let folder: String
    private let first: SequenceNumber
    private var next: SequenceNumber
    private let descriptor: Int32
    private var offset: UInt64 = 0
    private var raw = ValueWriter()
    private var rawFirst: SequenceNumber
    private var rawCount: UInt32 = 0
    private var index: [UInt64] = []

    private var unfinished: String { folder + "/unfinished" }

    init(folder: String, first: SequenceNumber) throws(StoreError) {
        self.folder = folder
        self.first = first
        next = first
        rawFirst = first
        let path = folder + "/unfinished"
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .directory(path: path, what: "make", errno: errno) }
    }

    deinit { close(descriptor) }

    /// How many entries it has.
    var count: UInt64 { next.rawValue - first.rawValue }

    /// Adds the next entry.
    func add(_ record: Span<UInt8>) throws(StoreError) {
        raw.name(record)
        rawCount += 1
        next = next.next
        if raw.bytes.count >= SealedFormat.blockBytes { try flush() }
    }

    private func flush() throws(StoreError) {
        guard rawCount > 0 else { return }
        let bound = ZSTD_compressBound(raw.bytes.count)
        var packedCount = 0
        let bytes = raw.bytes
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, filled in
            packedCount = unsafe bytes.withUnsafeBytes { bytes in
                unsafe ZSTD_compress(
                    buffer.baseAddress,
                    bound,
                    bytes.baseAddress,
                    bytes.count,
                    SealedFormat.level
                )
            }
            filled = ZSTD_isError(packedCount) == 0 ? packedCount : 0
        }
        guard ZSTD_isError(packedCount) == 0 else {
            throw .damaged(table: "sealed", key: "\(rawFirst)", what: "zstd cannot compress it")
        }
        index += [
            rawFirst.rawValue, offset, UInt64(rawCount) << 32 | UInt64(packed.count),
            UInt64(bytes.count) << 32 | UInt64(SealedFormat.checksum(packed)),
        ]
        try write(packed)
        raw.bytes.removeAll(keepingCapacity: true)
        rawFirst = next
        rawCount = 0
    }

    private func write(_ bytes: [UInt8]) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.write(
                    descriptor,
                    bytes.baseAddress.map { unsafe $0 + done },
                    bytes.count - done
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw .directory(path: unfinished, what: "write", errno: errno)
            }
            done += count
        }
        offset += UInt64(bytes.count)
    }

    private static func bytes(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    }

    /// Writes what is left, and gives the file its name; it is on disk then.
    func finish() throws(StoreError) -> String {
        try flush()
        let start = offset
        let rows = SealedWriter.bytes(index)
        try write(rows + SealedWriter.bytes([UInt64(SealedFormat.checksum(rows))]))
        let last = SequenceNumber(next.rawValue - 1)
        let blocks = UInt64(index.count / SealedFormat.indexWords)
        let footer = SealedWriter.bytes([start, blocks, first.rawValue, last.rawValue])
        let sum = UInt64(SealedFormat.checksum(footer))
        try write(footer + SealedWriter.bytes([sum, SealedFormat.magic]))
        guard fsync(descriptor) == 0 else {
            throw .directory(path: unfinished, what: "sync", errno: errno)
        }
        let name = SealedFormat.name(first, last)
        guard unsafe rename(unfinished, folder + "/" + name) == 0 else {
            throw .directory(path: unfinished, what: "rename", errno: errno)
        }
        return name
    }
}
