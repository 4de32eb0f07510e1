internal import EventModel

/// What a summed series keeps of a person, in a chunk of the arena.
///
/// Places of three words each: first the sum of what has left all windows, then one per event in
/// ascending order of time: the time, and the number's lower and upper half.
extension PersonTable {
    private static let placeWords = 3

    /// Takes a number into a summed series.
    ///
    /// - Parameters:
    ///   - horizon: Times at or before it are in no window any more: only `ever` counts them.
    mutating func insert(
        _ number: Int128,
        at time: Instant,
        key: UInt32,
        of record: UnsafeMutablePointer<PersonRecord>,
        horizon: Instant
    ) -> UnsafeMutablePointer<DirectoryEntry> {
        let (entry, isNew) = entry(key, of: record)
        if isNew { makeSums(entry) }
        dropSums(entry, through: horizon)
        if time <= horizon {
            addToBase(entry, WideSum(number))
            return entry
        }
        let count = entry.pointee.count
        if count == entry.pointee.capacity { growSums(entry) }
        if number < 0 { entry.pointee.hasNegative = true }
        let places = arena.pointer(entry.pointee.reference)
        var index = count
        while index > 1, places[(index - 1) * 3] > time.milliseconds { index -= 1 }
        (places + (index + 1) * 3).update(from: places + index * 3, count: (count - index) * 3)
        places[index * 3] = time.milliseconds
        places[index * 3 + 1] = Int64(truncatingIfNeeded: number)
        places[index * 3 + 2] = Int64(truncatingIfNeeded: number >> 64)
        entry.pointee.count = count + 1
        return entry
    }

    /// Adds what another person has of the same summed series.
    mutating func joinSums(
        _ other: DirectoryEntry,
        into record: UnsafeMutablePointer<PersonRecord>,
        horizon: Instant
    ) {
        let (entry, isNew) = entry(other.key, of: record)
        if isNew { makeSums(entry) }
        addToBase(entry, PersonTable.base(arena.pointer(other.reference)))
        for place in 1..<max(1, other.count) {
            let element = arena.pointer(other.reference) + place * 3
            _ = insert(
                PersonTable.number(element),
                at: Instant(milliseconds: element[0]),
                key: other.key,
                of: record,
                horizon: horizon
            )
        }
    }

    private mutating func makeSums(_ entry: UnsafeMutablePointer<DirectoryEntry>) {
        entry.pointee.reference = arena.allocate(2 * PersonTable.placeWords)
        entry.pointee.capacity = 2
        entry.pointee.count = 1
        arena.pointer(entry.pointee.reference).update(repeating: 0, count: 3)
    }

    private mutating func growSums(_ entry: UnsafeMutablePointer<DirectoryEntry>) {
        let count = entry.pointee.count
        let fresh = arena.allocate(count * 2 * PersonTable.placeWords)
        arena.pointer(fresh).update(from: arena.pointer(entry.pointee.reference), count: count * 3)
        arena.release(
            entry.pointee.reference,
            units: entry.pointee.capacity * PersonTable.placeWords
        )
        entry.pointee.reference = fresh
        entry.pointee.capacity = count * 2
    }

    /// Moves what has left all windows into the sum of the past, once that is half of what is kept: so that a
    /// person with very many events costs no more each.
    private func dropSums(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        through horizon: Instant
    ) {
        let places = arena.pointer(entry.pointee.reference)
        let count = entry.pointee.count
        guard count > 1, places[count / 2 * 3] <= horizon.milliseconds else { return }
        var first = 1
        while first < count, places[first * 3] <= horizon.milliseconds {
            addToBase(entry, WideSum(PersonTable.number(places + first * 3)))
            first += 1
        }
        guard first > 1 else { return }
        (places + 3).update(from: places + first * 3, count: (count - first) * 3)
        entry.pointee.count = count - first + 1
    }

