public import EventModel

/// An `erase` entry, and what is known of its scrubbing.
public struct LoggedErasure: Equatable, Sendable {
    private static let version: UInt8 = 1

    /// The entry.
    public var sequence: SequenceNumber
    /// When it came.
    public var erasedAt: Instant
    /// When what the person had said was gone from the log; nil while it is there.
    public var scrubbedAt: Instant?
    /// Who was erased, once scrubbed: the person, and all who had become one with it; in order.
    public var people: [PersonID]

    init(_ sequence: SequenceNumber, _ record: Span<UInt8>) throws(StoreError) {
        self.sequence = sequence
        erasedAt = .distantPast
        people = []
        guard !record.isEmpty else { return }
        let key = Key.of(sequence)
        try RecordSeal.check(
            record,
            key: key.span,
            table: "erasures",
            version: LoggedErasure.version
        )
        var reader = ValueReader(at: RecordSeal.headerCount)
        scrubbedAt = Instant(milliseconds: reader.zigzag(record))
        let count = reader.varint(record)
        for _ in 0..<count { people.append(PersonID(reader.varint(record))) }
    }

    /// What the log says of it once it is scrubbed.
    static func record(
        _ sequence: SequenceNumber,
        scrubbedAt: Instant,
        people: [PersonID]
    ) -> [UInt8] {
        var writer = RecordSeal.begin(version: version)
        writer.zigzag(scrubbedAt.milliseconds)
        writer.varint(UInt64(people.count))
        for person in people { writer.varint(person.rawValue) }
        let key = Key.of(sequence)
        RecordSeal.seal(&writer, from: 0, key: key.span)
        return writer.bytes
    }
}
