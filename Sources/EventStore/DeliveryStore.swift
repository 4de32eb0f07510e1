public import EventModel
internal import LMDBStore

/// Names a subscriber within a data directory.
public struct SubscriberID: Hashable, Sendable {
    /// The number itself.
    public var rawValue: UInt32

    /// The subscriber of that number.
    public init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The one that the daemon's configuration names.
    public static let configured = SubscriberID(1)
}

/// What is on disk about deliveries, and cannot be derived: how far each subscriber has been
/// served, and what was given up.
///
/// Transitions are not copied here: positions and dead letters name them by their cursors.
public final class DeliveryStore: Sendable {
    private static let formatVersion: UInt8 = 1
    /// The most that it may grow to; sparse, so it costs address space only.
    public static let mapSizeBytes = 256 << 30

    private let environment: Environment
    private let positions: Table
    private let dead: Table

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
            try environment.openTables(["positions", "dead", "about"])
        }
        self.environment = environment
        positions = opened[0]
        dead = opened[1]
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
        return try outcome?.get()
    }

    /// Moves a subscriber's position and parks what was given up, in one commit.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func commit(
        _ position: DeliveryPosition,
        parking letters: [DeadLetter],
        of subscriber: SubscriberID
    ) throws(StoreError) {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginWriting()
        }
        let key = Key.of(subscriber.rawValue)
        let record = DeliveryRecord.write(position, key: key.span)
        try StoreError.wrap { () throws(LMDBError) in
            try transaction.put(positions, key: key.span, value: record.span)
        }
        for letter in letters {
            let key = Key.bytes(of: subscriber.rawValue) + letter.cursor.bytes
            let record = DeliveryRecord.write(letter, key: key.span)
            try StoreError.wrap { () throws(LMDBError) in
                try transaction.put(dead, key: key.span, value: record.span)
            }
        }
        try StoreError.commit(transaction)
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
        let prefix = Key.bytes(of: subscriber.rawValue)
        let start = prefix + (cursor?.bytes ?? [])
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var place = try StoreError.wrap { () throws(LMDBError) in try transaction.cursor(dead) }
        var found = try StoreError.wrap { () throws(LMDBError) in try place.seek(start.span) }
        var letters: [DeadLetter] = []
        while found, letters.count < limit {
            let letter = try place.withCurrent {
                (key, record) throws(StoreError) -> DeadLetter? in
                guard key.count >= 4, (0..<4).allSatisfy({ key[$0] == prefix[$0] }) else {
                    return nil
                }
                return try DeliveryRecord.deadLetter(record, key: key)
            }
            guard let letter else { break }
            if letter.cursor != cursor { letters.append(letter) }
            found = try StoreError.wrap { () throws(LMDBError) in try place.next() }
        }
        return letters
    }

    /// How many deliveries were given up, of all subscribers.
    public func deadLetterCount() throws(StoreError) -> Int {
        try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading().count(dead)
        }
    }
}
