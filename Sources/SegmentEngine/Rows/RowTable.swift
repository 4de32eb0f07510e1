internal import EventModel

/// The rows that a series keeps of a person, in order of time and then of sequence.
struct RowList {
    let base: UnsafeMutablePointer<Int64>
    let count: Int
    let stride: Int
    /// Whether a row's time may lie behind the instant from which it is there.
    let hasEarly: Bool

    @inline(__always)
    func row(_ index: Int) -> UnsafeMutablePointer<Int64> { base + index &* stride }

    @inline(__always)
    func time(_ index: Int) -> Int64 { base[index &* stride] }

    @inline(__always)
    func start(_ index: Int) -> Int64 { base[index &* stride &+ RowLayout.startPlace] }

    @inline(__always)
    func sequence(_ index: Int) -> Int64 { base[index &* stride &+ RowLayout.sequencePlace] }

    /// The first row whose time is that or later.
    @inline(__always)
    func first(from time: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) / 2
            if self.time(middle) < time { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// The first row whose time is still to come.
    @inline(__always)
    func end(at now: Int64) -> Int {
        count > 0 && time(count &- 1) > now ? first(from: now &+ 1) : count
    }
}

/// Chunks of rows in the arena: `count` and `capacity` of the directory's entry count rows.
extension PersonTable {
    /// A person's rows of a series; none where it has no entry.
    @inline(__always)
    func rows(
        _ series: Int32,
        stride: Int,
        of record: UnsafeMutablePointer<PersonRecord>
    ) -> RowList {
        guard let entry = found(UInt32(bitPattern: series), of: record) else {
            return RowList(base: arena.pointer(0), count: 0, stride: stride, hasEarly: false)
        }
        return rows(entry, stride: stride)
    }

    @inline(__always)
    func rows(_ entry: UnsafeMutablePointer<DirectoryEntry>, stride: Int) -> RowList {
        RowList(
            base: arena.pointer(entry.pointee.reference),
            count: entry.pointee.count,
            stride: stride,
            hasEarly: entry.pointee.hasEarly
        )
    }

    /// Makes room for a row in its place by time and sequence, and fills in these and when it is there.
    ///
    /// - Returns: The row, whose other words are zero.
    mutating func insertRow(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ shape: RowShape,
        time: Int64,
        start: Int64,
        sequence: Int64,
        now: Int64
    ) -> UnsafeMutablePointer<Int64> {
        dropRows(entry, shape, now: now)
        let stride = shape.stride
        let count = entry.pointee.count
        if count == entry.pointee.capacity {
            reserveRows(entry, stride: stride, count: max(1, count) * 2)
        }
        let rows = rows(entry, stride: stride)
        var index = count
        while index > 0,
            (rows.time(index - 1), rows.sequence(index - 1)) > (time, sequence)
        {
            index -= 1
        }
        let row = rows.row(index)
        if index < count {
            (row + stride).update(from: row, count: (count - index) * stride)
        }
        row.update(repeating: 0, count: stride)
        row[RowLayout.timePlace] = time
        row[RowLayout.startPlace] = start
        row[RowLayout.sequencePlace] = sequence
        if start < time { entry.pointee.hasEarly = true }
        entry.pointee.count = count + 1
        return row
    }

    private mutating func reserveRows(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        stride: Int,
        count wanted: Int
    ) {
        let count = entry.pointee.count
        let units = SlabArena.capacity(wanted * stride)
        let fresh = arena.allocate(units)
        if count > 0 {
            arena.pointer(fresh).update(
                from: arena.pointer(entry.pointee.reference),
                count: count * stride
            )
        }
        if entry.pointee.capacity > 0 {
            arena.release(entry.pointee.reference, units: entry.pointee.capacity * stride)
        }
        entry.pointee.reference = fresh
        entry.pointee.capacity = units / stride
    }

