internal import EventModel

extension PersonTable {
    /// Adds one person's series and attributes to another's, as if all entries had been the other's
    /// from the start; the first one's are gone afterwards.
    ///
    /// Exact for what is kept: the latest times of both are the latest of all, sums add up, and of an
    /// attribute the later stamp counts.
    /// - Parameter left: Attributes of the first one that count for nothing.
    /// - Parameter instant: The instant at which they become one.
    mutating func join(
        _ absorbed: PersonSlot,
        into survivor: PersonSlot,
        _ program: Program,
        keeps: [SeriesKeep],
        without left: [Int32],
        at instant: Instant
    ) {
        let leftSeries = left.flatMap { program.attributes[Int($0)].timelines }
        let absorbedRecord = record(absorbed)
        let record = record(survivor)
        for index in 0..<Int(absorbedRecord.pointee.directoryCount) {
            let entry = directory(absorbedRecord)[index]
            let key = Int(entry.key)
            guard key < keeps.count else {
                guard !left.contains(Int32(key - keeps.count)) else { continue }
                joinAttribute(entry, of: absorbed, into: survivor, program, key - keeps.count)
                continue
            }
            guard !leftSeries.contains(key) else { continue }
            let series = program.series[key]
            switch keeps[key] {
            case .time:
                _ = insert(
                    Instant(milliseconds: entry.payload),
                    timesMax: 1,
                    key: entry.key,
                    of: record
                )
            case .times:
                for place in 0..<entry.count {
                    _ = insert(
                        Instant(milliseconds: arena.pointer(entry.reference)[place]),
                        timesMax: series.timesMax,
                        key: entry.key,
                        of: record
                    )
                }
            case .sums:
                joinSums(
                    entry,
                    into: record,
                    horizon: instant - TimeSpan(milliseconds: series.spanMax)
                )
            case .earliest: takeEarliest(entry.payload, key: entry.key, of: record)
            // The survivor draws anew with the names that it has now.
            case .draw: break
            case .nothing: _ = self.entry(entry.key, of: record)
            case .rows:
                // What an absorbed person entered and left stays its own.
                guard !series.isOwn else { continue }
                joinRows(
                    directory(absorbedRecord) + index,
                    into: record,
                    series.layout.shape,
                    now: instant.milliseconds
                )
            }
        }
        forget(absorbed, program, all: true)
    }

    /// Takes over an attribute that was set later than the survivor's, with the truth of its leaves.
    private mutating func joinAttribute(
        _ entry: DirectoryEntry,
        of absorbed: PersonSlot,
        into survivor: PersonSlot,
        _ program: Program,
        _ attribute: Int
    ) {
        let (own, isNew) = self.entry(entry.key, of: record(survivor))
        if isNew { own.pointee.reference = arena.allocate(2) }
        let place = arena.pointer(own.pointee.reference)
        let other = AttributeStamp(arena.pointer(entry.reference))
        guard isNew || AttributeStamp(place) < other else { return }
        other.write(to: place)
        let theirs = now(record(absorbed))
        let ours = now(record(survivor))
        for test in program.attributes[attribute].tests {
            let bit: UInt64 = 1 << UInt64(test.leaf & 63)
            let word = test.leaf >> 6
            ours[word] = ours[word] & ~bit | theirs[word] & bit
        }
    }

    /// Takes a time into a series that keeps the earliest one.
    mutating func takeEarliest(
        _ time: Int64,
        key: UInt32,
        of record: UnsafeMutablePointer<PersonRecord>
    ) {
        let (entry, isNew) = entry(key, of: record)
        if isNew || time < entry.pointee.payload { entry.pointee.payload = time }
    }
}
