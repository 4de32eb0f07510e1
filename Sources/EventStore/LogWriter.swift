public import EventModel
internal import LMDBStore

/// Appends to the log: one object, on one thread.
///
/// After an error the object must not be used again: the process ends and opens the log anew.
public final class LogWriter {
    private let log: EventLog
    private var encoder = EntryEncoder()
    /// Whether the identifiers were loaded.
    public private(set) var hasIdentifiers = false
    /// Called with a group that is written and not yet committed: where crash tests step in.
    package var beforeCommit: ((AppendedGroup) -> Void)?
    /// The sequence number of the last entry.
    public private(set) var lastSequence: SequenceNumber
    /// Log time of the last entry that was appended or observed.
    public private(set) var lastReceivedAt: Instant = .distantPast

    /// Loads the dictionaries of a log.
    ///
    /// The ends of the chains are known once every entry was handed to `observe`.
    public convenience init(_ log: EventLog) throws(StoreError) {
        try self.init(namesOf: log)
        try loadIdentifiers()
    }

    /// Loads the names of a log only; `loadIdentifiers` must follow before anything is appended.
    public init(namesOf log: EventLog) throws(StoreError) {
        self.log = log
        lastSequence = try log.lastSequence()
        let files = log.files
        try DictionaryRow.readAll(files.environment, files.tables.symbols, name: "symbols") {
            (text, _) throws(StoreError) in try encoder.loadSymbol(text)
        }
        encoder.finishLoading()
    }

    /// Loads the identifiers of the log.
    ///
    /// - Complexity: O(identifiers), the longest part of opening a log.
    public func loadIdentifiers() throws(StoreError) {
        hasIdentifiers = true
        let files = log.files
        encoder.scrubbed = try ScrubbedNames(files)
        try DictionaryRow.readAll(
            files.environment,
            files.tables.identifiers,
            name: "identifiers",
            begin: { encoder.reserve(identifiers: $0) }
        ) { (row, version) throws(StoreError) in
            try encoder.loadIdentifier(row, isScrubbed: version == DictionaryRow.scrubbedVersion)
        }
        encoder.finishLoading()
    }

    /// Takes note of entries that are already in the log; all of them, in order, before `append`.
    public func observe(_ heads: [EntryHead]) {
        lastReceivedAt = heads.last?.receivedAt ?? lastReceivedAt
        encoder.observe(heads)
    }

    /// Takes over the ends of the chains from a checkpoint, instead of observing the entries up to it.
    ///
    /// - Parameter chainHeads: Per identifier, in order of their numbers, the last entry that names it.
    public func restore(
        chainHeads: [SequenceNumber],
        lastReceivedAt: Instant
    ) throws(StoreError) {
        try encoder.restore(chainHeads)
        self.lastReceivedAt = lastReceivedAt
    }

    /// Forgets the texts of identifiers that the log has no more.
    ///
    /// - Parameter keyed: Has the key under which the log knows them.
    func forget(_ names: [ScrubbedName], _ keyed: ScrubbedNames) {
        encoder.scrubbed.takeKey(of: keyed)
        encoder.forget(names)
    }

    /// All names that the log has seen, with their numbers, in order.
    public var allSymbols: [(symbol: SymbolID, text: String)] {
        (0..<encoder.symbols.count).map { encoder.text(of: $0) }
    }

    /// The number of a text that the log has seen.
    public func symbol(_ text: String) -> SymbolID? { encoder.symbol(text) }

    /// The number of an identifier that the log has seen.
    public func identifierID(_ identifier: Identifier) -> IdentifierID? {
        encoder.identifierID(identifier)
    }

    /// Appends entries with the given log time and commits: when this returns, they are durable.
    ///
    /// - Returns: The entries as the engine reads them, in order.
    public func append(
        _ drafts: [EntryDraft],
        receivedAt: Instant
    ) throws(StoreError) -> AppendedGroup {
        try append(drafts, receivedAt: Array(repeating: receivedAt, count: drafts.count))
    }

    /// Appends entries, each with its own log time, and commits: when this returns, they are durable.
    ///
    /// - Parameter instants: Per entry its log time; none earlier than the one before.
    /// - Returns: The entries as the engine reads them, in order.
    public func append(
        _ drafts: [EntryDraft],
        receivedAt instants: [Instant]
    ) throws(StoreError) -> AppendedGroup {
        let files = log.files
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try files.environment.beginWriting()
        }
        var group = AppendedGroup()
        group.reserve(entries: drafts.count)
        let symbols = encoder.symbols.count
        let identifiers = encoder.identifiers.count
        try encoder.begin()
        try encoder.encode(drafts, after: lastSequence, receivedAt: instants, into: &group)
        let tables = files.tables
        try put(encoder.symbols, from: symbols, in: tables.symbols, transaction)
        try put(encoder.identifiers, from: identifiers, in: tables.identifiers, transaction)
        if !encoder.restored.isEmpty {
            try restoreNames(in: tables.identifiers, transaction)
            group.restoresNames = true
        }
        try files.put(group, transaction)
        group.newSymbols = (symbols..<encoder.symbols.count).map { encoder.text(of: $0) }
        beforeCommit?(group)
        try StoreError.commit(transaction)
        lastSequence = SequenceNumber(lastSequence.rawValue + UInt64(drafts.count))
        lastReceivedAt = instants.last ?? lastReceivedAt
        return group
    }

    /// Writes the texts of identifiers that have them back.
    private func restoreNames(
        in table: Table,
        _ transaction: borrowing WriteTransaction
    ) throws(StoreError) {
        for id in encoder.restored {
            let key = Key.of(id)
            let record = DictionaryRow.record(encoder.identifiers.text(of: id).span, key: key.span)
            try StoreError.wrap { () throws(LMDBError) in
                try transaction.put(table, key: key.span, value: record.span)
            }
        }
        encoder.restored.removeAll()
    }

    /// Writes the rows of a dictionary that were not there before the group.
    private func put(
        _ texts: InternTable,
        from first: Int,
        in table: Table,
        _ transaction: borrowing WriteTransaction
    ) throws(StoreError) {
        var record: [UInt8] = []
        for id in first..<texts.count {
            let number = UInt32(truncatingIfNeeded: id)
            let key = Key.of(number)
            DictionaryRow.write(texts.text(of: number).span, key: key.span, to: &record)
            try StoreError.wrap { () throws(LMDBError) in
                try transaction.append(table, key: key.span, value: record.span)
            }
        }
    }
}
