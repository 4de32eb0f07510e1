internal import CChecksum
internal import CZstd
internal import EventModel
internal import Glibc
internal import Synchronization

/// The format of a file of sealed entries; the layout is drawn in `OnDisk.md`.
enum SealedFormat {
    static let magic: UInt64 = 0x316C_6165_7367_6573
    static let indexWords = 4
    static let footerBytes = 48
    /// Bytes of records from which a block is compressed: one is read whole for any of its entries.
    static let blockBytes = 64 << 10
    /// Entries of a file at most.
    static let fileEntriesMax: UInt64 = 1_000_000
    /// zstd's default: what a higher level gains of such records is little.
    static let level: Int32 = 3

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe checksum_crc32c(0, bytes.baseAddress, bytes.count)
        }
    }

    static func name(_ first: SequenceNumber, _ last: SequenceNumber) -> String {
        "\(first)-\(last).seg"
    }
}

/// A block of sealed entries, in memory.
final class SealedBlock: Sendable {
    let first: SequenceNumber
    let bytes: [UInt8]
    /// Where each record begins, and one past the last.
    let starts: [Int]

    init(first: SequenceNumber, bytes: [UInt8], starts: [Int]) {
        self.first = first
        self.bytes = bytes
        self.starts = starts
    }

    var count: Int { starts.count / 2 }

    func record(_ index: Int) -> Range<Int> { starts[2 * index]..<starts[2 * index + 1] }
}

/// Entries that were sealed: a part of the log in a file of its own, compressed block by block.
final class SealedFile: Sendable {
    private struct Block {
        var first: SequenceNumber
        var offset: UInt64
        var count: UInt32
        var bytes: UInt32
        var rawBytes: UInt32
        var checksum: UInt32
    }

    /// Blocks that are kept in memory.
    private static let cachedMax = 16

    let name: String
    let first: SequenceNumber
    let last: SequenceNumber
    /// How large it is.
    let bytes: Int
    let descriptor: Int32
    private let blocks: [Block]
    private let cache = Mutex<[(index: Int, block: SealedBlock)]>([])

    /// Opens a file and reads its index.
    init(folder: String, name: String) throws(StoreError) {
        self.name = name
        let path = folder + "/" + name
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .directory(path: path, what: "open the sealed entries", errno: errno)
        }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        bytes = size
        do throws(StoreError) {
            guard size >= SealedFormat.footerBytes else {
                throw SealedFile.damaged(name, "it is only \(size) bytes")
            }
            let footer = try SealedFile.read(
                descriptor,
                name,
                at: UInt64(size - SealedFormat.footerBytes),
                count: SealedFormat.footerBytes
            )
            let words = SealedFile.words(footer)
            guard words[5] == SealedFormat.magic else {
                throw SealedFile.damaged(name, "its end is not that of such a file")
            }
            guard
                UInt64(SealedFormat.checksum(Array(footer[..<32]))) == words[4],
                words[0] <= UInt64(size),
                words[1] <= UInt64(size) / UInt64(SealedFormat.indexWords * 8)
            else { throw SealedFile.damaged(name, "its end does not match its checksum") }
            first = SequenceNumber(words[2])
            last = SequenceNumber(words[3])
            let index = try SealedFile.read(
                descriptor,
                name,
                at: words[0],
                count: Int(words[1]) * SealedFormat.indexWords * 8 + 8
            )
            let sum = SealedFile.words(Array(index.suffix(8)))[0]
            guard UInt64(SealedFormat.checksum(Array(index.dropLast(8)))) == sum else {
                throw SealedFile.damaged(name, "its index does not match its checksum")
            }
            blocks = SealedFile.blocks(SealedFile.words(Array(index.dropLast(8))))
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    private static func blocks(_ words: [UInt64]) -> [Block] {
        var blocks: [Block] = []
        for place in stride(from: 0, to: words.count, by: SealedFormat.indexWords) {
            let (sizes, rest) = (words[place + 2], words[place + 3])
            blocks.append(
                Block(
                    first: SequenceNumber(words[place]),
                    offset: words[place + 1],
                    count: UInt32(sizes >> 32),
                    bytes: UInt32(truncatingIfNeeded: sizes),
                    rawBytes: UInt32(rest >> 32),
                    checksum: UInt32(truncatingIfNeeded: rest)
                )
            )
        }
        return blocks
    }

    private static func words(_ bytes: [UInt8]) -> [UInt64] {
        var words: [UInt64] = []
        for start in stride(from: 0, to: bytes.count - 7, by: 8) {
            var word: UInt64 = 0
            for place in (0..<8).reversed() { word = word << 8 | UInt64(bytes[start + place]) }
            words.append(word)
        }
        return words
    }

    private static func damaged(_ name: String, _ what: String) -> StoreError {
        .damaged(table: "sealed", key: name, what: what)
    }

    private static func read(
        _ descriptor: Int32,
        _ name: String,
        at offset: UInt64,
        count: Int
    ) throws(StoreError) -> [UInt8] {
        var done = 0
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while done < count {
                let got = unsafe pread(
                    descriptor,
                    buffer.baseAddress.map { unsafe $0 + done },
                    count - done,
                    off_t(offset) + off_t(done)
                )
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                done += got
            }
            filled = done
        }
        if failure != 0 {
            throw .directory(path: name, what: "read the sealed entries", errno: failure)
        }
        guard done == count else { throw damaged(name, "it ends too early") }
        return bytes
    }

