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

    mutating func add(
        _ head: EntryHead,
        messageID: String,
        spellings: [(place: Int, text: String)],
        content: [UInt8]
    ) {
        var writer = ValueWriter(appendingTo: bytes)
        bytes = []
        let head = EntryRecord.write(
            head,
            messageID: messageID,
            spellings: spellings,
            content: content.span,
            to: &writer
        )
        bytes = writer.bytes
        heads.append(head)
        starts.append(bytes.count)
    }
}
