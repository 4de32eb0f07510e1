internal import EventModel
internal import Glibc

/// Sorts the rows of an import by instant, stable in the order in which they come; beyond its memory
/// by runs on disk that are merged.
public final class RowSorter {
    /// A row to be sorted.
    public struct Row: Sendable {
        /// When it happened, in milliseconds since 1970.
        public var at: Int64
        /// Which file it is of, from 0.
        public var file: UInt32
        /// Its line in it, from 1.
        public var line: UInt32
        /// The row itself.
        public var bytes: [UInt8]

        /// A row of that instant and place.
        public init(at: Int64, file: UInt32, line: UInt32, bytes: [UInt8]) {
            self.at = at
            self.file = file
            self.line = line
            self.bytes = bytes
        }
    }

    private struct Key {
        var at: Int64
        var file: UInt32
        var line: UInt32
        var start: Int
        var count: Int
    }

    private let folder: String
    private let memoryBytesMax: Int
    private var keys: [Key] = []
    private var bytes: [UInt8] = []
    private var runs: [SortedRun] = []

    /// How many rows there are.
    public private(set) var count = 0
    /// The earliest and the latest row's instants.
    public private(set) var bounds: ClosedRange<Int64>?

    /// An empty sorter.
    ///
    /// - Parameters:
    ///   - folder: Where runs are written, an existing folder.
    ///   - memoryBytesMax: How much is held before a run is written.
    public init(folder: String, memoryBytesMax: Int = 256 << 20) {
        self.folder = folder
        self.memoryBytesMax = memoryBytesMax
    }

    /// Takes a row in; rows come in the order of files and lines.
    public func add(_ row: Row) throws(PartitionError) {
        let low = min(bounds?.lowerBound ?? row.at, row.at)
        bounds = low...max(bounds?.upperBound ?? row.at, row.at)
        count += 1
        keys.append(
            Key(
                at: row.at,
                file: row.file,
                line: row.line,
                start: bytes.count,
                count: row.bytes.count
            )
        )
        bytes += row.bytes
        if bytes.count + keys.count * MemoryLayout<Key>.stride > memoryBytesMax { try spill() }
    }

    private func sort() {
        // Rows come in order, so their place breaks ties.
        keys.sort { ($0.at, $0.start) < ($1.at, $1.start) }
    }

    private func spill() throws(PartitionError) {
        sort()
        let run = try SortedRun(path: "\(folder)/run-\(runs.count)")
        for key in keys {
            try run.write(
                Row(
                    at: key.at,
                    file: key.file,
                    line: key.line,
                    bytes: Array(bytes[key.start..<key.start + key.count])
                )
            )
        }
        try run.beginReading()
        runs.append(run)
        keys.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Hands all rows out in order.
    ///
    /// - Complexity: O(n log n)
    public func forEach(_ body: (Row) throws(PartitionError) -> Void) throws(PartitionError) {
        guard !runs.isEmpty else {
            sort()
            for key in keys {
                try body(
                    Row(
                        at: key.at,
                        file: key.file,
                        line: key.line,
                        bytes: Array(bytes[key.start..<key.start + key.count])
                    )
                )
            }
            return
        }
        if !keys.isEmpty { try spill() }
        var heads: [Row?] = []
        for run in runs { heads.append(try run.next()) }
        // Runs are few: hundreds at most. Of equal instants the earlier run came first.
        while true {
            var first: Int?
            for index in heads.indices {
                guard let head = heads[index] else { continue }
                if let other = first, let row = heads[other], row.at <= head.at { continue }
                first = index
            }
            guard let first, let row = heads[first] else { return }
            try body(row)
            heads[first] = try runs[first].next()
        }
    }
}

/// Sorted rows in a file that goes with the object.
private final class SortedRun {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var offset = 0

    private static let bufferBytes = 1 << 20
    private static let headBytes = 20

    init(path: String) throws(PartitionError) {
        self.path = path
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SortedRun.failure("make", path) }
        // The name goes at once: nothing is left behind, however the process ends.
        unsafe unlink(path)
    }

    deinit { close(descriptor) }

    func write(_ row: RowSorter.Row) throws(PartitionError) {
        append(UInt64(bitPattern: row.at), bytes: 8)
        append(UInt64(row.file), bytes: 4)
        append(UInt64(row.line), bytes: 4)
        append(UInt64(row.bytes.count), bytes: 4)
        buffer += row.bytes
        if buffer.count >= SortedRun.bufferBytes { try flush() }
    }

    private func append(_ value: UInt64, bytes: Int) {
        for index in 0..<bytes {
            buffer.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }

    private func flush() throws(PartitionError) {
        var done = 0
        while done < buffer.count {
            let written = unsafe buffer.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            guard written > 0 else { throw SortedRun.failure("write", path) }
            done += written
        }
        buffer.removeAll(keepingCapacity: true)
    }

    func beginReading() throws(PartitionError) {
        try flush()
        lseek(descriptor, 0, SEEK_SET)
    }

    func next() throws(PartitionError) -> RowSorter.Row? {
        guard try fill(SortedRun.headBytes) else { return nil }
        func number(_ start: Int, _ count: Int) -> UInt64 {
            (0..<count).reduce(0) { $0 | UInt64(buffer[offset + start + $1]) << UInt64(8 * $1) }
        }
        let length = Int(number(16, 4))
        var row = RowSorter.Row(
            at: Int64(bitPattern: number(0, 8)),
            file: UInt32(number(8, 4)),
            line: UInt32(number(12, 4)),
            bytes: []
        )
        guard try fill(SortedRun.headBytes + length) else { return nil }
        let start = offset + SortedRun.headBytes
        row.bytes = Array(buffer[start..<start + length])
        offset = start + length
        return row
    }

    /// Has so many bytes ready; false at the end of the file.
    private func fill(_ count: Int) throws(PartitionError) -> Bool {
        if buffer.count - offset >= count { return true }
        buffer.removeFirst(offset)
        offset = 0
        while buffer.count < count {
            var piece = [UInt8](repeating: 0, count: max(SortedRun.bufferBytes, count))
            let found = unsafe piece.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress, $0.count)
            }
            guard found >= 0 else { throw SortedRun.failure("read", path) }
            if found == 0 { return false }
            buffer += piece[..<found]
        }
        return true
    }

    private static func failure(_ what: String, _ path: String) -> PartitionError {
        let reason = unsafe String(cString: strerror(errno))
        return PartitionError(
            .storage,
            "cannot \(what) the temporary file \(path): \(reason). Rows beyond memory are sorted "
                + "in the data directory: give it as much free space as the files have."
        )
    }
}
