internal import EventModel

/// Puts transitions in the order of all: by instant, person and name.
///
/// By the digits of their instants from the lowest on, eleven bits each (radix sort: Knuth, "The Art of Computer
/// Programming" 5.2.5, algorithm R), since there are hundreds of thousands within a few days; then those of one
/// instant among themselves. Its lists are used again.
struct TransitionOrder {
    private static let digitBits = 11
    private static let digitCount = 1 << digitBits

    private struct Item {
        /// How long after the earliest of all.
        var offset: UInt64
        var row: Int32
    }

    private var items: [Item] = []
    private var sorted: [Item] = []
    private var ends = [Int](repeating: 0, count: digitCount)

    /// Sorts the places of rows, in place of what `places` holds.
    mutating func sort(_ rows: [TransitionBatch.Row], into places: inout [Int32]) {
        places.removeAll(keepingCapacity: true)
        guard let first = rows.first else { return }
        places.reserveCapacity(rows.count)
        var (earliest, latest) = (first.at, first.at)
        for row in rows {
            earliest = min(earliest, row.at)
            latest = max(latest, row.at)
        }
        items.removeAll(keepingCapacity: true)
        items.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            items.append(
                Item(
                    offset: TransitionOrder.offset(row.at, from: earliest),
                    row: Int32(truncatingIfNeeded: index)
                )
            )
        }
        sortByDigits(through: TransitionOrder.offset(latest, from: earliest))
        var start = 0
        while start < items.count {
            var end = start + 1
            while end < items.count, items[end].offset == items[start].offset { end += 1 }
            if end - start > 1 {
                items[start..<end].sort { rows[Int($0.row)].precedes(rows[Int($1.row)]) }
            }
            for index in start..<end { places.append(items[index].row) }
            start = end
        }
    }

    @inline(__always)
    private static func offset(_ instant: Instant, from first: Instant) -> UInt64 {
        UInt64(bitPattern: instant.milliseconds &- first.milliseconds)
    }

    private mutating func sortByDigits(through last: UInt64) {
        if sorted.count < items.count {
            sorted = Array(repeating: Item(offset: 0, row: 0), count: items.count)
        } else {
            sorted.removeLast(sorted.count - items.count)
        }
        var shift: UInt64 = 0
        while shift < 64, last >> shift > 0 {
            func digit(_ item: Item) -> Int {
                Int(truncatingIfNeeded: item.offset >> shift) & (TransitionOrder.digitCount - 1)
            }
            for index in ends.indices { ends[index] = 0 }
            for item in items { ends[digit(item)] += 1 }
            var place = 0
            for index in ends.indices { (ends[index], place) = (place, place + ends[index]) }
            for item in items {
                let digit = digit(item)
                sorted[ends[digit]] = item
                ends[digit] += 1
            }
            swap(&items, &sorted)
            shift += UInt64(TransitionOrder.digitBits)
        }
    }
}
