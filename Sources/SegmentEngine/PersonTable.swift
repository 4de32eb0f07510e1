internal import CMemory
internal import EventModel

/// All people's records: one slab in pieces, so that a record never moves.
///
/// Invariant: a pointer from `record` or `bits` stays valid until the table goes; one from `arena`
/// until its chunk is released.
struct PersonTable: ~Copyable {
    private static let pieceLog2 = 12
    private static let pieceCount = 1 << pieceLog2
    /// After as many pieces each of its own, pieces are made so many at a time.
    private static let piecesAtOnce = 16

    let nameWords: Int
    /// The truth of all leaves of somebody of whom nothing is known.
    let strangerLeaves: [UInt64]
    let recordBytes: Int
    /// Where each piece lies.
    private var pieces = PlainList<UnsafeMutableRawPointer>()
    /// What was allocated for them.
    private var owned = PlainList<UnsafeMutableRawPointer>()
    private(set) var count = 0
    var arena = SlabArena()

    init(strangerLeaves: [UInt64], nameWords: Int) {
        self.strangerLeaves = strangerLeaves
        leafWords = strangerLeaves.count
        self.nameWords = nameWords
        recordBytes =
            MemoryLayout<PersonRecord>.stride
            + MemoryLayout<UInt64>.stride * (strangerLeaves.count + 2 * nameWords)
    }

    /// Words of 64 bits that hold a bit per leaf.
    let leafWords: Int

    deinit { for index in 0..<owned.count { owned[index].deallocate() } }

    /// Bytes of all records and of what they refer to.
    var usedBytes: Int { count * recordBytes + arena.usedUnits * 8 }

    @inline(__always)
    func address(_ person: PersonSlot) -> UnsafeMutableRawPointer {
        let index = Int(person.rawValue)
        return pieces[index >> PersonTable.pieceLog2]
            + (index & (PersonTable.pieceCount - 1)) &* recordBytes
    }

    @inline(__always)
    func record(_ person: PersonSlot) -> UnsafeMutablePointer<PersonRecord> {
        address(person).assumingMemoryBound(to: PersonRecord.self)
    }

    @inline(__always)
    private func words(
        _ record: UnsafeMutablePointer<PersonRecord>
    ) -> UnsafeMutablePointer<UInt64> {
        (UnsafeMutableRawPointer(record) + MemoryLayout<PersonRecord>.stride)
            .assumingMemoryBound(to: UInt64.self)
    }

    /// The truth of every leaf as far as entries have been applied.
    @inline(__always)
    func now(_ record: UnsafeMutablePointer<PersonRecord>) -> UnsafeMutablePointer<UInt64> {
        words(record)
    }

    /// Per name whether the person is a member.
    @inline(__always)
    func members(_ record: UnsafeMutablePointer<PersonRecord>) -> UnsafeMutablePointer<UInt64> {
        words(record) + leafWords
    }

    @inline(__always)
    func members(_ person: PersonSlot) -> UnsafeMutablePointer<UInt64> { members(record(person)) }

    /// Per name whether the entry into it was announced.
    @inline(__always)
    func entryAnnounced(
        _ record: UnsafeMutablePointer<PersonRecord>
    ) -> UnsafeMutablePointer<UInt64> {
        words(record) + (leafWords &+ nameWords)
    }

    /// Makes the record of the next person.
    mutating func add(_ id: PersonID) -> PersonSlot {
        if count == pieces.count << PersonTable.pieceLog2 { addPieces() }
        let person = PersonSlot(rawValue: UInt32(count))
        count += 1
        let place = address(person)
        place.initializeMemory(as: UInt8.self, repeating: 0, count: recordBytes)
        place.bindMemory(to: PersonRecord.self, capacity: 1).initialize(to: PersonRecord(id: id))
        resetLeaves(record(person))
        return person
    }

    private mutating func addPieces() {
        let size = PersonTable.pieceCount * recordBytes
        let added = pieces.count < PersonTable.piecesAtOnce ? 1 : PersonTable.piecesAtOnce
        let memory = LargeMemory.allocate(bytes: added * size, alignment: 64)
        owned.append(memory)
        for index in 0..<added { pieces.append(memory + index * size) }
    }

    // MARK: - Directory

    @inline(__always)
    func directory(
        _ record: UnsafeMutablePointer<PersonRecord>
    ) -> UnsafeMutablePointer<DirectoryEntry> {
        UnsafeMutableRawPointer(arena.pointer(record.pointee.directory))
            .assumingMemoryBound(to: DirectoryEntry.self)
    }

    /// The entry of a key, made where there is none; valid until the next one is made.
    @inline(__always)
    mutating func entry(
        _ key: UInt32,
        of record: UnsafeMutablePointer<PersonRecord>
    ) -> (entry: UnsafeMutablePointer<DirectoryEntry>, isNew: Bool) {
        let entries = directory(record)
        var low = 0
        var high = Int(record.pointee.directoryCount)
        while high &- low > 8 {
            let middle = (low &+ high) / 2
            if entries[middle].key < key { low = middle &+ 1 } else { high = middle &+ 1 }
        }
        var entry = entries + low
        let end = entries + Int(record.pointee.directoryCount)
        while entry < end, entry.pointee.key < key { entry += 1 }
        if entry < end, entry.pointee.key == key { return (entry, false) }
        return (insertEntry(key, at: entry - entries, of: record), true)
    }

