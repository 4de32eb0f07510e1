internal import EventModel
internal import EventStore
internal import SegmentEngine

/// The entries of one person, found by the chains of its identifiers.
///
/// Reads the log alone, on a copy of what the engine knows: it holds up nobody, however long a
/// person's history is.
struct PersonHistory {
    /// An entry, as far as it must be known of each.
    struct Item {
        var sequence: SequenceNumber
        var kind: EntryKind
        /// The place of the claim by which it is the person's.
        var claim: Int
        /// Whether it has an idempotency key, without which it repeats none.
        var hasKey: Bool
    }

    /// The newest first.
    private(set) var items: [Item] = []

    /// Entries read between two chances for others to use the thread.
    static let stretchEntries = 4_096

    /// Walks the chains.
    ///
    /// An entry belongs to whom its highest-ranking identifier meant when it was admitted.
    /// - Complexity: O(n log n) in the length of the chains.
    init(_ state: PersonState, _ log: EventLog) async throws(StoreError) {
        var claims: [IdentifierID: [PersonState.Claim]] = [:]
        for claim in state.claims { claims[claim.id, default: []].append(claim) }
        var count = 0
        for claim in state.claims {
            var next = claim.last
            // The entry that took the identifier away is a link of the chain too: what came after it
            // need not be read.
            if let to = claim.to { next = try PersonHistory.previous(to, claim.id, log) ?? .zero }
            while next >= claim.from, next != .zero {
                let step = try log.read(next) { head, _ in
                    (
                        previous: head.previous(of: claim.id),
                        claim: PersonHistory.claim(head, state, claims),
                        kind: head.kind,
                        hasKey: !head.messageID.isEmpty
                    )
                }
                guard let step, let previous = step.previous else {
                    throw PersonHistory.damage(next, claim.id)
                }
                if let claim = step.claim {
                    items.append(
                        Item(
                            sequence: next,
                            kind: step.kind,
                            claim: claim,
                            hasKey: step.hasKey
                        )
                    )
                }
                next = previous
                count += 1
                if count.isMultiple(of: PersonHistory.stretchEntries) { await Task.yield() }
            }
        }
        items.sort { $0.sequence > $1.sequence }
        // An entry that names several of the identifiers stands in several chains.
        var last: SequenceNumber?
        items.removeAll { item in
            defer { last = item.sequence }
            return item.sequence == last
        }
    }

    private static func previous(
        _ sequence: SequenceNumber,
        _ id: IdentifierID,
        _ log: EventLog
    ) throws(StoreError) -> SequenceNumber? {
        guard let found = try log.read(sequence, { head, _ in head.previous(of: id) }),
            let previous = found
        else { throw damage(sequence, id) }
        return previous
    }

    /// The place of the claim by which an entry is the person's; nil of another one's.
    private static func claim(
        _ head: EntryHead,
        _ state: PersonState,
        _ claims: [IdentifierID: [PersonState.Claim]]
    ) -> Int? {
        guard let owner = state.owner(of: head) else { return nil }
        let claim = claims[head.identifiers[owner].id]?.first { claim in
            claim.from <= head.sequence && claim.to.map { head.sequence < $0 } ?? true
        }
        return claim?.place
    }

    static func damage(_ sequence: SequenceNumber, _ id: IdentifierID) -> StoreError {
        .damaged(
            table: "entries",
            key: sequence.description,
            what: "the chain of identifier \(id.rawValue) does not pass here"
        )
    }
}

extension EntryHead {
    /// The entry before this one that names an identifier; nil where this one does not.
    func previous(of id: IdentifierID) -> SequenceNumber? {
        for index in 0..<identifiers.count where identifiers[index].id == id {
            return identifiers[index].previous
        }
        return nil
    }
}
