internal import EventModel

/// An entry's idempotency key, hashed, and a hash of what the entry says.
public struct HashedKey: BitwiseCopyable, Sendable {
    /// What tables use of the hash; 0 where the entry has no key that counts.
    var hash: UInt32
    /// Which of several tables holds the key.
    var part: UInt32
    /// As `Repeatable` has it.
    var payload: UInt64

    /// Of an entry that has no key that counts.
    static let none = HashedKey(hash: 0, part: 0, payload: 0)
}

/// How idempotency keys are hashed, so that several tables may share them between them.
public struct KeyHashing: Sendable {
    let hasher = KeyedHash()
    private let parts: UInt64
    /// Whether keys are off: then no entry has one.
    let isOff: Bool

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
    ///   - next: Called whenever work on an entry begins; where keys are off there is none.
    func read(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        quarantined: Set<SequenceNumber>,
        into keys: inout [HashedKey],
        _ next: (SequenceNumber) -> Void = { _ in }
    ) {
        if isOff {
            if keys.count != heads.count { keys = Array(repeating: .none, count: heads.count) }
            return
        }
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
    ) -> HashedKey {
        guard !isOff, !head.pointee.messageID.isEmpty, head.pointee.repeated == .zero,
            quarantined.isEmpty || !quarantined.contains(head.pointee.sequence)
        else { return .none }
        let text = bytes.extracting(head.pointee.messageID)
        let hash = hasher.hash(text, UInt64(head.pointee.source.rawValue))
        return HashedKey(
            hash: MessageIDTable.half(hash),
            part: parts == 1 ? 0 : UInt32((hash & 0xFFFF) % parts),
            payload: Repeatable(at: head, bytes).payload
        )
    }
}
