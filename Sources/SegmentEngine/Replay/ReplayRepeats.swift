public import EventModel
public import RuleLanguage

/// One core's part of the idempotency keys of a log that several cores fold.
public struct ReplayKeyTable: Sendable {
    private let part: Int
    private var settings: SettingsHistory
    private var table: MessageIDTable
    private var repeats: [Repetition] = []

    /// - Parameter part: Which of the tables that share `keys`, from 0.
    /// - Parameter ruleSets: Every rule set that the log puts in force, in order.
    public init(part: Int, of keys: KeyHashing, ruleSets: [RuleSet], settings: EngineSettings) {
        self.part = part
        self.settings = SettingsHistory(settings, ruleSets)
        table = MessageIDTable(hasher: keys.hasher)
    }

    /// Finds which entries repeat a key of this table among those that a core has read; all of the log, in order.
    public mutating func find(in deal: ReplayDeal) {
        let (keys, text) = (deal.keys[part].all, deal.keys[part].text)
        var start = 0
        for index in keys.indices {
            if index + 16 < keys.count { table.prefetch(keys[index + 16].hash) }
            let key = keys[index]
            guard key.hash != 0 else {
                settings.putInForce(at: key.entry.sequence)
                continue
            }
            let original = table.admit(
                text.span.extracting(start..<key.end),
                source: key.source,
                hash: key.hash,
                key.entry,
                at: key.receivedAt,
                horizon: settings.current.duplicateHorizon,
                kept: settings.longestHorizon
            )
            start = key.end
            if let original { repeats.append(Repetition(of: original, by: key.entry)) }
        }
    }

    /// Takes note that the next rule set is in force, by an entry that the log does not hold.
    public mutating func putRulesInForce(at sequence: SequenceNumber) {
        settings.putInForce(at: sequence)
    }

    /// Takes out what was found, and keeps the keys.
    public mutating func takeRepeats() -> ReplayRepeats {
        defer { repeats = [] }
        return ReplayRepeats(repeats)
    }
}

/// Entries that repeat an idempotency key, in order of sequence.
public struct ReplayRepeats: Sendable {
    private let rows: [Repetition]
    private var place = 0

    fileprivate init(_ rows: [Repetition]) { self.rows = rows }

    /// What several tables have found; in memory of its own, since cores that count references to the same memory
    /// wait for each other.
    public init(_ parts: [ReplayRepeats]) {
        rows = parts.flatMap(\.rows).sorted { $0.sequence < $1.sequence }
    }

    /// What an entry repeats; asked of entries in order of sequence, each once.
    mutating func next(_ sequence: SequenceNumber) -> Repetition? {
        while place < rows.count, rows[place].sequence < sequence { place += 1 }
        return place < rows.count && rows[place].sequence == sequence ? rows[place] : nil
    }
}
