internal import EventModel

/// A person as a row of words, and back.
///
/// The row holds what the person's record and bits refer to, not where that lies in memory, so equal
/// people have equal rows.
extension PersonTable {
    /// Adds a person's row.
    func write(_ person: PersonSlot, _ series: [Program.Series], to words: inout [UInt64]) {
        let start = words.count
        let place = record(person)
        let record = place.pointee
        words.append(person.rawValue, 0)
        words.append(record.id.rawValue)
        words.append(UInt64(bitPattern: record.armed.milliseconds))
        let stays = record.isGone ? 0 : stayCount(person)
        words.append(record.mergedInto.rawValue, UInt32(stays))
        words.append(record.directoryCount, record.claimCount)
        guard !record.isGone else {
            words[start] |= UInt64(words.count - start) << 32
            return
        }
        for word in 0..<leafWords { words.append(now(place)[word]) }
        for word in 0..<nameWords { words.append(members(place)[word]) }
        for word in 0..<nameWords { words.append(entryAnnounced(place)[word]) }
        let entries = directory(place)
        for index in 0..<Int(record.directoryCount) {
            let entry = entries[index]
            write(entry, series, to: &words)
        }
        let claims = claims(person)
        for claim in claims {
            words.append(claim.id.rawValue, claim.namespace.rawValue)
            words.append(claim.from.rawValue)
            words.append(claim.to.rawValue)
        }
        if stays > 0 { append(arena.pointer(record.stays), stays, to: &words) }
        words[start] |= UInt64(words.count - start) << 32
    }

    /// Adds what a series or an attribute keeps.
    private func write(
        _ entry: DirectoryEntry,
        _ series: [Program.Series],
        to words: inout [UInt64]
    ) {
        let keep = Int(entry.key) < series.count ? series[Int(entry.key)].keep : nil
        let header = words.count
        words.append(entry.key, 0)
        switch keep {
        // When it is judged next may be early, and does not follow from what is kept.
        case .nothing: words.append(UInt64(bitPattern: entry.next.milliseconds))
        case .time, .earliest: words.append(UInt64(bitPattern: entry.payload))
        case .draw:
            words.append(UInt64(bitPattern: entry.payload))
            words.append(UInt64(entry.reference))
        case .times: append(arena.pointer(entry.reference), entry.count, to: &words)
        case .sums: append(arena.pointer(entry.reference), entry.count * 3, to: &words)
        case .rows: writeRows(entry, series[Int(entry.key)].layout.shape, to: &words)
        case nil: append(arena.pointer(entry.reference), 2, to: &words)
        }
        words[header] |= UInt64(words.count - header - 1) << 32
    }

    /// Adds rows, with zeros where they say where keys lie, and behind them the keys.
    private func writeRows(
        _ entry: DirectoryEntry,
        _ shape: RowShape,
        to words: inout [UInt64]
    ) {
        words.append(UInt64(entry.count))
        let start = words.count
        let rows = arena.pointer(entry.reference)
        append(rows, entry.count * shape.stride, to: &words)
        guard !shape.keyPlaces.isEmpty else { return }
        for row in 0..<entry.count {
            for place in shape.keyPlaces {
                let index = row * shape.stride + place
                words[start + index] &= ~0xFFFF_FFFF
                guard rows[index] != 0 else { continue }
                let key = arena.pointer(UInt32(truncatingIfNeeded: rows[index]))
                append(key, PersonTable.keyWords(rows[index]), to: &words)
            }
        }
    }

    private func append(
        _ source: UnsafeMutablePointer<Int64>,
        _ count: Int,
        to words: inout [UInt64]
    ) {
        // At once: a person may have very many.
        source.withMemoryRebound(to: UInt64.self, capacity: count) { source in
            words.append(contentsOf: UnsafeBufferPointer(start: source, count: count))
        }
    }

