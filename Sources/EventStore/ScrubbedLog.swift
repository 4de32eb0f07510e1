public import EventModel
internal import Glibc
internal import LMDBStore

/// What becomes of an entry when the log is scrubbed.
public struct EntryFate: Sendable {
    /// Whether it becomes a tombstone: kind, times and identifiers' numbers stay.
    public var isErased: Bool
    /// Of one that becomes a tombstone, whether its event keeps its name, since it counted.
    public var keepsEvent: Bool
    /// Of one that becomes a tombstone, by place, which identifiers it names no more: they had no effect.
    public var namesGone: UInt8
    /// By place, whose identifiers' spellings go.
    public var spellingsGone: UInt8
    /// The entry that is erased whose idempotency key it repeats; zero for none.
    public var repeated: SequenceNumber
    /// Whether it says something else than that one.
    public var repeatIsConflict: Bool

    /// It stays as it is.
    public static let kept = EntryFate()

    /// A fate with its parts.
    public init(
        isErased: Bool = false,
        keepsEvent: Bool = false,
        namesGone: UInt8 = 0,
        spellingsGone: UInt8 = 0,
        repeated: SequenceNumber = .zero,
        repeatIsConflict: Bool = false
    ) {
        self.isErased = isErased
        self.keepsEvent = keepsEvent
        self.namesGone = namesGone
        self.spellingsGone = spellingsGone
        self.repeated = repeated
        self.repeatIsConflict = repeatIsConflict
    }

    var changesNothing: Bool { !isErased && spellingsGone == 0 && repeated == .zero }
}

/// An identifier whose text is to go.
public struct GoneIdentifier: Equatable, Sendable {
    /// The identifier.
    public var id: IdentifierID
    /// The same of identifiers that mean the same: the least of their numbers.
    public var group: IdentifierID
    /// The names of its namespace under which it is known if it comes again, since it is suppressed; else none.
    public var suppressedIn: [String]

    /// One with its parts.
    public init(id: IdentifierID, group: IdentifierID, suppressedIn: [String]) {
        self.id = id
        self.group = group
        self.suppressedIn = suppressedIn
    }
}

/// A copy of a log without what was erased, in the making: beside the log until it takes its place.
public final class ScrubbedLog {
    private let log: EventLog
    /// What is copied; nil when its place is taken.
    private var former: LogFiles?
    private var source: LogFiles { former ?? files }
    private let files: LogFiles
    private let directory: DataDirectory
    private var names: ScrubbedNames
    private var symbolsCopied = 0
    private var identifiersCopied = 0
    private var gone: [UInt32: ScrubbedName] = [:]

    /// Begins a copy of a directory's log.
    ///
    /// - Parameter mapSizeBytes: The most that it may grow to.
    public init(
        _ log: EventLog,
        in directory: DataDirectory,
        mapSizeBytes: Int
    ) throws(StoreError) {
        self.log = log
        self.directory = directory
        let source = log.files
        former = source
        let folder = try directory.makeNextLogFolder()
        files = try LogFiles(
            directory: folder,
            mapSizeBytes: mapSizeBytes,
            syncs: false,
            name: directory.log
        )
        _ = try EventLog.name(files, log.id, what: "the log in \(folder)")
        names = try ScrubbedNames(making: files, from: source)
    }

    // MARK: - Entries

    /// Makes of entries what is kept of them.
    public func scrub(
        _ block: AppendedGroup,
        _ fates: [EntryFate],
        into scrubbed: inout AppendedGroup
    ) throws(StoreError) {
        scrubbed.removeAll()
        let bytes = block.bytes.span
        for index in block.heads.indices {
            let (head, fate) = (block.heads[index], fates[index])
            let record = bytes.extracting(block.record(index))
            if fate.changesNothing || head.isErased {
                scrubbed.add(head, record)
            } else if fate.isErased {
                try scrubbed.add(
                    changed: ScrubbedLog.tombstone(of: head, fate),
                    messageID: [UInt8]().span,
                    spellings: [],
                    content: EntryRecord.emptyContent.span
                )
            } else {
                var changed = head
                if fate.repeated != .zero {
                    changed.repeated = fate.repeated
                    changed.repeatIsConflict = fate.repeatIsConflict
                }
                try scrubbed.add(
                    changed: changed,
                    messageID: record.extracting(head.messageID),
                    spellings: ScrubbedLog.spellings(of: head, record, without: fate.spellingsGone),
                    content: record.extracting(head.content)
                )
            }
        }
    }

