public import EventModel

/// The record of an entry in the log; the layout is drawn in `OnDisk.md`.
enum EntryRecord {
    static let version: UInt8 = 1
    static let table = "entries"

    private enum Flag {
        static let backfill: UInt8 = 1
        static let timestamp: UInt8 = 2
        static let sentAt: UInt8 = 4
        static let on: UInt8 = 8
        static let alias: UInt8 = 16
        static let spellings: UInt8 = 32
        static let erased: UInt8 = 64
        static let repeats: UInt8 = 128
    }

    /// An object without members.
    static let emptyContent: [UInt8] = [ValueTag.object.rawValue, 0, 0, 0, 0]

    /// The most bytes that a record takes beside its texts and its content.
    private static let fixedBytesMax = 64 + EntryHead.identifiersMax * 32

    /// Appends the record of an entry to `bytes` and completes the entry as the engine reads it, its ranges
    /// counted from the record's first byte.
    ///
    /// - Parameters:
    ///   - head: The entry without its ranges.
    ///   - messageID: The idempotency key.
    ///   - spellings: Identifiers that were received otherwise than they compare, with their places.
    ///   - contentBytesMax: The most bytes that `content` writes.
    ///   - content: Writes one object in the interned form.
    @inline(__always)
    static func write(
        _ head: inout EntryHead,
        messageID: Span<UInt8>,
        spellings: [(place: Int, text: String)],
        to bytes: inout [UInt8],
        contentBytesMax: Int,
        content: (inout OutputSpan<UInt8>) throws(StoreError) -> Void
    ) throws(StoreError) {
        var room = fixedBytesMax + messageID.count + contentBytesMax
        for (_, text) in spellings { room += text.utf8.count }
        let start = bytes.count
        try bytes.append(addingCapacity: room) {
            (output: inout OutputSpan<UInt8>) throws(StoreError) in
            writeFixed(head, hasSpellings: !spellings.isEmpty, to: &output)
            output.name(messageID)
            head.messageID = output.count - messageID.count..<output.count
            writeIdentifiers(head, to: &output)
            if !spellings.isEmpty { write(spellings, &head, to: &output) }
            if head.repeated != .zero {
                let distance = head.sequence.rawValue - head.repeated.rawValue
                output.varint(distance << 1 | (head.repeatIsConflict ? 1 : 0))
            }
            let contentStart = output.count
            try content(&output)
            head.content = contentStart..<output.count
        }
        RecordSeal.seal(&bytes, from: start, key: Key.of(head.sequence).span)
    }

    @inline(__always)
    private static func writeFixed(
        _ head: EntryHead,
        hasSpellings: Bool,
        to output: inout OutputSpan<UInt8>
    ) {
        var flags: UInt8 = head.isBackfill ? Flag.backfill : 0
        if head.timestamp != nil { flags |= Flag.timestamp }
        if head.sentAt != nil { flags |= Flag.sentAt }
        if head.isOn { flags |= Flag.on }
        if head.isAlias { flags |= Flag.alias }
        if hasSpellings { flags |= Flag.spellings }
        if head.isErased { flags |= Flag.erased }
        if head.repeated != .zero { flags |= Flag.repeats }
        // The checksum comes last.
        output.bytes(of: 0, count: 4)
        output.append(version)
        output.append(head.kind.rawValue)
        output.append(flags)
        output.bytes(of: UInt64(bitPattern: head.receivedAt.milliseconds), count: 8)
        output.varint(UInt64(head.source.rawValue))
        output.varint(UInt64(head.event.rawValue))
        if let timestamp = head.timestamp {
            output.zigzag(timestamp.milliseconds &- head.receivedAt.milliseconds)
        }
        if let sentAt = head.sentAt {
            output.zigzag(sentAt.milliseconds &- head.receivedAt.milliseconds)
        }
    }

    @inline(__always)
    private static func writeIdentifiers(_ head: EntryHead, to output: inout OutputSpan<UInt8>) {
        output.varint(UInt64(head.identifiers.count))
        for index in 0..<head.identifiers.count {
            let reference = head.identifiers[index]
            output.varint(UInt64(reference.id.rawValue))
            output.varint(UInt64(reference.namespace.rawValue))
            let isFirst = reference.previous == .zero
            output.varint(isFirst ? 0 : head.sequence.rawValue - reference.previous.rawValue)
        }
    }

