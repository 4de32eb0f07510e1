public import EventModel
internal import LMDBStore
internal import Synchronization

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
    private let held: Table
    private let gapTable: Table
    private let members: Table
    private let keyTable: Table
    private let adding = Mutex(())

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

    private func put(
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
    private func rows<Row>(
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
    /// - Parameters:
    ///   - start: Begin behind this one; nil for the first transition.
    ///   - entries: Where the subscription has a snapshot, the transitions by which its members became members,
    ///     in order: what it is sent first.
    /// - Returns: It, with its number.
    public func add(
        _ subscription: Subscription,
        behind start: TransitionCursor?,
        members entries: [TransitionCursor] = []
    ) throws(StoreError) -> Subscription {
        // One after the other: numbers are given by what is there.
        try adding.withLock { _ throws(StoreError) in
            try addAlone(subscription, behind: start, members: entries)
        }
    }

    private func addAlone(
        _ subscription: Subscription,
        behind start: TransitionCursor?,
        members entries: [TransitionCursor]
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
        try change { transaction throws(LMDBError) in
            try transaction.put(subscriptionTable, key: key.span, value: record.span)
            try transaction.put(positions, key: key.span, value: positionRecord.span)
            try put(members: entries, of: added.id, in: transaction)
        }
        return added
    }

    /// The transitions of a subscription's snapshot, in order.
    ///
    /// - Parameter cursor: Begin behind this one; nil for the first.
    public func members(
        of subscriber: SubscriberID,
        after cursor: TransitionCursor?,
        limit: Int
    ) throws(StoreError) -> [TransitionCursor] {
        try rows(members, of: subscriber, after: cursor?.bytes, limit: limit) {
            _,
            key throws(StoreError) in
            guard let entry = TransitionCursor(bytes: key.extracting(4..<key.count)) else {
                throw .damaged(table: "members", key: "of a member", what: "its key is too short")
            }
            return entry
        }
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
        try change { transaction throws(LMDBError) in
            try transaction.put(subscriptionTable, key: key.span, value: record.span)
        }
    }

    /// Removes a subscription with its dead letters, gaps and what is held; nothing is delivered for it meanwhile.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func remove(_ id: SubscriberID) throws(StoreError) {
        let key = Key.of(id.rawValue)
        let empty = DeliveryRecord.write(DeliveryPosition(), key: key.span)
        var rows: [(table: Table, key: [UInt8])] = []
        for table in [dead, held, gapTable, members] {
            rows += try self.rows(table, of: id, after: nil, limit: .max) {
                _,
                key throws(StoreError) in (table, key.indices.map { key[$0] })
            }
        }
        try change { transaction throws(LMDBError) in
            try transaction.remove(subscriptionTable, key: key.span)
            try transaction.put(positions, key: key.span, value: empty.span)
            for row in rows { try transaction.remove(row.table, key: row.key.span) }
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
        try change { transaction throws(LMDBError) in
            for letter in letters {
                let delivery = HeldDelivery(
                    cursor: letter.cursor,
                    failures: 0,
                    due: Instant(milliseconds: 0)
                )
                let place = Key.bytes(of: id.rawValue) + letter.cursor.bytes
                let record = DeliveryRecord.write(delivery, key: place.span)
                try transaction.put(held, key: place.span, value: record.span)
                try transaction.remove(dead, key: place.span)
            }
        }
        return letters.count
    }

    /// Has deliveries go on from another place, and writes down what is not sent on that account; nothing is
    /// delivered for the subscriber meanwhile.
    ///
    /// Forwards: what was held becomes dead letters, and what lies between a gap. Backwards: what was delivered
    /// is delivered again. Either way a suspension ends.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    ///
    /// - Parameters:
    ///   - subscription: What the subscription is from then on.
    ///   - start: Go on behind this one; nil for the first transition.
    ///   - entries: Where the subscription has a snapshot, the transitions by which its members became members,
    ///     in order: what it is sent first.
    ///   - now: Wall time.
    public func move(
        _ subscription: Subscription,
        behind start: TransitionCursor?,
        members entries: [TransitionCursor] = [],
        at now: Instant
    ) throws(StoreError) {
        let id = subscription.id
        let before = try position(of: id) ?? DeliveryPosition()
        var progress = DeliveryProgress()
        progress.position.through = entries.isEmpty ? start : nil
        let isForwards = DeliveryStore.isBefore(before.through, start)
        let reason = before.suspension?.reason ?? "it was resumed from a later place"
        var letters: [DeadLetter] = []
        for delivery in before.held {
            guard isForwards || DeliveryStore.isBefore(start, delivery.cursor) else {
                progress.held[delivery.cursor] = delivery
                continue
            }
            progress.held[delivery.cursor] = .some(nil)
            guard isForwards else { continue }
            letters.append(
                DeadLetter(
                    cursor: delivery.cursor,
                    attempts: delivery.failures,
                    since: now,
                    reason: reason
                )
            )
        }
        var gap: (gap: DeliveryGap, number: UInt32)?
        if isForwards, let start {
            let found = DeliveryGap(
                after: before.through,
                through: start,
                recordedAt: now,
                reason: reason
            )
            gap = (found, UInt32(try gaps(of: id).count))
        }
        let former = try members(of: id, after: nil, limit: .max)
        try change { transaction throws(LMDBError) in
            try put(progress, letters, gap, of: id, in: transaction)
            for entry in former {
                let place = Key.bytes(of: id.rawValue) + entry.bytes
                try transaction.remove(members, key: place.span)
            }
            try put(members: entries, of: id, in: transaction)
            guard id != .configured else { return }
            let key = Key.of(id.rawValue)
            let record = SubscriptionRecord.write(subscription, key: key.span)
            try transaction.put(subscriptionTable, key: key.span, value: record.span)
        }
    }

    private func put(
        members entries: [TransitionCursor],
        of id: SubscriberID,
        in transaction: borrowing WriteTransaction
    ) throws(LMDBError) {
        let nothing: [UInt8] = []
        for entry in entries {
            let place = Key.bytes(of: id.rawValue) + entry.bytes
            try transaction.put(members, key: place.span, value: nothing.span)
        }
    }

    /// Whether one place comes before another; nil is before all.
    private static func isBefore(_ left: TransitionCursor?, _ right: TransitionCursor?) -> Bool {
        (left?.bytes ?? []).lexicographicallyPrecedes(right?.bytes ?? [])
    }

    // MARK: - Keys

    /// All API keys, in order of their ids.
    public func keys() throws(StoreError) -> [APIKey] {
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var place = try StoreError.wrap { () throws(LMDBError) in try transaction.cursor(keyTable) }
        var found = try StoreError.wrap { () throws(LMDBError) in try place.first() }
        var keys: [APIKey] = []
        while found {
            let key = try place.withCurrent { (key, record) throws(StoreError) in
                try APIKeyRecord.read(record, place: key)
            }
            keys.append(key)
            found = try StoreError.wrap { () throws(LMDBError) in try place.next() }
        }
        return keys
    }

    /// Keeps an API key.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func put(_ key: APIKey) throws(StoreError) {
        let place = Array(key.id.utf8)
        let record = APIKeyRecord.write(key, place: place.span)
        try change { transaction throws(LMDBError) in
            try transaction.put(keyTable, key: place.span, value: record.span)
        }
    }

    /// Forgets an API key.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    public func removeKey(_ id: String) throws(StoreError) {
        let place = Array(id.utf8)
        try change { transaction throws(LMDBError) in
            try transaction.remove(keyTable, key: place.span)
        }
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
