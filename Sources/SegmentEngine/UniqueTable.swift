internal import EventModel

/// Per person the keys of events that must be unique, for ever; compared in full.
struct UniqueTable {
    private struct Item {
        var person: PersonSlot
        var key: UInt32
        var start: Int
        var count: Int
        var hash: UInt64
        var first: Repeatable
        /// The person's item before this one, from 1; 0 for none.
        var next: Int
    }

    private var items: [Item] = []
    private var text: [UInt8] = []
    /// Per slot an item, from 1; 0 where it is free.
    private var slots: [Int] = Array(repeating: 0, count: 64)
    private var heads: [PersonSlot: Int] = [:]

    /// Looks a key up, and takes it in where the person has none like it.
    ///
    /// - Returns: The entry that had it first, nil where it is new.
    mutating func admit(
        _ value: [UInt8],
        key: Int,
        of person: PersonSlot,
        _ entry: Repeatable
    ) -> Repeatable? {
        if let item = find(value[...], key: UInt32(key), of: person) { return items[item].first }
        let start = text.count
        text += value
        insert(
            Item(
                person: person,
                key: UInt32(key),
                start: start,
                count: value.count,
                hash: UniqueTable.hash(value[...], UInt32(key), person),
                first: entry,
                next: heads[person] ?? 0
            )
        )
        return nil
    }

    /// Gives one person's keys to another.
    ///
    /// - Returns: Whether both had one in common: then what counted of the two must be found anew.
    mutating func join(_ absorbed: PersonSlot, into survivor: PersonSlot) -> Bool {
        var next = heads.removeValue(forKey: absorbed) ?? 0
        var isShared = false
        while next != 0 {
            let item = items[next - 1]
            // What points here finds a key of nobody, until the table is made anew.
            items[next - 1].person = .nobody
            next = item.next
            let value = text[item.start..<item.start + item.count]
            if let own = find(value, key: item.key, of: survivor) {
                isShared = true
                if item.first.sequence < items[own].first.sequence {
                    items[own].first = item.first
                }
                continue
            }
            var moved = item
            moved.person = survivor
            moved.hash = UniqueTable.hash(value, item.key, survivor)
            moved.next = heads[survivor] ?? 0
            insert(moved)
        }
        return isShared
    }

    private func find(_ value: ArraySlice<UInt8>, key: UInt32, of person: PersonSlot) -> Int? {
        let hash = UniqueTable.hash(value, key, person)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let item = items[slots[slot] - 1]
            if item.hash == hash, item.person == person, item.key == key,
                text[item.start..<item.start + item.count] == value
            {
                return slots[slot] - 1
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func insert(_ item: Item) {
        items.append(item)
        heads[item.person] = items.count
        if items.count * 10 > slots.count * 6 {
            slots = Array(repeating: 0, count: slots.count * 2)
            for index in items.indices where items[index].person != .nobody { enter(index) }
        } else {
            enter(items.count - 1)
        }
    }

    private mutating func enter(_ index: Int) {
        var slot = Int(truncatingIfNeeded: items[index].hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = index + 1
    }

    /// Seeded per process; no result depends on it.
    private static func hash(
        _ value: ArraySlice<UInt8>,
        _ key: UInt32,
        _ person: PersonSlot
    ) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(person)
        value.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

/// An entry that later ones may repeat: where it stands, and what it says.
struct Repeatable {
    var sequence: SequenceNumber
    /// A hash of the entry's kind, event and content: a repeat with another is a conflict.
    var payload: UInt64

    init(sequence: SequenceNumber, payload: UInt64) {
        self.sequence = sequence
        self.payload = payload
    }

    /// What an entry says, in whichever order its members come.
    init(_ head: EntryHead, _ bytes: Span<UInt8>) {
        sequence = head.sequence
        payload = Repeatable.mix(UInt64(head.event.rawValue) << 8 | UInt64(head.kind.rawValue))
        guard !head.content.isEmpty else { return }
        var root = ValueReader(at: head.content.lowerBound)
        guard case .object(let members) = root.value(bytes) else { return }
        var reader = ValueReader(at: members.lowerBound)
        while reader.offset < members.upperBound {
            let start = reader.offset
            _ = reader.varint(bytes)
            _ = reader.value(bytes)
            payload &+= Repeatable.hash(bytes, start..<reader.offset)
        }
    }

    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash = UInt64(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            var word: UInt64 = 0
            for index in 0..<min(8, range.upperBound - offset) {
                word |= UInt64(bytes[offset + index]) << UInt64(8 * index)
            }
            hash = mix(hash ^ word)
            offset += 8
        }
        return hash
    }

    /// The finisher of splitmix64 (Steele, Lea, Flood 2014).
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
