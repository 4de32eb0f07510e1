internal import EventModel

/// An entry that later ones may repeat: where it stands, and what it says.
struct Repeatable {
    var sequence: SequenceNumber
    /// A hash of the entry's kind, event, content and whether it is on: a repeat with another is a conflict.
    var payload: UInt64

    /// The same in every process, since a checkpoint holds what it gives.
    private static let hash = KeyedHash(known: 0x9E37_79B9_7F4A_7C15)

    init(sequence: SequenceNumber, payload: UInt64) {
        self.sequence = sequence
        self.payload = payload
    }

    /// What an entry says, in whichever order its members come.
    init(at head: UnsafePointer<EntryHead>, _ bytes: Span<UInt8>) {
        sequence = head.pointee.sequence
        payload = Repeatable.mix(
            UInt64(head.pointee.event.rawValue) << 8 | (head.pointee.isOn ? 1 << 7 : 0)
                | UInt64(head.pointee.kind.rawValue)
        )
        guard !head.pointee.content.isEmpty else { return }
        var root = ValueReader(at: head.pointee.content.lowerBound)
        guard case .object(let members) = root.value(bytes) else { return }
        var reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let start = reader.offset
            _ = reader.varint(bytes)
            reader.skip(bytes)
            payload &+= Repeatable.hash.hash(bytes.extracting(start..<reader.offset))
        }
    }

    /// The finisher of splitmix64 (Steele, Lea, Flood 2014).
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// An entry that repeats an earlier one's idempotency key.
struct Repetition {
    var sequence: SequenceNumber
    var original: SequenceNumber
    /// Whether it says something else.
    var isConflict: Bool

    @inline(__always)
    init(of original: Repeatable, by entry: Repeatable) {
        sequence = entry.sequence
        self.original = original.sequence
        isConflict = entry.payload != original.payload
    }
}
