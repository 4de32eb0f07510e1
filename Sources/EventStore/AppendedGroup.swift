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

    /// Adds an entry that was read from the log.
    @inline(__always)
    mutating func add(_ head: EntryHead, record: Span<UInt8>) {
        heads.append(head)
        unsafe record.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        starts.append(bytes.count)
    }

    /// Forgets the entries and keeps the memory.
    mutating func removeAll() {
        heads.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
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
