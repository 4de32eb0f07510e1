internal import CMemory
internal import EventModel

/// Has the processor fetch what will be read soon.
extension PersonTable {
    /// Has the processor fetch a person's record.
    @inline(__always)
    func prefetch(_ person: PersonSlot) {
        guard Int(person.rawValue) < count else { return }
        let record = address(person)
        prefetch_line(record)
        prefetch_line(record + recordBytes - 1)
    }

    /// Has it fetch the person's directory; its record should have been fetched before.
    @inline(__always)
    func prefetchDirectory(_ person: PersonSlot) {
        guard Int(person.rawValue) < count else { return }
        let record = record(person)
        let directory = UnsafeMutableRawPointer(arena.pointer(record.pointee.directory))
        prefetch_line(directory)
        prefetch_line(directory + 64)
        let words = DirectoryEntry.words &* Int(record.pointee.directoryCount)
        prefetch_line(directory + (words &* MemoryLayout<UInt64>.stride &- 1))
    }

    /// Has it fetch what a transition of the person will read.
    @inline(__always)
    func prefetchTurn(_ record: UnsafeMutablePointer<PersonRecord>) {
        prefetch_line(arena.pointer(record.pointee.claims))
        prefetch_line(arena.pointer(record.pointee.stays))
    }

    /// Has it fetch the times and numbers of the person's series; its directory should have been fetched before.
    @inline(__always)
    func prefetchSeries(_ person: PersonSlot) {
        guard Int(person.rawValue) < count else { return }
        let record = record(person)
        var entry = directory(record)
        let end = entry + Int(min(8, record.pointee.directoryCount))
        while entry < end {
            // Where the latest of several times is, and the first.
            let series = arena.pointer(entry.pointee.reference)
            prefetch_line(series)
            prefetch_line(series + min(63, max(0, entry.pointee.count &- 1)))
            entry += 1
        }
    }
}
