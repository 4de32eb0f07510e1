internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Folds a log on several cores, each its people: whom no entry ever names together with another core's.
///
/// They go in rounds: the cores read a round for all, then each finds repeats of its part of the keys in what all have
/// read, then folds its people. At each step they do all of that, of rounds behind each other, so that they wait for
/// each other once a round.
final class ReplayDivision: @unchecked Sendable {
    /// Entries that each core reads of a round: few enough for the common cache.
    private static let partEntries: UInt64 = 2_048

    /// A part of the keys, and what was found of a round; all look at that between two steps.
    private final class KeyPart: @unchecked Sendable {
        var table: ReplayKeyTable
        var found: [ReplayRepeats?] = Array(repeating: nil, count: ReplayReader.roundsKept)

        init(_ table: ReplayKeyTable) { self.table = table }
    }

    private let crew: ReplayCrew
    private let reader: ReplayReader
    private let workers: [ReplayWorker]
    private let keyParts: [KeyPart]
    private let comparesKeys: Bool

    /// - Parameters:
    ///   - workers: One per core; their admit stages take the same `hashing`.
    ///   - takesRulesOfLog: Whether `rules` entries of the log put theirs in force; where not, the only rule set holds
    ///     from before its first entry.
    init(
        _ log: EventLog,
        _ crew: ReplayCrew,
        _ shares: ReplayShares,
        _ hashing: KeyHashing,
        _ workers: [ReplayWorker],
        ruleSets: [RuleSet],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber>,
        takesRulesOfLog: Bool
    ) {
        self.crew = crew
        self.workers = workers
        reader = ReplayReader(
            log,
            ReplayDeal(shares, hashing, quarantined: quarantined),
            parts: workers.count,
            partEntries: ReplayDivision.partEntries,
            takesRulesOfLog: takesRulesOfLog
        )
        keyParts = workers.indices.map { part in
            var table = ReplayKeyTable(
                part: part,
                of: hashing,
                ruleSets: ruleSets,
                settings: settings
            )
            // The one that was in force before the log began.
            if !takesRulesOfLog { table.putRulesInForce(at: .zero) }
            return KeyPart(table)
        }
        comparesKeys = settings.duplicateHorizon > TimeSpan(milliseconds: 0)
    }

    /// Folds the next entries, and has their transitions put in order.
    ///
    /// - Parameter instant: Before which they are to be complete.
    func fold(
        _ first: SequenceNumber,
        through last: SequenceNumber,
        before instant: Instant
    ) throws(PartitionError) {
        let lag = comparesKeys ? 2 : 1
        let rounds = Int((last.rawValue - first.rawValue) / reader.roundEntries) + 1
        for step in 0..<rounds + lag {
            let start = first.rawValue + UInt64(step) * reader.roundEntries
            let end = min(last.rawValue, start + reader.roundEntries - 1)
            try crew.run(workers.count) { [self] part throws(StoreError) in
                if step >= lag { try fold(part, round: step - lag) }
                if comparesKeys, (1...rounds).contains(step) {
                    try findRepeats(part, round: step - 1)
                }
                if step < rounds { try reader.read(part, round: step, of: start...end) }
            }
        }
        try crew.run(workers.count) { [workers] part throws(StoreError) in
            workers[part].catchUp(before: instant)
        }
    }

    private func findRepeats(_ part: Int, round: Int) throws(StoreError) {
        let mine = keyParts[part]
        try reader.look(round) { mine.table.find(in: $0) }
        mine.found[round % mine.found.count] = mine.table.takeRepeats()
    }

    private func fold(_ part: Int, round: Int) throws(StoreError) {
        let repeats = ReplayRepeats(
            keyParts.compactMap { $0.found[round % ReplayReader.roundsKept] }
        )
        try reader.look(round) { (deal) throws(StoreError) in
            try workers[part].fold(deal.entries[part], repeats)
        }
    }
}
