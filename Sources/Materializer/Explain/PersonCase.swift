internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// All entries that can say anything of one person: its own, and those of everybody whom any identifier on the way
/// was ever shared with. What others did does not reach it.
///
/// So a world of these alone gives the person's story as the whole log does.
struct PersonCase: Sendable {
    /// An entry of it.
    struct Entry: Sendable {
        var sequence: SequenceNumber
        var receivedAt: Instant
        var draft: EntryDraft
    }

    /// Whom somebody asks for.
    let reference: PersonReference
    /// What the person may be called, under the contract.
    let candidates: [Identifier]
    /// In order of the log, with all `rules` entries.
    var entries: [Entry]
    /// Entries of it that have no effect.
    let quarantined: Set<SequenceNumber>

    /// The story up to an instant.
    ///
    /// - Parameters:
    ///   - rules: The rule sets of its `rules` entries, in order.
    ///   - isKept: Whether an entry, by its place, says what it says; else it only names who it is about.
    /// - Returns: A world in which the instant is over.
    func play(
        _ rules: CompiledRules,
        through instant: Instant,
        where isKept: (Int) -> Bool = { _ in true }
    ) throws(StoreError) -> SmallWorld {
        var world = SmallWorld(rules, quarantined: quarantined)
        var place = 0
        while place < entries.count, entries[place].receivedAt <= instant {
            let at = entries[place].receivedAt
            var drafts: [EntryDraft] = []
            while place < entries.count, entries[place].receivedAt == at {
                let draft = entries[place].draft
                drafts.append(isKept(place) ? draft : draft.silenced)
                place += 1
            }
            try world.step(drafts, at: at)
        }
        try world.step([], at: instant)
        return world
    }

    /// Who is meant, in a world of these entries; somebody who has become one with another is that one.
    func person(in world: borrowing SmallWorld) -> PersonState? {
        guard let id = reference.person else { return world.person(candidates) }
        // In the world entries count from 1.
        guard let place = entries.firstIndex(where: { $0.sequence.rawValue == id.rawValue }),
            let state = world.person(PersonID(UInt64(place) + 1))
        else { return nil }
        return state.mergedInto.flatMap { world.person($0) } ?? state
    }

    /// The id that a person of a world has in the log.
    func id(_ person: PersonID) -> PersonID { PersonID(sequence(person.rawValue).rawValue) }

    /// The entry of the log that an entry of a world is; zero for none.
    func sequence(_ number: UInt64) -> SequenceNumber {
        guard number > 0, number <= UInt64(entries.count) else { return .zero }
        return entries[Int(number) - 1].sequence
    }
}

extension EntryDraft {
    /// An entry that names the same and says nothing else.
    var silenced: EntryDraft {
        guard kind == .track || kind == .identify || kind == .list else { return self }
        var draft = EntryDraft(kind: .identify)
        draft.identifiers = identifiers
        draft.timestamp = timestamp
        draft.sentAt = sentAt
        draft.isBackfill = isBackfill
        return draft
    }
}

extension Partition {
    /// All entries that can say anything of somebody, up to one of the log.
    ///
    /// - Returns: nil where there is no such person.
    /// - Complexity: O(n log n) in them.
    func personCase(
        _ reference: PersonReference,
        through last: SequenceNumber
    ) async throws(PartitionError) -> PersonCase? {
        guard var state = try await state(of: reference) else { return nil }
        if let survivor = state.mergedInto {
            guard let found = try await ask({ $0.stage.state(of: survivor) }) else { return nil }
            state = found
        }
        var sequences: Set<SequenceNumber> = []
        var known: Set<IdentifierID> = []
        var waiting = state.claims.map(\.id)
        while !waiting.isEmpty {
            known.formUnion(waiting)
            let asked = waiting
            let chains = try await ask { $0.stage.chains(of: asked) }
            var found: Set<IdentifierID> = []
            for chain in chains {
                try await walk(chain.id, from: chain.last, through: last, &sequences, &found)
            }
            waiting = Array(found.subtracting(known))
        }
        let rules = try PartitionError.wrap { () throws(StoreError) in try log.rulesSequences() }
        sequences.formUnion(rules.filter { $0 <= last })
        let entries = try await drafts(sequences.sorted())
        let candidates = reference.candidates.flatMap { candidate in
            self.rules.contract.namesOfNamespace(candidate.namespace).map {
                Identifier(namespace: $0, text: candidate.text)
            }
        }
        let ineffective = entries.indices.filter { quarantined.contains(entries[$0].sequence) }
        return PersonCase(
            reference: reference,
            candidates: candidates,
            entries: entries,
            quarantined: Set(ineffective.map { SequenceNumber(UInt64($0) + 1) })
        )
    }

    /// Walks a chain: takes its entries, and the other identifiers that they name.
    private func walk(
        _ id: IdentifierID,
        from end: SequenceNumber,
        through last: SequenceNumber,
        _ sequences: inout Set<SequenceNumber>,
        _ found: inout Set<IdentifierID>
    ) async throws(PartitionError) {
        var next = end
        var count = 0
        while next != .zero {
            let sequence = next
            let step = try PartitionError.wrap { () throws(StoreError) in
                try log.read(sequence) { head, _ in
                    let others = (0..<head.identifiers.count).map { head.identifiers[$0].id }
                    return (previous: head.previous(of: id), others: others)
                }
            }
            guard let step, let previous = step.previous else {
                throw PartitionError(PersonHistory.damage(sequence, id))
            }
            if sequence <= last {
                sequences.insert(sequence)
                found.formUnion(step.others)
            }
            next = previous
            count += 1
            if count.isMultiple(of: PersonHistory.stretchEntries) { await Task.yield() }
        }
    }

    private func drafts(
        _ sequences: [SequenceNumber]
    ) async throws(PartitionError) -> [PersonCase.Entry] {
        let verdicts = try await verdicts(of: sequences)
        var reader = DraftReader(log)
        var entries: [PersonCase.Entry] = []
        for sequence in sequences {
            let entry = try PartitionError.wrap { () throws(StoreError) -> PersonCase.Entry? in
                let found = try log.read(sequence) { head, bytes in (head, copied(bytes)) }
                guard let (head, bytes) = found else { return nil }
                var draft = try reader.draft(head, bytes.span)
                // What repeats an idempotency key, maybe another person's, has no effect.
                if let duplicate = verdicts[sequence]?.duplicate, !duplicate.isByKey {
                    draft = draft.silenced
                }
                return PersonCase.Entry(
                    sequence: sequence,
                    receivedAt: head.receivedAt,
                    draft: draft
                )
            }
            if let entry { entries.append(entry) }
            if entries.count.isMultiple(of: PersonHistory.stretchEntries) { await Task.yield() }
        }
        return entries
    }
}