    private static func write(
        _ spellings: [(place: Int, text: String)],
        _ head: inout EntryHead,
        to output: inout OutputSpan<UInt8>
    ) {
        output.varint(UInt64(spellings.count))
        let start = output.count
        for (place, text) in spellings {
            output.varint(UInt64(place))
            output.name(text.utf8.span)
        }
        head.spellings = start..<output.count
    }

    /// Finds out what a record that nothing has vouched for names; false where it is none.
    static func sketch(_ record: Span<UInt8>, into sketch: inout EntrySketch) -> Bool {
        guard record.count > 16, record[4] == version else { return false }
        var offset = 15
        var isWhole = true
        func varint() -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while offset < record.count, shift < 64 {
                let byte = record[offset]
                offset += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            isWhole = false
            return 0
        }
        let flags = record[6]
        _ = varint()
        _ = varint()
        if flags & Flag.timestamp != 0 { _ = varint() }
        if flags & Flag.sentAt != 0 { _ = varint() }
        let length = varint()
        guard length < UInt64(record.count) else { return false }
        offset += Int(length)
        let count = Int(min(varint(), UInt64(EntryHead.identifiersMax)))
        for index in 0..<count {
            sketch.identifiers[index] = IdentifierID(UInt32(truncatingIfNeeded: varint()))
            _ = varint()
            _ = varint()
        }
        sketch.count = count
        sketch.kind = EntryKind(rawValue: record[5])
        return isWhole
    }

    /// Reads a record that `RecordSeal` has checked, in place of what `head` says.
    ///
    /// - Throws: `StoreError.damaged` for a kind that this version does not know.
    static func read(
        _ record: Span<UInt8>,
        sequence: SequenceNumber,
        into head: inout EntryHead
    ) throws(StoreError) {
        guard let kind = EntryKind(rawValue: record[5]) else {
            throw .unknownVersion(
                what: "entry \(sequence) of the log (kind \(record[5]))",
                found: version
            )
        }
        var received: UInt64 = 0
        for index in 0..<8 { received |= UInt64(record[7 + index]) << UInt64(8 * index) }
        let receivedAt = Instant(milliseconds: Int64(bitPattern: received))
        head.sequence = sequence
        head.receivedAt = receivedAt
        head.kind = kind
        let flags = record[6]
        head.isBackfill = flags & Flag.backfill != 0
        head.isOn = flags & Flag.on != 0
        head.isAlias = flags & Flag.alias != 0
        head.isErased = flags & Flag.erased != 0
        var reader = ValueReader(at: 15)
        head.source = SymbolID(UInt32(truncatingIfNeeded: reader.varint(record)))
        head.event = SymbolID(UInt32(truncatingIfNeeded: reader.varint(record)))
        head.timestamp =
            flags & Flag.timestamp == 0
            ? nil : receivedAt + TimeSpan(milliseconds: reader.zigzag(record))
        head.sentAt =
            flags & Flag.sentAt == 0
            ? nil : receivedAt + TimeSpan(milliseconds: reader.zigzag(record))
        head.messageID = reader.text(record)
        let count = reader.varint(record)
        head.identifiers.removeAll()
        for _ in 0..<min(count, UInt64(EntryHead.identifiersMax)) {
            let id = IdentifierID(UInt32(truncatingIfNeeded: reader.varint(record)))
            let namespace = SymbolID(UInt32(truncatingIfNeeded: reader.varint(record)))
            let distance = reader.varint(record)
            head.identifiers.append(
                IdentifierReference(
                    id: id,
                    namespace: namespace,
                    previous: distance == 0
                        ? .zero : SequenceNumber(sequence.rawValue &- distance)
                )
            )
        }
        head.spellings = 0..<0
        if flags & Flag.spellings != 0 {
            let count = reader.varint(record)
            let start = reader.offset
            for _ in 0..<count {
                _ = reader.varint(record)
                _ = reader.text(record)
            }
            head.spellings = start..<reader.offset
        }
        head.repeated = .zero
        head.repeatIsConflict = false
        if flags & Flag.repeats != 0 {
            let packed = reader.varint(record)
            head.repeated = SequenceNumber(sequence.rawValue &- packed >> 1)
            head.repeatIsConflict = packed & 1 != 0
        }
        head.content = reader.offset..<record.count
    }
}

/// What an entry names, as far as one can tell without a look at the rest.
public struct EntrySketch: Sendable {
    /// What the entry says; nil for kinds that this version does not know.
    public internal(set) var kind: EntryKind?
    /// How many identifiers it names.
    public internal(set) var count = 0
    /// Which, `count` of them.
    public internal(set) var identifiers = InlineArray<8, IdentifierID>(
        repeating: IdentifierID(0)
    )
}