    private func block(_ index: Int) throws(StoreError) -> SealedBlock {
        let place = blocks[index]
        let packed = try SealedFile.read(
            descriptor,
            name,
            at: place.offset,
            count: Int(place.bytes)
        )
        guard SealedFormat.checksum(packed) == place.checksum else {
            throw SealedFile.damaged(
                name,
                "entries from \(place.first) on do not match their checksum"
            )
        }
        let wanted = Int(place.rawBytes)
        var got = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            got = unsafe packed.withUnsafeBytes { packed in
                unsafe ZSTD_decompress(
                    buffer.baseAddress,
                    wanted,
                    packed.baseAddress,
                    packed.count
                )
            }
            filled = ZSTD_isError(got) == 0 ? got : 0
        }
        guard got == wanted else {
            throw SealedFile.damaged(name, "entries from \(place.first) on cannot be unpacked")
        }
        var starts: [Int] = []
        var reader = ValueReader(at: 0)
        for _ in 0..<place.count {
            guard reader.offset < wanted else { break }
            let record = reader.text(bytes.span)
            starts.append(record.lowerBound)
            starts.append(record.upperBound)
        }
        guard starts.count == 2 * Int(place.count), reader.offset == wanted else {
            throw SealedFile.damaged(name, "entries from \(place.first) on are not whole")
        }
        return SealedBlock(first: place.first, bytes: bytes, starts: starts)
    }

    /// The block that has an entry of the file.
    private func index(of sequence: SequenceNumber) -> Int {
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].first <= sequence { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// Hands records to `body` until it returns false; says whether it did not.
    func visit(
        from start: SequenceNumber,
        _ body: (SequenceNumber, Span<UInt8>, Span<UInt8>) throws(StoreError) -> Bool
    ) throws(StoreError) -> Bool {
        var index = max(0, index(of: start))
        while index < blocks.count {
            let block = try cached(index)
            let all = block.bytes
            let bytes = all.span
            let skipped = start > block.first ? Int(start.rawValue - block.first.rawValue) : 0
            for place in min(skipped, block.count)..<block.count {
                let sequence = SequenceNumber(block.first.rawValue + UInt64(place))
                let key = Key.of(sequence)
                guard try body(sequence, key.span, bytes.extracting(block.record(place))) else {
                    return false
                }
            }
            index += 1
        }
        return true
    }

    /// The block that has an entry, and the entry's place in it.
    func find(_ sequence: SequenceNumber) throws(StoreError) -> (SealedBlock, Int) {
        let block = try cached(index(of: sequence))
        return (block, Int(sequence.rawValue - block.first.rawValue))
    }

    /// A block, from memory where it was read lately: several threads read the same, and each in stretches.
    private func cached(_ index: Int) throws(StoreError) -> SealedBlock {
        let known = cache.withLock { cache -> SealedBlock? in
            guard let place = cache.firstIndex(where: { $0.index == index }) else { return nil }
            // The one that was used last stands last.
            let found = cache.remove(at: place)
            cache.append(found)
            return found.block
        }
        if let known { return known }
        let found = try block(index)
        cache.withLock { cache in
            if cache.count == SealedFile.cachedMax { cache.removeFirst() }
            cache.append((index, found))
        }
        return found
    }
}
