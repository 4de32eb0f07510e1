/// Writes values in the layout that `ValueTag` describes.
public struct ValueWriter: Sendable {
    /// What was written so far.
    public var bytes: [UInt8]

    /// Begins with the given bytes.
    public init(appendingTo bytes: [UInt8] = []) {
        self.bytes = bytes
    }

    /// Writes an unsigned number of 7 bits a byte, lowest first.
    public mutating func varint(_ value: UInt64) {
        bytes.append(addingCapacity: 10) { $0.varint(value) }
    }

    /// Writes a signed number with the sign in the lowest bit.
    public mutating func zigzag(_ value: Int64) {
        bytes.append(addingCapacity: 10) { $0.zigzag(value) }
    }

    private mutating func wideZigzag(_ value: Int128) {
        var rest = UInt128(truncatingIfNeeded: (value << 1) ^ (value >> 127))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a length and that text, without a tag.
    public mutating func name(_ text: Span<UInt8>) {
        varint(UInt64(text.count))
        append(text)
    }

    /// Writes a length and that text, without a tag.
    public mutating func name(_ text: String) {
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(_ text: Span<UInt8>) {
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Writes null.
    public mutating func null() { bytes.append(ValueTag.null.rawValue) }

    /// Writes true or false.
    public mutating func boolean(_ value: Bool) {
        bytes.append((value ? ValueTag.yes : ValueTag.no).rawValue)
    }

    /// Writes a number from its JSON spelling, so that the spelling can be given back.
    public mutating func number(_ spelling: Span<UInt8>) {
        guard let number = NumberText(spelling), number.isPlain,
            number.scale <= 255
        else {
            bytes.append(ValueTag.number.rawValue)
            name(spelling)
            return
        }
        if number.scale == 0, let whole = Int64(exactly: number.mantissa) {
            bytes.append(ValueTag.integer.rawValue)
            zigzag(whole)
        } else {
            bytes.append(ValueTag.decimal.rawValue)
            bytes.append(UInt8(number.scale))
            wideZigzag(number.mantissa)
        }
    }

    /// Writes a text.
    public mutating func text(_ text: Span<UInt8>) {
        bytes.append(ValueTag.text.rawValue)
        name(text)
    }

    /// Writes a text.
    public mutating func text(_ text: String) {
        bytes.append(ValueTag.text.rawValue)
        name(text)
    }

    /// Begins a list or an object and gives the mark to end it with.
    public mutating func begin(_ tag: ValueTag) -> Int {
        bytes.append(addingCapacity: 5) { $0.begin(tag.rawValue) }
        return bytes.count
    }

    /// Ends the list or object that was begun with that mark.
    public mutating func end(_ mark: Int) {
        let length = bytes.count - mark
        for index in 0..<4 {
            bytes[mark - 4 + index] = UInt8(truncatingIfNeeded: length >> (8 * index))
        }
    }

    /// Copies bytes that are already in the layout.
    public mutating func raw(_ source: Span<UInt8>) { append(source) }
}

/// The same for records, whose bytes are written in one go.
extension OutputSpan<UInt8> {
    /// Writes an unsigned number of 7 bits a byte, lowest first.
    @inlinable @inline(__always)
    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a signed number with the sign in the lowest bit.
    @inlinable @inline(__always)
    package mutating func zigzag(_ value: Int64) {
        varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// Writes so many bytes of a number, the lowest first.
    @inlinable @inline(__always)
    package mutating func bytes(of value: UInt64, count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    /// Writes bytes as they are.
    @inlinable @inline(__always)
    package mutating func raw(_ source: Span<UInt8>) {
        precondition(source.count <= freeCapacity, "no room for so many bytes")
        unsafe source.withUnsafeBufferPointer { source in
            unsafe withUnsafeMutableBufferPointer { buffer, count in
                guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
                unsafe (to + count).initialize(from: from, count: source.count)
                count += source.count
            }
        }
    }

    /// Writes a length and that text, without a tag.
    @inlinable @inline(__always)
    package mutating func name(_ text: Span<UInt8>) {
        varint(UInt64(text.count))
        raw(text)
    }

    /// Begins a list or an object; what is written behind it belongs to it.
    @inlinable @inline(__always)
    package mutating func begin(_ tag: UInt8) {
        append(tag)
        bytes(of: 0, count: 4)
    }

    /// Ends the list or object whose first byte behind `begin` was at `mark`.
    @inlinable @inline(__always)
    package mutating func end(_ mark: Int) {
        let length = count - mark
        var written = mutableSpan
        for index in 0..<4 {
            written[mark - 4 + index] = UInt8(truncatingIfNeeded: length >> (8 * index))
        }
    }
}