    private static func tombstone(of head: EntryHead, _ fate: EntryFate) -> EntryHead {
        var tombstone = EntryHead(
            sequence: head.sequence,
            receivedAt: head.receivedAt,
            kind: head.kind
        )
        tombstone.isErased = true
        tombstone.isBackfill = head.isBackfill
        tombstone.isOn = head.isOn
        tombstone.isAlias = head.isAlias
        tombstone.timestamp = head.timestamp
        tombstone.sentAt = head.sentAt
        for index in 0..<head.identifiers.count where fate.namesGone & 1 << UInt8(index) == 0 {
            tombstone.identifiers.append(head.identifiers[index])
        }
        // What happened is nobody's now; expectations on events go on to count it.
        if head.kind == .track, fate.keepsEvent { tombstone.event = head.event }
        return tombstone
    }

    private static func spellings(
        of head: EntryHead,
        _ record: Span<UInt8>,
        without gone: UInt8
    ) -> [(place: Int, text: String)] {
        var kept: [(place: Int, text: String)] = []
        var reader = ValueReader(at: head.spellings.lowerBound)
        while reader.offset < head.spellings.upperBound {
            let place = Int(reader.varint(record))
            let text = record.extracting(reader.text(record))
            if place < 8, gone & 1 << UInt8(place) != 0 { continue }
            kept.append((place, String(copying: text)))
        }
        return kept
    }

    /// Appends entries behind those that are there.
    public func append(_ group: AppendedGroup) throws(StoreError) {
        try write { transaction throws(StoreError) in try files.put(group, transaction) }
    }

