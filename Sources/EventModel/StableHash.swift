/// FNV-1a, 64 bits: the same on every machine and in every version, unlike Swift's own `Hasher`.
///
/// Source: http://www.isthe.com/chongo/tech/comp/fnv/
public struct StableHash: Sendable {
    @usableFromInline var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The hash of nothing.
    public init() {}

    /// The hash of what was fed so far.
    @inlinable public var value: UInt64 { state }

    /// Feeds one byte.
    @inlinable public mutating func feed(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    /// Feeds bytes.
    public mutating func feed(_ bytes: Span<UInt8>) {
        for index in 0..<bytes.count { feed(bytes[index]) }
    }

    /// Feeds the UTF-8 of a text.
    public mutating func feed(_ text: String) {
        for byte in text.utf8 { feed(byte) }
    }
}
