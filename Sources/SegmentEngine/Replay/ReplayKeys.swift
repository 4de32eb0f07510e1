public import EventModel

/// An entry's idempotency key, hashed, and a hash of what the entry says.
public struct ReplayKey: BitwiseCopyable, Sendable {
    /// What tables use of the hash; 0 where the entry has no key that counts.
    var hash: UInt32
    /// Which of several tables holds the key.
    var part: UInt32
    /// As `Repeatable` has it.
    var payload: UInt64

    static let none = ReplayKey(hash: 0, part: 0, payload: 0)
}

/// How idempotency keys are hashed, so that several tables may share them between them.
public struct ReplayKeys: Sendable {
    let hasher = KeyedHash()
    private let parts: UInt64
    private let isOff: Bool

    /// - Parameter parts: How many tables there are.
    public init(settings: EngineSettings, parts: Int = 1) {
        self.parts = UInt64(max(1, parts))
        isOff = settings.duplicateHorizon <= TimeSpan(milliseconds: 0)
    }

    /// The keys of a block's entries.
    ///
    /// - Parameters:
    ///   - bytes: The records, one behind the other.
    ///   - starts: Where each record begins, and one past the last.
    ///   - keys: One per entry, in place of what is there.
    ///   - next: Called whenever work on an entry begins.
    public func read(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        quarantined: Set<SequenceNumber>,
        into keys: inout [ReplayKey],
        _ next: (SequenceNumber) -> Void = { _ in }
    ) {
        keys.removeAll(keepingCapacity: true)
        heads.withUnsafeBufferPointer { heads in
            guard let head = heads.baseAddress else { return }
            for index in heads.indices {
                next(head[index].sequence)
                let record = bytes.extracting(starts[index]..<starts[index + 1])
                keys.append(key(of: head + index, record, quarantined))
            }
        }
    }

    /// The key of an entry.
    @inline(__always)
    func key(
        of head: UnsafePointer<EntryHead>,
        _ bytes: Span<UInt8>,
        _ quarantined: Set<SequenceNumber>
    ) -> ReplayKey {
        guard !isOff, !head.pointee.messageID.isEmpty,
            quarantined.isEmpty || !quarantined.contains(head.pointee.sequence)
        else { return .none }
        let text = bytes.extracting(head.pointee.messageID)
        let hash = hasher.hash(text, UInt64(head.pointee.source.rawValue))
        return ReplayKey(
            hash: MessageIDTable.half(hash),
            part: parts == 1 ? 0 : UInt32((hash & 0xFFFF) % parts),
            payload: Repeatable(at: head, bytes).payload
        )
    }
}

/// One core's part of the idempotency keys of a log that several cores fold.
public struct ReplayKeyTable: Sendable {
    private let part: UInt32
    private let horizon: TimeSpan
    private var table: MessageIDTable
    private(set) var repeats: [ReplayRepeats.Row] = []

    /// - Parameter part: Which of the tables that share `keys`, from 0.
    public init(part: Int, of keys: ReplayKeys, settings: EngineSettings) {
        self.part = UInt32(part)
        horizon = settings.duplicateHorizon
        table = MessageIDTable(hasher: keys.hasher)
    }

    /// Finds which entries of a block repeat a key of this table; all blocks of the log, in order.
    public mutating func find(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        _ keys: [ReplayKey]
    ) {
        heads.withUnsafeBufferPointer { heads in
            guard let head = heads.baseAddress else { return }
            for index in heads.indices {
                if index + 16 < keys.count, isMine(keys[index + 16]) {
                    table.prefetch(keys[index + 16].hash)
                }
                guard isMine(keys[index]) else { continue }
                let record = bytes.extracting(starts[index]..<starts[index + 1])
                let found = table.repetition(head + index, record, keys[index], horizon: horizon)
                if let found { repeats.append(found) }
            }
        }
    }

    @inline(__always)
    private func isMine(_ key: ReplayKey) -> Bool { key.hash != 0 && key.part == part }

    /// Forgets what was found, and keeps the keys.
    public mutating func removeRepeats() { repeats.removeAll(keepingCapacity: true) }
}

/// Entries that repeat an idempotency key, in order of sequence.
public struct ReplayRepeats: Sendable {
    struct Row: Sendable {
        var sequence: SequenceNumber
        var original: SequenceNumber
        var isConflict: Bool
    }

    private let rows: [Row]
    private var place = 0

    /// What the tables have found since they forgot; in memory of its own, since cores that count references to
    /// the same memory wait for each other.
    public init(_ tables: [ReplayKeyTable]) {
        rows = tables.flatMap(\.repeats).sorted { $0.sequence < $1.sequence }
    }

    /// What an entry repeats; asked of entries in order of sequence, each once.
    mutating func next(_ sequence: SequenceNumber) -> Row? {
        while place < rows.count, rows[place].sequence < sequence { place += 1 }
        return place < rows.count && rows[place].sequence == sequence ? rows[place] : nil
    }
}
