public import EventModel
internal import LMDBStore

/// Deliveries that are made again, or go on from another place.
extension DeliveryStore {
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
        let isForwards = before.through.comesBefore(start)
        let reason = before.suspension?.reason ?? "it was resumed from a later place"
        var letters: [DeadLetter] = []
        for delivery in before.held {
            guard isForwards || start.comesBefore(delivery.cursor) else {
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
}
