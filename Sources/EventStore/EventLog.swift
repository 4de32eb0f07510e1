public import EventModel
internal import LMDBStore

/// The log for reading: entries in order of sequence, and what its numbers stand for.
///
/// Many threads may read while one `LogWriter` appends; each call sees what was committed before it.
public final class EventLog: EntryHistory, Sendable {
    /// What the directory's format is called in `about`.
    private static let formatVersion: UInt8 = 1
    /// The most that the log may grow to; sparse, so it costs address space only.
    public static let mapSizeBytes = 256 << 30

    /// Random, made with the log: the first part of every transition's id.
    public let id: String

    let environment: Environment
    let tables: Tables
    /// Keeps the directory locked as long as its files are open; goes last.
    private let holder: DataDirectory?

    struct Tables: Sendable {
        let entries: Table
        let symbols: Table
        let identifiers: Table
        let rules: Table
        let quarantines: Table
    }

    /// Opens the log of a directory, which the caller has locked; makes it where there is none.
    ///
    /// - Parameter newID: The id of the log if it is made now.
    public convenience init(directory: String, newID: String) throws(StoreError) {
        try self.init(
            directory: directory,
            newID: newID,
            mapSizeBytes: EventLog.mapSizeBytes,
            syncs: true
        )
    }

    /// The same with another size and without syncs, for tests.
    package init(
        directory: String,
        newID: String,
        mapSizeBytes: Int,
        syncs: Bool,
        holder: DataDirectory? = nil
    ) throws(StoreError) {
        self.holder = holder
        let environment = try StoreError.wrap { () throws(LMDBError) in
            try Environment(
                directory: directory,
                mapSizeBytes: mapSizeBytes,
                tablesMax: 16,
                syncs: syncs
            )
        }
        let opened = try StoreError.wrap { () throws(LMDBError) in
            try environment.openTables([
                "entries", "symbols", "identifiers", "rules", "about", "quarantines",
            ])
        }
        self.environment = environment
        tables = Tables(
            entries: opened[0],
            symbols: opened[1],
            identifiers: opened[2],
            rules: opened[3],
            quarantines: opened[5]
        )
        let about = AboutTable(environment: environment, table: opened[4])
        id = try about.text(
            "log",
            orSet: newID,
            version: EventLog.formatVersion,
            what: "the log in \(directory)"
        )
        try DataDirectory.sync(directory)
    }

