internal import EventModel

/// The fixed part of a person's state; its bits follow it in memory.
///
/// Behind it lie, in words of 64 bits: the truth of every leaf *now*, as far as entries have been
/// applied; the truth at the last *evaluation*; per name whether the person *is a member*; per name
/// whether the entry into it *was announced*.
struct PersonRecord {
    var id: PersonID
    /// A time at or before which no leaf changes by time alone; the distant future for never.
    var armed: Instant = .distantFuture
    /// The directory of series and attributes: reference, used and possible places.
    var directory: UInt32 = 0
    var directoryCount: UInt32 = 0
    var directoryCapacity: UInt32 = 0
    /// The identifiers' claims, likewise.
    var claims: UInt32 = 0
    var claimCount: UInt32 = 0
    var claimCapacity: UInt32 = 0
    /// Whom the person became one with; nobody for one who stands alone.
    var mergedInto = PersonSlot.nobody
    /// Since when the person is in each of its segments, in order of their names: a word each.
    var stays: UInt32 = 0

    var isAbsorbed: Bool { mergedInto != .nobody }
}

/// What a person's directory says of one series or attribute.
struct DirectoryEntry {
    /// The series' number, or the number of series plus the attribute's number.
    var key: UInt32
    /// A series that needs several times, or an attribute: where they lie.
    var reference: UInt32
    /// For a series that needs one time that time; for one that needs several how many there are (lower
    /// half) and how many have room (upper half).
    var payload: Int64
    /// When time alone first changes a leaf of the series, as far as is known: never late, and exact once the
    /// series was looked at.
    var next: Instant

    init(key: UInt32) {
        self.key = key
        reference = 0
        payload = 0
        next = .distantPast
    }

    /// Words of 64 bits that an entry takes.
    static let words = 3

    var count: Int {
        get { Int(UInt32(truncatingIfNeeded: payload)) }
        set { payload = payload & ~0xFFFF_FFFF | Int64(newValue) }
    }

    var capacity: Int {
        get { Int(payload >> 32 & 0x7FFF_FFFF) }
        set { payload = payload & ~(0x7FFF_FFFF << 32) | Int64(newValue) << 32 }
    }

    /// Of a sum, whether a number below zero may be among its numbers: then it may fall and rise by time.
    var hasNegative: Bool {
        get { payload < 0 }
        set { payload = newValue ? payload | .min : payload & .max }
    }
}

/// What a series keeps of a person, and so what must be given back when it is forgotten.
enum SeriesKeep: BitwiseCopyable, Sendable {
    /// One time, in the directory itself.
    case time
    /// Several times, a word each.
    case times
    /// Times with numbers, three words each.
    case sums
}

/// For which entries an identifier means a person.
struct IdentifierClaim {
    var id: IdentifierID
    var namespace: SymbolID
    /// The first entry.
    var from: SequenceNumber
    /// The first entry no longer; the highest number of all while it still means the person.
    var to: SequenceNumber

    static let open = SequenceNumber(.max)
}

/// All people's records: one slab in pieces, so that a record never moves.
///
/// Invariant: a pointer from `record` or `bits` stays valid until the table goes; one from `arena`
/// until its chunk is released.
struct PersonTable: ~Copyable {
    private static let pieceLog2 = 12
    private static let pieceCount = 1 << pieceLog2

    let nameWords: Int
    /// The truth of all leaves of somebody of whom nothing is known.
    private let strangerLeaves: [UInt64]
    private let stride: Int
    private var pieces: [UnsafeMutableRawPointer] = []
    private(set) var count = 0
    var arena = SlabArena()

    init(strangerLeaves: [UInt64], nameWords: Int) {
        self.strangerLeaves = strangerLeaves
        self.nameWords = nameWords
        stride = MemoryLayout<PersonRecord>.stride + 16 * (strangerLeaves.count + nameWords)
    }

    /// Words of 64 bits that hold a bit per leaf.
    var leafWords: Int { strangerLeaves.count }

    deinit { for piece in pieces { piece.deallocate() } }

    /// Bytes of all records and of what they refer to.
    var usedBytes: Int { count * stride + arena.usedUnits * 8 }

