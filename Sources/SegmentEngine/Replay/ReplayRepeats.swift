internal import EventModel

/// Entries of a log that repeat an idempotency key, in order of sequence.
struct ReplayRepeats: Sendable {
    struct Row: Sendable {
        var sequence: SequenceNumber
        var original: SequenceNumber
        var isConflict: Bool
    }

    private let rows: [Row]
    private var place = 0

    init(_ rows: [Row]) { self.rows = rows.sorted { $0.sequence < $1.sequence } }

    /// The same in memory of its own.
    func copied() -> ReplayRepeats { ReplayRepeats(Array(rows.reversed())) }

    /// What an entry repeats; asked of entries in order of sequence, each once.
    mutating func next(_ sequence: SequenceNumber) -> Row? {
        while place < rows.count, rows[place].sequence < sequence { place += 1 }
        return place < rows.count && rows[place].sequence == sequence ? rows[place] : nil
    }
}
