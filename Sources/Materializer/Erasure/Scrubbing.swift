internal import EventModel
internal import EventStore
internal import SegmentEngine

/// What of a scrubbing concerns others.
enum Scrubbing {
    /// What it is called while it is under way.
    static let name = "a scrubbing of the log"

    /// Removes the recorded transitions of people whose entries are scrubbed, where that is not done yet.
    static func clean(_ state: StateStore, _ log: EventLog) throws(StoreError) {
        let scrubbed = try log.erasures().filter { $0.scrubbedAt != nil }
        // Scrubbed is all up to one of them, so the last one says which are cleaned.
        guard let last = scrubbed.last?.sequence, try state.erasedThrough() < last else { return }
        try state.removeTransitions(of: Set(scrubbed.flatMap(\.people)), erasedThrough: last)
    }
}

/// Finds out what becomes of each entry of a log, in order.
///
/// Folds who is who from the first entry on, so that each entry is whose it was when it came.
struct EntryFates {
    private var admit: AdmitStage
    private var symbolCount = 0
    /// Of those people who are there when the last erasure that counts has come, whether they are erased.
    private let isErased: [Bool]
    /// Entries that become tombstones.
    private var erased: Set<SequenceNumber> = []
    /// What the entries that become tombstones name.
    private(set) var named: Set<IdentifierID> = []
    /// What others name, and identifies nobody as the rules say.
    private var blockedOfOthers: Set<IdentifierID> = []
    /// By the person whom an entry made, of those who are erased.
    private(set) var ids: [Int: PersonID] = [:]
    /// What was found of the entry at hand.
    private(set) var admitted: Admitted?

    /// - Parameter isErased: As `ErasedPeople` finds it.
    init(_ admit: AdmitStage, isErased: [Bool]) {
        self.admit = admit
        self.isErased = isErased
    }

    mutating func define(_ names: [(symbol: SymbolID, text: String)]) {
        for (symbol, text) in names.dropFirst(symbolCount) { admit.define(symbol, text) }
        symbolCount = max(symbolCount, names.count)
    }

    /// What becomes of the next entry.
    ///
    /// - Parameter gone: Whether an identifier's text is to go.
    mutating func next(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        gone: (IdentifierID) -> Bool
    ) -> EntryFate {
        let found = admit.admit(head, bytes)
        admitted = found
        let isOfErased = isOfErased(head, found)
        if let person = found.newPerson, isErased(person) {
            ids[person] = PersonID(head.sequence.rawValue)
        }
        if isOfErased || head.isErased {
            erased.insert(head.sequence)
            for index in 0..<head.identifiers.count { named.insert(head.identifiers[index].id) }
            var fate = EntryFate(isErased: true, keepsEvent: found.verdict == .accepted)
            // What had no effect has none: a repeated suppression, say.
            if case .duplicate(let original) = found.verdict { fate.repeated = original }
            for index in 0..<head.identifiers.count
            where found.isBlocked(index) && gone(head.identifiers[index].id) {
                fate.namesGone |= 1 << UInt8(index)
            }
            return fate
        }
        for index in 0..<head.identifiers.count where found.isBlocked(index) {
            blockedOfOthers.insert(head.identifiers[index].id)
        }
        var fate = EntryFate.kept
        if !head.spellings.isEmpty {
            for index in 0..<head.identifiers.count where gone(head.identifiers[index].id) {
                fate.spellingsGone |= 1 << UInt8(index)
            }
        }
        // A business key is repeated by the person's own entries only.
        if head.repeated == .zero, case .duplicate(let original) = found.verdict,
            erased.contains(original)
        {
            fate.repeated = original
            fate.repeatIsConflict = found.isConflict
        }
        return fate
    }

    private func isErased(_ person: Int) -> Bool { person < isErased.count && isErased[person] }

    private mutating func isOfErased(_ head: EntryHead, _ admitted: Admitted) -> Bool {
        switch head.kind {
        case .rules, .tick, .job, .quarantine, .erase: return false
        case .track, .identify, .merge, .suppress, .list: break
        }
        if let person = admit.subject(head, admitted), isErased(person) { return true }
        // It came when the person was erased, and names what is suppressed since.
        guard admitted.verdict == .suppressed else { return false }
        return (0..<head.identifiers.count).contains { index in
            let id = head.identifiers[index].id
            return named.contains(id) && admit.suppresses(id)
        }
    }

    /// Of what the tombstones name, whose texts go: what means nobody any more.
    mutating func goneIdentifiers() -> [IdentifierID: GoneIdentifier] {
        var gone: [IdentifierID: GoneIdentifier] = [:]
        for id in named {
            let twins = admit.twins(of: id)
            // Rules that block what somebody else names must know it again.
            let isKept = twins.contains { admit.meansAnybody($0) || blockedOfOthers.contains($0) }
            guard !isKept else { continue }
            // Those that mean the same go together, or they would mean something else.
            let isSuppressed = twins.contains { admit.suppresses($0) }
            for twin in twins {
                let space = isSuppressed ? admit.identifier?(twin).namespace : nil
                gone[twin] = GoneIdentifier(
                    id: twin,
                    group: twins.min { $0.rawValue < $1.rawValue } ?? id,
                    suppressedIn: space.map { admit.names(ofNamespace: $0) } ?? []
                )
            }
        }
        return gone
    }
}
