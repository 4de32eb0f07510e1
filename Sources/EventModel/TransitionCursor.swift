/// A place in the order of all transitions: readers and subscribers resume from it.
///
/// Opaque to them: a text that sorts, by bytes, as the transitions do.
public struct TransitionCursor: Hashable, Sendable {
    /// The instant of the transition.
    public var at: Instant
    /// Who.
    public var person: PersonID
    /// The segment's name.
    public var segment: String

    /// The place of that person's transition of that segment at that instant.
    public init(at: Instant, person: PersonID, segment: String) {
        self.at = at
        self.person = person
        self.segment = segment
    }

    /// Sixteen bytes and the name: the order of the bytes is the order of transitions.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + segment.utf8.count)
        TransitionCursor.write(at, person, segment, to: &bytes)
        return bytes
    }

    /// Appends the bytes of a place.
    package static func write(
        _ at: Instant,
        _ person: PersonID,
        _ segment: String,
        to bytes: inout [UInt8]
    ) {
        bytes.append(addingCapacity: 16) { output in
            // The flipped sign bit puts instants before 1970 first.
            let instant = UInt64(bitPattern: at.milliseconds) ^ (1 << 63)
            output.bytes(of: instant.byteSwapped, count: 8)
            output.bytes(of: person.rawValue.byteSwapped, count: 8)
        }
        bytes.append(contentsOf: segment.utf8)
    }

    /// Reads what `bytes` gives; nil for fewer than sixteen bytes.
    public init?(bytes: Span<UInt8>) {
        guard bytes.count >= 16 else { return nil }
        func word(_ start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
        at = Instant(milliseconds: Int64(bitPattern: word(0) ^ (1 << 63)))
        person = PersonID(word(8))
        segment = String(decoding: (16..<bytes.count).map { bytes[$0] }, as: UTF8.self)
    }

    // Base 64 over an alphabet in the order of ASCII, without padding: it keeps the order.
    private static let alphabet = Array(
        "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz".utf8
    )

    /// The cursor as the text that readers hand back.
    public var text: String {
        var result: [UInt8] = []
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                result.append(TransitionCursor.alphabet[Int(pending >> bits & 63)])
            }
        }
        if bits > 0 {
            result.append(TransitionCursor.alphabet[Int(pending << (6 - bits) & 63)])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Reads a cursor's text; nil where it is none.
    public init?(text: String) {
        var bytes: [UInt8] = []
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.utf8 {
            guard let digit = TransitionCursor.alphabet.firstIndex(of: character) else {
                return nil
            }
            pending = (pending << 6 | UInt32(digit)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        guard let cursor = TransitionCursor(bytes: bytes.span), cursor.text == text else {
            return nil
        }
        self = cursor
    }
}

extension TransitionCursor: Comparable {
    /// In the order of transitions, which is that of `bytes` and of `text`.
    public static func < (left: TransitionCursor, right: TransitionCursor) -> Bool {
        if left.at != right.at { return left.at < right.at }
        if left.person != right.person { return left.person < right.person }
        return left.segment.utf8.lexicographicallyPrecedes(right.segment.utf8)
    }
}

extension TransitionCursor? {
    /// Whether this place comes before another; none is before all.
    public func comesBefore(_ other: TransitionCursor?) -> Bool {
        guard let other else { return false }
        return self.map { $0 < other } ?? true
    }
}

extension Transition {
    /// Its place in the order of all transitions.
    public var cursor: TransitionCursor {
        TransitionCursor(at: at, person: person, segment: segment)
    }

    /// The stable id by which a receiver drops repeats: log, person, instant, direction, segment.
    public func id(log: String) -> String {
        var name = ""
        for byte in segment.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
            if isPlain {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                name += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return "\(log)-\(person)-\(at.milliseconds)-\(direction.name)-\(name)"
    }
}
