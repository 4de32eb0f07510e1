internal import EventModel

/// The record of a subscription; the layout is drawn in `OnDisk.md`.
enum SubscriptionRecord {
    static let version: UInt8 = 2
    /// That of records without the fields from batches on.
    static let formerVersion: UInt8 = 1
    static let table = "subscriptions"

    private enum Flag {
        static let paused: UInt8 = 1
        static let unannounced: UInt8 = 2
        static let exitsOfUnannounced: UInt8 = 4
        static let segments: UInt8 = 8
        static let causes: UInt8 = 16
        static let snapshot: UInt8 = 32
    }

    static func write(_ subscription: Subscription, key: Span<UInt8>) -> [UInt8] {
        let filter = subscription.filter
        var writer = RecordSeal.begin(version: version)
        writer.bytes.append(
            (subscription.isPaused ? Flag.paused : 0)
                | (filter.takesUnannounced ? Flag.unannounced : 0)
                | (filter.takesExitsOfUnannounced ? Flag.exitsOfUnannounced : 0)
                | (filter.segments == nil ? 0 : Flag.segments)
                | (filter.causes == nil ? 0 : Flag.causes)
                | (subscription.snapshotThrough == nil ? 0 : Flag.snapshot)
        )
        writer.name(subscription.name)
        writer.name(subscription.url)
        writer.zigzag(subscription.createdAt.milliseconds)
        write(subscription.secrets, to: &writer)
        write(subscription.headers.flatMap { [$0.name, $0.value] }, to: &writer)
        write(filter.kinds.map(\.rawValue).sorted(), to: &writer)
        if let segments = filter.segments { write(segments.sorted(), to: &writer) }
        if let causes = filter.causes { write(causes.map(\.name).sorted(), to: &writer) }
        writer.bytes.append(subscription.origin.rawValue)
        writer.varint(UInt64(subscription.batchMax))
        writer.varint(UInt64(subscription.inFlightMax))
        write(subscription.attributes, to: &writer)
        if let cursor = subscription.snapshotThrough { writer.name(cursor.bytes.span) }
        RecordSeal.seal(&writer, from: 0, key: key)
        return writer.bytes
    }

    private static func write(_ texts: [String], to writer: inout ValueWriter) {
        writer.varint(UInt64(texts.count))
        for text in texts { writer.name(text) }
    }

    static func read(
        _ record: Span<UInt8>,
        key: Span<UInt8>,
        id: SubscriberID
    ) throws(StoreError) -> Subscription {
        let found = try RecordSeal.version(of: record, key: key, table: table)
        if found != formerVersion {
            try RecordSeal.check(record, key: key, table: table, version: version)
        }
        let flags = record[RecordSeal.headerCount]
        var reader = ValueReader(at: RecordSeal.headerCount + 1)
        func text(_ reader: inout ValueReader) -> String {
            String(copying: record.extracting(reader.text(record)))
        }
        func texts(_ reader: inout ValueReader) -> [String] {
            (0..<reader.varint(record)).map { _ in text(&reader) }
        }
        let (name, url) = (text(&reader), text(&reader))
        let createdAt = Instant(milliseconds: reader.zigzag(record))
        let secrets = texts(&reader)
        let headers = texts(&reader)
        var filter = TransitionFilter()
        filter.takesUnannounced = flags & Flag.unannounced != 0
        filter.takesExitsOfUnannounced = flags & Flag.exitsOfUnannounced != 0
        filter.kinds = Set(texts(&reader).compactMap { TransitionFilter.Kind(rawValue: $0) })
        if flags & Flag.segments != 0 { filter.segments = Set(texts(&reader)) }
        if flags & Flag.causes != 0 {
            filter.causes = Set(texts(&reader).compactMap { TransitionCause(name: $0) })
        }
        var subscription = Subscription(
            name: name,
            url: url,
            filter: filter,
            secrets: secrets,
            headers: stride(from: 0, to: headers.count - 1, by: 2).map {
                Subscription.Header(name: headers[$0], value: headers[$0 + 1])
            },
            createdAt: createdAt
        )
        subscription.id = id
        subscription.isPaused = flags & Flag.paused != 0
        guard found == version else { return subscription }
        subscription.origin = Subscription.Origin(rawValue: record[reader.offset]) ?? .requested
        reader.offset += 1
        subscription.batchMax = Int(truncatingIfNeeded: reader.varint(record))
        subscription.inFlightMax = Int(truncatingIfNeeded: reader.varint(record))
        subscription.attributes = texts(&reader)
        if flags & Flag.snapshot != 0 {
            let place = record.extracting(reader.text(record))
            subscription.snapshotThrough = TransitionCursor(bytes: place)
        }
        return subscription
    }
}
