internal import EventModel

extension PersonTable {
    /// Gives the leaves the truth that they have of somebody of whom nothing is known.
    func resetLeaves(_ record: UnsafeMutablePointer<PersonRecord>) {
        let now = now(record)
        for word in 0..<leafWords { now[word] = strangerLeaves[word] }
    }

    /// A copy of the truth of all leaves now.
    func leaves(_ person: PersonSlot) -> [UInt64] {
        let now = now(record(person))
        return (0..<leafWords).map { now[$0] }
    }

    /// Forgets the series and attributes of a person, and the truth of its leaves now.
    ///
    /// - Parameter all: Whether what its own transitions left behind is forgotten too, and which leaves there
    ///   are to judge; else these stay, since no entry tells them.
    mutating func forget(_ person: PersonSlot, _ program: Program, all: Bool) {
        let record = record(person)
        let entries = directory(record)
        let count = Int(record.pointee.directoryCount)
        var kept: [DirectoryEntry] = []
        for index in 0..<count {
            let entry = entries[index]
            guard Int(entry.key) < program.series.count else {
                arena.release(entry.reference, units: 2)
                continue
            }
            let series = program.series[Int(entry.key)]
            if !all, series.isOwn {
                kept.append(entry)
                kept[kept.count - 1].next = .distantPast
                continue
            }
            switch series.keep {
            case .time, .earliest, .draw, .nothing: break
            case .times: arena.release(entry.reference, units: entry.capacity)
            case .sums: arena.release(entry.reference, units: entry.capacity * 3)
            case .rows: releaseRows(entries + index, series.layout.shape)
            }
        }
        if count > 0 {
            arena.release(record.pointee.directory, units: count * DirectoryEntry.words)
        }
        record.pointee.directory = 0
        record.pointee.directoryCount = 0
        if !kept.isEmpty {
            record.pointee.directory = arena.allocate(kept.count * DirectoryEntry.words)
            record.pointee.directoryCount = UInt32(kept.count)
            for (index, entry) in kept.enumerated() { directory(record)[index] = entry }
        }
        resetLeaves(record)
    }
}
