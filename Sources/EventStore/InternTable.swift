internal import EventModel

/// Byte texts with dense numbers from 0, in memory: open addressing over one arena.
///
/// Hashed under a key of its own, so nobody can choose names that collide. The numbers do not depend on
/// it.
struct InternTable {
    /// Where each text begins in the arena, and one past the last.
    private var starts: [Int] = [0]
    private var arena: [UInt8] = []
    /// Per slot half a hash and the number plus one; 0 where it is free.
    ///
    /// A text's slots begin where the half hash says, so the table grows without a look at the texts.
    private var slots: [UInt64] = Array(repeating: 0, count: 64)
    /// Of texts that were loaded and cannot be found yet, their half hashes.
    private var loaded: [UInt32] = []
    private let hasher = KeyedHash()

    var count: Int { starts.count - 1 }

    /// Makes room for so many texts.
    mutating func reserve(_ count: Int) {
        starts.reserveCapacity(count + 1)
        arena.reserveCapacity(count * 24)
        loaded.reserveCapacity(count)
    }

    /// Takes in a text that differs from all before it; it is found once `finishLoading` was called.
    ///
    /// - Returns: Whether there was a number for it.
    mutating func load(_ text: Span<UInt8>) -> Bool {
        guard append(text) != nil else { return false }
        loaded.append(tag(text))
        return true
    }

    /// Makes the texts that were loaded findable: in one go, so that the processor waits for many places of
    /// the table at once.
    mutating func finishLoading() {
        var wanted = slots.count
        while count * 10 > wanted * 6 { wanted *= 2 }
        if wanted > slots.count { grow(to: wanted) }
        let mask = slots.count - 1
        let first = count - loaded.count
        for (index, tag) in loaded.enumerated() {
            var slot = Int(tag) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt64(tag) << 32 | UInt64(first + index + 1)
        }
        loaded = []
    }

    /// The number of a text, or nil where it has none.
    func find(_ text: Span<UInt8>) -> UInt32? {
        let held = slots[slot(of: text, tag: tag(text))]
        return held == 0 ? nil : InternTable.id(held)
    }

    /// The number of a text, new where it had none; nil where all numbers are taken.
    mutating func intern(_ text: Span<UInt8>) -> (id: UInt32, isNew: Bool)? {
        let tag = tag(text)
        let slot = slot(of: text, tag: tag)
        if slots[slot] != 0 { return (InternTable.id(slots[slot]), false) }
        guard let id = append(text) else { return nil }
        slots[slot] = UInt64(tag) << 32 | UInt64(id + 1)
        if count * 10 > slots.count * 6 { grow(to: slots.count * 2) }
        return (id, true)
    }

    /// The text of a number.
    func text(of id: UInt32) -> ArraySlice<UInt8> { arena[starts[Int(id)]..<starts[Int(id) + 1]] }

    private mutating func append(_ text: Span<UInt8>) -> UInt32? {
        guard count < Int(UInt32.max) - 1 else { return nil }
        unsafe text.withUnsafeBufferPointer { unsafe arena.append(contentsOf: $0) }
        starts.append(arena.count)
        return UInt32(count - 1)
    }

    private static func id(_ held: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: held) - 1 }

    private func tag(_ text: Span<UInt8>) -> UInt32 {
        UInt32(truncatingIfNeeded: hasher.hash(text) >> 32)
    }

    private func slot(of text: Span<UInt8>, tag: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int(tag) & mask
        while slots[slot] != 0 {
            if UInt32(slots[slot] >> 32) == tag, isEqual(InternTable.id(slots[slot]), text) {
                return slot
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func isEqual(_ id: UInt32, _ text: Span<UInt8>) -> Bool {
        let start = starts[Int(id)]
        guard starts[Int(id) + 1] - start == text.count else { return false }
        return arena.span.extracting(start..<start + text.count).isEqual(to: text)
    }

    private mutating func grow(to count: Int) {
        var former = Array(repeating: UInt64(0), count: count)
        swap(&former, &slots)
        let mask = count - 1
        for held in former where held != 0 {
            var slot = Int(held >> 32) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = held
        }
    }
}
