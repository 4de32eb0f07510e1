internal import EventModel
internal import LMDBStore
internal import Synchronization

/// The files of a log, opened: an environment and its tables.
///
/// When a log is scrubbed others take their place; these are closed when nobody reads in them any more.
final class LogFiles: Sendable {
    let environment: Environment
    let tables: Tables
    /// Entries before those of the table, in order.
    private let sealedFiles: Mutex<[SealedFile]>

    struct Tables: Sendable {
        let entries: Table
        let symbols: Table
        let identifiers: Table
        let rules: Table
        let quarantines: Table
        let erasures: Table
        let about: Table
        let sealed: Table
    }

    /// The files of sealed entries, in order.
    var sealed: [SealedFile] { sealedFiles.withLock { $0 } }

    /// The last entry that is sealed; zero where none is.
    var sealedThrough: SequenceNumber { sealed.last?.last ?? .zero }

    /// The folder of sealed entries.
    static func sealedFolder(of directory: String) -> String { directory + "/sealed" }

    /// - Parameter name: What the directory will be called later, where that is something else.
    init(
        directory: String,
        mapSizeBytes: Int,
        syncs: Bool,
        name: String? = nil
    ) throws(StoreError) {
        let environment = try StoreError.wrap { () throws(LMDBError) in
            try Environment(
                directory: directory,
                mapSizeBytes: mapSizeBytes,
                tablesMax: 16,
                syncs: syncs,
                name: name
            )
        }
        let opened = try StoreError.wrap { () throws(LMDBError) in
            try environment.openTables([
                "entries", "symbols", "identifiers", "rules", "about", "quarantines", "erasures",
                "sealed",
            ])
        }
        self.environment = environment
        tables = Tables(
            entries: opened[0],
            symbols: opened[1],
            identifiers: opened[2],
            rules: opened[3],
            quarantines: opened[5],
            erasures: opened[6],
            about: opened[4],
            sealed: opened[7]
        )
        sealedFiles = Mutex([])
        let found = try sealedNames()
        let folder = LogFiles.sealedFolder(of: directory)
        for name in found { try takeIn(try SealedFile(folder: folder, name: name)) }
    }

    /// Has a file of sealed entries belong to the log, behind those that do.
    func takeIn(_ file: SealedFile) throws(StoreError) {
        guard file.first == sealedThrough.next else {
            throw .damaged(
                table: "sealed",
                key: file.name,
                what:
                    "it begins with entry \(file.first), which does not follow on \(sealedThrough)"
            )
        }
        sealedFiles.withLock { $0.append(file) }
    }

    private func sealedNames() throws(StoreError) -> [String] {
        var names: [String] = []
        for sequence in try sequences(in: tables.sealed) {
            let key = Key.of(sequence)
            let outcome = try StoreError.wrap { () throws(LMDBError) in
                try environment.beginReading().read(tables.sealed, key: key.span) {
                    record -> Result<String, StoreError> in
                    Result { () throws(StoreError) in
                        try RecordSeal.check(record, key: key.span, table: "sealed", version: 1)
                        return String(copying: record.extracting(RecordSeal.headerCount...))
                    }
                }
            }
            if let name = try outcome?.get() { names.append(name) }
        }
        return names
    }

    /// How much room it has taken.
    var size: StoreSize {
        StoreSize(
            bytes: environment.usedBytes + sealed.reduce(0) { $0 + $1.bytes },
            readerLag: environment.readerLag
        )
    }