    /// Drops rows that no longer matter, once they are half of those that are kept: so that a person with very
    /// many events costs no more each.
    private mutating func dropRows(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ shape: RowShape,
        now: Int64
    ) {
        guard shape.reach < RowWindow.never else { return }
        let count = entry.pointee.count
        let last = now - shape.reach
        let rows = rows(entry, stride: shape.stride)
        guard count >= 8, rows.time(count / 2) <= last else { return }
        let begin = shape.keepsFirst ? 1 : 0
        var end = rows.first(from: last + 1)
        if shape.keepsLast { end -= 1 }
        guard end > begin else { return }
        if !shape.keyPlaces.isEmpty {
            for index in begin..<end {
                if end < count { shape.keepPast(of: rows.row(index), in: rows.row(end)) }
                releaseKeys(rows.row(index), shape)
            }
        }
        if shape.value == .sum {
            let before = rows.sum(through: end - 1, at: shape.valuePlace)
            for index in end..<count { rows.subtract(before, index, at: shape.valuePlace) }
        }
        rows.row(begin).update(from: rows.row(end), count: (count - end) * rows.stride)
        entry.pointee.count = count - (end - begin)
    }

    /// Gives back what a row refers to.
    private mutating func releaseKeys(
        _ row: UnsafeMutablePointer<Int64>,
        _ shape: RowShape
    ) {
        for place in shape.keyPlaces where row[place] != 0 { releaseKey(row[place]) }
    }

    /// Gives back all rows of an entry.
    mutating func releaseRows(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ shape: RowShape
    ) {
        let rows = rows(entry, stride: shape.stride)
        if !shape.keyPlaces.isEmpty {
            for index in 0..<rows.count { releaseKeys(rows.row(index), shape) }
        }
        if entry.pointee.capacity > 0 {
            arena.release(entry.pointee.reference, units: entry.pointee.capacity * rows.stride)
        }
        entry.pointee.reference = 0
        entry.pointee.payload = 0
    }

    /// Moves another entry's rows among an entry's own; what they refer to goes with them.
    mutating func joinRows(
        _ other: UnsafeMutablePointer<DirectoryEntry>,
        into record: UnsafeMutablePointer<PersonRecord>,
        _ shape: RowShape,
        now: Int64
    ) {
        let own = entry(other.pointee.key, of: record).entry
        dropRows(own, shape, now: now)
        let (stride, place) = (shape.stride, shape.valuePlace)
        let theirs = rows(other, stride: stride)
        guard theirs.count > 0 else { return }
        if shape.value == .sum {
            theirs.makeNumbers(at: place)
            rows(own, stride: stride).makeNumbers(at: place)
        }
        reserveRows(own, stride: stride, count: own.pointee.count + theirs.count)
        let ours = rows(own, stride: stride)
        // From the end on, so that none is overwritten before it has moved.
        var (left, right) = (ours.count, theirs.count)
        while right > 0 {
            let isOurs =
                left > 0
                && (ours.time(left - 1), ours.sequence(left - 1))
                    > (theirs.time(right - 1), theirs.sequence(right - 1))
            let target = ours.row(left + right - 1)
            if isOurs {
                left -= 1
                target.update(from: ours.row(left), count: stride)
            } else {
                right -= 1
                target.update(from: theirs.row(right), count: stride)
            }
        }
        own.pointee.count = ours.count + theirs.count
        if theirs.hasEarly { own.pointee.hasEarly = true }
        if shape.value == .sum { rows(own, stride: stride).makeSums(at: place) }
        keepLatest(own, shape, now: now)
        // The keys have changed hands.
        if other.pointee.capacity > 0 {
            arena.release(other.pointee.reference, units: other.pointee.capacity * stride)
        }
        other.pointee.reference = 0
        other.pointee.payload = 0
    }

    /// Drops rows of values that a later row repeats, and all but the latest values: of such as the rules have,
    /// where no more can ever matter.
    ///
    /// A row whose time is still to come makes no other one superfluous: a window may hold that one alone.
    mutating func keepLatest(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ shape: RowShape,
        now: Int64
    ) {
        guard shape.latestMax > 0 else { return }
        let (stride, place) = (shape.stride, shape.valuePlace)
        let rows = rows(entry, stride: stride)
        let end = rows.end(at: now)
        // Those that stay move to the end of their stretch.
        var kept = end
        var index = end
        while index > 0 {
            index -= 1
            let row = rows.row(index)
            let isKept =
                end - kept < shape.latestMax
                && !(kept..<end).contains { keysEqual(rows.row($0)[place], row[place]) }
            guard isKept else {
                releaseKeys(row, shape)
                continue
            }
            kept -= 1
            if kept != index { rows.row(kept).update(from: row, count: stride) }
        }
        guard kept > 0 else { return }
        rows.row(0).update(from: rows.row(kept), count: (rows.count - kept) * stride)
        entry.pointee.count = rows.count - kept
    }
}
