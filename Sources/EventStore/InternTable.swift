internal import CMemory
internal import EventModel

/// Byte texts with dense numbers from 0, in memory: open addressing over one arena.
///
/// A text may stand in a namespace, which is then a part of it: as it lies in the arena it begins with the
/// namespace's number.
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
    /// Numbers whose texts are gone.
    private var gone: Set<UInt32> = []
    /// The texts of those of them that came back, each behind the number of its namespace.
    private var restored: [UInt32: [UInt8]] = [:]
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
    mutating func load(_ text: Span<UInt8>, in namespace: SymbolID? = nil) -> Bool {
        guard append(text, namespace) != nil else { return false }
        loaded.append(tag(text, in: namespace))
        return true
    }

    /// Takes in a number whose text is gone, so that nobody finds it.
    ///
    /// - Returns: Whether there was a number for it.
    mutating func loadGone(in namespace: SymbolID) -> Bool {
        guard let id = append([UInt8]().span, namespace) else { return false }
        loaded.append(0)
        gone.insert(id)
        return true
    }

    /// Forgets the text of a number, which nobody finds any more; the same text gets another one.
    mutating func forget(_ id: UInt32) {
        var reader = ValueReader(at: starts[Int(id)])
        _ = reader.varint(arena.span)
        for index in reader.offset..<starts[Int(id) + 1] { arena[index] = 0 }
        restored[id] = nil
        gone.insert(id)
    }

    /// Gives a number whose text is gone its text back.
    mutating func restore(_ id: UInt32, _ text: Span<UInt8>, in namespace: SymbolID) {
        var row = ValueWriter()
        row.varint(UInt64(namespace.rawValue))
        row.raw(text)
        restored[id] = row.bytes
        let tag = tag(text, in: namespace)
        let slot = slot(of: text, namespace, tag: tag)
        guard slots[slot] == 0 else { return }
        slots[slot] = UInt64(tag) << 32 | UInt64(id + 1)
    }

    /// Makes the texts that were loaded findable: in one go, so that the processor waits for many places of
    /// the table at once.
    mutating func finishLoading() {
        var wanted = slots.count
        while count * 10 > wanted * 6 { wanted *= 2 }
        if wanted > slots.count { grow(to: wanted) }
        let mask = slots.count - 1
        let first = count - loaded.count
        for (index, tag) in loaded.enumerated()
        where gone.isEmpty || !gone.contains(UInt32(first + index)) {
            var slot = Int(tag) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt64(tag) << 32 | UInt64(first + index + 1)
        }
        loaded = []
    }

    /// The number of a text, or nil where it has none.
    func find(_ text: Span<UInt8>, in namespace: SymbolID? = nil) -> UInt32? {
        let held = slots[slot(of: text, namespace, tag: tag(text, in: namespace))]
        return held == 0 ? nil : InternTable.id(held)
    }

    /// The number of a text, new where it had none; nil where all numbers are taken.
    ///
    /// - Parameter tag: What `tag` gives for it, where that is known already.
    mutating func intern(
        _ text: Span<UInt8>,
        in namespace: SymbolID? = nil,
        tag known: UInt32? = nil
    ) -> (id: UInt32, isNew: Bool)? {
        let tag = known ?? tag(text, in: namespace)
        let slot = slot(of: text, namespace, tag: tag)
        if slots[slot] != 0 { return (InternTable.id(slots[slot]), false) }
        guard let id = append(text, namespace) else { return nil }
        slots[slot] = UInt64(tag) << 32 | UInt64(id + 1)
        if count * 10 > slots.count * 6 { grow(to: slots.count * 2) }
        return (id, true)
    }

    /// The text of a number.
    func text(of id: UInt32) -> ArraySlice<UInt8> {
        if !restored.isEmpty, let text = restored[id] { return text[...] }
        return arena[starts[Int(id)]..<starts[Int(id) + 1]]
    }

    private mutating func append(_ text: Span<UInt8>, _ namespace: SymbolID?) -> UInt32? {
        guard count < Int(UInt32.max) - 1 else { return nil }
        if let namespace {
            arena.append(addingCapacity: 5) { $0.varint(UInt64(namespace.rawValue)) }
        }
        unsafe text.withUnsafeBufferPointer { unsafe arena.append(contentsOf: $0) }
        starts.append(arena.count)
        return UInt32(count - 1)
    }

    private static func id(_ held: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: held) - 1 }

    /// What the table knows a text by before it compares: half a hash.
    func tag(_ text: Span<UInt8>, in namespace: SymbolID? = nil) -> UInt32 {
        let number = namespace.map { UInt64($0.rawValue) } ?? 0
        return UInt32(truncatingIfNeeded: hasher.hash(text, number) >> 32)
    }

    private func slot(of text: Span<UInt8>, _ namespace: SymbolID?, tag: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int(tag) & mask
        while slots[slot] != 0 {
            if UInt32(slots[slot] >> 32) == tag, holds(InternTable.id(slots[slot]), text, namespace)
            {
                return slot
            }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// Whether a number stands for a text.
    @inline(__always)
    func holds(_ id: UInt32, _ text: Span<UInt8>, _ namespace: SymbolID? = nil) -> Bool {
        guard Int(id) < count else { return false }
        if !gone.isEmpty, gone.contains(id) { return isRestored(id, text, namespace) }
        var reader = ValueReader(at: starts[Int(id)])
        let end = starts[Int(id) + 1]
        let held = arena.span
        if let namespace {
            guard reader.varint(held) == UInt64(namespace.rawValue) else { return false }
        }
        guard end - reader.offset == text.count else { return false }
        return held.extracting(reader.offset..<end).isEqual(to: text)
    }

    @inline(never)
    private func isRestored(_ id: UInt32, _ text: Span<UInt8>, _ namespace: SymbolID?) -> Bool {
        guard let row = restored[id] else { return false }
        var reader = ValueReader(at: 0)
        guard reader.varint(row.span) == namespace.map({ UInt64($0.rawValue) }) else {
            return false
        }
        return row.span.extracting(reader.offset..<row.count).isEqual(to: text)
    }

    // MARK: - Looking ahead

    /// Has the processor fetch what the search for a text begins with.
    @inline(__always)
    func prefetchSlot(_ tag: UInt32) {
        unsafe slots.withUnsafeBufferPointer { slots in
            guard let base = slots.baseAddress else { return }
            unsafe prefetch_line(base + Int(tag) & (slots.count - 1))
        }
    }

    /// The number that a search for a text looks at first, most often the text's; its slot should have been fetched
    /// before.
    @inline(__always)
    func firstGuess(_ tag: UInt32) -> UInt32? {
        let held = slots[Int(tag) & (slots.count - 1)]
        return held == 0 ? nil : InternTable.id(held)
    }

    /// Has the processor fetch where a number's text lies.
    @inline(__always)
    func prefetchStart(_ id: UInt32) {
        unsafe starts.withUnsafeBufferPointer { starts in
            guard let base = starts.baseAddress else { return }
            unsafe prefetch_line(base + Int(id))
        }
    }

    /// Has it fetch the text; where it lies should have been fetched before.
    @inline(__always)
    func prefetchText(_ id: UInt32) {
        let start = starts[Int(id)]
        unsafe arena.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            unsafe prefetch_line(base + start)
        }
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
