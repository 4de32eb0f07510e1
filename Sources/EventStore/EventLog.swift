public import EventModel
internal import LMDBStore
internal import Synchronization

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

    private let current: Mutex<LogFiles>
    /// Keeps the directory locked as long as its files are open; goes last.
    private let holder: DataDirectory?

    /// The files as they are now; to be held as long as anything is read in them.
    var files: LogFiles { current.withLock { $0 } }

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
        let files = try LogFiles(directory: directory, mapSizeBytes: mapSizeBytes, syncs: syncs)
        id = try EventLog.name(files, newID, what: "the log in \(directory)")
        current = Mutex(files)
        try DataDirectory.sync(directory)
    }

    private init(_ log: EventLog) {
        id = log.id
        current = Mutex(log.files)
        holder = log.holder
    }

    /// The id of the log of those files, which get one where they have none.
    static func name(
        _ files: LogFiles,
        _ newID: String,
        what: String
    ) throws(StoreError) -> String {
        try AboutTable(environment: files.environment, table: files.tables.about).text(
            "log",
            orSet: newID,
            version: EventLog.formatVersion,
            what: what
        )
    }

    /// The same log in the files that it has now, also when others take their place: for work that reads entries more
    /// than once and must find them the same.
    public func pinned() -> EventLog { EventLog(self) }

    /// Has others take the place of the files.
    func exchange(_ files: LogFiles) { current.withLock { $0 = files } }

    /// The last entry that is sealed; zero where none is.
    public var sealedThrough: SequenceNumber { files.sealedThrough }

    /// How much room it has taken.
    public var size: StoreSize { files.size }

    /// The last entry's sequence number; zero where the log is empty.
    public func lastSequence() throws(StoreError) -> SequenceNumber { try files.lastSequence() }

    /// Hands entries to `body` in order, until it returns false or the log ends.
    ///
    /// Reads in stretches of 10,000 records, so that no reader is held long.
    /// - Parameter first: The entry to begin with.
    public func scan(
        from first: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Bool
    ) throws(StoreError) {
        try files.scan(from: first, body)
    }

    /// Reads entries into a block, in place of what it holds; copied out of the log, so that the reader can look
    /// ahead.
    ///
    /// The block has fewer where the log ends before.
    /// - Parameters:
    ///   - first: The entry to begin with.
    ///   - last: The entry to end with.
    public func read(
        from first: SequenceNumber,
        through last: SequenceNumber,
        into block: inout AppendedGroup
    ) throws(StoreError) {
        try files.read(from: first, through: last, into: &block)
    }

    /// Given an entry's record, and what decodes it, over whatever the head says.
    public typealias RecordBody = (
        _ record: Span<UInt8>, _ decode: (inout EntryHead) throws(StoreError) -> Void
    ) throws(StoreError) -> Void

    /// Hands over entries that are not decoded yet, each to be decoded into where it is to stand.
    ///
    /// - Parameters:
    ///   - first: The entry to begin with.
    ///   - last: The entry to end with.
    public func read(
        from first: SequenceNumber,
        through last: SequenceNumber,
        _ body: RecordBody
    ) throws(StoreError) {
        try files.read(from: first, through: last, body)
    }

    /// How many identifiers the log has seen.
    public func identifierCount() throws(StoreError) -> Int { try files.identifierCount() }

    /// Hands over what entries name, without a look at anything else, so that nothing has vouched for it.
    ///
    /// - Parameters:
    ///   - first: The entry to begin with.
    ///   - last: The entry to end with.
    public func sketch(
        from first: SequenceNumber,
        through last: SequenceNumber,
        _ body: (borrowing EntrySketch) -> Void
    ) throws(StoreError) {
        try files.sketch(from: first, through: last, body)
    }

    /// Hands one entry to `body`; nil where there is none of that number.
    public func read<Result>(
        _ sequence: SequenceNumber,
        _ body: (EntryHead, Span<UInt8>) -> Result
    ) throws(StoreError) -> Result? {
        try files.read(sequence, body)
    }

    /// The sequence numbers of all `rules` entries, in order.
    public func rulesSequences() throws(StoreError) -> [SequenceNumber] {
        try files.rulesSequences()
    }

    /// The sequence numbers of all `quarantine` entries, in order.
    public func quarantineSequences() throws(StoreError) -> [SequenceNumber] {
        try files.quarantineSequences()
    }

    /// All `erase` entries, in order, with what is known of their scrubbing.
    public func erasures() throws(StoreError) -> [LoggedErasure] { try files.erasures() }

    /// The first `erase` entry that is not scrubbed yet; nil where there is none.
    public func firstPendingErasure() throws(StoreError) -> SequenceNumber? {
        try files.firstPendingErasure()
    }

    /// All names that the log has seen, with their numbers, in order.
    public func allSymbols() throws(StoreError) -> [(symbol: SymbolID, text: String)] {
        try files.allSymbols()
    }

    /// The text of a symbol; nil where there is none of that number.
    public func text(of symbol: SymbolID) throws(StoreError) -> String? {
        try files.text(of: symbol)
    }

    /// The identifier of a number; nil where there is none.
    ///
    /// Of one that was scrubbed, a text that says so.
    public func identifier(_ id: IdentifierID) throws(StoreError) -> Identifier? {
        try files.identifier(id)
    }

    /// An identifier, as it compares; nil where there is none of that number.
    ///
    /// One that was scrubbed compares with those alone that meant the same.
    public func identifier(of id: IdentifierID) throws(StoreError) -> Identifier? {
        try files.identifier(id, goneMark: EventLog.goneMark)
    }

    /// What the texts of scrubbed identifiers begin with where they are compared: nobody is called so.
    public static let goneMark = "\u{0}\u{0}"
}
