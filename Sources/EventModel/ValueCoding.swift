/// How property values are laid out in bytes, exactly as received.
///
/// A value is a tag and what follows it:
///
/// | tag | value | follows |
/// | --- | --- | --- |
/// | 0 | null | |
/// | 1, 2 | false, true | |
/// | 3 | integer | zigzag varint |
/// | 4 | decimal | digits behind the point (1 byte), zigzag varint of the digits |
/// | 5 | number with another spelling | varint length, its text |
/// | 6 | text | varint length, UTF-8 |
/// | 7 | list | byte length (4), values |
/// | 8 | object | byte length (4), per member a key and a value |
///
/// There are two forms that differ in keys only. *Named*: varint length and UTF-8, as it comes from
/// the wire. *Interned*: the varint of a `SymbolID`, as it lies in the log. Of members with the same
/// key the last one counts, as in every common JSON reader.
public enum ValueTag: UInt8, Sendable {
    /// JSON null: unsets an attribute, and reads as missing.
    case null = 0
    /// False.
    case no = 1
    /// True.
    case yes = 2
    /// A whole number that fits 64 bits.
    case integer = 3
    /// A number with a point.
    case decimal = 4
    /// A number that is spelled otherwise, or has more digits than fit.
    case number = 5
    /// A text.
    case text = 6
    /// A list.
    case list = 7
    /// An object.
    case object = 8
}

/// A value read from bytes; texts, lists and objects as ranges within those bytes.
public enum ValueView: Sendable {
    /// JSON null.
    case null
    /// True or false.
    case boolean(Bool)
    /// An exact number, or nil where its digits do not fit.
    case number(ExactDecimal?)
    /// The bytes of a text.
    case text(Range<Int>)
    /// The bytes of a list's values, one after the other.
    case list(Range<Int>)
    /// The bytes of an object's members, one after the other.
    case object(Range<Int>)
}

/// Reads values from bytes that a checksum vouched for; traps on others.
public struct ValueReader: ~Copyable {
    /// The next byte to read.
    public var offset: Int

    /// Starts at a byte.
    @inlinable public init(at offset: Int) {
        self.offset = offset
    }

    /// Reads an unsigned number of 7 bits a byte, lowest first.
    @inlinable @inline(__always)
    public mutating func varint(_ bytes: Span<UInt8>) -> UInt64 {
        // Most numbers take one byte.
        let first = bytes[offset]
        offset += 1
        return first < 0x80 ? UInt64(first) : longVarint(bytes, after: first)
    }

    @usableFromInline @inline(never)
    mutating func longVarint(_ bytes: Span<UInt8>, after first: UInt8) -> UInt64 {
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while true {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// Reads a signed number of 7 bits a byte with the sign in the lowest bit.
    @inlinable
    public mutating func zigzag(_ bytes: Span<UInt8>) -> Int64 {
        let raw = varint(bytes)
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    private mutating func wideZigzag(_ bytes: Span<UInt8>) -> Int128 {
        var value: UInt128 = 0
        var shift: UInt128 = 0
        while true {
            let byte = bytes[offset]
            offset += 1
            value |= UInt128(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        return Int128(truncatingIfNeeded: value >> 1) ^ -Int128(truncatingIfNeeded: value & 1)
    }

    /// Reads a length of four bytes, lowest first, and gives the range of that many bytes.
    @inlinable
    mutating func block(_ bytes: Span<UInt8>) -> Range<Int> {
        var length = 0
        for index in 0..<4 { length |= Int(bytes[offset + index]) << (8 * index) }
        offset += 4
        let range = offset..<offset + length
        offset = range.upperBound
        return range
    }

    /// Reads a length and gives the range of that many bytes.
    @inlinable
    public mutating func text(_ bytes: Span<UInt8>) -> Range<Int> {
        let length = Int(varint(bytes))
        let range = offset..<offset + length
        offset = range.upperBound
        return range
    }

    /// Stops behind one value, without a look at what it says.
    @inlinable
    public mutating func skip(_ bytes: Span<UInt8>) {
        let tag = bytes[offset]
        offset += 1
        switch ValueTag(rawValue: tag) {
        case .null, .no, .yes: break
        case .integer: skipVarint(bytes)
        case .decimal:
            offset += 1
            skipVarint(bytes)
        case .number, .text: _ = text(bytes)
        case .list, .object: _ = block(bytes)
        case nil: preconditionFailure("value tag \(tag) in checksummed bytes")
        }
    }

    @inlinable
    mutating func skipVarint(_ bytes: Span<UInt8>) {
        while bytes[offset] >= 0x80 { offset += 1 }
        offset += 1
    }

    /// Reads one value and stops behind it.
    public mutating func value(_ bytes: Span<UInt8>) -> ValueView {
        let tag = bytes[offset]
        offset += 1
        switch ValueTag(rawValue: tag) {
        case .null: return .null
        case .no: return .boolean(false)
        case .yes: return .boolean(true)
        case .integer: return .number(ExactDecimal(zigzag(bytes)))
        case .decimal:
            let scale = Int(bytes[offset])
            offset += 1
            return .number(ExactDecimal(mantissa: wideZigzag(bytes), scale: scale))
        case .number:
            return .number(NumberText(bytes.extracting(text(bytes)))?.decimal)
        case .text: return .text(text(bytes))
        case .list: return .list(block(bytes))
        case .object: return .object(block(bytes))
        case nil: preconditionFailure("value tag \(tag) in checksummed bytes")
        }
    }
}

extension ValueReader {
    /// The offset of an interned object's member, or nil where it has none of that key.
    ///
    /// - Complexity: O(members).
    public static func member(
        _ key: SymbolID,
        of members: Range<Int>,
        in bytes: Span<UInt8>
    ) -> Int? {
        var reader = ValueReader(at: members.lowerBound)
        var found: Int?
        while reader.offset < members.upperBound {
            let symbol = reader.varint(bytes)
            if symbol == UInt64(key.rawValue) { found = reader.offset }
            reader.skip(bytes)
        }
        return found
    }
}
