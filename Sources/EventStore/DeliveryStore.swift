public import EventModel
internal import LMDBStore
internal import Synchronization

/// What is on disk about deliveries, and cannot be derived: how far each subscriber has been
/// served, and what was given up.
///
/// Transitions are not copied here: positions and dead letters name them by their cursors.
public final class DeliveryStore: Sendable {
    private static let formatVersion: UInt8 = 1
    /// The most that it may grow to; sparse, so it costs address space only.
    public static let mapSizeBytes = 256 << 30

    let environment: Environment
    let positions: Table
    let dead: Table
    let subscriptionTable: Table
    let held: Table
    let gapTable: Table
    let members: Table
    let keyTable: Table
    let answerTable: Table
    let answerTimes: Table
    let adding = Mutex(())
    let answering = Mutex(())

    /// Opens the deliveries of a directory, which the caller has locked; makes them where there are
    /// none.
    ///
    /// - Throws: `StoreError.mismatch` where they are of another log.
    public init(directory: String, logID: String) throws(StoreError) {
        let environment = try StoreError.wrap { () throws(LMDBError) in
            try Environment(
                directory: directory,
                mapSizeBytes: DeliveryStore.mapSizeBytes,
                tablesMax: 16
            )
        }
        let opened = try StoreError.wrap { () throws(LMDBError) in
            try environment.openTables([
                "positions", "dead", "about", "subscriptions", "held", "gaps",
                "members", APIKeyRecord.table,
                KeptAnswerRecord.table, "answer-times",
            ])
        }
        self.environment = environment
        positions = opened[0]
        dead = opened[1]
        subscriptionTable = opened[3]
        held = opened[4]
        gapTable = opened[5]
        members = opened[6]
        keyTable = opened[7]
        answerTable = opened[8]
        answerTimes = opened[9]
        let found = try AboutTable(environment: environment, table: opened[2]).text(
            "log",
            orSet: logID,
            version: DeliveryStore.formatVersion,
            what: "the deliveries in \(directory)"
        )
        try DataDirectory.sync(directory)
        guard found == logID else {
            throw .mismatch(
                "\(directory) belongs to log \(found), but this log is \(logID). Put the right one "
                    + "in its place; or remove \(directory), and every transition is sent anew."
            )
        }
    }

    /// How much room it has taken.
    public var size: StoreSize {
        StoreSize(bytes: environment.usedBytes, readerLag: environment.readerLag)
    }