    @inline(__always)
    private func address(_ person: PersonSlot) -> UnsafeMutableRawPointer {
        let index = Int(person.rawValue)
        return pieces[index >> PersonTable.pieceLog2]
            + (index & (PersonTable.pieceCount - 1)) * stride
    }

    @inline(__always)
    func record(_ person: PersonSlot) -> UnsafeMutablePointer<PersonRecord> {
        address(person).assumingMemoryBound(to: PersonRecord.self)
    }

    @inline(__always)
    private func words(_ person: PersonSlot) -> UnsafeMutablePointer<UInt64> {
        (address(person) + MemoryLayout<PersonRecord>.stride).assumingMemoryBound(
            to: UInt64.self
        )
    }

    /// The truth of every leaf as far as entries have been applied.
    func now(_ person: PersonSlot) -> UnsafeMutablePointer<UInt64> { words(person) }

    /// The truth of every leaf at the last evaluation.
    func evaluated(_ person: PersonSlot) -> UnsafeMutablePointer<UInt64> {
        words(person) + leafWords
    }

    /// Per name whether the person is a member.
    func members(_ person: PersonSlot) -> UnsafeMutablePointer<UInt64> {
        words(person) + 2 * leafWords
    }

    /// Per name whether the entry into it was announced.
    func entryAnnounced(_ person: PersonSlot) -> UnsafeMutablePointer<UInt64> {
        words(person) + 2 * leafWords + nameWords
    }

    /// Makes the record of the next person.
    mutating func add(_ id: PersonID) -> PersonSlot {
        if count == pieces.count << PersonTable.pieceLog2 {
            pieces.append(
                UnsafeMutableRawPointer.allocate(
                    byteCount: PersonTable.pieceCount * stride,
                    alignment: 16
                )
            )
        }
        let person = PersonSlot(rawValue: UInt32(count))
        count += 1
        let place = address(person)
        place.initializeMemory(as: UInt8.self, repeating: 0, count: stride)
        place.bindMemory(to: PersonRecord.self, capacity: 1).initialize(to: PersonRecord(id: id))
        resetLeaves(person)
        evaluated(person).update(from: now(person), count: leafWords)
        return person
    }

    // MARK: - Directory

    @inline(__always)
    func directory(_ person: PersonSlot) -> UnsafeMutablePointer<DirectoryEntry> {
        UnsafeMutableRawPointer(arena.pointer(record(person).pointee.directory))
            .assumingMemoryBound(to: DirectoryEntry.self)
    }

    /// The place of a key in the person's directory, or where it belongs.
    @inline(__always)
    private func place(_ key: UInt32, of person: PersonSlot) -> (index: Int, isThere: Bool) {
        let entries = directory(person)
        var low = 0
        var high = Int(record(person).pointee.directoryCount)
        if high <= 8 {
            while low < high, entries[low].key < key { low += 1 }
            return (low, low < high && entries[low].key == key)
        }
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        let isThere =
            low < Int(record(person).pointee.directoryCount) && entries[low].key == key
        return (low, isThere)
    }

    @inline(__always)
    func find(_ key: UInt32, of person: PersonSlot) -> UnsafeMutablePointer<DirectoryEntry>? {
        let (index, isThere) = place(key, of: person)
        return isThere ? directory(person) + index : nil
    }

    /// The entry of a key, made where there is none; valid until the next one is made.
    mutating func entry(
        _ key: UInt32,
        of person: PersonSlot
    ) -> (entry: UnsafeMutablePointer<DirectoryEntry>, isNew: Bool) {
        let (index, isThere) = place(key, of: person)
        if isThere { return (directory(person) + index, false) }
        let record = record(person)
        let count = Int(record.pointee.directoryCount)
        if record.pointee.directoryCount == record.pointee.directoryCapacity {
            let capacity = max(2, count * 2)
            let fresh = arena.allocate(capacity * DirectoryEntry.words)
            let old = arena.pointer(record.pointee.directory)
            arena.pointer(fresh).update(from: old, count: count * DirectoryEntry.words)
            if count > 0 {
                arena.release(record.pointee.directory, units: count * DirectoryEntry.words)
            }
            record.pointee.directory = fresh
            record.pointee.directoryCapacity = UInt32(capacity)
        }
        let entries = directory(person)
        if index < count {
            (entries + index + 1).update(from: entries + index, count: count - index)
        }
        entries[index] = DirectoryEntry(key: key)
        record.pointee.directoryCount += 1
        return (entries + index, true)
    }

