internal import EventModel

/// The record of a transition; the layout is drawn in `OnDisk.md`.
enum TransitionRecord {
    static let version: UInt8 = 1
    /// Of notices, which have fields behind those of version 1.
    static let noticeVersion: UInt8 = 2
    static let table = "transitions"

    private enum Flag {
        static let announced: UInt8 = 1
        static let entryAnnounced: UInt8 = 2
    }

    /// Writes a record in place of what the writer holds.
    static func write(
        _ fields: TransitionFields,
        _ identifiers: Span<IdentifierID>,
        _ notice: ExpectationNotice?,
        key: Span<UInt8>,
        to writer: inout ValueWriter
    ) {
        writer.bytes.removeAll(keepingCapacity: true)
        let numbers = 3 + identifiers.count
        writer.bytes.append(addingCapacity: 8 + numbers * 10) { output in
            // The checksum comes last.
            output.bytes(of: 0, count: 4)
            output.append(notice == nil ? version : noticeVersion)
            output.append(fields.direction.rawValue)
            output.append(fields.cause.rawValue)
            output.append(
                (fields.isAnnounced ? Flag.announced : 0)
                    | (fields.entryIsAnnounced ? Flag.entryAnnounced : 0)
            )
            output.varint(fields.sequence.rawValue)
            output.varint(fields.ruleHash)
            output.varint(UInt64(identifiers.count))
            for index in identifiers.indices {
                output.varint(UInt64(identifiers[index].rawValue))
            }
        }
        if let notice { write(notice, to: &writer) }
        RecordSeal.seal(&writer, from: 0, key: key)
    }

    private static func write(_ notice: ExpectationNotice, to writer: inout ValueWriter) {
        writer.bytes.append(notice.subject.rawValue)
        writer.zigzag(notice.since.milliseconds)
        writer.varint(UInt64(notice.count))
        writer.varint(UInt64(notice.name.utf8.count))
        writer.bytes.append(contentsOf: notice.name.utf8)
        writer.bytes.append(contentsOf: notice.expectation.utf8)
    }

    private static func readNotice(
        _ record: Span<UInt8>,
        from reader: inout ValueReader
    ) -> ExpectationNotice? {
        guard reader.offset < record.count,
            let subject = ExpectationNotice.Subject(rawValue: record[reader.offset])
        else { return nil }
        reader.offset += 1
        let since = Instant(milliseconds: reader.zigzag(record))
        let count = reader.varint(record)
        let nameBytes = reader.varint(record)
        let start = reader.offset
        guard nameBytes <= UInt64(record.count - start), let count = Int(exactly: count) else {
            return nil
        }
        let middle = start + Int(nameBytes)
        return ExpectationNotice(
            subject: subject,
            name: String(decoding: (start..<middle).map { record[$0] }, as: UTF8.self),
            expectation: String(
                decoding: (middle..<record.count).map { record[$0] },
                as: UTF8.self
            ),
            since: since,
            count: count
        )
    }

    static func read(
        _ record: Span<UInt8>,
        key: Span<UInt8>
    ) throws(StoreError) -> Transition {
        let found = try RecordSeal.version(of: record, key: key, table: table)
        if found != noticeVersion {
            try RecordSeal.check(record, key: key, table: table, version: version)
        }
        guard let cursor = TransitionCursor(bytes: key),
            let direction = TransitionDirection(rawValue: record[5]),
            let cause = TransitionCause(rawValue: record[6])
        else {
            throw .damaged(table: table, key: "of a transition", what: "its fields are unknown")
        }
        let flags = record[7]
        var reader = ValueReader(at: 8)
        let sequence = SequenceNumber(reader.varint(record))
        let ruleHash = reader.varint(record)
        let count = Int(reader.varint(record))
        var identifiers: [IdentifierID] = []
        for _ in 0..<count {
            identifiers.append(IdentifierID(UInt32(truncatingIfNeeded: reader.varint(record))))
        }
        var transition = Transition(
            at: cursor.at,
            person: cursor.person,
            segment: cursor.segment,
            direction: direction,
            cause: cause,
            sequence: sequence,
            ruleHash: ruleHash,
            isAnnounced: flags & Flag.announced != 0,
            entryIsAnnounced: flags & Flag.entryAnnounced != 0,
            identifiers: identifiers
        )
        if found == noticeVersion {
            transition.notice = readNotice(record, from: &reader)
            guard transition.notice?.key == cursor.segment else {
                throw .damaged(
                    table: table,
                    key: "of a notice",
                    what: "it is not the notice that its key names"
                )
            }
        }
        return transition
    }
}
