internal import EventModel

/// The records of `delivery/`; the layouts are drawn in `OnDisk.md`.
enum DeliveryRecord {
    static let version: UInt8 = 1
    /// Of positions: those of version 1 held deliveries in themselves, which have a table now.
    static let positionVersion: UInt8 = 2

    private enum Flag {
        static let through: UInt8 = 1
        static let gone: UInt8 = 2
        static let failing: UInt8 = 4
        static let suspended: UInt8 = 8
    }

    /// Writes a position without what is held.
    static func write(_ position: DeliveryPosition, key: Span<UInt8>) -> [UInt8] {
        var writer = RecordSeal.begin(version: positionVersion)
        writer.bytes.append(
            (position.through == nil ? 0 : Flag.through) | (position.gone == nil ? 0 : Flag.gone)
                | (position.failingSince == nil ? 0 : Flag.failing)
                | (position.suspension == nil ? 0 : Flag.suspended)
        )
        if let through = position.through { writer.name(through.bytes.span) }
        if let gone = position.gone {
            writer.varint(gone.target)
            writer.zigzag(gone.since.milliseconds)
        }
        if let since = position.failingSince { writer.zigzag(since.milliseconds) }
        if let suspension = position.suspension {
            writer.zigzag(suspension.since.milliseconds)
            writer.name(suspension.reason)
        }
        RecordSeal.seal(&writer, from: 0, key: key)
        return writer.bytes
    }

    static func position(
        _ record: Span<UInt8>,
        key: Span<UInt8>
    ) throws(StoreError) -> DeliveryPosition {
        let found = try RecordSeal.version(of: record, key: key, table: "positions")
        if found != positionVersion {
            try RecordSeal.check(record, key: key, table: "positions", version: version)
        }
        var position = DeliveryPosition()
        let flags = record[RecordSeal.headerCount]
        var reader = ValueReader(at: RecordSeal.headerCount + 1)
        if flags & Flag.through != 0 { position.through = try cursor(record, &reader) }
        if flags & Flag.gone != 0 {
            let target = reader.varint(record)
            let since = Instant(milliseconds: reader.zigzag(record))
            position.gone = GoneSubscriber(target: target, since: since)
        }
        guard found == positionVersion else {
            for _ in 0..<reader.varint(record) {
                let place = try cursor(record, &reader)
                position.held.append(held(record, &reader, at: place))
            }
            return position
        }
        if flags & Flag.failing != 0 {
            position.failingSince = Instant(milliseconds: reader.zigzag(record))
        }
        if flags & Flag.suspended != 0 {
            let since = Instant(milliseconds: reader.zigzag(record))
            let reason = String(copying: record.extracting(reader.text(record)))
            position.suspension = Suspension(since: since, reason: reason)
        }
        return position
    }

    private static func held(
        _ record: Span<UInt8>,
        _ reader: inout ValueReader,
        at place: TransitionCursor
    ) -> HeldDelivery {
        let failures = Int(truncatingIfNeeded: reader.varint(record))
        let due = Instant(milliseconds: reader.zigzag(record))
        return HeldDelivery(cursor: place, failures: failures, due: due)
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

    static func write(_ held: HeldDelivery, key: Span<UInt8>) -> [UInt8] {
        var writer = RecordSeal.begin(version: version)
        writer.varint(UInt64(held.failures))
        writer.zigzag(held.due.milliseconds)
        RecordSeal.seal(&writer, from: 0, key: key)
        return writer.bytes
    }

    static func held(_ record: Span<UInt8>, key: Span<UInt8>) throws(StoreError) -> HeldDelivery {
        try RecordSeal.check(record, key: key, table: "held", version: version)
        var reader = ValueReader(at: RecordSeal.headerCount)
        return held(record, &reader, at: try place(key, table: "held"))
    }

    /// The transition that a key names behind its subscriber.
    private static func place(
        _ key: Span<UInt8>,
        table: String
    ) throws(StoreError) -> TransitionCursor {
        let place = key.count < 4 ? nil : TransitionCursor(bytes: key.extracting(4..<key.count))
        guard let place else {
            throw .damaged(table: table, key: "of a delivery", what: "its key is too short")
        }
        return place
    }

    static func write(_ gap: DeliveryGap, key: Span<UInt8>) -> [UInt8] {
        var writer = RecordSeal.begin(version: version)
        let after = gap.after?.bytes ?? []
        writer.name(after.span)
        writer.name(gap.through.bytes.span)
        writer.zigzag(gap.recordedAt.milliseconds)
        writer.name(gap.reason)
        RecordSeal.seal(&writer, from: 0, key: key)
        return writer.bytes
    }

    static func gap(_ record: Span<UInt8>, key: Span<UInt8>) throws(StoreError) -> DeliveryGap {
        try RecordSeal.check(record, key: key, table: "gaps", version: version)
        var reader = ValueReader(at: RecordSeal.headerCount)
        let after = TransitionCursor(bytes: record.extracting(reader.text(record)))
        let through = try cursor(record, &reader)
        let recordedAt = Instant(milliseconds: reader.zigzag(record))
        let reason = String(copying: record.extracting(reader.text(record)))
        return DeliveryGap(after: after, through: through, recordedAt: recordedAt, reason: reason)
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
        let place = try place(key, table: "dead")
        var reader = ValueReader(at: RecordSeal.headerCount)
        let attempts = Int(truncatingIfNeeded: reader.varint(record))
        let since = Instant(milliseconds: reader.zigzag(record))
        let reason = String(copying: record.extracting(reader.text(record)))
        return DeadLetter(cursor: place, attempts: attempts, since: since, reason: reason)
    }
}
