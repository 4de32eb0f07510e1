public import EventModel
internal import LMDBStore
internal import Synchronization

/// Who is sent transitions, and whose members stand for what went before.
extension DeliveryStore {
    /// All subscriptions, the eldest first.
    public func subscriptions() throws(StoreError) -> [Subscription] {
        try all(subscriptionTable) { record, key throws(StoreError) in
            let id = SubscriberID(UInt32(truncatingIfNeeded: Key.number(key)))
            return try SubscriptionRecord.read(record, key: key, id: id)
        }
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
            UInt32(truncatingIfNeeded: Key.number(key))
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

    func put(
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
}