    // MARK: - Times

    /// Takes an event time into a series: only the latest `timesMax` are kept, in ascending order.
    ///
    /// A time that is older than all that are kept can never matter to a leaf, so nothing is lost.
    mutating func insert(_ time: Instant, timesMax: Int, key: UInt32, of person: PersonSlot) {
        let (entry, isNew) = entry(key, of: person)
        if timesMax == 1 {
            if isNew || entry.pointee.payload < time.milliseconds {
                entry.pointee.payload = time.milliseconds
            }
            return
        }
        let count = entry.pointee.count
        if count < timesMax, count == entry.pointee.capacity {
            let wanted = min(timesMax, max(2, count * 2))
            let fresh = arena.allocate(wanted)
            if count > 0 {
                arena.pointer(fresh).update(
                    from: arena.pointer(entry.pointee.reference),
                    count: count
                )
                arena.release(entry.pointee.reference, units: count)
            }
            entry.pointee.reference = fresh
            entry.pointee.capacity = wanted
        }
        let times = arena.pointer(entry.pointee.reference)
        var index = count
        while index > 0, times[index - 1] > time.milliseconds { index -= 1 }
        if count < timesMax {
            if index < count {
                (times + index + 1).update(from: times + index, count: count - index)
            }
            times[index] = time.milliseconds
            entry.pointee.count = count + 1
        } else if index > 0 {
            times.update(from: times + 1, count: index - 1)
            times[index - 1] = time.milliseconds
        }
    }

    /// The `rank`-th latest time of a series, from 1; nil where there are fewer.
    @inline(__always)
    func latest(
        _ rank: Int,
        _ entry: DirectoryEntry,
        timesMax: Int
    ) -> Int64? {
        if timesMax == 1 { return entry.payload }
        guard entry.count >= rank else { return nil }
        return arena.pointer(entry.reference)[entry.count - rank]
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
        if record.pointee.claimCount == record.pointee.claimCapacity {
            let capacity = max(1, count * 2)
            let fresh = arena.allocate(capacity * 3)
            let old = arena.pointer(record.pointee.claims)
            arena.pointer(fresh).update(from: old, count: count * 3)
            if count > 0 { arena.release(record.pointee.claims, units: count * 3) }
            record.pointee.claims = fresh
            record.pointee.claimCapacity = UInt32(capacity)
        }
        record.pointee.claimCount += 1
        claims(person)[count] = claim
    }

    mutating func releaseClaims(_ person: PersonSlot) {
        let record = record(person)
        if record.pointee.claimCapacity > 0 {
            arena.release(record.pointee.claims, units: Int(record.pointee.claimCapacity) * 3)
        }
        record.pointee.claims = 0
        record.pointee.claimCount = 0
        record.pointee.claimCapacity = 0
    }
}

extension PersonTable {
    /// Gives the leaves the truth that they have of somebody of whom nothing is known.
    private func resetLeaves(_ person: PersonSlot) {
        let now = now(person)
        for word in 0..<leafWords { now[word] = strangerLeaves[word] }
    }

    /// Forgets all series and attributes of a person, and the truth of its leaves now.
    ///
    /// - Parameter keeps: What each series keeps; keys from its count on are attributes.
    mutating func forget(_ person: PersonSlot, keeps: [SeriesKeep]) {
        let record = record(person)
        let entries = directory(person)
        for index in 0..<Int(record.pointee.directoryCount) {
            let entry = entries[index]
            if entry.key >= keeps.count {
                arena.release(entry.reference, units: 2)
                continue
            }
            switch keeps[Int(entry.key)] {
            case .time: break
            case .times: arena.release(entry.reference, units: entry.capacity)
            case .sums: arena.release(entry.reference, units: entry.capacity * 3)
            }
        }
        if record.pointee.directoryCapacity > 0 {
            arena.release(
                record.pointee.directory,
                units: Int(record.pointee.directoryCapacity) * DirectoryEntry.words
            )
        }
        record.pointee.directory = 0
        record.pointee.directoryCount = 0
        record.pointee.directoryCapacity = 0
        resetLeaves(person)
    }
}
