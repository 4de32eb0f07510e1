public import EventModel
public import RuleLanguage

/// One core's part of the idempotency keys of a log that several cores fold.
public struct ReplayKeyTable: Sendable {
    private let part: UInt32
    private var settings: SettingsHistory
    private var table: MessageIDTable
    private(set) var repeats: [Repetition] = []

    /// - Parameter part: Which of the tables that share `keys`, from 0.
    /// - Parameter ruleSets: Every rule set that the log puts in force, in order.
    public init(part: Int, of keys: KeyHashing, ruleSets: [RuleSet], settings: EngineSettings) {
        self.part = UInt32(part)
        self.settings = SettingsHistory(settings, ruleSets)
        table = MessageIDTable(hasher: keys.hasher)
    }

    /// Finds which entries of a block repeat a key of this table; all blocks of the log, in order.
    public mutating func find(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        _ keys: [HashedKey]
    ) {
        heads.withUnsafeBufferPointer { heads in
            guard let head = heads.baseAddress else { return }
            for index in heads.indices {
                if index + 16 < keys.count, isMine(keys[index + 16]) {
                    table.prefetch(keys[index + 16].hash)
                }
                if head[index].kind == .rules { settings.putInForce(at: head[index].sequence) }
                guard isMine(keys[index]) else { continue }
                let record = bytes.extracting(starts[index]..<starts[index + 1])
                let found = table.repetition(
                    head + index,
                    record,
                    keys[index],
                    settings
                )
                if let found { repeats.append(found) }
            }
        }
    }

    @inline(__always)
    private func isMine(_ key: HashedKey) -> Bool { key.hash != 0 && key.part == part }

    /// Forgets what was found, and keeps the keys.
    public mutating func removeRepeats() { repeats.removeAll(keepingCapacity: true) }
}

/// Entries that repeat an idempotency key, in order of sequence.
public struct ReplayRepeats: Sendable {
    private let rows: [Repetition]
    private var place = 0

    /// What the tables have found since they forgot; in memory of its own, since cores that count references to
    /// the same memory wait for each other.
    public init(_ tables: [ReplayKeyTable]) {
        rows = tables.flatMap(\.repeats).sorted { $0.sequence < $1.sequence }
    }

    /// What an entry repeats; asked of entries in order of sequence, each once.
    mutating func next(_ sequence: SequenceNumber) -> Repetition? {
        while place < rows.count, rows[place].sequence < sequence { place += 1 }
        return place < rows.count && rows[place].sequence == sequence ? rows[place] : nil
    }
}
