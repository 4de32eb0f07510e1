public import EventModel
internal import LMDBStore

/// Appends to the log: one object, on one thread.
///
/// It keeps in memory what append needs and the log does not say directly: the numbers of texts, and
/// the last entry of every identifier. After an error the object must not be used again; the process
/// ends and opens the log anew.
public final class LogWriter {
    /// The most bytes that an identifier's or a symbol's text may have.
    public static let textBytesMax = 255

    private let log: EventLog
    private var symbols = InternTable()
    private var identifiers = InternTable()
    /// Per identifier the last entry that names it.
    private var chainHeads: [SequenceNumber] = []
    /// The sequence number of the last entry.
    public private(set) var lastSequence: SequenceNumber
    /// Log time of the last entry that was appended or observed.
    public private(set) var lastReceivedAt: Instant = .distantPast

    /// Loads the dictionaries of a log; the heads of the chains are empty until every entry was
    /// handed to `observe`.
    public init(_ log: EventLog) throws(StoreError) {
        self.log = log
        lastSequence = try log.lastSequence()
        try DictionaryRow.readAll(log.environment, log.tables.symbols, name: "symbols") {
            (text) throws(StoreError) in
            guard symbols.intern(text) != nil else { throw .exhausted("names") }
        }
        try DictionaryRow.readAll(log.environment, log.tables.identifiers, name: "identifiers") {
            (text) throws(StoreError) in
            guard identifiers.intern(text) != nil else { throw .exhausted("identifiers") }
        }
        chainHeads = Array(repeating: .zero, count: identifiers.count)
    }

    /// Takes note of an entry that is already in the log; all of them, in order, before `append`.
    public func observe(_ head: EntryHead) {
        lastReceivedAt = head.receivedAt
        for index in 0..<head.identifiers.count {
            chainHeads[Int(head.identifiers[index].id.rawValue)] = head.sequence
        }
    }

    /// The last entry that names the identifier; zero where none does.
    public func chainHead(of id: IdentifierID) -> SequenceNumber { chainHeads[Int(id.rawValue)] }

    /// All names that the log has seen, with their numbers, in order.
    public var allSymbols: [(symbol: SymbolID, text: String)] {
        (0..<symbols.count).map(symbolText)
    }

    private func symbolText(_ id: Int) -> (symbol: SymbolID, text: String) {
        let number = UInt32(truncatingIfNeeded: id)
        return (SymbolID(number), String(decoding: symbols.text(of: number), as: UTF8.self))
    }

    /// The number of a text that the log has seen.
    public func symbol(_ text: String) -> SymbolID? {
        symbols.find(Array(text.utf8).span).map(SymbolID.init)
    }

    /// The number of an identifier that the log has seen.
    public func identifierID(_ identifier: Identifier) -> IdentifierID? {
        guard let namespace = symbol(identifier.namespace) else { return nil }
        return identifiers.find(LogWriter.row(namespace, identifier.text).span)
            .map(IdentifierID.init)
    }

