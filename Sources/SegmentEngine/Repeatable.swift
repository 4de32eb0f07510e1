internal import EventModel

/// An entry that later ones may repeat: where it stands, and what it says.
struct Repeatable {
    var sequence: SequenceNumber
    /// A hash of the entry's kind, event and content: a repeat with another is a conflict.
    var payload: UInt64

    init(sequence: SequenceNumber, payload: UInt64) {
        self.sequence = sequence
        self.payload = payload
    }

    /// What an entry says, in whichever order its members come.
    init(_ head: EntryHead, _ bytes: Span<UInt8>) {
        sequence = head.sequence
        payload = Repeatable.mix(UInt64(head.event.rawValue) << 8 | UInt64(head.kind.rawValue))
        guard !head.content.isEmpty else { return }
        var root = ValueReader(at: head.content.lowerBound)
        guard case .object(let members) = root.value(bytes) else { return }
        var reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let start = reader.offset
            _ = reader.varint(bytes)
            _ = reader.value(bytes)
            payload &+= Repeatable.hash(bytes, start..<reader.offset)
        }
    }

    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        bytes.extracting(range).withUnsafeBytes { bytes in
            var hash = UInt64(bytes.count)
            var offset = 0
            while offset + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                hash = mix(hash ^ UInt64(littleEndian: word))
                offset += 8
            }
            guard offset < bytes.count else { return hash }
            var word: UInt64 = 0
            for index in offset..<bytes.count {
                word |= UInt64(bytes[index]) << UInt64(8 * (index - offset))
            }
            return mix(hash ^ word)
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
