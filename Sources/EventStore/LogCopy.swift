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

/// A copy of a log in the making, without what was erased or with old entries sealed: beside the log until it takes its
/// place.
public final class LogCopy {
    private let log: EventLog
    /// What is copied; nil when its place is taken.
    private var former: LogFiles?
    private var source: LogFiles { former ?? files }
    private let files: LogFiles
    private let directory: DataDirectory
    private let folder: String
    /// Entries up to this one are sealed.
    private let sealing: SequenceNumber
    private var sealer: SealedWriter?
    /// Whether the directory was left without a log.
    public private(set) var isBroken = false
    private var names: ScrubbedNames
    private var symbolsCopied = 0
    private var identifiersCopied = 0
    private var gone: [UInt32: ScrubbedName] = [:]

    /// Begins a copy of a directory's log.
    ///
    /// - Parameters:
    ///   - mapSizeBytes: The most that it may grow to.
    ///   - sealing: Entries up to this one are sealed; nil for those that are.
    ///   - keepsSealed: Whether the entries that are sealed are taken over in their files; `copiedThrough` is the
    ///     last of them then.
    public init(
        _ log: EventLog,
        in directory: DataDirectory,
        mapSizeBytes: Int,
        sealing: SequenceNumber? = nil,
        keepsSealed: Bool = false
    ) throws(StoreError) {
        self.log = log
        self.directory = directory
        let source = log.files
        former = source
        folder = try directory.makeNextLogFolder()
        files = try LogFiles(
            directory: folder,
            mapSizeBytes: mapSizeBytes,
            syncs: false,
            name: directory.log
        )
        self.sealing = max(sealing ?? .zero, source.sealedThrough)
        _ = try EventLog.name(files, log.id, what: "the log in \(folder)")
        names = try ScrubbedNames(making: files, from: source)
        if self.sealing > .zero { try directory.makeSealedFolder(of: folder) }
        guard keepsSealed else { return }
        for file in source.sealed {
            try directory.link(sealed: file.name, to: folder)
            try takeIn(file.name)
        }
        try copyMarks(through: source.sealedThrough)
    }

    /// The last entry that is in the copy from the beginning.
    public var copiedThrough: SequenceNumber { files.sealedThrough }

    /// How many entries are sealed in the copy, and what log and copy take on disk.
    public var sizes: (log: Int, copy: Int) { (source.size.bytes, files.size.bytes) }

    private func copyMarks(through last: SequenceNumber) throws(StoreError) {
        let (old, new) = (source.tables, files.tables)
        for (from, to) in [
            (old.rules, new.rules), (old.quarantines, new.quarantines),
            (old.erasures, new.erasures),
        ] {
            try write { transaction throws(StoreError) in
                try StoreError.wrap { () throws(LMDBError) in
                    let reading = try source.environment.beginReading()
                    var cursor = try reading.cursor(from)
                    var found = try cursor.first()
                    while found {
                        found = try cursor.withCurrent { (key, record) throws(LMDBError) in
                            guard Key.number(key) <= last.rawValue else { return false }
                            try transaction.append(to, key: key, value: record)
                            return true
                        }
                        if found { found = try cursor.next() }
                    }
                }
            }
        }
    }

    /// Has a file of sealed entries belong to the copy.
    private func takeIn(_ name: String) throws(StoreError) {
        let file = try SealedFile(
            folder: LogFiles.sealedFolder(of: folder),
            name: name
        )
        try files.takeIn(file)
        let key = Key.of(file.first)
        var writer = RecordSeal.begin(version: 1)
        writer.raw(name.utf8.span)
        RecordSeal.seal(&writer, from: 0, key: key.span)
        let record = writer.bytes
        try write { transaction throws(StoreError) in
            try StoreError.wrap { () throws(LMDBError) in
                try transaction.append(files.tables.sealed, key: key.span, value: record.span)
            }
        }
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
                    changed: LogCopy.tombstone(of: head, fate),
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
                    spellings: LogCopy.spellings(of: head, record, without: fate.spellingsGone),
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
        tombstone.repeated = fate.repeated
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
        let last = group.heads.last?.sequence ?? .zero
        guard let first = group.heads.first?.sequence, first <= sealing else {
            try write { transaction throws(StoreError) in try files.put(group, transaction) }
            return
        }
        let bytes = group.bytes.span
        for index in group.heads.indices where group.heads[index].sequence <= sealing {
            try seal(group.heads[index].sequence, bytes.extracting(group.record(index)))
        }
        try write { transaction throws(StoreError) in
            for index in group.heads.indices {
                if group.heads[index].sequence > sealing {
                    let key = Key.of(group.heads[index].sequence)
                    try StoreError.wrap { () throws(LMDBError) in
                        try transaction.append(
                            files.tables.entries,
                            key: key.span,
                            value: bytes.extracting(group.record(index))
                        )
                    }
                }
                try files.putMark(group.heads[index], transaction)
            }
        }
        if last >= sealing { try finishSealing() }
    }

