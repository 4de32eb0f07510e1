internal import EventModel

/// Bytes that rows refer to.
extension PersonTable {
    /// Keeps bytes; gives the word that refers to them, 0 for none.
    mutating func keepKey(_ bytes: Span<UInt8>) -> Int64 {
        guard !bytes.isEmpty else { return 0 }
        let reference = arena.allocate((bytes.count + 7) / 8)
        let words = arena.pointer(reference)
        words[(bytes.count - 1) / 8] = 0
        bytes.withUnsafeBytes { source in
            if let base = source.baseAddress {
                UnsafeMutableRawPointer(words).copyMemory(from: base, byteCount: source.count)
            }
        }
        return Int64(bytes.count) << 32 | Int64(reference)
    }

    /// Hands on the bytes that a word refers to.
    func withKey<Result>(_ word: Int64, _ body: (Span<UInt8>) -> Result) -> Result {
        let words = arena.pointer(UInt32(truncatingIfNeeded: word))
        return words.withMemoryRebound(to: UInt8.self, capacity: Int(word >> 32)) { bytes in
            body(UnsafeBufferPointer(start: bytes, count: Int(word >> 32)).span)
        }
    }

    mutating func releaseKey(_ word: Int64) {
        arena.release(
            UInt32(truncatingIfNeeded: word),
            units: PersonTable.keyWords(word)
        )
    }

    /// Words of 64 bits that a key takes, behind which it has zeros.
    static func keyWords(_ word: Int64) -> Int { (Int(word >> 32) + 7) / 8 }

    /// Whether two words refer to the same bytes; what is missing equals nothing else.
    func keysEqual(_ left: Int64, _ right: Int64) -> Bool {
        guard left >> 32 == right >> 32 else { return false }
        guard left != right, left >> 32 > 0 else { return true }
        let ours = arena.pointer(UInt32(truncatingIfNeeded: left))
        let theirs = arena.pointer(UInt32(truncatingIfNeeded: right))
        for index in 0..<PersonTable.keyWords(left) where ours[index] != theirs[index] {
            return false
        }
        return true
    }

    /// An order of keys in which equal ones stand beside each other.
    func keyPrecedes(_ left: Int64, _ right: Int64) -> Bool {
        guard left >> 32 == right >> 32 else { return left >> 32 < right >> 32 }
        let ours = arena.pointer(UInt32(truncatingIfNeeded: left))
        let theirs = arena.pointer(UInt32(truncatingIfNeeded: right))
        for index in 0..<PersonTable.keyWords(left) where ours[index] != theirs[index] {
            return ours[index] < theirs[index]
        }
        return false
    }
}
