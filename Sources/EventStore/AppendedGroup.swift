public import EventModel

/// Entries that were appended together: one instant of log time, with their records' bytes.
public struct AppendedGroup: Sendable {
    /// The entries, in order of sequence.
    public private(set) var heads: [EntryHead] = []
    /// All records, one behind the other.
    public private(set) var bytes: [UInt8] = []
    /// Names that the log had not seen before, with their new numbers, in order.
    public internal(set) var newSymbols: [(symbol: SymbolID, text: String)] = []
    /// Where each record begins, and one past the last.
    private var starts: [Int] = [0]

    /// A group without entries.
    public init() {}

    /// The bytes of an entry's record, from which its ranges are counted.
    public func record(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

    mutating func reserve(entries count: Int) {
        heads.reserveCapacity(count)
        starts.reserveCapacity(count + 1)
        bytes.reserveCapacity(count * 256)
    }

    /// Begins to read entries from the log in place of those that are there; `endReading` must follow.
    mutating func beginReading() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
    }

    /// Reads the next entry.
    @inline(__always)
    mutating func read(
        _ record: Span<UInt8>,
        _ decode: (inout EntryHead) throws(StoreError) -> Void
    ) throws(StoreError) {
        let index = starts.count - 1
        // Former heads are written over, since most of a head stays as it is.
        if index == heads.count { heads.append(.empty) }
        try decode(&heads[index])
        unsafe record.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        starts.append(bytes.count)
    }

    /// Forgets what was there before and has not been written over.
    mutating func endReading() {
        let count = starts.count - 1
        if heads.count > count { heads.removeLast(heads.count - count) }
    }

    /// Where all records begin, and one past the last.
    public var recordStarts: [Int] { starts }

    mutating func add(
        _ head: EntryHead,
        messageID: String,
        spellings: [(place: Int, text: String)],
        content: Span<UInt8>
    ) {
        var writer = ValueWriter(appendingTo: bytes)
        bytes = []
        let head = EntryRecord.write(
            head,
            messageID: messageID,
            spellings: spellings,
            content: content,
            to: &writer
        )
        bytes = writer.bytes
        heads.append(head)
        starts.append(bytes.count)
    }
}
