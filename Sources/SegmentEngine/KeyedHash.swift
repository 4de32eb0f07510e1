/// A hash of bytes under a key that nobody outside the process knows, so that nobody can choose bytes that
/// collide; no result of the engine depends on it.
///
/// Multiplies words of 64 bits to 128 and folds them, as wyhash does (Wang Yi 2019, final version 4).
struct KeyedHash: Sendable {
    private let first: UInt64
    private let second: UInt64

    /// With a key of its own.
    init() {
        first = UInt64.random(in: 0 ... .max)
        second = UInt64.random(in: 0 ... .max) | 1
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// The hash of bytes together with a number.
    func hash(_ bytes: UnsafeRawBufferPointer, _ number: UInt64) -> UInt64 {
        let count = bytes.count
        var state = first ^ number
        var left: UInt64 = 0
        var right: UInt64 = 0
        if count >= 16 {
            var offset = 0
            while offset + 16 < count {
                state = KeyedHash.fold(
                    bytes.word(at: offset) ^ second,
                    bytes.word(at: offset + 8) ^ state
                )
                offset += 16
            }
            left = bytes.word(at: count - 16)
            right = bytes.word(at: count - 8)
        } else if count >= 8 {
            left = bytes.word(at: 0)
            right = bytes.word(at: count - 8)
        } else {
            for byte in bytes { left = left << 8 | UInt64(byte) }
        }
        let mixed = KeyedHash.fold(left ^ second, right ^ state)
        return KeyedHash.fold(mixed ^ first, UInt64(count) ^ second)
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes from an offset on; all of them must be there.
    @inline(__always)
    fileprivate func word(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset + 8 <= count, "no such bytes")
        return loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}