    /// The entry of a key; nil where there is none.
    ///
    /// Valid until one is made.
    func found(
        _ key: UInt32,
        of record: UnsafeMutablePointer<PersonRecord>
    ) -> UnsafeMutablePointer<DirectoryEntry>? {
        let entries = directory(record)
        var low = 0
        var high = Int(record.pointee.directoryCount)
        while low < high {
            let middle = (low &+ high) / 2
            if entries[middle].key < key { low = middle &+ 1 } else { high = middle }
        }
        let isThere = low < Int(record.pointee.directoryCount) && entries[low].key == key
        return isThere ? entries + low : nil
    }

    /// A chunk for one element more; the one there is where it has room.
    private mutating func grown(_ chunk: UInt32, from count: Int, _ words: Int) -> UInt32 {
        guard
            count == 0
                || SlabArena.capacity(count * words) < (count + 1) * words
        else { return chunk }
        let fresh = arena.allocate((count + 1) * words)
        if count > 0 {
            arena.pointer(fresh).update(from: arena.pointer(chunk), count: count * words)
            arena.release(chunk, units: count * words)
        }
        return fresh
    }

    @inline(never)
    private mutating func insertEntry(
        _ key: UInt32,
        at index: Int,
        of record: UnsafeMutablePointer<PersonRecord>
    ) -> UnsafeMutablePointer<DirectoryEntry> {
        let count = Int(record.pointee.directoryCount)
        let words = DirectoryEntry.words
        record.pointee.directory = grown(record.pointee.directory, from: count, words)
        let entries = directory(record)
        if index < count {
            (entries + index + 1).update(from: entries + index, count: count - index)
        }
        entries[index] = DirectoryEntry(key: key)
        record.pointee.directoryCount += 1
        return entries + index
    }

    // MARK: - Times

    /// Takes an event time into a series: only the latest `timesMax` are kept, in ascending order.
    ///
    /// A time that is older than all that are kept can never matter to a leaf, so nothing is lost.
    /// - Returns: The series' entry; valid until the next one is made.
    @inline(__always)
    mutating func insert(
        _ time: Instant,
        timesMax: Int,
        key: UInt32,
        of record: UnsafeMutablePointer<PersonRecord>
    ) -> UnsafeMutablePointer<DirectoryEntry> {
        let (entry, isNew) = entry(key, of: record)
        if timesMax == 1 {
            if isNew || entry.pointee.payload < time.milliseconds {
                entry.pointee.payload = time.milliseconds
            }
            return entry
        }
        let count = entry.pointee.count
        if count < timesMax, count == entry.pointee.capacity {
            growTimes(entry, timesMax: timesMax)
        }
        let times = arena.pointer(entry.pointee.reference)
        if count < timesMax {
            // From the end on, those that are later move up.
            var index = count
            while index > 0, times[index &- 1] > time.milliseconds {
                times[index] = times[index &- 1]
                index &-= 1
            }
            times[index] = time.milliseconds
            entry.pointee.count = count &+ 1
        } else if time.milliseconds >= times[count &- 1] {
            // In order: all others move down.
            for index in 1..<count { times[index &- 1] = times[index] }
            times[count &- 1] = time.milliseconds
        } else {
            var index = 0
            while times[index] < time.milliseconds {
                if index > 0 { times[index &- 1] = times[index] }
                index &+= 1
            }
            if index > 0 { times[index &- 1] = time.milliseconds }
        }
        return entry
    }

    @inline(never)
    private mutating func growTimes(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        timesMax: Int
    ) {
        let count = entry.pointee.count
        let wanted = min(timesMax, SlabArena.capacity(count + 1))
        let fresh = arena.allocate(wanted)
        if count > 0 {
            arena.pointer(fresh).update(
                from: arena.pointer(entry.pointee.reference),
                count: count
            )
            arena.release(entry.pointee.reference, units: entry.pointee.capacity)
        }
        entry.pointee.reference = fresh
        entry.pointee.capacity = wanted
    }

    // MARK: - Claims

    func claims(_ person: PersonSlot) -> UnsafeMutableBufferPointer<IdentifierClaim> {
        let record = record(person)
        return UnsafeMutableBufferPointer(
            start: UnsafeMutableRawPointer(arena.pointer(record.pointee.claims))
                .assumingMemoryBound(to: IdentifierClaim.self),
            count: Int(record.pointee.claimCount)
        )
    }

    mutating func add(_ claim: IdentifierClaim, to person: PersonSlot) {
        let record = record(person)
        let count = Int(record.pointee.claimCount)
        record.pointee.claims = grown(record.pointee.claims, from: count, 3)
        record.pointee.claimCount += 1
        claims(person)[count] = claim
    }

    mutating func releaseClaims(_ person: PersonSlot) {
        let record = record(person)
        if record.pointee.claimCount > 0 {
            arena.release(record.pointee.claims, units: Int(record.pointee.claimCount) * 3)
        }
        record.pointee.claims = 0
        record.pointee.claimCount = 0
    }
}
