public import EventModel
internal import LMDBStore
internal import Synchronization

/// What requests with idempotency keys were answered.
extension DeliveryStore {
    /// How many answers that are too old go with one that is kept.
    private static let forgottenAtOnce = 64

    /// The answer that was kept at a place; nil where there is none.
    public func answer(_ place: [UInt8]) throws(StoreError) -> KeptAnswer? {
        let outcome = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading().read(answerTable, key: place.span) {
                record -> Result<KeptAnswer, StoreError> in
                do throws(StoreError) {
                    return .success(try KeptAnswerRecord.read(record, place: place.span))
                } catch { return .failure(error) }
            }
        }
        return try outcome?.get()
    }

    /// How many answers are kept.
    public func answerCount() throws(StoreError) -> Int {
        try all(answerTimes) { _, _ throws(StoreError) in () }.count
    }

    /// Keeps an answer, and forgets some that were given too long ago.
    ///
    /// Blocks until that is on disk: not for a thread of Swift's pool.
    ///
    /// - Parameters:
    ///   - place: 32 bytes by which it is found.
    ///   - bound: Answers given before this are forgotten, in their order.
    public func keep(
        _ answer: KeptAnswer,
        at place: [UInt8],
        forgettingBefore bound: Instant
    ) throws(StoreError) {
        // One at a time: what is forgotten is found before it is removed.
        try answering.withLock { _ throws(StoreError) in
            try put(answer, at: place, forgettingBefore: bound)
        }
    }

    private func put(
        _ answer: KeptAnswer,
        at place: [UInt8],
        forgettingBefore bound: Instant
    ) throws(StoreError) {
        let old = try answersGiven(before: bound)
        let former = try self.answer(place)
        let record = KeptAnswerRecord.write(answer, place: place.span)
        let time = DeliveryStore.timeKey(answer.givenAt, place)
        try change { transaction throws(LMDBError) in
            for key in old {
                try transaction.remove(answerTimes, key: key.span)
                let place = Array(key.dropFirst(8))
                try transaction.remove(answerTable, key: place.span)
            }
            if let former {
                let key = DeliveryStore.timeKey(former.givenAt, place)
                try transaction.remove(answerTimes, key: key.span)
            }
            try transaction.put(answerTable, key: place.span, value: record.span)
            let nothing: [UInt8] = []
            try transaction.put(answerTimes, key: time.span, value: nothing.span)
        }
    }

    private func answersGiven(before bound: Instant) throws(StoreError) -> [[UInt8]] {
        let limit = DeliveryStore.timeKey(bound, [])
        let transaction = try StoreError.wrap { () throws(LMDBError) in
            try environment.beginReading()
        }
        var place = try StoreError.wrap { () throws(LMDBError) in
            try transaction.cursor(answerTimes)
        }
        var found = try StoreError.wrap { () throws(LMDBError) in try place.first() }
        var keys: [[UInt8]] = []
        while found, keys.count < DeliveryStore.forgottenAtOnce {
            let key = place.withCurrent { key, _ in key.indices.map { key[$0] } }
            guard key.lexicographicallyPrecedes(limit) else { break }
            keys.append(key)
            found = try StoreError.wrap { () throws(LMDBError) in try place.next() }
        }
        return keys
    }

    /// The time, highest byte first, and the place.
    private static func timeKey(_ time: Instant, _ place: [UInt8]) -> [UInt8] {
        let number = UInt64(max(0, time.milliseconds))
        return (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) } + place
    }
}
