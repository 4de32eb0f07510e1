/// A hash of bytes under a key that nobody outside the process knows, so that nobody can choose bytes that
/// collide; no result of the engine depends on it.
///
/// Multiplies words of 64 bits to 128 and folds them, as wyhash does (Wang Yi 2019, final version 4).
package struct KeyedHash: Sendable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64

    /// With a key that everybody knows, for hashes that stay: from bytes that nobody gains by choosing.
    @inlinable
    package init(known key: UInt64) {
        first = key
        second = ~key | 1
    }

    /// With a key of its own.
    package init() {
        first = UInt64.random(in: 0 ... .max)
        second = UInt64.random(in: 0 ... .max) | 1
    }

    @inlinable @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// The hash of bytes together with a number.
    @inlinable
    package func hash(_ text: Span<UInt8>, _ number: UInt64 = 0) -> UInt64 {
        unsafe text.withUnsafeBytes { unsafe hash($0, number) }
    }

    /// The hash of bytes together with a number.
    @inlinable
    package func hash(_ bytes: UnsafeRawBufferPointer, _ number: UInt64) -> UInt64 {
        let count = bytes.count
        var state = first ^ number
        var left: UInt64 = 0
        var right: UInt64 = 0
        if count >= 16 {
            var offset = 0
            while offset + 16 < count {
                state = KeyedHash.fold(
                    unsafe bytes.word(at: offset) ^ second,
                    unsafe bytes.word(at: offset + 8) ^ state
                )
                offset += 16
            }
            left = unsafe bytes.word(at: count - 16)
            right = unsafe bytes.word(at: count - 8)
        } else if count >= 8 {
            left = unsafe bytes.word(at: 0)
            right = unsafe bytes.word(at: count - 8)
        } else {
            for offset in 0..<count {
                let byte = unsafe bytes[offset]
                left = left << 8 | UInt64(byte)
            }
        }
        let mixed = KeyedHash.fold(left ^ second, right ^ state)
        return KeyedHash.fold(mixed ^ first, UInt64(count) ^ second)
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes from an offset on; all of them must be there.
    @inlinable @inline(__always)
    func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset + 8 <= count, "no such bytes")
        return unsafe loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}

extension Span<UInt8> {
    /// Whether both are the same bytes.
    @inlinable
    package func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBytes { bytes in
            unsafe other.withUnsafeBytes { unsafe bytes.isEqual(to: $0) }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether both are the same bytes.
    @inlinable
    package func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        if count >= 8 {
            var offset = 0
            while offset + 8 < count {
                guard unsafe word(at: offset) == other.word(at: offset) else { return false }
                offset += 8
            }
            // The last ones overlap with those before.
            return unsafe word(at: count - 8) == other.word(at: count - 8)
        }
        if count >= 4 {
            return unsafe half(at: 0) == other.half(at: 0)
                && half(at: count - 4) == other.half(at: count - 4)
        }
        for offset in 0..<count {
            guard unsafe self[offset] == other[offset] else { return false }
        }
        return true
    }

    /// Four bytes from an offset on; all of them must be there.
    @inlinable @inline(__always)
    func half(at offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset + 4 <= count, "no such bytes")
        return unsafe loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }
}
