public import EventModel

/// A log that lives in memory only: for rule tests, simulations and tests of the engine.
///
/// The same records as on disk, by the same code.
public final class MemoryLog {
    private var encoder = EntryEncoder()
    private var groups: [AppendedGroup] = []
    /// Per entry its group and its place in it.
    private var places: [(group: Int, index: Int)] = []

    /// An empty log.
    public init() {}

    /// The last entry's sequence number; zero where the log is empty.
    public var lastSequence: SequenceNumber { SequenceNumber(UInt64(places.count)) }

    /// Appends entries with the given log time.
    public func append(
        _ drafts: [EntryDraft],
        receivedAt: Instant
    ) throws(StoreError) -> AppendedGroup {
        try append(drafts, receivedAt: Array(repeating: receivedAt, count: drafts.count))
    }

    /// Appends entries, each with its own log time; none is earlier than the one before.
    public func append(
        _ drafts: [EntryDraft],
        receivedAt instants: [Instant]
    ) throws(StoreError) -> AppendedGroup {
        var group = AppendedGroup()
        let symbols = encoder.symbols.count
        try encoder.begin()
        try encoder.encode(drafts, after: lastSequence, receivedAt: instants, into: &group)
        places += drafts.indices.map { (groups.count, $0) }
        group.newSymbols = (symbols..<encoder.symbols.count).map { encoder.text(of: $0) }
        groups.append(group)
        return group
    }

    /// The number of an identifier that some entry names; nil where none does.
    public func id(of identifier: Identifier) -> IdentifierID? { encoder.identifierID(identifier) }

    /// The identifier of a number.
    public func identifier(_ id: IdentifierID) -> Identifier {
        let row = Array(encoder.identifiers.text(of: id.rawValue))
        var reader = ValueReader(at: 0)
        let namespace = reader.varint(row.span)
        return Identifier(
            namespace: encoder.text(of: Int(namespace)).text,
            text: String(decoding: row[reader.offset...], as: UTF8.self)
        )
    }
}

extension MemoryLog: EntryHistory {
    /// An identifier, as it compares.
    public func identifier(of id: IdentifierID) -> Identifier? { identifier(id) }

    /// Hands one entry to `body`; nil where there is none of that number.
    public func read<Result>(
        _ sequence: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Result
    ) throws(StoreError) -> Result? {
        guard sequence > .zero, sequence <= lastSequence else { return nil }
        let place = places[Int(sequence.rawValue) - 1]
        let group = groups[place.group]
        let bytes = group.bytes
        return body(
            group.heads[place.index],
            bytes.span.extracting(group.record(place.index))
        )
    }
}
