internal import DequeModule
internal import EventModel

/// Transitions that were read and have not failed, in the order of all: how far the position may go.
///
/// The first one is never done. What is done behind it is dropped where that is most of the window, so the memory is
/// that of those that are not.
struct FreshWindow {
    private struct Entry {
        var serial: Int
        var cursor: TransitionCursor
        /// The one before it in the order of all.
        var previous: TransitionCursor?
        /// Whether it is delivered, given up or held.
        var isDone = false
    }

    private var entries: Deque<Entry> = []
    private var nextSerial = 0
    private var doneCount = 0

    /// How many are not done.
    var count: Int { entries.count - doneCount }

    /// The first one; nil without any.
    var first: (serial: Int, cursor: TransitionCursor)? {
        entries.first.map { ($0.serial, $0.cursor) }
    }

    /// How many behind the first are done.
    var doneBehindFirst: Int { nextSerial - (entries.first?.serial ?? nextSerial) - count }

    /// Up to where all is done.
    ///
    /// - Parameter read: The last that was read, wanted or not.
    func through(_ read: TransitionCursor?) -> TransitionCursor? {
        entries.isEmpty ? read : entries[0].previous
    }

    /// Adds one that was just read, and gives its serial number.
    mutating func append(_ cursor: TransitionCursor, behind previous: TransitionCursor?) -> Int {
        entries.append(Entry(serial: nextSerial, cursor: cursor, previous: previous))
        nextSerial += 1
        return nextSerial - 1
    }

    /// Takes note that one is delivered, given up or held.
    mutating func finish(_ serial: Int) {
        // Serials ascend.
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].serial < serial { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].serial == serial, !entries[low].isDone else {
            return
        }
        entries[low].isDone = true
        doneCount += 1
        while let first = entries.first, first.isDone {
            entries.removeFirst()
            doneCount -= 1
        }
        if doneCount > 64, doneCount * 2 > entries.count {
            entries.removeAll(where: \.isDone)
            doneCount = 0
        }
    }
}
