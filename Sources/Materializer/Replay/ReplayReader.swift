internal import EventModel
internal import EventStore
internal import SegmentEngine

/// Reads a log in rounds for several cores that fold it: of each round everybody reads a part for all.
final class ReplayReader: @unchecked Sendable {
    /// How many rounds are there at the same time: one is read, of one repeats are found, and one is folded.
    static let roundsKept = 3

    /// What one core has read of a round: an object, since all look at some while others are written.
    private final class Part: @unchecked Sendable {
        var deal: ReplayDeal

        init(_ deal: ReplayDeal) { self.deal = deal }
    }

    private let log: EventLog
    /// Whether `rules` entries of the log put theirs in force; where not, they say nothing.
    private let takesRulesOfLog: Bool
    /// Per round its parts, in order of the log.
    private let rounds: [[Part]]
    private let partEntries: UInt64

    /// - Parameters:
    ///   - deal: To whom entries and keys go.
    ///   - parts: How many cores read.
    ///   - partEntries: How many entries each of them reads of a round.
    init(
        _ log: EventLog,
        _ deal: ReplayDeal,
        parts: Int,
        partEntries: UInt64,
        takesRulesOfLog: Bool
    ) {
        self.log = log
        self.takesRulesOfLog = takesRulesOfLog
        self.partEntries = partEntries
        rounds = (0..<ReplayReader.roundsKept).map { _ in (0..<parts).map { _ in Part(deal) } }
    }

    /// The most entries of a round.
    var roundEntries: UInt64 { partEntries * UInt64(rounds[0].count) }

    /// Looks at what was read of a round, in order of the log.
    func look(
        _ round: Int,
        _ body: (ReplayDeal) throws(StoreError) -> Void
    ) throws(StoreError) {
        for part in rounds[round % rounds.count] { try body(part.deal) }
    }

    /// Reads a core's part of a round.
    func read(_ part: Int, round: Int, of entries: ClosedRange<UInt64>) throws(StoreError) {
        let count = UInt64(entries.count)
        let parts = UInt64(rounds[0].count)
        let each = (count + parts - 1) / parts
        let first = entries.lowerBound + UInt64(part) * each
        try read(
            first,
            through: min(entries.upperBound, first + each - 1),
            into: &rounds[round % rounds.count][part].deal
        )
    }

    private func read(
        _ first: UInt64,
        through last: UInt64,
        into deal: inout ReplayDeal
    ) throws(StoreError) {
        deal.begin()
        guard first <= last else { return }
        try log.read(from: SequenceNumber(first), through: SequenceNumber(last)) {
            (record, decode) throws(StoreError) in
            var failure: StoreError?
            deal.take(record) { head in
                do throws(StoreError) { try decode(&head) } catch {
                    failure = error
                    return false
                }
                if head.kind == .rules, !takesRulesOfLog { head.kind = .tick }
                return true
            }
            if let failure { throw failure }
        }
    }
}
