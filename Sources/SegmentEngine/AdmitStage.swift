internal import CMemory
public import EventModel
public import RuleLanguage

/// The first stage: who an entry is about, and whether it counts.
///
/// Works in order of sequence, sees no window and no deadline, and keeps only what that needs: who
/// each identifier means, who is known, and the keys that entries may repeat.
public struct AdmitStage: Sendable {
    typealias HeadPointer = UnsafePointer<EntryHead>

    /// Who is known by which name.
    struct Person {
        /// Itself, or the person that it became one with.
        var mergedInto: PersonSlot
        /// Whether the person holds a `user`.
        var isKnown: Bool
        /// How many identifiers mean the person.
        var identifiers: Int32
    }

    var settings: SettingsHistory
    private let quarantined: Set<SequenceNumber>
    var contract: Contract
    var identifierRules: IdentifierRules
    /// Gives an identifier, as it compares; asked only where rules say something of identifiers.
    public var identifier: (@Sendable (IdentifierID) -> Identifier)?
    /// Of the entry at hand, by place: identifiers whose values identify nobody.
    var blocked: UInt8 = 0
    var people: [Person] = []
    /// Per person the entry that made it, in ascending order.
    var madeBy: [SequenceNumber] = []
    /// Per identifier whom it means.
    var holders: [PersonSlot] = []
    var suppressed: Set<IdentifierID> = []
    private let hashing: KeyHashing
    /// The keys of the block under way.
    private var keys: [HashedKey] = []
    var messageIDs: MessageIDTable
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
        self.init(
            ruleSets: ruleSets,
            contract: nil,
            settings: settings,
            quarantined: quarantined,
            hashing: KeyHashing(settings: settings)
        )
    }

    /// A stage before the first entry.
    public init(
        _ rules: CompiledRules,
        settings: EngineSettings,
        quarantined: Set<SequenceNumber> = []
    ) {
        self.init(
            ruleSets: rules.ruleSets,
            contract: rules.contract,
            settings: settings,
            quarantined: quarantined,
            hashing: KeyHashing(settings: settings)
        )
    }

    /// The same, for entries whose keys are hashed already.
    public init(
        ruleSets: [RuleSet],
        settings: EngineSettings,
        quarantined: Set<SequenceNumber>,
        hashing: KeyHashing
    ) {
        self.init(
            ruleSets: ruleSets,
            contract: nil,
            settings: settings,
            quarantined: quarantined,
            hashing: hashing
        )
    }

    private init(
        ruleSets: [RuleSet],
        contract: Contract?,
        settings: EngineSettings,
        quarantined: Set<SequenceNumber>,
        hashing: KeyHashing
    ) {
        self.hashing = hashing
        messageIDs = MessageIDTable(hasher: hashing.hasher)
        self.settings = SettingsHistory(settings, ruleSets)
        self.quarantined = quarantined
        self.contract = contract ?? Contract(ruleSets)
        identifierRules = IdentifierRules(ruleSets)
    }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    public mutating func define(_ symbol: SymbolID, _ text: String) {
        contract.define(symbol, text)
    }

    /// Has the processor fetch what an entry to come will look up; changes nothing.
    @inline(__always)
    func lookAhead(_ head: HeadPointer, _ key: HashedKey) {
        if head.pointee.identifiers.count > 0 {
            let id = Int(head.pointee.identifiers[0].id.rawValue)
            holders.withUnsafeBufferPointer { holders in
                if id < holders.count, let base = holders.baseAddress { prefetch_line(base + id) }
            }
        }
        if knownRepeats == nil, key.hash != 0 { messageIDs.prefetch(key.hash) }
    }

    /// Has the processor fetch who the entry's first identifier means; `lookAhead` at the entry came before.
    @inline(__always)
    func lookAtHolder(_ head: HeadPointer) {
        guard head.pointee.identifiers.count > 0 else { return }
        let id = Int(head.pointee.identifiers[0].id.rawValue)
        guard id < holders.count else { return }
        let holder = Int(holders[id].rawValue)
        people.withUnsafeBufferPointer { people in
            if holder < people.count, let base = people.baseAddress { prefetch_line(base + holder) }
        }
    }

    /// Admits the next entry.
    ///
    /// - Parameter bytes: The entry's record, from which the ranges of `head` are counted.
    public mutating func admit(_ head: EntryHead, _ bytes: Span<UInt8>) -> Admitted {
        var admitted = Admitted(
            occurredAt: head.occurredAt(skewTolerance: settings.current.skewTolerance)
        )
        withUnsafePointer(to: head) { head in
            let key = hashing.key(of: head, bytes, quarantined)
            admit(at: head, bytes, key, into: &admitted)
        }
        return admitted
    }

    /// Admits the next entries: looks at their keys first, so that the processor fetches what they need while
    /// others are admitted.
    ///
    /// - Parameters:
    ///   - bytes: The records, one behind the other.
    ///   - starts: Where each record begins, and one past the last.
    ///   - admitted: One verdict per entry, in place of what is there.
    ///   - next: Called whenever work on an entry begins.
    public mutating func admit(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        into admitted: inout [Admitted],
        _ next: (SequenceNumber) -> Void = { _ in }
    ) {
        var keys: [HashedKey] = []
        swap(&keys, &self.keys)
        hashing.read(heads, bytes, starts, quarantined: quarantined, into: &keys, next)
        admit(heads, bytes, starts, keys, into: &admitted, next)
        swap(&keys, &self.keys)
    }

    /// The same of entries of which is known already which repeat a key, as one of several cores folds them.
    public mutating func admit(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        _ keys: [HashedKey],
        repeats: ReplayRepeats,
        into admitted: inout [Admitted]
    ) {
        knownRepeats = repeats
        admit(heads, bytes, starts, keys, into: &admitted)
    }

    private mutating func admit(
        _ heads: [EntryHead],
        _ bytes: Span<UInt8>,
        _ starts: [Int],
        _ keys: [HashedKey],
        into admitted: inout [Admitted],
        _ next: (SequenceNumber) -> Void = { _ in }
    ) {
        heads.withUnsafeBufferPointer { heads in
            let count = heads.count
            if admitted.count > count { admitted.removeLast(admitted.count - count) }
            guard let head = heads.baseAddress else { return }
            for index in 0..<count {
                if index + 8 < count {
                    lookAhead(head + index + 8, keys[index + 8])
                    lookAtHolder(head + index + 4)
                }
                next(head[index].sequence)
                let occurredAt = head[index].occurredAt(
                    skewTolerance: settings.current.skewTolerance
                )
                if index < admitted.count {
                    admitted[index].reset(occurredAt: occurredAt)
                } else {
                    admitted.append(Admitted(occurredAt: occurredAt))
                }
                admit(
                    at: head + index,
                    bytes.extracting(starts[index]..<starts[index + 1]),
                    keys[index],
                    into: &admitted[index]
                )
            }
        }
    }

    /// Admits the next entry.
    ///
    /// - Parameters:
    ///   - key: Its idempotency key.
    ///   - admitted: The verdict, whose event time is set already.
    @inline(__always)
    mutating func admit(
        at head: HeadPointer,
        _ bytes: Span<UInt8>,
        _ key: HashedKey,
        into admitted: inout Admitted
    ) {
        if head.pointee.kind == .rules {
            contract.putInForce(at: head.pointee.sequence)
            settings.putInForce(at: head.pointee.sequence)
            identifierRules.putInForce()
        }
        for index in 0..<head.pointee.identifiers.count {
            let id = Int(head.pointee.identifiers[index].id.rawValue)
            while holders.count <= id { holders.append(.nobody) }
        }
        blocked = 0
        if identifierRules.saysAnything { lookAtIdentifiers(head) }
        if !quarantined.isEmpty, quarantined.contains(head.pointee.sequence) {
            admitted.verdict = .quarantined
            return
        }
        if !suppressed.isEmpty, head.pointee.kind != .suppress, head.pointee.kind != .erase,
            isSuppressed(head)
        {
            admitted.verdict = .suppressed
            return
        }
        if key.hash != 0, let found = repetition(head, bytes, key) {
            admitted.verdict = .duplicate(of: found.original)
            admitted.isConflict = found.isConflict
        } else if key.hash == 0, head.pointee.repeated != .zero, head.pointee.kind != .erase {
            admitted.verdict = .duplicate(of: head.pointee.repeated)
            admitted.isConflict = head.pointee.repeatIsConflict
        }
        switch head.pointee.kind {
        case .track, .identify, .list: identify(head, &admitted)
        case .merge: merge(head, &admitted)
        case .suppress where admitted.verdict == .accepted: suppress(head)
        case .erase: erase(head, &admitted)
        case .suppress, .rules, .tick, .job, .quarantine: break
        }
        if blocked != 0 {
            admitted.refused |= blocked
            admitted.blocked = blocked
        }
        if head.pointee.kind == .track, contract.hasKeys, admitted.verdict == .accepted,
            admitted.person != .nobody
        {
            admitUnique(head, bytes, &admitted)
        }
    }

    // MARK: - Idempotency keys

    @inline(__always)
    private mutating func repetition(
        _ head: HeadPointer,
        _ bytes: Span<UInt8>,
        _ key: HashedKey
    ) -> Repetition? {
        if knownRepeats != nil { return knownRepeats?.next(head.pointee.sequence) }
        return messageIDs.repetition(head, bytes, key, settings)
    }

    // MARK: - Suppression

    private func isSuppressed(_ head: HeadPointer) -> Bool {
        let unmeant =
            head.pointee.kind == .merge && head.pointee.isAlias ? unmeantPrevious(head) : nil
        for index in 0..<head.pointee.identifiers.count where index != unmeant {
            let id = head.pointee.identifiers[index].id
            if suppressed.contains(id) { return true }
            guard identifierRules.saysAnything else { continue }
            if identifierRules.twins(of: id).contains(where: suppressed.contains) { return true }
        }
        return false
    }

    private mutating func suppress(_ head: HeadPointer) {
        for index in 0..<head.pointee.identifiers.count {
            let id = head.pointee.identifiers[index].id
            if head.pointee.isOn {
                suppressed.insert(id)
            } else {
                suppressed.remove(id)
                for twin in identifierRules.twins(of: id) { suppressed.remove(twin) }
            }
        }
    }

    // MARK: - Identifiers

    /// Looks at identifiers that no entry has named before, and at which of this entry identify nobody.
    @inline(never)
    private mutating func lookAtIdentifiers(_ head: HeadPointer) {
        guard let identifier else { return }
        identifierRules.look(through: holders.count, identifier)
        for index in 0..<head.pointee.identifiers.count
        where identifierRules.isBlocked(head.pointee.identifiers[index].id, identifier) {
            blocked |= 1 << UInt8(index)
        }
    }

    // MARK: - Business keys

    /// Finds out which declared keys of the event the person has had before.
    private mutating func admitUnique(
        _ head: HeadPointer,
        _ bytes: Span<UInt8>,
        _ admitted: inout Admitted
    ) {
        for (place, key) in contract.keys(of: head.pointee.event).enumerated() {
            guard
                let value = contract.value(
                    of: key,
                    content: head.pointee.content.lowerBound,
                    bytes
                ),
                let original = uniques.admit(
                    value,
                    key: key,
                    of: admitted.person,
                    Repeatable(at: head, bytes)
                )
            else { continue }
            admitted.repeatedKeys |= 1 << UInt64(min(place, UInt64.bitWidth - 1))
            if place >= UInt64.bitWidth { admitted.sharesKeys = true }
            if contract.keysInForce.contains(key) {
                admitted.verdict = .duplicate(of: original.sequence)
                admitted.isConflict = Repeatable(at: head, bytes).payload != original.payload
            }
        }
    }
}