    private func seal(_ sequence: SequenceNumber, _ record: Span<UInt8>) throws(StoreError) {
        if sealer == nil {
            sealer = try SealedWriter(
                folder: LogFiles.sealedFolder(of: folder),
                first: sequence
            )
        }
        try sealer?.add(record)
        if sealer?.count ?? 0 >= SealedFormat.fileEntriesMax { try finishSealing() }
    }

    private func finishSealing() throws(StoreError) {
        guard let name = try sealer?.finish() else { return }
        sealer = nil
        try takeIn(name)
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
            return LogCopy.row(gone, key, record, names, &found)
        }
        for name in found { self.gone[name.id] = name }
    }

    /// Gives identifiers their texts back, since they mean somebody again; and takes them from others.
    public func correctNames(
        kept: [IdentifierID],
        gone more: [GoneIdentifier]
    ) throws(StoreError) {
        var found: [ScrubbedName] = []
        let names = names
        try write { transaction throws(StoreError) in
            for (id, gone) in kept.map({ ($0, nil as GoneIdentifier?) }) + more.map({ ($0.id, $0) })
            {
                let key = Key.of(id.rawValue)
                let record = try StoreError.wrap { () throws(LMDBError) in
                    try source.environment.beginReading().read(
                        source.tables.identifiers,
                        key: key.span
                    ) { record in
                        gone.map { LogCopy.row($0, key.span, record, names, &found) }
                            ?? copied(record)
                    }
                }
                guard let record else { continue }
                self.gone[id.rawValue] = nil
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
        var rows = erasures.map { ($0.sequence, instant, $0.people) }
        for former in try source.erasures() {
            if let scrubbedAt = former.scrubbedAt {
                rows.append((former.sequence, scrubbedAt, former.people))
            }
        }
        try write { transaction throws(StoreError) in
            for (sequence, instant, people) in rows {
                let key = Key.of(sequence)
                let record = LoggedErasure.record(sequence, scrubbedAt: instant, people: people)
                try StoreError.wrap { () throws(LMDBError) in
                    try transaction.put(files.tables.erasures, key: key.span, value: record.span)
                }
            }
        }
    }

    // MARK: - Taking the place

    /// Puts what is copied on disk, so that little is left to do when it takes the place of the log.
    public func sync() throws(StoreError) {
        if sealing > .zero { try DataDirectory.sync(LogFiles.sealedFolder(of: folder)) }
        try StoreError.wrap { () throws(LMDBError) in try files.environment.sync() }
    }

    /// Takes the place of the log; on the thread of its writer.
    ///
    /// - Parameters:
    ///   - forgets: Whether what was derived from the log and may hold what it said is removed first.
    ///   - between: Called while there is no log: where crash tests step in.
    /// - Throws: With `isBroken` where neither of the two is the log any more; else the log is what it was.
    public func takePlace(
        of writer: LogWriter,
        forgets: Bool,
        between: () -> Void = {}
    ) throws(StoreError) {
        try sync()
        try StoreError.wrap { () throws(LMDBError) in try files.environment.beginSyncing() }
        if forgets {
            CheckpointWriter.remove(folder: directory.state)
            CheckpointWriter.remove(folder: directory.nextCheckpoint)
            try DataDirectory.sync(directory.state)
        }
        try directory.putNextLogInPlace(isBroken: &isBroken, between: between)
        log.exchange(files)
        writer.forget(Array(gone.values), names)
    }

    /// Removes the files whose place was taken, when nobody reads in them any more: on a thread that has the time.
    public func removeFormer() {
        // What is open in it keeps the environment.
        weak let reader = former?.environment
        former = nil
        for _ in 0..<600 where reader != nil { usleep(100_000) }
        if reader == nil { CheckpointWriter.giveBack(directory.formerLogFile) }
        directory.removeFormerLog()
    }

    /// Removes what there is of it.
    public func abandon() {
        if !isBroken { directory.removeNextLog() }
    }
}

/// The bytes, to keep.
private func copied(_ bytes: Span<UInt8>) -> [UInt8] {
    var writer = ValueWriter()
    writer.raw(bytes)
    return writer.bytes
}
