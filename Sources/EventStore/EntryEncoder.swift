internal import EventModel

/// Turns drafts into records: numbers for texts, links of chains, bytes.
///
/// Keeps in memory what that needs and the log does not say directly: the numbers of all texts, and
/// the last entry of every identifier.
struct EntryEncoder {
    private(set) var symbols = InternTable()
    private(set) var identifiers = InternTable()
    /// Per identifier the last entry that names it.
    private var chainHeads: [SequenceNumber] = []
    /// Memory that entries use one after the other.
    private var row = ValueWriter()

    /// Takes in the next text of the dictionary of names.
    mutating func loadSymbol(_ text: Span<UInt8>) throws(StoreError) {
        guard symbols.load(text) else { throw .exhausted("names") }
    }

    /// Makes room for so many identifiers.
    mutating func reserve(identifiers count: Int) {
        identifiers.reserve(count)
        chainHeads.reserveCapacity(count)
    }

    /// Makes what was taken in from the dictionaries findable.
    mutating func finishLoading() {
        symbols.finishLoading()
        identifiers.finishLoading()
    }

    /// Takes in the next row of the dictionary of identifiers.
    mutating func loadIdentifier(_ row: Span<UInt8>) throws(StoreError) {
        guard identifiers.load(row) else { throw .exhausted("identifiers") }
        chainHeads.append(.zero)
    }

    /// Gives the well-known names their numbers, in a log that has no names yet.
    mutating func begin() throws(StoreError) {
        guard symbols.count == 0 else { return }
        for text in SymbolID.wellKnown { _ = try intern(text) }
    }

    /// Moves the ends of the chains for entries that were encoded earlier.
    mutating func observe(_ heads: [EntryHead]) {
        let span = heads.span
        for place in span.indices {
            for index in 0..<span[place].identifiers.count {
                let id = span[place].identifiers[index].id
                chainHeads[Int(id.rawValue)] = span[place].sequence
            }
        }
    }

    /// Takes over the ends of the chains of the first identifiers.
    mutating func restore(_ heads: [SequenceNumber]) throws(StoreError) {
        guard heads.count <= chainHeads.count else {
            throw .damaged(table: "checkpoint", key: "chains", what: "it knows more identifiers")
        }
        chainHeads.replaceSubrange(..<heads.count, with: heads)
    }

    /// The last entry that names the identifier; zero where none does.
    func chainHead(of id: IdentifierID) -> SequenceNumber { chainHeads[Int(id.rawValue)] }

    func symbol(_ text: String) -> SymbolID? {
        symbols.find(Array(text.utf8).span).map(SymbolID.init)
    }

    func identifierID(_ identifier: Identifier) -> IdentifierID? {
        let canonical = identifier.canonical
        guard let namespace = symbol(canonical.namespace) else { return nil }
        return identifiers.find(EntryEncoder.row(namespace, canonical.text).span)
            .map(IdentifierID.init)
    }

    func text(of symbol: Int) -> (symbol: SymbolID, text: String) {
        let number = UInt32(truncatingIfNeeded: symbol)
        return (SymbolID(number), String(decoding: symbols.text(of: number), as: UTF8.self))
    }

    /// Encodes the next entry onto the end of a group.
    mutating func encode(
        _ draft: borrowing EntryDraft,
        sequence: SequenceNumber,
        receivedAt: Instant,
        into group: inout AppendedGroup
    ) throws(StoreError) {
        var head = EntryHead(sequence: sequence, receivedAt: receivedAt, kind: draft.kind)
        head.isBackfill = draft.isBackfill
        head.isOn = draft.isOn
        head.isAlias = draft.isAlias
        head.timestamp = draft.timestamp
        head.sentAt = draft.sentAt
        head.source = try intern(draft.source)
        head.event = try intern(draft.event)
        var spellings: [(place: Int, text: String)] = []
        for place in 0..<min(draft.identifiers.count, EntryHead.identifiersMax) {
            var reference: IdentifierReference
            if draft.identifiers[place].comparesAsReceived {
                reference = try self.reference(draft.identifiers[place], by: sequence)
            } else {
                let canonical = draft.identifiers[place].canonical
                if canonical != draft.identifiers[place] {
                    spellings.append((place, draft.identifiers[place].text))
                }
                reference = try self.reference(canonical, by: sequence)
            }
            head.identifiers.append(reference)
        }
        let source = draft.content.span
        try group.add(head, messageID: draft.messageID, spellings: spellings) {
            (writer) throws(StoreError) in
            var reader = ValueReader(at: 0)
            try intern(source, &reader, into: &writer)
        }
    }

    private mutating func reference(
        _ identifier: Identifier,
        by sequence: SequenceNumber
    ) throws(StoreError) -> IdentifierReference {
        let namespace = try intern(identifier.namespace)
        var row = ValueWriter()
        swap(&row, &self.row)
        defer { swap(&row, &self.row) }
        row.bytes.removeAll(keepingCapacity: true)
        EntryEncoder.write(namespace, identifier.text, to: &row)
        guard let (id, isNew) = identifiers.intern(row.bytes.span) else {
            throw .exhausted("identifiers")
        }
        if isNew { chainHeads.append(.zero) }
        let previous = chainHeads[Int(id)]
        chainHeads[Int(id)] = sequence
        return IdentifierReference(id: IdentifierID(id), namespace: namespace, previous: previous)
    }

    private static func row(_ namespace: SymbolID, _ text: String) -> [UInt8] {
        var writer = ValueWriter()
        write(namespace, text, to: &writer)
        return writer.bytes
    }

    private static func write(
        _ namespace: SymbolID,
        _ text: String,
        to writer: inout ValueWriter
    ) {
        writer.varint(UInt64(namespace.rawValue))
        writer.bytes.append(contentsOf: text.utf8)
    }

    private mutating func intern(_ text: String) throws(StoreError) -> SymbolID {
        var text = text
        let found = text.withUTF8 { unsafe symbols.intern($0.span) }
        guard let (id, _) = found else { throw .exhausted("names") }
        return SymbolID(id)
    }

    private mutating func intern(_ text: Span<UInt8>) throws(StoreError) -> SymbolID {
        guard let (id, _) = symbols.intern(text) else { throw .exhausted("names") }
        return SymbolID(id)
    }

    /// Copies one value from the named into the interned form; its depth is bounded by the decoder.
    private mutating func intern(
        _ source: Span<UInt8>,
        _ reader: inout ValueReader,
        into writer: inout ValueWriter
    ) throws(StoreError) {
        switch ValueTag(rawValue: source[reader.offset]) {
        case .list:
            guard case .list(let range) = reader.value(source) else { return }
            let mark = writer.begin(.list)
            var items = ValueReader(at: range.lowerBound)
            while items.offset < range.upperBound {
                try intern(source, &items, into: &writer)
            }
            writer.end(mark)
        case .object:
            guard case .object(let range) = reader.value(source) else { return }
            let mark = writer.begin(.object)
            var members = ValueReader(at: range.lowerBound)
            while members.offset < range.upperBound {
                let name = members.text(source)
                writer.varint(UInt64(try intern(source.extracting(name)).rawValue))
                try intern(source, &members, into: &writer)
            }
            writer.end(mark)
        default:
            let start = reader.offset
            reader.skip(source)
            writer.raw(source.extracting(start..<reader.offset))
        }
    }
}
