internal import CPrefetch
public import EventModel
public import RuleLanguage

/// The first stage: who an entry is about, and whether it counts.
///
/// Works in order of sequence, sees no window and no deadline, and keeps only what that needs: who
/// each identifier means, who is known, and the keys that entries may repeat.
public struct AdmitStage: Sendable {
    /// Who is known by which name.
    struct Person {
        /// Itself, or the person that it became one with.
        var mergedInto: PersonSlot
        /// Whether the person holds a `user`.
        var isKnown: Bool
        /// How many identifiers mean the person.
        var identifiers: Int32
    }

    let settings: EngineSettings
    private let quarantined: Set<SequenceNumber>
    var contract: Contract
    var people: [Person] = []
    /// Per identifier whom it means.
    var holders: [PersonSlot] = []
    var suppressed: Set<IdentifierID> = []
    var messageIDs = MessageIDTable()
    /// Which entries repeat an idempotency key, where a replay has found that out before.
    private var knownRepeats: ReplayRepeats?
    var uniques = UniqueTable()

    /// A stage before the first entry.
    ///
    /// - Parameter ruleSets: Every rule set that the entries to come will put in force, in order.
    /// - Parameter quarantined: Entries that have no effect since they crash the engine.
    public init(
        ruleSets: [RuleSet] = [],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber> = []
    ) {
        self.settings = settings
        self.quarantined = quarantined
        contract = Contract(ruleSets)
    }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    public mutating func define(_ symbol: SymbolID, _ text: String) {
        contract.define(symbol, text)
    }

    /// Has the processor fetch what an entry to come will look up; changes nothing.
    @inline(__always)
    public func lookAhead(_ head: UnsafePointer<EntryHead>, _ bytes: Span<UInt8>) {
        if head.pointee.identifiers.count > 0 {
            let id = Int(head.pointee.identifiers[0].id.rawValue)
            holders.withUnsafeBufferPointer { holders in
                if id < holders.count, let base = holders.baseAddress { prefetch_line(base + id) }
            }
        }
        guard knownRepeats == nil, !head.pointee.messageID.isEmpty else { return }
        messageIDs.prefetch(bytes.extracting(head.pointee.messageID), source: head.pointee.source)
    }

    /// Admits the next entry.
    ///
    /// - Parameter bytes: The entry's record, from which the ranges of `head` are counted.
    public mutating func admit(_ head: EntryHead, _ bytes: Span<UInt8>) -> Admitted {
        var admitted = Admitted(
            occurredAt: head.occurredAt(skewTolerance: settings.skewTolerance)
        )
        if head.kind == .rules { contract.putInForce(at: head.sequence) }
        for index in 0..<head.identifiers.count {
            let id = Int(head.identifiers[index].id.rawValue)
            while holders.count <= id { holders.append(.nobody) }
        }
        if !quarantined.isEmpty, quarantined.contains(head.sequence) {
            admitted.verdict = .quarantined
            return admitted
        }
        if !suppressed.isEmpty, head.kind != .suppress, isSuppressed(head) {
            admitted.verdict = .suppressed
            return admitted
        }
        if !head.messageID.isEmpty, let found = repetition(head, bytes) {
            admitted.verdict = .duplicate(of: found.original)
            admitted.isConflict = found.isConflict
        }
        switch head.kind {
        case .track, .identify: identify(head, &admitted)
        case .merge: merge(head, &admitted)
        case .suppress where admitted.verdict == .accepted: suppress(head)
        case .suppress, .rules, .tick, .job, .quarantine: break
        }
        if head.kind == .track, admitted.verdict == .accepted, admitted.person != .nobody {
            admitUnique(head, bytes, &admitted)
        }
        return admitted
    }

    // MARK: - Idempotency keys

    /// Takes over from a replay's first look which entries repeat an idempotency key.
    mutating func use(_ repeats: ReplayRepeats) { knownRepeats = repeats }

    @inline(__always)
    private mutating func repetition(_ head: EntryHead, _ bytes: Span<UInt8>) -> ReplayRepeats.Row?
    {
        if knownRepeats != nil { return knownRepeats?.next(head.sequence) }
        return messageIDs.repetition(head, bytes, horizon: settings.duplicateHorizon)
    }

    // MARK: - Suppression

    private func isSuppressed(_ head: EntryHead) -> Bool {
        let unmeant = head.kind == .merge && head.isAlias ? unmeantPrevious(head) : nil
        for index in 0..<head.identifiers.count where index != unmeant {
            if suppressed.contains(head.identifiers[index].id) { return true }
        }
        return false
    }

    private mutating func suppress(_ head: EntryHead) {
        for index in 0..<head.identifiers.count {
            if head.isOn {
                suppressed.insert(head.identifiers[index].id)
            } else {
                suppressed.remove(head.identifiers[index].id)
            }
        }
    }

    // MARK: - Business keys

    /// Finds out which declared keys of the event the person has had before.
    private mutating func admitUnique(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        _ admitted: inout Admitted
    ) {
        for (place, key) in contract.keys(of: head.event).enumerated() {
            guard
                let value = contract.value(of: key, content: head.content.lowerBound, bytes),
                let original = uniques.admit(
                    value,
                    key: key,
                    of: admitted.person,
                    Repeatable(head, bytes)
                )
            else { continue }
            admitted.repeatedKeys |= 1 << UInt64(min(place, UInt64.bitWidth - 1))
            if place >= UInt64.bitWidth { admitted.sharesKeys = true }
            if contract.keysInForce.contains(key) {
                admitted.verdict = .duplicate(of: original.sequence)
                admitted.isConflict = Repeatable(head, bytes).payload != original.payload
            }
        }
    }
}
