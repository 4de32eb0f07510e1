public import EventModel

/// What one of several cores has read of a log, dealt out to those that go on with it: each entry to the core that
/// folds whom it is about, each idempotency key to the one that holds its part of the keys.
///
/// So nobody looks at what another core has to do, and what lies in one core's cache is handed over once.
public struct ReplayDeal: Sendable {
    /// Entries for one core, in order of the log.
    public struct Entries: Sendable {
        /// The entries.
        public private(set) var heads: [EntryHead] = []
        /// Their records, one behind the other.
        public private(set) var bytes: [UInt8] = []
        /// Where each record begins, and one past the last.
        public private(set) var starts = [0]
        /// Their idempotency keys.
        public private(set) var keys: [HashedKey] = []

        fileprivate mutating func removeAll() {
            heads.removeAll(keepingCapacity: true)
            bytes.removeAll(keepingCapacity: true)
            starts.removeAll(keepingCapacity: true)
            starts.append(0)
            keys.removeAll(keepingCapacity: true)
        }

        @inline(__always)
        fileprivate mutating func append(
            _ head: EntryHead,
            _ record: Span<UInt8>,
            _ key: HashedKey
        ) {
            heads.append(head)
            record.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
            starts.append(bytes.count)
            keys.append(key)
        }
    }

    /// An idempotency key, or a change of rules, from which on another horizon may hold for keys.
    struct Key: BitwiseCopyable, Sendable {
        /// 0 for a change of rules.
        var hash: UInt32
        var source: SymbolID
        var entry: Repeatable
        var receivedAt: Instant
        /// Where its text ends.
        var end: Int
    }

    /// Keys of one part, in order of the log.
    struct Keys: Sendable {
        private(set) var all: [Key] = []
        private(set) var text: [UInt8] = []

        fileprivate mutating func removeAll() {
            all.removeAll(keepingCapacity: true)
            text.removeAll(keepingCapacity: true)
        }

        @inline(__always)
        fileprivate mutating func append(
            _ head: EntryHead,
            _ record: Span<UInt8>,
            _ key: HashedKey
        ) {
            record.extracting(head.messageID).withUnsafeBufferPointer {
                text.append(contentsOf: $0)
            }
            appendMark(head, key)
        }

        @inline(__always)
        fileprivate mutating func appendMark(_ head: EntryHead, _ key: HashedKey) {
            all.append(
                Key(
                    hash: key.hash,
                    source: head.source,
                    entry: Repeatable(sequence: head.sequence, payload: key.payload),
                    receivedAt: head.receivedAt,
                    end: text.count
                )
            )
        }
    }

    private let shares: ReplayShares
    private let hashing: KeyHashing
    private let quarantined: Set<SequenceNumber>
    /// Per core what it is to fold.
    public private(set) var entries: [Entries]
    /// Per part of the keys those to be compared.
    private(set) var keys: [Keys]
    /// The entry at hand: one, that the next is written over.
    private var scratch = [EntryHead.empty]
    /// Whether the next entry is shown to all: with the one behind its close an import ends for everybody.
    private var isNextForAll = true

    /// - Parameters:
    ///   - shares: Who folds whom.
    ///   - hashing: How idempotency keys are hashed, and which core holds which.
    ///   - quarantined: Entries that have no effect since they crash the engine.
    public init(_ shares: ReplayShares, _ hashing: KeyHashing, quarantined: Set<SequenceNumber>) {
        self.shares = shares
        self.hashing = hashing
        self.quarantined = quarantined
        entries = Array(repeating: Entries(), count: shares.parts)
        keys = Array(repeating: Keys(), count: shares.parts)
    }

    /// Forgets what was dealt; what follows are entries behind each other, from anywhere in the log.
    public mutating func begin() {
        for part in entries.indices {
            entries[part].removeAll()
            keys[part].removeAll()
        }
        // The entry before may be the close of an import.
        isNextForAll = true
    }

    /// Deals the next entry out.
    ///
    /// - Parameters:
    ///   - record: Its record, from which the ranges of its head are counted.
    ///   - decode: Writes the head over another one; false where there is none, and nothing is dealt.
    public mutating func take(_ record: Span<UInt8>, _ decode: (inout EntryHead) -> Bool) {
        guard decode(&scratch[0]) else { return }
        let key = scratch.withUnsafeBufferPointer { scratch in
            scratch.baseAddress.map { hashing.key(of: $0, record, quarantined) } ?? .none
        }
        if key.hash != 0 { keys[Int(key.part)].append(scratch[0], record, key) }
        let kind = scratch[0].kind
        if kind == .rules, !hashing.isOff {
            for part in keys.indices { keys[part].appendMark(scratch[0], .none) }
        }
        if let part = shares.part(of: scratch[0]) {
            entries[part].append(scratch[0], record, key)
            if isNextForAll { show(scratch[0], toAllBut: part) }
        } else {
            for part in entries.indices { entries[part].append(scratch[0], record, key) }
        }
        isNextForAll = kind == .job && !scratch[0].isOn
    }

    /// Lets the other cores see that an entry comes, and when.
    private mutating func show(_ head: EntryHead, toAllBut part: Int) {
        let tick = EntryHead(sequence: head.sequence, receivedAt: head.receivedAt, kind: .tick)
        for other in entries.indices where other != part {
            entries[other].append(tick, [UInt8]().span, .none)
        }
    }
}
