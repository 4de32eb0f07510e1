internal import EventModel

/// The records of `delivery/`; the layouts are drawn in `OnDisk.md`.
enum DeliveryRecord {
    static let version: UInt8 = 1

    private enum Flag {
        static let through: UInt8 = 1
        static let gone: UInt8 = 2
    }

    static func write(_ position: DeliveryPosition, key: Span<UInt8>) -> [UInt8] {
        var writer = RecordSeal.begin(version: version)
        writer.bytes.append(
            (position.through == nil ? 0 : Flag.through) | (position.gone == nil ? 0 : Flag.gone)
        )
        if let through = position.through { writer.name(through.bytes.span) }
        if let gone = position.gone {
            writer.varint(gone.target)
            writer.zigzag(gone.since.milliseconds)
        }
        writer.varint(UInt64(position.held.count))
        for held in position.held {
            writer.name(held.cursor.bytes.span)
            writer.varint(UInt64(held.failures))
            writer.zigzag(held.due.milliseconds)
        }
        RecordSeal.seal(&writer, from: 0, key: key)
        return writer.bytes
    }

    static func position(
        _ record: Span<UInt8>,
        key: Span<UInt8>
    ) throws(StoreError) -> DeliveryPosition {
        try RecordSeal.check(record, key: key, table: "positions", version: version)
        var position = DeliveryPosition()
        let flags = record[RecordSeal.headerCount]
        var reader = ValueReader(at: RecordSeal.headerCount + 1)
        if flags & Flag.through != 0 { position.through = try cursor(record, &reader) }
        if flags & Flag.gone != 0 {
            let target = reader.varint(record)
            let since = Instant(milliseconds: reader.zigzag(record))
            position.gone = GoneSubscriber(target: target, since: since)
        }
        for _ in 0..<reader.varint(record) {
            let place = try cursor(record, &reader)
            let failures = Int(truncatingIfNeeded: reader.varint(record))
            let due = Instant(milliseconds: reader.zigzag(record))
            position.held.append(HeldDelivery(cursor: place, failures: failures, due: due))
        }
        return position
    }

    private static func cursor(
        _ record: Span<UInt8>,
        _ reader: inout ValueReader
    ) throws(StoreError) -> TransitionCursor {
        let range = reader.text(record)
        guard let cursor = TransitionCursor(bytes: record.extracting(range)) else {
            throw .damaged(
                table: "positions",
                key: "of a subscriber",
                what: "a cursor is too short"
            )
        }
        return cursor
    }

    static func write(_ letter: DeadLetter, key: Span<UInt8>) -> [UInt8] {
        var writer = RecordSeal.begin(version: version)
        writer.varint(UInt64(letter.attempts))
        writer.zigzag(letter.since.milliseconds)
        writer.name(letter.reason)
        RecordSeal.seal(&writer, from: 0, key: key)
        return writer.bytes
    }

    static func deadLetter(
        _ record: Span<UInt8>,
        key: Span<UInt8>
    ) throws(StoreError) -> DeadLetter {
        try RecordSeal.check(record, key: key, table: "dead", version: version)
        let place = key.count < 4 ? nil : TransitionCursor(bytes: key.extracting(4..<key.count))
        guard let place else {
            throw .damaged(table: "dead", key: "of a dead letter", what: "its key is too short")
        }
        var reader = ValueReader(at: RecordSeal.headerCount)
        let attempts = Int(truncatingIfNeeded: reader.varint(record))
        let since = Instant(milliseconds: reader.zigzag(record))
        let reason = String(copying: record.extracting(reader.text(record)))
        return DeadLetter(cursor: place, attempts: attempts, since: since, reason: reason)
    }
}
