internal import EventModel

/// Per person the keys of events that must be unique, for ever; compared in full.
struct UniqueTable {
    struct Item {
        /// Nobody, where the key has become another's, or another like it stands for it.
        var person: PersonSlot
        var key: UInt32
        var value: TextArena.Place
        var hash: UInt64
        var first: Repeatable
        /// The person's item before this one, from 1; 0 for none.
        var next: Int
    }

    private(set) var items = ChunkedArray<Item>()
    private(set) var text = TextArena()
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
        let hash = UniqueTable.hash(value[...], UInt32(key), person)
        if let item = find(value[...], hash, key: UInt32(key), of: person) {
            return items[item].first
        }
        insert(value[...], hash, key: UInt32(key), of: person, entry)
        return nil
    }

    /// Takes in a key that the person does not have yet.
    mutating func insert(
        _ value: ArraySlice<UInt8>,
        key: UInt32,
        of person: PersonSlot,
        _ entry: Repeatable
    ) {
        insert(value, UniqueTable.hash(value, key, person), key: key, of: person, entry)
    }

    private mutating func insert(
        _ value: ArraySlice<UInt8>,
        _ hash: UInt64,
        key: UInt32,
        of person: PersonSlot,
        _ entry: Repeatable
    ) {
        let place = text.append(value)
        insert(
            Item(
                person: person,
                key: key,
                value: place,
                hash: hash,
                first: entry,
                next: heads[person] ?? 0
            )
        )
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
            let value = text[item.value]
            let hash = UniqueTable.hash(value, item.key, survivor)
            if let own = find(value, hash, key: item.key, of: survivor) {
                isShared = true
                if item.first.sequence < items[own].first.sequence {
                    items[own].first = item.first
                }
                continue
            }
            var moved = item
            moved.person = survivor
            moved.hash = hash
            moved.next = heads[survivor] ?? 0
            insert(moved)
        }
        return isShared
    }

    /// Forgets a person's keys.
    mutating func forget(_ person: PersonSlot) {
        var next = heads.removeValue(forKey: person) ?? 0
        while next != 0 {
            items[next - 1].person = .nobody
            next = items[next - 1].next
        }
    }

    private func find(
        _ value: ArraySlice<UInt8>,
        _ hash: UInt64,
        key: UInt32,
        of person: PersonSlot
    ) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let item = items[slots[slot] - 1]
            if item.hash == hash, item.person == person, item.key == key,
                text[item.value] == value
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

/// Byte texts in chunks, so that none is moved when more come and a copy costs next to nothing.
struct TextArena {
    struct Place {
        var chunk: UInt32
        var start: UInt32
        var count: UInt32
    }

    private static let chunkBytes = 1 << 16
    private var chunks: [[UInt8]] = []

    mutating func append(_ text: ArraySlice<UInt8>) -> Place {
        if chunks.last.map({ $0.count + text.count > TextArena.chunkBytes }) ?? true {
            chunks.append([])
        }
        let last = chunks.count - 1
        let start = chunks[last].count
        chunks[last].append(contentsOf: text)
        return Place(
            chunk: UInt32(last),
            start: UInt32(start),
            count: UInt32(text.count)
        )
    }

    subscript(place: Place) -> ArraySlice<UInt8> {
        chunks[Int(place.chunk)][Int(place.start)..<Int(place.start + place.count)]
    }
}
