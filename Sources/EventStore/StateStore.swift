public import EventModel
internal import LMDBStore

/// How far transitions have been recorded.
public struct AppliedMark: Equatable, Sendable {
    /// All entries up to this one were applied.
    public var sequence: SequenceNumber
    /// The last instant that was evaluated.
    public var instant: Instant

    /// A mark behind that entry and instant.
    public init(sequence: SequenceNumber, instant: Instant) {
        self.sequence = sequence
        self.instant = instant
    }
}

/// What is derived from the log and kept on disk: the transitions, and how far they go.
///
/// Disposable: without it everything is derived again. Many threads may read while one commits.
public final class StateStore: Sendable {
    private static let formatVersion: UInt8 = 1
    /// The most that the state may grow to; sparse, so it costs address space only.
    public static let mapSizeBytes = 256 << 30

    let environment: Environment
    /// Called with a commit that is written and not yet made: where crash tests step in.
    private let beforeCommit: (@Sendable () -> Void)?
    private let transitions: Table
    private let about: Table
    /// Keeps the directory locked as long as its files are open; goes last.
    private let holder: DataDirectory?

    /// Opens the state of a directory, which the caller has locked; makes it where there is none.
    ///
    /// - Throws: `StoreError.mismatch` where it was derived from another log.
    public convenience init(directory: String, logID: String) throws(StoreError) {
        try self.init(directory: directory, logID: logID, beforeCommit: nil)
    }

    /// The same, with a step hook.
    package init(
        directory: String,
        logID: String,
        beforeCommit: (@Sendable () -> Void)?,
        holder: DataDirectory? = nil
    ) throws(StoreError) {
        self.holder = holder
        self.beforeCommit = beforeCommit
        environment = try StoreError.wrap { () throws(LMDBError) in
            try Environment(
                directory: directory,
                mapSizeBytes: StateStore.mapSizeBytes,
                tablesMax: 16
            )
        }
        let environment = environment
        let opened = try StoreError.wrap { () throws(LMDBError) in
            try environment.openTables(["transitions", "about"])
        }
        transitions = opened[0]
        about = opened[1]
        let found = try AboutTable(environment: environment, table: about).text(
            "log",
            orSet: logID,
            version: StateStore.formatVersion,
            what: "the state in \(directory)"
        )
        try DataDirectory.sync(directory)
        guard found == logID else {
            throw .mismatch(
                "\(directory) was derived from log \(found), but this log is \(logID). "
                    + "Remove \(directory); it is rebuilt from the log."
            )
        }
    }

    /// How much room it has taken.
    public var size: StoreSize {
        StoreSize(bytes: environment.usedBytes, readerLag: environment.readerLag)
    }

    private static let markKey = Array("applied".utf8)