    /// The last entry's sequence number; zero where the log is empty.
    func lastSequence() throws(StoreError) -> SequenceNumber {
        try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            var cursor = try transaction.cursor(tables.entries)
            guard try cursor.last() else { return sealedThrough }
            return cursor.withCurrent { key, _ in SequenceNumber(Key.number(key)) }
        }
    }

    /// Hands entries to `body` in order, until it returns false or the log ends.
    ///
    /// Reads in stretches of 10,000 records, so that no reader is held long.
    /// - Parameter first: The entry to begin with.
    func scan(
        from first: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Bool
    ) throws(StoreError) {
        var next = max(first, SequenceNumber(1))
        var goesOn = true
        var head = EntryHead.empty
        while goesOn {
            let start = next
            goesOn = false
            try visit(from: start) { (sequence, key, record) throws(StoreError) in
                try LogFiles.decode(record, key: key, sequence: sequence, as: next, into: &head)
                goesOn = body(head, record)
                next = next.next
                return goesOn && next.rawValue - start.rawValue < 10_000
            }
            // The last stretch ends with the log.
            if next.rawValue - start.rawValue < 10_000 { goesOn = false }
        }
    }

    /// Reads entries into a block, in place of what it holds; copied out of the log, so that the reader can look
    /// ahead.
    ///
    /// The block has fewer where the log ends before.
    /// - Parameters:
    ///   - first: The entry to begin with.
    ///   - last: The entry to end with.
    func read(
        from first: SequenceNumber,
        through last: SequenceNumber,
        into block: inout AppendedGroup
    ) throws(StoreError) {
        block.beginReading()
        defer { block.endReading() }
        guard first <= last else { return }
        var next = max(first, SequenceNumber(1))
        try visit(from: next) { (sequence, key, record) throws(StoreError) in
            try block.read(record) { (head) throws(StoreError) in
                try LogFiles.decode(record, key: key, sequence: sequence, as: next, into: &head)
            }
            next = next.next
            return next <= last
        }
    }

    /// Hands over entries that are not decoded yet, each to be decoded into where it is to stand.
    ///
    /// - Parameters:
    ///   - first: The entry to begin with.
    ///   - last: The entry to end with.
    func read(
        from first: SequenceNumber,
        through last: SequenceNumber,
        _ body: EventLog.RecordBody
    ) throws(StoreError) {
        guard first <= last else { return }
        var next = max(first, SequenceNumber(1))
        try visit(from: next) { (sequence, key, record) throws(StoreError) in
            try body(record) { (head) throws(StoreError) in
                try LogFiles.decode(record, key: key, sequence: sequence, as: next, into: &head)
            }
            next = next.next
            return next <= last
        }
    }

    /// How many identifiers the log has seen.
    func identifierCount() throws(StoreError) -> Int {
        try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading().count(tables.identifiers)
        }
    }

    /// Hands over what entries name, without a look at anything else, so that nothing has vouched for it.
    ///
    /// - Parameters:
    ///   - first: The entry to begin with.
    ///   - last: The entry to end with.
    func sketch(
        from first: SequenceNumber,
        through last: SequenceNumber,
        _ body: (borrowing EntrySketch) -> Void
    ) throws(StoreError) {
        guard first <= last else { return }
        var sketch = EntrySketch()
        try visit(from: first) { (sequence, _, record) throws(StoreError) in
            guard sequence <= last else { return false }
            if EntryRecord.sketch(record, into: &sketch) { body(sketch) }
            return true
        }
    }

    /// Hands records to `body` until it returns false or the log ends.
    private func visit(
        from first: SequenceNumber,
        _ body: (SequenceNumber, Span<UInt8>, Span<UInt8>) throws(StoreError) -> Bool
    ) throws(StoreError) {
        for file in sealed where file.last >= first {
            guard try file.visit(from: first, body) else { return }
        }
        let start = max(first, sealedThrough.next)
        var failure: StoreError?
        try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            var cursor = try transaction.cursor(tables.entries)
            guard try cursor.seek(Key.of(start).span) else { return }
            try cursor.scan { key, record in
                do throws(StoreError) {
                    return try body(SequenceNumber(Key.number(key)), key, record)
                } catch {
                    failure = error
                    return false
                }
            }
        }
        if let failure { throw failure }
    }

    /// Hands one entry to `body`; nil where there is none of that number.
    func read<Result>(
        _ sequence: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Result
    ) throws(StoreError) -> Result? {
        let key = Key.of(sequence)
        if sequence <= sealedThrough { return try readSealed(sequence, body) }
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            try transaction.read(tables.entries, key: key.span) {
                record -> Swift.Result<Result, StoreError> in
                do throws(StoreError) {
                    var head = EntryHead.empty
                    try LogFiles.decode(
                        record,
                        key: key.span,
                        sequence: sequence,
                        as: sequence,
                        into: &head
                    )
                    return .success(body(head, record))
                } catch { return .failure(error) }
            }
        }
        return try outcome?.get()
    }

    private func readSealed<Result>(
        _ sequence: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Result
    ) throws(StoreError) -> Result? {
        guard let file = sealed.first(where: { $0.first <= sequence && sequence <= $0.last }) else {
            return nil
        }
        let key = Key.of(sequence)
        let (block, place) = try file.find(sequence)
        let all = block.bytes
        let record = all.span.extracting(block.record(place))
        var head = EntryHead.empty
        try LogFiles.decode(record, key: key.span, sequence: sequence, as: sequence, into: &head)
        return body(head, record)
    }

    /// The sequence numbers of all `rules` entries, in order.
    func rulesSequences() throws(StoreError) -> [SequenceNumber] {
        try sequences(in: tables.rules)
    }

    /// The sequence numbers of all `quarantine` entries, in order.
    func quarantineSequences() throws(StoreError) -> [SequenceNumber] {
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
    func allSymbols() throws(StoreError) -> [(symbol: SymbolID, text: String)] {
        var names: [(symbol: SymbolID, text: String)] = []
        try DictionaryRow.readAll(environment, tables.symbols, name: "symbols") {
            (text, _) throws(StoreError) in
            names.append((SymbolID(UInt32(names.count)), String(copying: text)))
        }
        return names
    }

    /// The text of a symbol; nil where there is none of that number.
    func text(of symbol: SymbolID) throws(StoreError) -> String? {
        try DictionaryRow.read(
            environment,
            tables.symbols,
            name: "symbols",
            id: symbol.rawValue
        ) { text, _ in String(copying: text) }
    }

    /// The identifier of a number; nil where there is none.
    func identifier(
        _ id: IdentifierID,
        goneMark: String = ""
    ) throws(StoreError) -> Identifier? {
        let row = try DictionaryRow.read(
            environment,
            tables.identifiers,
            name: "identifiers",
            id: id.rawValue
        ) { row, version -> (SymbolID, String) in
            var reader = ValueReader(at: 0)
            let namespace = SymbolID(UInt32(truncatingIfNeeded: reader.varint(row)))
            if version == DictionaryRow.scrubbedVersion {
                return (namespace, "\(goneMark)erased-\(reader.varint(row))")
            }
            return (namespace, String(copying: row.extracting(reader.offset..<row.count)))
        }
        guard let row else { return nil }
        return Identifier(namespace: try text(of: row.0) ?? "", text: row.1)
    }

    /// All `erase` entries, in order, with what is known of their scrubbing.
    func erasures() throws(StoreError) -> [LoggedErasure] {
        var found: [LoggedErasure] = []
        for sequence in try sequences(in: tables.erasures) {
            let key = Key.of(sequence)
            let outcome = try StoreError.wrap { () throws(LMDBError) in
                try environment.beginReading().read(tables.erasures, key: key.span) {
                    record -> Result<LoggedErasure, StoreError> in
                    Result { () throws(StoreError) in try LoggedErasure(sequence, record) }
                }
            }
            guard var erasure = try outcome?.get() else { continue }
            erasure.erasedAt = try read(sequence) { head, _ in head.receivedAt } ?? .distantPast
            found.append(erasure)
        }
        return found
    }

    /// The first `erase` entry that is not scrubbed yet: all behind it are not either.
    func firstPendingErasure() throws(StoreError) -> SequenceNumber? {
        try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            var cursor = try transaction.cursor(tables.erasures)
            var found = try cursor.last()
            var first: SequenceNumber?
            while found {
                let pending = cursor.withCurrent { key, record in
                    record.isEmpty ? SequenceNumber(Key.number(key)) : nil
                }
                guard let pending else { break }
                first = pending
                found = try cursor.previous()
            }
            return first
        }
    }

    /// Appends records to the tables.
    func put(
        _ group: AppendedGroup,
        _ transaction: borrowing WriteTransaction
    ) throws(StoreError) {
        let bytes = group.bytes.span
        for index in group.heads.indices {
            let key = Key.of(group.heads[index].sequence)
            try StoreError.wrap { () throws(LMDBError) in
                try transaction.append(
                    tables.entries,
                    key: key.span,
                    value: bytes.extracting(group.record(index))
                )
            }
            try putMark(group.heads[index], transaction)
        }
    }

    /// Takes note of an entry of a kind that is sought.
    func putMark(
        _ head: EntryHead,
        _ transaction: borrowing WriteTransaction
    ) throws(StoreError) {
        let table: Table
        switch head.kind {
        case .rules: table = tables.rules
        case .quarantine: table = tables.quarantines
        case .erase: table = tables.erasures
        default: return
        }
        let key = Key.of(head.sequence)
        try StoreError.wrap { () throws(LMDBError) in
            try transaction.append(table, key: key.span, value: [UInt8]().span)
        }
    }

    private static func decode(
        _ record: Span<UInt8>,
        key: Span<UInt8>,
        sequence: SequenceNumber,
        as expected: SequenceNumber,
        into head: inout EntryHead
    ) throws(StoreError) {
        try RecordSeal.check(
            record,
            key: key,
            table: EntryRecord.table,
            version: EntryRecord.version
        )
        // Sequence numbers are dense: a gap is a lost entry.
        guard sequence == expected else {
            throw StoreError.damaged(
                table: EntryRecord.table,
                key: expected.description,
                what: "it is missing: the next one is \(sequence)"
            )
        }
        try EntryRecord.read(record, sequence: sequence, into: &head)
    }
}

extension String {
    /// The text of UTF-8 bytes.
    init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