    /// The last entry's sequence number; zero where the log is empty.
    public func lastSequence() throws(StoreError) -> SequenceNumber {
        try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            var cursor = try transaction.cursor(tables.entries)
            guard try cursor.last() else { return .zero }
            return cursor.withCurrent { key, _ in SequenceNumber(Key.number(key)) }
        }
    }

    /// Hands entries to `body` in order, until it returns false or the log ends.
    ///
    /// Reads in stretches of 10,000 records, so that no reader is held long.
    /// - Parameter first: The entry to begin with.
    public func scan(
        from first: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Bool
    ) throws(StoreError) {
        var next: SequenceNumber? = first
        while let start = next { next = try stretch(from: start, body) }
    }

    /// Entries of one block of `scanBlocks`, at most.
    public static let blockEntriesMax = 256

    /// Hands entries to `body` in blocks, copied out of the log, so that the reader can look ahead; until
    /// `body` returns false or the log ends.
    ///
    /// Of entries that name somebody only those are among them that `isWanted` asks for by the first identifier
    /// that they name. What is passed over is not checked, so that several threads may each take their part.
    /// - Parameters:
    ///   - first: The entry to begin with.
    ///   - last: The entry to end with.
    ///   - endsBlock: Whether a block ends with an entry, so that `body` sees it before `isWanted` is asked again.
    public func scanBlocks(
        from first: SequenceNumber,
        through last: SequenceNumber,
        where isWanted: ((IdentifierID) -> Bool)? = nil,
        endsBlock: (EntryHead) -> Bool = { _ in false },
        _ body: (AppendedGroup) -> Bool
    ) throws(StoreError) {
        var block = AppendedGroup()
        block.reserve(entries: EventLog.blockEntriesMax)
        var goesOn = true
        func take(_ head: EntryHead, _ record: Span<UInt8>) -> Bool {
            guard head.sequence <= last else { return false }
            block.add(head, record: record)
            if block.heads.count == EventLog.blockEntriesMax || endsBlock(head) {
                goesOn = body(block)
                block.removeAll()
            }
            return goesOn
        }
        var next: SequenceNumber? = first
        while let start = next, start <= last {
            if let isWanted {
                next = try stretch(from: start, looksAhead: true, where: isWanted, take)
            } else {
                next = try stretch(from: start, take)
            }
        }
        if goesOn, !block.heads.isEmpty { _ = body(block) }
    }

    private func stretch(
        from first: SequenceNumber,
        looksAhead: Bool = false,
        where isWanted: (IdentifierID) -> Bool = { _ in true },
        _ body: (EntryHead, Span<UInt8>) -> Bool
    ) throws(StoreError) -> SequenceNumber? {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var cursor = try StoreError.wrap { () throws(LMDBError) in
            try transaction.cursor(tables.entries)
        }
        var found = try StoreError.wrap { () throws(LMDBError) in
            try cursor.seek(Key.of(first).span)
        }
        // Sequence numbers are dense: a gap is a lost entry.
        var following = max(first, SequenceNumber(1))
        for _ in 0..<10_000 {
            guard found else { return nil }
            let next = try cursor.withCurrent {
                (key, record) throws(StoreError) -> SequenceNumber? in
                let sequence = SequenceNumber(Key.number(key))
                if looksAhead, sequence == following,
                    let id = EntryRecord.firstIdentifier(record), !isWanted(id)
                {
                    return sequence.next
                }
                let head = try EventLog.decode(record, key: key, sequence: sequence)
                guard sequence == following else {
                    throw StoreError.damaged(
                        table: EntryRecord.table,
                        key: following.description,
                        what: "it is missing: the next one is \(sequence)"
                    )
                }
                return body(head, record) ? sequence.next : nil
            }
            guard let next else { return nil }
            found = try StoreError.wrap { () throws(LMDBError) in try cursor.next() }
            following = next
        }
        return following
    }

    /// Hands one entry to `body`; nil where there is none of that number.
    public func read<Result>(
        _ sequence: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Result
    ) throws(StoreError) -> Result? {
        let key = Key.of(sequence)
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            try transaction.read(tables.entries, key: key.span) {
                record -> Swift.Result<Result, StoreError> in
                do throws(StoreError) {
                    let head = try EventLog.decode(record, key: key.span, sequence: sequence)
                    return .success(body(head, record))
                } catch { return .failure(error) }
            }
        }
        return try outcome?.get()
    }

    /// The sequence numbers of all `rules` entries, in order.
    public func rulesSequences() throws(StoreError) -> [SequenceNumber] {
        try sequences(in: tables.rules)
    }

    /// The sequence numbers of all `quarantine` entries, in order.
    public func quarantineSequences() throws(StoreError) -> [SequenceNumber] {
        try sequences(in: tables.quarantines)
    }

    private func sequences(in table: Table) throws(StoreError) -> [SequenceNumber] {
        try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            var cursor = try transaction.cursor(table)
            var found = try cursor.first()
            var sequences: [SequenceNumber] = []
            while found {
                sequences.append(cursor.withCurrent { key, _ in SequenceNumber(Key.number(key)) })
                found = try cursor.next()
            }
            return sequences
        }
    }

    /// All names that the log has seen, with their numbers, in order.
    public func allSymbols() throws(StoreError) -> [(symbol: SymbolID, text: String)] {
        var names: [(symbol: SymbolID, text: String)] = []
        try DictionaryRow.readAll(environment, tables.symbols, name: "symbols") {
            (text) throws(StoreError) in
            names.append((SymbolID(UInt32(names.count)), String(copying: text)))
        }
        return names
    }

    /// The text of a symbol; nil where there is none of that number.
    public func text(of symbol: SymbolID) throws(StoreError) -> String? {
        try DictionaryRow.read(
            environment,
            tables.symbols,
            name: "symbols",
            id: symbol.rawValue
        ) { text in String(copying: text) }
    }

    /// The identifier of a number; nil where there is none.
    public func identifier(_ id: IdentifierID) throws(StoreError) -> Identifier? {
        let row = try DictionaryRow.read(
            environment,
            tables.identifiers,
            name: "identifiers",
            id: id.rawValue
        ) { row -> (SymbolID, String) in
            var reader = ValueReader(at: 0)
            let namespace = SymbolID(UInt32(truncatingIfNeeded: reader.varint(row)))
            return (namespace, String(copying: row.extracting(reader.offset..<row.count)))
        }
        guard let row else { return nil }
        return Identifier(namespace: try text(of: row.0) ?? "", text: row.1)
    }

    private static func decode(
        _ record: Span<UInt8>,
        key: Span<UInt8>,
        sequence: SequenceNumber
    ) throws(StoreError) -> EntryHead {
        try RecordSeal.check(
            record,
            key: key,
            table: EntryRecord.table,
            version: EntryRecord.version
        )
        return try EntryRecord.read(record, sequence: sequence)
    }
}

extension String {
    /// The text of UTF-8 bytes.
    init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