    private func write(
        _ body: (borrowing WriteTransaction) throws(StoreError) -> Void
    ) throws(StoreError) {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try files.environment.beginWriting()
        }
        try body(transaction)
        try StoreError.commit(transaction)
    }

    // MARK: - Dictionaries

    /// Copies names that the log has and the copy has not, without the texts of some.
    public func copyNames(
        without gone: (IdentifierID) -> GoneIdentifier?
    ) throws(StoreError) {
        symbolsCopied = try copy(source.tables.symbols, to: files.tables.symbols, symbolsCopied) {
            key,
            record in copied(record)
        }
        let (names, first) = (names, identifiersCopied)
        var found: [ScrubbedName] = []
        identifiersCopied = try copy(
            source.tables.identifiers,
            to: files.tables.identifiers,
            first
        ) { key, record in
            let id = UInt32(truncatingIfNeeded: Key.number(key))
            guard let gone = gone(IdentifierID(id)) else { return copied(record) }
            return ScrubbedLog.row(gone, key, record, names, &found)
        }
        for name in found { self.gone[name.id] = name }
    }

    /// Gives identifiers their texts back, since they mean somebody again; and takes them from others.
    public func correctNames(
        kept: [IdentifierID],
        gone more: [GoneIdentifier]
    ) throws(StoreError) {
        var found: [ScrubbedName] = []
        for (id, gone) in kept.map({ ($0, nil as GoneIdentifier?) }) + more.map({ ($0.id, $0) }) {
            let key = Key.of(id.rawValue)
            let names = names
            let record = try StoreError.wrap { () throws(LMDBError) in
                try source.environment.beginReading().read(
                    source.tables.identifiers,
                    key: key.span
                ) { record in
                    gone.map { ScrubbedLog.row($0, key.span, record, names, &found) }
                        ?? copied(record)
                }
            }
            guard let record else { continue }
            self.gone[id.rawValue] = nil
            try write { transaction throws(StoreError) in
                try StoreError.wrap { () throws(LMDBError) in
                    try transaction.put(
                        files.tables.identifiers,
                        key: key.span,
                        value: record.span
                    )
                }
            }
        }
        for name in found { self.gone[name.id] = name }
    }

    private static func row(
        _ gone: GoneIdentifier,
        _ key: Span<UInt8>,
        _ record: Span<UInt8>,
        _ names: ScrubbedNames,
        _ found: inout [ScrubbedName]
    ) -> [UInt8] {
        // Gone already.
        guard record.count > 4, record[4] == DictionaryRow.version else { return copied(record) }
        let row = record.extracting(RecordSeal.headerCount...)
        var reader = ValueReader(at: 0)
        let namespace = SymbolID(UInt32(truncatingIfNeeded: reader.varint(row)))
        let text = row.extracting(reader.offset..<row.count)
        let hashes = gone.suppressedIn.compactMap { names.hash(text, in: $0) }
        found.append(ScrubbedName(id: gone.id.rawValue, hashes: hashes))
        return DictionaryRow.record(
            ScrubbedNames.payload(namespace, group: gone.group.rawValue, hashes: hashes).span,
            key: key,
            version: DictionaryRow.scrubbedVersion
        )
    }

    /// Copies the rows of a dictionary from a number on; gives how many there are.
    private func copy(
        _ table: Table,
        to target: Table,
        _ first: Int,
        _ row: (_ key: Span<UInt8>, _ record: Span<UInt8>) -> [UInt8]
    ) throws(StoreError) -> Int {
        var next = first
        var isMore = true
        while isMore {
            try write { transaction throws(StoreError) in
                try StoreError.wrap { () throws(LMDBError) in
                    let reading = try source.environment.beginReading()
                    var cursor = try reading.cursor(table)
                    var found = try cursor.seek(
                        Key.of(UInt32(truncatingIfNeeded: next)).span
                    )
                    for _ in 0..<10_000 where found {
                        try cursor.withCurrent { (key, record) throws(LMDBError) in
                            let value = row(key, record)
                            try transaction.append(target, key: key, value: value.span)
                        }
                        next += 1
                        found = try cursor.next()
                    }
                    isMore = found
                }
            }
        }
        return next
    }

    // MARK: - Erasures

    /// Says of erasures that they are scrubbed.
    public func note(
        _ erasures: [(sequence: SequenceNumber, people: [PersonID])],
        at instant: Instant
    ) throws(StoreError) {
        for former in try source.erasures() where former.scrubbedAt != nil {
            try put(former.sequence, former.scrubbedAt ?? instant, former.people)
        }
        for erasure in erasures { try put(erasure.sequence, instant, erasure.people) }
    }

    private func put(
        _ sequence: SequenceNumber,
        _ instant: Instant,
        _ people: [PersonID]
    ) throws(StoreError) {
        let key = Key.of(sequence)
        let record = LoggedErasure.record(sequence, scrubbedAt: instant, people: people)
        try write { transaction throws(StoreError) in
            try StoreError.wrap { () throws(LMDBError) in
                try transaction.put(files.tables.erasures, key: key.span, value: record.span)
            }
        }
    }

    // MARK: - Taking the place

    /// Puts what is copied on disk, so that little is left to do when it takes the place of the log.
    public func sync() throws(StoreError) {
        try StoreError.wrap { () throws(LMDBError) in try files.environment.beginSyncing() }
    }

    /// Takes the place of the log; on the thread of its writer.
    ///
    /// What was derived from the log and may hold what it said is removed first.
    public func takePlace(of writer: LogWriter) throws(StoreError) {
        try sync()
        CheckpointWriter.remove(folder: directory.state)
        CheckpointWriter.remove(folder: directory.nextCheckpoint)
        try DataDirectory.sync(directory.state)
        try directory.putNextLogInPlace()
        log.exchange(files)
        writer.forget(Array(gone.values), names)
    }

    /// Removes the files whose place was taken, when nobody reads in them any more: on a thread that has the time.
    public func removeFormer() {
        weak let reader = former
        former = nil
        for _ in 0..<600 where reader != nil { usleep(100_000) }
        if reader == nil { CheckpointWriter.giveBack(directory.formerLogFile) }
        directory.removeLogs(formerOnly: true)
    }

    /// Removes what there is of it.
    public func abandon() { directory.removeLogs(formerOnly: false) }
}

/// The bytes, to keep.
private func copied(_ bytes: Span<UInt8>) -> [UInt8] {
    var writer = ValueWriter()
    writer.raw(bytes)
    return writer.bytes
}
