public import EventModel

/// Entries that were appended together: one instant of log time, with their records' bytes.
public struct AppendedGroup: Sendable {
    /// The entries, in order of sequence.
    public package(set) var heads: [EntryHead] = []
    /// All records, one behind the other.
    public var bytes: [UInt8] { records }
    private var records: [UInt8] = []
    /// Names that the log had not seen before, with their new numbers, in order.
    public internal(set) var newSymbols: [(symbol: SymbolID, text: String)] = []
    /// Whether identifiers have their texts back that had been scrubbed.
    public internal(set) var restoresNames = false
    /// Where each record begins, and one past the last.
    private var starts: [Int] = [0]

    /// A group without entries.
    public init() {}

    /// The bytes of an entry's record, from which its ranges are counted.
    public func record(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

    mutating func reserve(entries count: Int) {
        heads.reserveCapacity(count)
        starts.reserveCapacity(count + 1)
        records.reserveCapacity(count * 256)
    }

    /// Begins to read entries from the log in place of those that are there; `endReading` must follow.
    mutating func beginReading() {
        records.removeAll(keepingCapacity: true)
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
        unsafe record.withUnsafeBufferPointer { unsafe records.append(contentsOf: $0) }
        starts.append(records.count)
    }

    /// Forgets what was there before and has not been written over.
    mutating func endReading() {
        let count = starts.count - 1
        if heads.count > count { heads.removeLast(heads.count - count) }
    }

    /// Where all records begin, and one past the last.
    public var recordStarts: [Int] { starts }

    /// Adds an entry of another group as it is.
    mutating func add(_ head: EntryHead, _ record: Span<UInt8>) {
        heads.append(head)
        unsafe record.withUnsafeBufferPointer { unsafe records.append(contentsOf: $0) }
        starts.append(records.count)
    }

    /// Forgets all entries.
    mutating func removeAll() {
        heads.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
        newSymbols = []
    }

    /// Adds an entry of another group, of which something is left out.
    ///
    /// - Parameters:
    ///   - head: What is kept, without ranges.
    ///   - messageID: The idempotency key.
    ///   - spellings: Identifiers that were received otherwise than they compare, with their places.
    ///   - content: One object in the interned form.
    mutating func add(
        changed head: EntryHead,
        messageID: Span<UInt8>,
        spellings: [(place: Int, text: String)],
        content: Span<UInt8>
    ) throws(StoreError) {
        heads.append(head)
        let index = heads.count - 1
        heads[index].spellings = 0..<0
        try EntryRecord.write(
            &heads[index],
            messageID: messageID,
            spellings: spellings,
            to: &records,
            contentBytesMax: content.count,
            content: { (output) throws(StoreError) in output.raw(content) }
        )
        starts.append(records.count)
    }

    /// Adds an entry that is to be appended.
    ///
    /// - Parameters:
    ///   - messageID: The idempotency key.
    ///   - contentBytesMax: The most bytes that `content` writes.
    ///   - identify: Completes the entry but for its ranges; gives identifiers that were received otherwise than
    ///     they compare, with their places.
    ///   - content: Writes one object in the interned form.
    @inline(__always)
    mutating func add(
        _ sequence: SequenceNumber,
        receivedAt: Instant,
        kind: EntryKind,
        messageID: Span<UInt8>,
        contentBytesMax: Int,
        identify: (inout EntryHead) throws(StoreError) -> [(place: Int, text: String)],
        content: (inout OutputSpan<UInt8>) throws(StoreError) -> Void
    ) throws(StoreError) {
        heads.append(EntryHead(sequence: sequence, receivedAt: receivedAt, kind: kind))
        let index = heads.count - 1
        let spellings = try identify(&heads[index])
        try EntryRecord.write(
            &heads[index],
            messageID: messageID,
            spellings: spellings,
            to: &records,
            contentBytesMax: contentBytesMax,
            content: content
        )
        starts.append(records.count)
    }
}
