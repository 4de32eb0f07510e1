internal import EventModel

/// Byte texts with dense numbers from 0, in memory: open addressing over one arena.
///
/// Keyed by Swift's `Hasher`, whose seed is random per process, so nobody can choose names that
/// collide. The numbers do not depend on it.
struct InternTable {
    /// Where each text begins in the arena, and one past the last.
    private var starts: [Int] = [0]
    private var arena: [UInt8] = []
    /// Per slot the number plus one, 0 where it is free.
    private var slots: [UInt32]
    /// Upper bits of the hash, to look at the arena only for likely hits.
    private var tags: [UInt32]

    init() {
        slots = Array(repeating: 0, count: 64)
        tags = Array(repeating: 0, count: 64)
    }

    var count: Int { starts.count - 1 }

    /// The number of a text, or nil where it has none.
    func find(_ text: Span<UInt8>) -> UInt32? {
        let hash = InternTable.hash(text)
        let slot = slot(of: text, hash: hash)
        return slots[slot] == 0 ? nil : slots[slot] - 1
    }

    /// The number of a text, new where it had none; nil where all numbers are taken.
    mutating func intern(_ text: Span<UInt8>) -> (id: UInt32, isNew: Bool)? {
        let hash = InternTable.hash(text)
        let slot = slot(of: text, hash: hash)
        if slots[slot] != 0 { return (slots[slot] - 1, false) }
        guard count < Int(UInt32.max) - 1 else { return nil }
        let id = UInt32(count)
        unsafe text.withUnsafeBufferPointer { unsafe arena.append(contentsOf: $0) }
        starts.append(arena.count)
        slots[slot] = id + 1
        tags[slot] = UInt32(truncatingIfNeeded: hash >> 32)
        if count * 10 > slots.count * 6 { grow() }
        return (id, true)
    }

    /// The text of a number.
    func text(of id: UInt32) -> ArraySlice<UInt8> { arena[starts[Int(id)]..<starts[Int(id) + 1]] }

    private func slot(of text: Span<UInt8>, hash: UInt64) -> Int {
        let mask = slots.count - 1
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if tags[slot] == tag, isEqual(slots[slot] - 1, text) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func isEqual(_ id: UInt32, _ text: Span<UInt8>) -> Bool {
        let start = starts[Int(id)]
        guard starts[Int(id) + 1] - start == text.count else { return false }
        return unsafe arena.withUnsafeBufferPointer { arena in
            unsafe text.withUnsafeBufferPointer { text in
                unsafe UnsafeBufferPointer(rebasing: arena[start..<start + text.count])
                    .elementsEqual(text)
            }
        }
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        tags = Array(repeating: 0, count: slots.count)
        let mask = slots.count - 1
        for id in 0..<count {
            let hash = InternTable.hash(arena.span.extracting(starts[id]..<starts[id + 1]))
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(id) + 1
            tags[slot] = UInt32(truncatingIfNeeded: hash >> 32)
        }
    }

    private static func hash(_ text: Span<UInt8>) -> UInt64 {
        var hasher = Hasher()
        unsafe text.withUnsafeBufferPointer { bytes in
            unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
