internal import EventModel

/// Since when a person is in its segments: a word per current membership, in order of names.
///
/// The membership's place is the number of memberships before it, so the names are not kept again.
extension PersonTable {
    /// Takes note of memberships that turned at an instant.
    ///
    /// - Parameters:
    ///   - changed: The names, ascending; the person's bits say already what they turned to.
    ///   - instant: The instant.
    mutating func keepStays(
        _ record: UnsafeMutablePointer<PersonRecord>,
        _ changed: borrowing PlainList<Int32>,
        at instant: Instant
    ) {
        let members = members(record)
        var count = PersonTable.count(members, below: nameWords << 6)
        // How many there were before.
        for index in 0..<changed.count {
            count &+= PersonTable.holds(members, Int(changed[index])) ? -1 : 1
        }
        for index in 0..<changed.count {
            let name = Int(changed[index])
            // Those below are as the bits say: they were dealt with first.
            let place = PersonTable.count(members, below: name)
            if PersonTable.holds(members, name) {
                insertStay(instant, at: place, of: record, count: count)
                count &+= 1
            } else {
                removeStay(at: place, of: record, count: count)
                count &-= 1
            }
        }
    }

    /// Since when the person is in a segment that it is in.
    func stay(_ name: Int, of person: PersonSlot) -> Instant {
        let place = PersonTable.count(members(person), below: name)
        return Instant(milliseconds: arena.pointer(record(person).pointee.stays)[place])
    }

    /// Gives the room back, while the person's bits still say how much that is.
    mutating func releaseStays(_ person: PersonSlot) {
        let record = record(person)
        guard record.pointee.stays != 0 else { return }
        arena.release(record.pointee.stays, units: PersonTable.staysRoom(stayCount(person)))
        record.pointee.stays = 0
    }

    func stayCount(_ person: PersonSlot) -> Int {
        PersonTable.count(members(person), below: nameWords << 6)
    }

    @inline(__always)
    private mutating func insertStay(
        _ instant: Instant,
        at place: Int,
        of record: UnsafeMutablePointer<PersonRecord>,
        count: Int
    ) {
        if count >= PersonTable.staysKept || record.pointee.stays == 0 {
            resizeStays(record, from: count, to: count &+ 1)
        }
        let stays = arena.pointer(record.pointee.stays)
        var index = count
        while index > place {
            stays[index] = stays[index &- 1]
            index &-= 1
        }
        stays[place] = instant.milliseconds
    }

    @inline(__always)
    private mutating func removeStay(
        at place: Int,
        of record: UnsafeMutablePointer<PersonRecord>,
        count: Int
    ) {
        let stays = arena.pointer(record.pointee.stays)
        var index = place
        while index < count &- 1 {
            stays[index] = stays[index &+ 1]
            index &+= 1
        }
        if count > PersonTable.staysKept { resizeStays(record, from: count, to: count &- 1) }
    }

    /// Moves the words where as many as there are going to be need a chunk of another size.
    @inline(never)
    private mutating func resizeStays(
        _ record: UnsafeMutablePointer<PersonRecord>,
        from old: Int,
        to new: Int
    ) {
        let former = record.pointee.stays
        let (oldRoom, newRoom) = (PersonTable.staysRoom(old), PersonTable.staysRoom(new))
        guard former == 0 || oldRoom != newRoom else { return }
        let fresh = arena.allocate(newRoom)
        if former != 0 {
            arena.pointer(fresh).update(from: arena.pointer(former), count: min(old, new))
            arena.release(former, units: oldRoom)
        }
        record.pointee.stays = fresh
    }

    /// Room for so many memberships is kept once there is any, since they come and go.
    private static let staysKept = 3

    /// Words of the chunk for so many memberships.
    @inline(__always)
    static func staysRoom(_ count: Int) -> Int { SlabArena.capacity(max(count, staysKept)) }

    @inline(__always)
    private static func holds(_ bits: UnsafeMutablePointer<UInt64>, _ name: Int) -> Bool {
        bits[name >> 6] & (1 << UInt64(name & 63)) != 0
    }

    @inline(__always)
    private static func count(_ bits: UnsafeMutablePointer<UInt64>, below name: Int) -> Int {
        var count = 0
        for word in 0..<name >> 6 { count += bits[word].nonzeroBitCount }
        if name & 63 != 0 {
            count += (bits[name >> 6] & ((1 << UInt64(name & 63)) - 1)).nonzeroBitCount
        }
        return count
    }
}