    /// Appends entries with the given log time and commits: when this returns, they are durable.
    ///
    /// - Returns: The entries as the engine reads them, in order.
    public func append(
        _ drafts: [EntryDraft],
        receivedAt: Instant
    ) throws(StoreError) -> AppendedGroup {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try log.environment.beginWriting()
        }
        var group = AppendedGroup()
        group.reserve(entries: drafts.count)
        let knownSymbols = symbols.count
        if knownSymbols == 0 {
            for text in SymbolID.wellKnown { _ = try intern(text, in: transaction) }
        }
        for draft in drafts {
            try append(draft, receivedAt: receivedAt, to: &group, in: transaction)
        }
        try StoreError.commit(transaction)
        for id in knownSymbols..<symbols.count {
            group.newSymbols.append(symbolText(id))
        }
        lastReceivedAt = receivedAt
        return group
    }

    private func append(
        _ draft: EntryDraft,
        receivedAt: Instant,
        to group: inout AppendedGroup,
        in transaction: borrowing WriteTransaction
    ) throws(StoreError) {
        let sequence = lastSequence.next
        var head = EntryHead(sequence: sequence, receivedAt: receivedAt, kind: draft.kind)
        head.isBackfill = draft.isBackfill
        head.timestamp = draft.timestamp
        head.sentAt = draft.sentAt
        head.source = try intern(draft.source, in: transaction)
        head.event = try intern(draft.event, in: transaction)
        for identifier in draft.identifiers.prefix(EntryHead.identifiersMax) {
            head.identifiers.append(try reference(identifier, by: sequence, in: transaction))
        }
        var content = ValueWriter()
        var reader = ValueReader(at: 0)
        try intern(draft.content.span, &reader, into: &content, in: transaction)
        let start = group.bytes.count
        head = group.add(head, messageID: draft.messageID, content: content.bytes)
        let record = group.bytes.span.extracting(start..<group.bytes.count)
        let key = Key.of(sequence)
        try StoreError.wrap { () throws(LMDBError) in
            try transaction.append(log.tables.entries, key: key.span, value: record)
            if draft.kind == .rules {
                try transaction.append(log.tables.rules, key: key.span, value: [UInt8]().span)
            }
        }
        lastSequence = sequence
    }

    private func reference(
        _ identifier: Identifier,
        by sequence: SequenceNumber,
        in transaction: borrowing WriteTransaction
    ) throws(StoreError) -> IdentifierReference {
        let namespace = try intern(identifier.namespace, in: transaction)
        let row = LogWriter.row(namespace, identifier.text)
        guard let (id, isNew) = identifiers.intern(row.span) else {
            throw .exhausted("identifiers")
        }
        if isNew {
            try put(row.span, id: id, in: log.tables.identifiers, transaction)
            chainHeads.append(.zero)
        }
        let previous = chainHeads[Int(id)]
        chainHeads[Int(id)] = sequence
        return IdentifierReference(id: IdentifierID(id), namespace: namespace, previous: previous)
    }

    private static func row(_ namespace: SymbolID, _ text: String) -> [UInt8] {
        var writer = ValueWriter()
        writer.varint(UInt64(namespace.rawValue))
        writer.bytes.append(contentsOf: text.utf8)
        return writer.bytes
    }

    private func intern(
        _ text: String,
        in transaction: borrowing WriteTransaction
    ) throws(StoreError) -> SymbolID {
        try intern(Array(text.utf8).span, in: transaction)
    }

    private func intern(
        _ text: Span<UInt8>,
        in transaction: borrowing WriteTransaction
    ) throws(StoreError) -> SymbolID {
        guard let (id, isNew) = symbols.intern(text) else { throw .exhausted("names") }
        if isNew { try put(text, id: id, in: log.tables.symbols, transaction) }
        return SymbolID(id)
    }

    private func put(
        _ payload: Span<UInt8>,
        id: UInt32,
        in table: Table,
        _ transaction: borrowing WriteTransaction
    ) throws(StoreError) {
        let key = Key.of(id)
        let record = DictionaryRow.record(payload, key: key.span)
        try StoreError.wrap { () throws(LMDBError) in
            try transaction.append(table, key: key.span, value: record.span)
        }
    }

    /// Copies one value from the named into the interned form; its depth is bounded by the decoder.
    private func intern(
        _ source: Span<UInt8>,
        _ reader: inout ValueReader,
        into writer: inout ValueWriter,
        in transaction: borrowing WriteTransaction
    ) throws(StoreError) {
        let start = reader.offset
        switch reader.value(source) {
        case .list(let range):
            let mark = writer.begin(.list)
            var items = ValueReader(at: range.lowerBound)
            while items.offset < range.upperBound {
                try intern(source, &items, into: &writer, in: transaction)
            }
            writer.end(mark)
        case .object(let range):
            let mark = writer.begin(.object)
            var members = ValueReader(at: range.lowerBound)
            while members.offset < range.upperBound {
                let name = members.text(source)
                writer.varint(
                    UInt64(try intern(source.extracting(name), in: transaction).rawValue)
                )
                try intern(source, &members, into: &writer, in: transaction)
            }
            writer.end(mark)
        default: writer.raw(source.extracting(start..<reader.offset))
        }
    }
}
