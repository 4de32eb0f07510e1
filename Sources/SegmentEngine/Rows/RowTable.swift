internal import EventModel

/// The rows that a series keeps of a person, in order of time and then of sequence.
struct RowList {
    var base: UnsafeMutablePointer<Int64>
    var count: Int
    let stride: Int

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
}

/// Chunks of rows in the arena: `count` and `capacity` of the directory's entry count rows.
extension PersonTable {
    /// A person's rows of a series; none where it has no entry.
    func rows(
        _ series: Int32,
        stride: Int,
        of record: UnsafeMutablePointer<PersonRecord>
    ) -> RowList {
        guard let entry = found(UInt32(bitPattern: series), of: record) else {
            return RowList(base: arena.pointer(0), count: 0, stride: stride)
        }
        return rows(entry, stride: stride)
    }

    func rows(_ entry: UnsafeMutablePointer<DirectoryEntry>, stride: Int) -> RowList {
        RowList(
            base: arena.pointer(entry.pointee.reference),
            count: entry.pointee.count,
            stride: stride
        )
    }

    /// Makes room for a row in its place by time and sequence, and fills in these and when it is there.
    ///
    /// - Returns: The row, whose other words are zero.
    mutating func insertRow(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ layout: RowLayout,
        time: Int64,
        start: Int64,
        sequence: Int64,
        now: Int64
    ) -> UnsafeMutablePointer<Int64> {
        dropRows(entry, layout, now: now)
        let stride = layout.stride
        let count = entry.pointee.count
        if count == entry.pointee.capacity { growRows(entry, stride: stride) }
        let rows = RowList(
            base: arena.pointer(entry.pointee.reference),
            count: count,
            stride: stride
        )
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
        entry.pointee.count = count + 1
        return row
    }

    private mutating func growRows(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        stride: Int
    ) {
        let count = entry.pointee.count
        let units = SlabArena.capacity(max(1, count) * 2 * stride)
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
        _ layout: RowLayout,
        now: Int64
    ) {
        guard layout.reach < RowWindow.never else { return }
        let count = entry.pointee.count
        let last = now - layout.reach
        let rows = rows(entry, stride: layout.stride)
        guard count >= 8, rows.time(count / 2) <= last else { return }
        let begin = layout.keepsFirst ? 1 : 0
        var end = rows.first(from: last + 1)
        if layout.keepsLast { end -= 1 }
        guard end > begin else { return }
        if !layout.keyPlaces.isEmpty {
            for index in begin..<end {
                if end < count { layout.keepPast(of: rows.row(index), in: rows.row(end)) }
                releaseKeys(rows.row(index), layout)
            }
        }
        rows.row(begin).update(from: rows.row(end), count: (count - end) * layout.stride)
        entry.pointee.count = count - (end - begin)
    }

    /// Gives back what a row refers to.
    private mutating func releaseKeys(_ row: UnsafeMutablePointer<Int64>, _ layout: RowLayout) {
        for place in layout.keyPlaces where row[place] != 0 { releaseKey(row[place]) }
    }

    /// Gives back all rows of an entry.
    mutating func releaseRows(_ entry: UnsafeMutablePointer<DirectoryEntry>, _ layout: RowLayout) {
        let rows = rows(entry, stride: layout.stride)
        if !layout.keyPlaces.isEmpty {
            for index in 0..<rows.count { releaseKeys(rows.row(index), layout) }
        }
        if entry.pointee.capacity > 0 {
            arena.release(entry.pointee.reference, units: entry.pointee.capacity * layout.stride)
        }
        entry.pointee.reference = 0
        entry.pointee.payload = 0
    }

    /// Moves another entry's rows among an entry's own; what they refer to goes with them.
    mutating func joinRows(
        _ other: UnsafeMutablePointer<DirectoryEntry>,
        into record: UnsafeMutablePointer<PersonRecord>,
        _ layout: RowLayout,
        now: Int64
    ) {
        let key = other.pointee.key
        for index in 0..<other.pointee.count {
            let own = entry(key, of: record).entry
            let source = rows(other, stride: layout.stride).row(index)
            let target = insertRow(
                own,
                layout,
                time: source[RowLayout.timePlace],
                start: source[RowLayout.startPlace],
                sequence: source[RowLayout.sequencePlace],
                now: now
            )
            for place in RowLayout.bitsPlace..<max(RowLayout.bitsPlace, layout.stride) {
                target[place] = source[place]
            }
            for place in layout.keyPlaces { source[place] = 0 }
        }
    }

    // MARK: - Keys

    /// Keeps bytes; gives the word that refers to them, 0 for none.
    mutating func keepKey(_ bytes: Span<UInt8>) -> Int64 {
        guard !bytes.isEmpty else { return 0 }
        let reference = arena.allocate((bytes.count + 7) / 8)
        let words = arena.pointer(reference)
        words.update(repeating: 0, count: (bytes.count + 7) / 8)
        words.withMemoryRebound(to: UInt8.self, capacity: bytes.count) { target in
            for index in 0..<bytes.count { target[index] = bytes[index] }
        }
        return Int64(bytes.count) << 32 | Int64(reference)
    }

    /// Hands on the bytes that a word refers to.
    func withKey<Result>(_ word: Int64, _ body: (Span<UInt8>) -> Result) -> Result {
        let words = arena.pointer(UInt32(truncatingIfNeeded: word))
        return words.withMemoryRebound(to: UInt8.self, capacity: Int(word >> 32)) { bytes in
            body(UnsafeBufferPointer(start: bytes, count: Int(word >> 32)).span)
        }
    }

    private mutating func releaseKey(_ word: Int64) {
        arena.release(
            UInt32(truncatingIfNeeded: word),
            units: PersonTable.keyWords(word)
        )
    }

    /// Words of 64 bits that a key takes, behind which it has zeros.
    static func keyWords(_ word: Int64) -> Int { (Int(word >> 32) + 7) / 8 }

    /// Whether two words refer to the same bytes; what is missing equals nothing else.
    func keysEqual(_ left: Int64, _ right: Int64) -> Bool {
        guard left >> 32 == right >> 32 else { return false }
        guard left != right, left >> 32 > 0 else { return true }
        let ours = arena.pointer(UInt32(truncatingIfNeeded: left))
        let theirs = arena.pointer(UInt32(truncatingIfNeeded: right))
        for index in 0..<PersonTable.keyWords(left) where ours[index] != theirs[index] {
            return false
        }
        return true
    }

    /// An order of keys in which equal ones stand beside each other.
    func keyPrecedes(_ left: Int64, _ right: Int64) -> Bool {
        guard left >> 32 == right >> 32 else { return left >> 32 < right >> 32 }
        let ours = arena.pointer(UInt32(truncatingIfNeeded: left))
        let theirs = arena.pointer(UInt32(truncatingIfNeeded: right))
        for index in 0..<PersonTable.keyWords(left) where ours[index] != theirs[index] {
            return ours[index] < theirs[index]
        }
        return false
    }
}