    /// Fills in the person of a row; its place must be there already and still be nobody's.
    mutating func read(
        _ reader: inout BlockReader,
        _ series: [Program.Series]
    ) throws(CheckpointError) -> PersonSlot {
        let person = PersonSlot(rawValue: try reader.word().low)
        guard person.rawValue < UInt32(count) else {
            throw CheckpointError(what: "a person's number is too large")
        }
        let record = record(person)
        guard record.pointee.id.rawValue == 0 else {
            throw CheckpointError(what: "a person is there twice")
        }
        record.pointee.id = PersonID(try reader.word())
        record.pointee.armed = Instant(milliseconds: try reader.signed())
        let merge = try reader.word()
        record.pointee.mergedInto = PersonSlot(rawValue: merge.low)
        let counts = try reader.word()
        guard !record.pointee.isGone else { return person }
        for word in 0..<leafWords {
            now(record)[word] = try reader.word()
        }
        for word in 0..<nameWords { members(record)[word] = try reader.word() }
        for word in 0..<nameWords { entryAnnounced(record)[word] = try reader.word() }
        try readDirectory(&reader, person, Int(counts.low), series)
        try readClaims(&reader, person, Int(counts.high))
        let stays = Int(merge.high)
        if stays > 0 {
            record.pointee.stays = copied(
                try reader.words(stays),
                units: PersonTable.staysRoom(stays)
            )
        }
        return person
    }

    private mutating func readDirectory(
        _ reader: inout BlockReader,
        _ person: PersonSlot,
        _ count: Int,
        _ series: [Program.Series]
    ) throws(CheckpointError) {
        guard count > 0 else { return }
        let record = record(person)
        record.pointee.directory = arena.allocate(count * DirectoryEntry.words)
        record.pointee.directoryCount = UInt32(count)
        for index in 0..<count {
            let header = try reader.word()
            let words = try reader.words(Int(header.high))
            var entry = DirectoryEntry(key: header.low)
            let keep = Int(header.low) < series.count ? series[Int(header.low)].keep : nil
            switch keep {
            case .nothing: entry.next = Instant(milliseconds: Int64(bitPattern: words[0]))
            case .time, .earliest: entry.payload = Int64(bitPattern: words[0])
            case .draw:
                entry.payload = Int64(bitPattern: words[0])
                entry.reference = UInt32(truncatingIfNeeded: words[1])
            case .rows: try readRows(words, into: &entry, series[Int(header.low)].layout.shape)
            case .times:
                entry.reference = copied(words)
                entry.count = words.count
                entry.capacity = words.count
            case .sums:
                entry.reference = copied(words)
                entry.count = words.count / 3
                entry.capacity = words.count / 3
                // Not written down, since it follows from the numbers.
                entry.hasNegative = PersonTable.holdsNegative(words)
            case nil: entry.reference = copied(words)
            }
            directory(record)[index] = entry
        }
    }

    private mutating func readRows(
        _ words: UnsafeBufferPointer<UInt64>,
        into entry: inout DirectoryEntry,
        _ shape: RowShape
    ) throws(CheckpointError) {
        let count = Int(words[0])
        var next = 1 + count * shape.stride
        guard next <= words.count else { throw CheckpointError(what: "rows are cut off") }
        guard count > 0 else { return }
        entry.reference = copied(UnsafeBufferPointer(rebasing: words[1..<next]))
        entry.count = count
        entry.capacity = count
        let rows = arena.pointer(entry.reference)
        for row in 0..<count {
            let times = rows + row * shape.stride
            // Not written down, since it follows from the rows.
            if times[RowLayout.startPlace] < times[RowLayout.timePlace] { entry.hasEarly = true }
            for place in shape.keyPlaces {
                let index = row * shape.stride + place
                let length = PersonTable.keyWords(rows[index])
                guard length > 0 else { continue }
                guard next + length <= words.count else {
                    throw CheckpointError(what: "a row's key is cut off")
                }
                rows[index] |= Int64(
                    copied(UnsafeBufferPointer(rebasing: words[next..<next + length]))
                )
                next += length
            }
        }
    }

    private mutating func readClaims(
        _ reader: inout BlockReader,
        _ person: PersonSlot,
        _ count: Int
    ) throws(CheckpointError) {
        guard count > 0 else { return }
        let record = record(person)
        record.pointee.claims = arena.allocate(count * 3)
        record.pointee.claimCount = UInt32(count)
        for index in 0..<count {
            let names = try reader.word()
            claims(person)[index] = IdentifierClaim(
                id: IdentifierID(names.low),
                namespace: SymbolID(names.high),
                from: try reader.sequence(),
                to: try reader.sequence()
            )
        }
    }

    /// A chunk of the arena with those words.
    ///
    /// - Parameter units: Its size, where that is more.
    private mutating func copied(
        _ words: UnsafeBufferPointer<UInt64>,
        units: Int = 0
    ) -> UInt32 {
        let reference = arena.allocate(max(units, words.count))
        let target = arena.pointer(reference)
        for index in 0..<words.count { target[index] = Int64(bitPattern: words[index]) }
        return reference
    }
}