    private func addToBase(_ entry: UnsafeMutablePointer<DirectoryEntry>, _ number: WideSum) {
        let base = arena.pointer(entry.pointee.reference)
        var sum = PersonTable.base(base)
        sum += number
        base[0] = Int64(bitPattern: sum.low)
        base[1] = Int64(bitPattern: sum.middle)
        base[2] = sum.high
    }

    private static func base(_ place: UnsafeMutablePointer<Int64>) -> WideSum {
        WideSum(
            low: UInt64(bitPattern: place[0]),
            middle: UInt64(bitPattern: place[1]),
            high: place[2]
        )
    }

    private static func number(_ place: UnsafeMutablePointer<Int64>) -> Int128 {
        Int128(truncatingIfNeeded: place[2]) << 64
            | Int128(truncatingIfNeeded: UInt64(bitPattern: place[1]))
    }

    /// Whether the words of a summed series have a number below zero among those behind the base.
    static func holdsNegative(_ words: UnsafeBufferPointer<UInt64>) -> Bool {
        stride(from: 5, to: words.count, by: placeWords).contains {
            Int64(bitPattern: words[$0]) < 0
        }
    }

    /// Whether a sum reaches its bound at an instant, and when time alone next changes that.
    ///
    /// Of numbers that are not below zero only the newest matter that together reach the bound: the sum holds
    /// until the oldest of them leaves.
    /// - Complexity: O(numbers that together reach the bound); with refunds O(numbers in the window).
    @inline(never)
    static func reaches(
        _ bound: UnsafePointer<Program.SumBound>,
        span: Int64,
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ places: UnsafeMutablePointer<Int64>,
        at instant: Instant
    ) -> (isTrue: Bool, until: Instant) {
        let bound = bound.pointee
        let count = entry.pointee.count
        guard span != Instant.distantFuture.milliseconds else {
            let total = total(places, count)
            return (total.reaches(bound.number, isStrict: bound.isStrict), .distantFuture)
        }
        guard !entry.pointee.hasNegative else {
            return reachesWithRefunds(bound, span: span, places, count, at: instant)
        }
        if WideSum.zero.reaches(bound.number, isStrict: bound.isStrict) {
            return (true, .distantFuture)
        }
        var index = count
        var sum = WideSum.zero
        while index > 1 {
            index -= 1
            let until = places[index * 3] &+ span
            guard until > instant.milliseconds else { break }
            sum += PersonTable.number(places + index * 3)
            if sum.reaches(bound.number, isStrict: bound.isStrict) {
                return (true, Instant(milliseconds: until))
            }
        }
        return (false, .distantFuture)
    }

    private static func total(_ places: UnsafeMutablePointer<Int64>, _ count: Int) -> WideSum {
        var sum = PersonTable.base(places)
        for index in 1..<max(1, count) { sum += PersonTable.number(places + index * 3) }
        return sum
    }

    /// The same where refunds make the sum fall, and rise as they leave: each leaving is looked at.
    private static func reachesWithRefunds(
        _ bound: Program.SumBound,
        span: Int64,
        _ places: UnsafeMutablePointer<Int64>,
        _ count: Int,
        at instant: Instant
    ) -> (isTrue: Bool, until: Instant) {
        var first = 1
        while first < count, places[first * 3] &+ span <= instant.milliseconds { first += 1 }
        var sum = WideSum.zero
        for index in first..<max(first, count) { sum += PersonTable.number(places + index * 3) }
        let isTrue = sum.reaches(bound.number, isStrict: bound.isStrict)
        var index = first
        while index < count {
            let time = places[index * 3]
            while index < count, places[index * 3] == time {
                sum -= PersonTable.number(places + index * 3)
                index += 1
            }
            if sum.reaches(bound.number, isStrict: bound.isStrict) != isTrue {
                return (isTrue, Instant(milliseconds: time &+ span))
            }
        }
        return (isTrue, .distantFuture)
    }
}
