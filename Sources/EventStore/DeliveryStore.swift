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
    private let subscriptionTable: Table

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
            try environment.openTables(["positions", "dead", "about", "subscriptions"])
        }
        self.environment = environment
        positions = opened[0]
        dead = opened[1]
        subscriptionTable = opened[3]
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

    // MARK: - Subscriptions

    /// All subscriptions, the eldest first.
    public func subscriptions() throws(StoreError) -> [Subscription] {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var place = try StoreError.wrap { () throws(LMDBError) in
            try transaction.cursor(subscriptionTable)
        }
        var found = try StoreError.wrap { () throws(LMDBError) in try place.first() }
        var subscriptions: [Subscription] = []
        while found {
            let subscription = try place.withCurrent {
                (key, record) throws(StoreError) -> Subscription? in
                guard key.count == 4 else { return nil }
                let number = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(key[$1]) }
                return try SubscriptionRecord.read(record, key: key, id: SubscriberID(number))
            }
            if let subscription { subscriptions.append(subscription) }
            found = try StoreError.wrap { () throws(LMDBError) in try place.next() }
        }
        return subscriptions
    }

    /// Adds a subscription that is served from behind a transition on, in one commit.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    ///
    /// - Parameter start: Begin behind this one; nil for the first transition.
    /// - Returns: It, with its number.
    public func add(
        _ subscription: Subscription,
        behind start: TransitionCursor?
    ) throws(StoreError) -> Subscription {
        var added = subscription
        let last = try subscriptions().last?.id.rawValue ?? 0
        // Numbers of those that were removed are not given again: what is left of them is theirs.
        let given = try lastGiven()
        added.id = SubscriberID(max(last, given, SubscriberID.configured.rawValue) + 1)
        var position = DeliveryPosition()
        position.through = start
        let key = Key.of(added.id.rawValue)
        let record = SubscriptionRecord.write(added, key: key.span)
        let positionRecord = DeliveryRecord.write(position, key: key.span)
        let (table, positions) = (subscriptionTable, positions)
        try change { transaction throws(LMDBError) in
            try transaction.put(table, key: key.span, value: record.span)
            try transaction.put(positions, key: key.span, value: positionRecord.span)
        }
        return added
    }

    /// The largest number that a position stands under: one that a removed subscription had leaves an empty one.
    private func lastGiven() throws(StoreError) -> UInt32 {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var place = try StoreError.wrap { () throws(LMDBError) in
            try transaction.cursor(positions)
        }
        guard try StoreError.wrap({ () throws(LMDBError) in try place.last() }) else { return 0 }
        return place.withCurrent { key, _ in
            key.count == 4 ? (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(key[$1]) } : 0
        }
    }

    /// Writes a subscription anew.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func update(_ subscription: Subscription) throws(StoreError) {
        let key = Key.of(subscription.id.rawValue)
        let record = SubscriptionRecord.write(subscription, key: key.span)
        let table = subscriptionTable
        try change { transaction throws(LMDBError) in
            try transaction.put(table, key: key.span, value: record.span)
        }
    }

    /// Removes a subscription with its dead letters; nothing is delivered for it meanwhile.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func remove(_ id: SubscriberID) throws(StoreError) {
        let letters = try deadLetters(of: id, after: nil, limit: .max)
        let key = Key.of(id.rawValue)
        let empty = DeliveryRecord.write(DeliveryPosition(), key: key.span)
        let (table, positions, dead) = (subscriptionTable, positions, dead)
        try change { transaction throws(LMDBError) in
            try transaction.remove(table, key: key.span)
            try transaction.put(positions, key: key.span, value: empty.span)
            for letter in letters {
                let place = Key.bytes(of: id.rawValue) + letter.cursor.bytes
                try transaction.remove(dead, key: place.span)
            }
        }
    }

    /// Has dead letters delivered again, before anything else of their people; nothing is delivered for the subscriber
    /// meanwhile.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    ///
    /// - Parameter limit: How many at most, the eldest first.
    /// - Returns: How many.
    public func redrive(_ id: SubscriberID, limit: Int) throws(StoreError) -> Int {
        let letters = try deadLetters(of: id, after: nil, limit: limit)
        guard !letters.isEmpty else { return 0 }
        var position = try position(of: id) ?? DeliveryPosition()
        position.held += letters.map {
            HeldDelivery(cursor: $0.cursor, failures: 0, due: Instant(milliseconds: 0))
        }
        position.held.sort { left, right in
            left.cursor.bytes.lexicographicallyPrecedes(right.cursor.bytes)
        }
        let key = Key.of(id.rawValue)
        let record = DeliveryRecord.write(position, key: key.span)
        let (positions, dead) = (positions, dead)
        try change { transaction throws(LMDBError) in
            try transaction.put(positions, key: key.span, value: record.span)
            for letter in letters {
                let place = Key.bytes(of: id.rawValue) + letter.cursor.bytes
                try transaction.remove(dead, key: place.span)
            }
        }
        return letters.count
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

    private func change(
        _ body: (borrowing WriteTransaction) throws(LMDBError) -> Void
    ) throws(StoreError) {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginWriting()
        }
        try StoreError.wrap { () throws(LMDBError) in try body(transaction) }
        try StoreError.commit(transaction)
    }
}
