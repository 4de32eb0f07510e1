internal import EventModel

/// The record of a transition; the layout is drawn in `OnDisk.md`.
enum TransitionRecord {
    static let version: UInt8 = 1
    static let table = "transitions"

    private enum Flag {
        static let announced: UInt8 = 1
        static let entryAnnounced: UInt8 = 2
    }

    /// Writes a record in place of what the writer holds.
    static func write(
        _ transition: borrowing Transition,
        key: Span<UInt8>,
        to writer: inout ValueWriter
    ) {
        writer.bytes.removeAll(keepingCapacity: true)
        let numbers = 3 + transition.identifiers.count
        writer.bytes.append(addingCapacity: 8 + numbers * 10) { output in
            // The checksum comes last.
            output.bytes(of: 0, count: 4)
            output.append(version)
            output.append(transition.direction.rawValue)
            output.append(transition.cause.rawValue)
            output.append(
                (transition.isAnnounced ? Flag.announced : 0)
                    | (transition.entryIsAnnounced ? Flag.entryAnnounced : 0)
            )
            output.varint(transition.sequence.rawValue)
            output.varint(transition.ruleHash)
            output.varint(UInt64(transition.identifiers.count))
            for id in transition.identifiers { output.varint(UInt64(id.rawValue)) }
        }
        RecordSeal.seal(&writer, from: 0, key: key)
    }

    static func read(
        _ record: Span<UInt8>,
        key: Span<UInt8>
    ) throws(StoreError) -> Transition {
        try RecordSeal.check(record, key: key, table: table, version: version)
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
        return Transition(
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
    }
}