    /// How far the recorded transitions go; nil before the first commit.
    public func applied() throws(StoreError) -> AppliedMark? {
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            return try transaction.read(about, key: StateStore.markKey.span) {
                record -> Result<AppliedMark, StoreError> in
                do throws(StoreError) {
                    try RecordSeal.check(
                        record,
                        key: StateStore.markKey.span,
                        table: "about",
                        version: 1
                    )
                } catch { return .failure(error) }
                var reader = ValueReader(at: RecordSeal.headerCount)
                return .success(
                    AppliedMark(
                        sequence: SequenceNumber(reader.varint(record)),
                        instant: Instant(milliseconds: reader.zigzag(record))
                    )
                )
            }
        }
        return try outcome?.get()
    }

    /// Adds transitions behind those recorded, and moves the mark, in one commit.
    public func commit(
        _ added: [Transition],
        applied mark: AppliedMark
    ) throws(StoreError) {
        var appender = try beginAppending()
        for index in added.indices { try appender.append(added[index]) }
        try commit(appender, applied: mark)
    }

    /// Begins a commit to which transitions are added one by one.
    public func beginAppending() throws(StoreError) -> TransitionAppender {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginWriting()
        }
        return TransitionAppender(transaction, transitions)
    }

    /// Commits what was added, and moves the mark.
    public func commit(
        _ appender: consuming TransitionAppender,
        applied mark: AppliedMark
    ) throws(StoreError) {
        let transaction = appender.finish()
        var writer = RecordSeal.begin(version: 1)
        writer.varint(mark.sequence.rawValue)
        writer.zigzag(mark.instant.milliseconds)
        RecordSeal.seal(&writer, from: 0, key: StateStore.markKey.span)
        let markRecord = writer.bytes
        try StoreError.wrap { () throws(LMDBError) in
            try transaction.put(about, key: StateStore.markKey.span, value: markRecord.span)
        }
        beforeCommit?()
        try StoreError.commit(transaction)
    }

    /// Hands recorded transitions to `body` in order, until it returns false or there are no more.
    ///
    /// - Parameter cursor: Begin behind this one; nil for the first.
    public func scan(
        after cursor: TransitionCursor?,
        _ body: (Transition) -> Bool
    ) throws(StoreError) {
        var after = cursor
        repeat { after = try stretch(after: after, body) } while after != nil
    }

    private func stretch(
        after start: TransitionCursor?,
        _ body: (Transition) -> Bool
    ) throws(StoreError) -> TransitionCursor? {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var cursor = try StoreError.wrap { () throws(LMDBError) in
            try transaction.cursor(transitions)
        }
        var found = try StoreError.wrap { () throws(LMDBError) in
            guard let start else { return try cursor.first() }
            guard try cursor.seek(start.bytes.span) else { return false }
            let isStart = cursor.withCurrent { key, _ in TransitionCursor(bytes: key) == start }
            return isStart ? try cursor.next() : true
        }
        var last: TransitionCursor?
        for _ in 0..<10_000 {
            guard found else { return nil }
            let next = try cursor.withCurrent {
                (key, record) throws(StoreError) -> TransitionCursor? in
                let transition = try TransitionRecord.read(record, key: key)
                return body(transition) ? transition.cursor : nil
            }
            guard let next else { return nil }
            last = next
            found = try StoreError.wrap { () throws(LMDBError) in try cursor.next() }
        }
        return last
    }

    /// The cursor of the last recorded transition; nil where there is none.
    public func lastCursor() throws(StoreError) -> TransitionCursor? {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var cursor = try StoreError.wrap { () throws(LMDBError) in
            try transaction.cursor(transitions)
        }
        guard try StoreError.wrap({ () throws(LMDBError) in try cursor.last() }) else { return nil }
        return cursor.withCurrent { key, _ in TransitionCursor(bytes: key) }
    }

    /// The transition at a cursor; nil where none is recorded there.
    public func transition(at cursor: TransitionCursor) throws(StoreError) -> Transition? {
        let key = cursor.bytes
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            return try transaction.read(transitions, key: key.span) {
                record -> Result<Transition, StoreError> in
                do throws(StoreError) {
                    return .success(try TransitionRecord.read(record, key: key.span))
                } catch { return .failure(error) }
            }
        }
        return try outcome?.get()
    }

    private static let erasedKey = Array("erased".utf8)

    /// Up to which `erase` entry the transitions of those who were erased are removed; zero for none.
    public func erasedThrough() throws(StoreError) -> SequenceNumber {
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading().read(about, key: StateStore.erasedKey.span) {
                record -> Result<SequenceNumber, StoreError> in
                Result { () throws(StoreError) in
                    try RecordSeal.check(
                        record,
                        key: StateStore.erasedKey.span,
                        table: "about",
                        version: 1
                    )
                    var reader = ValueReader(at: RecordSeal.headerCount)
                    return SequenceNumber(reader.varint(record))
                }
            }
        }
        return try outcome?.get() ?? .zero
    }

    /// Removes the transitions of people who were erased; what says that they are, stays for those who have not
    /// heard of it yet.
    ///
    /// In stretches, so that others can commit between them.
    /// - Parameter sequence: The last `erase` entry of these.
    public func removeTransitions(
        of people: Set<PersonID>,
        erasedThrough sequence: SequenceNumber
    ) throws(StoreError) {
        var found: [TransitionCursor] = []
        try scan(after: nil) { transition in
            if transition.notice == nil, transition.cause != .erased,
                people.contains(transition.person)
            {
                found.append(transition.cursor)
            }
            return true
        }
        for start in stride(from: 0, to: found.count, by: 1_000) {
            let transaction = try StoreError.wrap { () throws(LMDBError) in
                try environment.beginWriting()
            }
            try StoreError.wrap { () throws(LMDBError) in
                for cursor in found[start..<min(found.count, start + 1_000)] {
                    try transaction.remove(transitions, key: cursor.bytes.span)
                }
            }
            try StoreError.commit(transaction)
        }
        var writer = RecordSeal.begin(version: 1)
        writer.varint(sequence.rawValue)
        RecordSeal.seal(&writer, from: 0, key: StateStore.erasedKey.span)
        let record = writer.bytes
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginWriting()
        }
        try StoreError.wrap { () throws(LMDBError) in
            try transaction.put(about, key: StateStore.erasedKey.span, value: record.span)
        }
        try StoreError.commit(transaction)
    }

    /// How many transitions are recorded.
    public func transitionCount() throws(StoreError) -> Int {
        try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading().count(transitions)
        }
    }
}
