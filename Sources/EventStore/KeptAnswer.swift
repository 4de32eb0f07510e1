public import EventModel

/// What a request with an idempotency key was answered: enough to answer it the same when it is sent again.
///
/// It says nothing that anybody sent.
public struct KeptAnswer: Equatable, Sendable {
    /// What became of one entry.
    public struct Verdict: Equatable, Sendable {
        /// Its place in the log.
        public var sequence: SequenceNumber
        /// The entry that it repeats; nil where it counts.
        public var duplicateOf: SequenceNumber?
        /// Of a duplicate, whether it says something else.
        public var isConflict: Bool
        /// Whether it has no effect.
        public var isSuppressed: Bool

        /// A verdict with its parts.
        public init(
            sequence: SequenceNumber,
            duplicateOf: SequenceNumber?,
            isConflict: Bool,
            isSuppressed: Bool
        ) {
            self.sequence = sequence
            self.duplicateOf = duplicateOf
            self.isConflict = isConflict
            self.isSuppressed = isSuppressed
        }
    }

    /// When it was given; wall time.
    public var givenAt: Instant
    /// The SHA-256 of the request's body.
    public var fingerprint: [UInt8]
    /// How far everything was evaluated by then.
    public var evaluatedThrough: SequenceNumber
    /// One for each entry that was taken, in the order of the request.
    public var verdicts: [Verdict]

    /// An answer with its parts.
    public init(
        givenAt: Instant,
        fingerprint: [UInt8],
        evaluatedThrough: SequenceNumber,
        verdicts: [Verdict]
    ) {
        self.givenAt = givenAt
        self.fingerprint = fingerprint
        self.evaluatedThrough = evaluatedThrough
        self.verdicts = verdicts
    }
}

/// The record of a kept answer; the layout is drawn in `OnDisk.md`.
enum KeptAnswerRecord {
    static let version: UInt8 = 1
    static let table = "answers"

    static func write(_ answer: KeptAnswer, place: Span<UInt8>) -> [UInt8] {
        var writer = RecordSeal.begin(version: version)
        writer.zigzag(answer.givenAt.milliseconds)
        writer.name(answer.fingerprint.span)
        writer.varint(answer.evaluatedThrough.rawValue)
        writer.varint(UInt64(answer.verdicts.count))
        var last: UInt64 = 0
        for verdict in answer.verdicts {
            let flags: UInt8 =
                (verdict.duplicateOf == nil ? 0 : 1) | (verdict.isConflict ? 2 : 0)
                | (verdict.isSuppressed ? 4 : 0)
            writer.bytes.append(flags)
            // Entries of one request follow one another.
            writer.varint(verdict.sequence.rawValue &- last)
            last = verdict.sequence.rawValue
            if let original = verdict.duplicateOf { writer.varint(original.rawValue) }
        }
        RecordSeal.seal(&writer, from: 0, key: place)
        return writer.bytes
    }

    static func read(
        _ record: Span<UInt8>,
        place: Span<UInt8>
    ) throws(StoreError) -> KeptAnswer {
        try RecordSeal.check(record, key: place, table: table, version: version)
        var reader = ValueReader(at: RecordSeal.headerCount)
        let givenAt = Instant(milliseconds: reader.zigzag(record))
        let fingerprint = reader.text(record).map { record[$0] }
        let evaluatedThrough = SequenceNumber(reader.varint(record))
        let count = Int(reader.varint(record))
        var verdicts: [KeptAnswer.Verdict] = []
        verdicts.reserveCapacity(count)
        var last: UInt64 = 0
        for _ in 0..<count {
            let flags = record[reader.offset]
            reader.offset += 1
            last &+= reader.varint(record)
            verdicts.append(
                KeptAnswer.Verdict(
                    sequence: SequenceNumber(last),
                    duplicateOf: flags & 1 == 0 ? nil : SequenceNumber(reader.varint(record)),
                    isConflict: flags & 2 != 0,
                    isSuppressed: flags & 4 != 0
                )
            )
        }
        return KeptAnswer(
            givenAt: givenAt,
            fingerprint: fingerprint,
            evaluatedThrough: evaluatedThrough,
            verdicts: verdicts
        )
    }
}