    /// How far a subscriber has been served; nil where it never was.
    public func position(of subscriber: SubscriberID) throws(StoreError) -> DeliveryPosition? {
        let key = Key.of(subscriber.rawValue)
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            let transaction = try environment.beginReading()
            return try transaction.read(positions, key: key.span) {
                record -> Result<DeliveryPosition, StoreError> in
                do throws(StoreError) {
                    return .success(try DeliveryRecord.position(record, key: key.span))
                } catch { return .failure(error) }
            }
        }
        guard var position = try outcome?.get() else { return nil }
        position.held += try rows(held, of: subscriber, after: nil, limit: .max) {
            record,
            key throws(StoreError) in try DeliveryRecord.held(record, key: key)
        }
        return position
    }

    /// Writes what changed of a subscriber's position and parks what was given up, in one commit.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func commit(
        _ progress: DeliveryProgress,
        parking letters: [DeadLetter],
        of subscriber: SubscriberID
    ) throws(StoreError) {
        try change { transaction throws(LMDBError) in
            try put(progress, letters, nil, of: subscriber, in: transaction)
        }
    }

    func put(
        _ progress: DeliveryProgress,
        _ letters: [DeadLetter],
        _ gap: (gap: DeliveryGap, number: UInt32)?,
        of subscriber: SubscriberID,
        in transaction: borrowing WriteTransaction
    ) throws(LMDBError) {
        let key = Key.of(subscriber.rawValue)
        let record = DeliveryRecord.write(progress.position, key: key.span)
        try transaction.put(positions, key: key.span, value: record.span)
        for (cursor, delivery) in progress.held {
            let key = Key.bytes(of: subscriber.rawValue) + cursor.bytes
            if let delivery {
                let record = DeliveryRecord.write(delivery, key: key.span)
                try transaction.put(held, key: key.span, value: record.span)
            } else {
                try transaction.remove(held, key: key.span)
            }
        }
        for letter in letters {
            let key = Key.bytes(of: subscriber.rawValue) + letter.cursor.bytes
            let record = DeliveryRecord.write(letter, key: key.span)
            try transaction.put(dead, key: key.span, value: record.span)
        }
        if let gap {
            let key = Key.bytes(of: subscriber.rawValue) + Key.bytes(of: gap.number)
            let record = DeliveryRecord.write(gap.gap, key: key.span)
            try transaction.put(gapTable, key: key.span, value: record.span)
        }
    }

    /// What was given up of a subscriber's deliveries, in the transitions' order.
    ///
    /// - Parameters:
    ///   - cursor: Begin behind this one; nil for the first.
    ///   - limit: How many at most.
    public func deadLetters(
        of subscriber: SubscriberID,
        after cursor: TransitionCursor?,
        limit: Int
    ) throws(StoreError) -> [DeadLetter] {
        try rows(dead, of: subscriber, after: cursor?.bytes, limit: limit) {
            record,
            key throws(StoreError) in try DeliveryRecord.deadLetter(record, key: key)
        }
    }

    /// What a subscriber was not sent and will not be, in the order in which that was found.
    public func gaps(of subscriber: SubscriberID) throws(StoreError) -> [DeliveryGap] {
        try rows(gapTable, of: subscriber, after: nil, limit: .max) {
            record,
            key throws(StoreError) in try DeliveryRecord.gap(record, key: key)
        }
    }

    /// A subscriber's rows of a table, in order.
    ///
    /// - Parameter start: Begin behind the row of this key; nil for the first.
    func rows<Row>(
        _ table: Table,
        of subscriber: SubscriberID,
        after start: [UInt8]?,
        limit: Int,
        _ read: (Span<UInt8>, Span<UInt8>) throws(StoreError) -> Row
    ) throws(StoreError) -> [Row] {
        let prefix = Key.bytes(of: subscriber.rawValue)
        let first = prefix + (start ?? [])
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var place = try StoreError.wrap { () throws(LMDBError) in try transaction.cursor(table) }
        var found = try StoreError.wrap { () throws(LMDBError) in try place.seek(first.span) }
        var rows: [Row] = []
        while found, rows.count < limit {
            let isMine = place.withCurrent { key, _ in
                key.count >= 4 && (0..<4).allSatisfy { key[$0] == prefix[$0] }
            }
            guard isMine else { break }
            let row = try place.withCurrent { (key, record) throws(StoreError) -> Row? in
                let isStart =
                    start != nil && key.count == first.count
                    && first.indices.allSatisfy { key[$0] == first[$0] }
                return isStart ? nil : try read(record, key)
            }
            if let row { rows.append(row) }
            found = try StoreError.wrap { () throws(LMDBError) in try place.next() }
        }
        return rows
    }

    /// How many dead letters a subscriber has.
    public func deadLetterCount(of subscriber: SubscriberID) throws(StoreError) -> Int {
        let prefix = Key.bytes(of: subscriber.rawValue)
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var place = try StoreError.wrap { () throws(LMDBError) in try transaction.cursor(dead) }
        var found = try StoreError.wrap { () throws(LMDBError) in try place.seek(prefix.span) }
        var count = 0
        while found, place.withCurrent({ key, _ in (0..<4).allSatisfy { key[$0] == prefix[$0] } }) {
            count += 1
            found = try StoreError.wrap { () throws(LMDBError) in try place.next() }
        }
        return count
    }

    /// How many deliveries were given up, of all subscribers.
    public func deadLetterCount() throws(StoreError) -> Int {
        try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading().count(dead)
        }
    }

    /// Every row of a table, in order.
    func all<Row>(
        _ table: Table,
        _ read: (Span<UInt8>, Span<UInt8>) throws(StoreError) -> Row
    ) throws(StoreError) -> [Row] {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var place = try StoreError.wrap { () throws(LMDBError) in try transaction.cursor(table) }
        var found = try StoreError.wrap { () throws(LMDBError) in try place.first() }
        var rows: [Row] = []
        while found {
            let row = try place.withCurrent { (key, record) throws(StoreError) in
                try read(record, key)
            }
            rows.append(row)
            found = try StoreError.wrap { () throws(LMDBError) in try place.next() }
        }
        return rows
    }

    /// Writes in one commit.
    func change(
        _ body: (borrowing WriteTransaction) throws(LMDBError) -> Void
    ) throws(StoreError) {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginWriting()
        }
        try StoreError.wrap { () throws(LMDBError) in try body(transaction) }
        try StoreError.commit(transaction)
    }
}
