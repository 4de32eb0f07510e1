internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// All entries that can say anything of one person.
///
/// Its own, and those of everybody whom any identifier on the way was ever shared with: what others did does not reach
/// it.
/// So a world of these alone gives the person's story as the whole log does.
struct PersonCase: Sendable {
    /// An entry of it.
    struct Entry: Sendable {
        var sequence: SequenceNumber
        var receivedAt: Instant
        var draft: EntryDraft
        /// Whether it repeats the idempotency key of another entry, and so has no effect.
        var isDuplicate = false
    }

    /// Whom somebody asks for.
    let reference: PersonReference
    /// What the person may be called, under the contract.
    let candidates: [Identifier]
    /// In order of the log, with all `rules` entries.
    var entries: [Entry]
    /// Entries of it, by their numbers in a world of them, that have no effect: they were set aside, or name somebody
    /// who is suppressed.
    let ineffective: Set<SequenceNumber>

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
        var world = SmallWorld(rules, quarantined: ineffective)
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

extension EntryDraft {
    /// An entry with the same idempotency key, of a person of its own.
    fileprivate func ofNobody(_ sequence: SequenceNumber) -> EntryDraft {
        var draft = EntryDraft(kind: .track)
        draft.identifiers = [.anonymous("\u{0}\(sequence)")]
        draft.event = "\u{0}"
        (draft.messageID, draft.source) = (messageID, source)
        (draft.timestamp, draft.sentAt) = (timestamp, sentAt)
        return draft
    }
}

extension Partition {
    /// So many entries at most make a story.
    static let storyMax = 200_000

    /// All entries that can say anything of somebody, up to one of the log.
    ///
    /// - Parameter max: How many entries it may have.
    /// - Returns: nil where there is no such person.
    /// - Throws: Kind `tooMuch` where it has more.
    /// - Complexity: O(n log n) in them.
    func personCase(
        _ reference: PersonReference,
        through last: SequenceNumber,
        max: Int = storyMax
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
                try await walk(chain.id, from: chain.last, through: last, max, &sequences, &found)
            }
            waiting = Array(found.subtracting(known))
        }
        let rules = try PartitionError.wrap { () throws(StoreError) in try log.rulesSequences() }
        sequences.formUnion(rules.filter { $0 <= last })
        let (entries, ineffective) = try await drafts(sequences.sorted())
        let candidates = reference.candidates.flatMap { candidate in
            self.rules.contract.namesOfNamespace(candidate.namespace).map {
                Identifier(namespace: $0, text: candidate.text)
            }
        }
        return PersonCase(
            reference: reference,
            candidates: candidates,
            entries: entries,
            ineffective: ineffective
        )
    }

    /// Walks a chain: takes its entries, and the other identifiers that they name.
    private func walk(
        _ id: IdentifierID,
        from end: SequenceNumber,
        through last: SequenceNumber,
        _ max: Int,
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
            if Task.isCancelled { throw PartitionError.givenUp }
            guard sequences.count <= max, count <= max * 2 else {
                let name = try texts([id]).first.map { "\($0.namespace):\($0.text)" }
                throw PartitionError(
                    .tooMuch,
                    "too many entries would have to be looked at, more than \(max): the identifier "
                        + "\(name ?? "") is shared with many people, or has many entries. 'segmentd "
                        + "person' shows what is known of the person"
                )
            }
        }
    }

    private func drafts(
        _ sequences: [SequenceNumber]
    ) async throws(PartitionError) -> ([PersonCase.Entry], ineffective: Set<SequenceNumber>) {
        var verdicts: [SequenceNumber: Verdict] = [:]
        // In slices, since the applier has other work.
        for start in stride(from: 0, to: sequences.count, by: PersonHistory.stretchEntries) {
            let end = min(sequences.count, start + PersonHistory.stretchEntries)
            verdicts.merge(try await self.verdicts(of: Array(sequences[start..<end]))) { $1 }
        }
        let own = Set(sequences)
        // What repeats somebody else's entry has no effect here either.
        let repeated = verdicts.values.compactMap { verdict in
            verdict.duplicate.flatMap { $0.isByKey ? nil : $0.original }
        }
        let all = own.union(repeated).sorted()
        var ineffective: Set<SequenceNumber> = []
        var reader = DraftReader(log)
        var entries: [PersonCase.Entry] = []
        var numbers: [SequenceNumber: SequenceNumber] = [:]
        for sequence in all {
            let entry = try PartitionError.wrap { () throws(StoreError) -> PersonCase.Entry? in
                let found = try log.read(sequence) { head, bytes in (head, copied(bytes)) }
                guard let (head, bytes) = found else { return nil }
                var draft = try reader.draft(head, bytes.span)
                if !own.contains(sequence) { draft = draft.ofNobody(sequence) }
                // The rules are compiled already; their files would be copied with every play.
                if draft.repeated != .zero {
                    // Nobody was made by the first entry, which is one of rules.
                    draft.repeated = numbers[draft.repeated] ?? SequenceNumber(1)
                }
                if draft.kind == .rules { draft.content = EntryDraft(kind: .rules).content }
                let duplicate = verdicts[sequence]?.duplicate
                return PersonCase.Entry(
                    sequence: sequence,
                    receivedAt: head.receivedAt,
                    draft: draft,
                    isDuplicate: duplicate.map { !$0.isByKey } ?? false
                )
            }
            if let entry {
                entries.append(entry)
                numbers[sequence] = SequenceNumber(UInt64(entries.count))
            }
            if quarantined.contains(sequence) || verdicts[sequence]?.isSuppressed ?? false {
                ineffective.insert(SequenceNumber(UInt64(entries.count)))
            }
            if Task.isCancelled { throw PartitionError.givenUp }
            if entries.count.isMultiple(of: PersonHistory.stretchEntries) { await Task.yield() }
        }
        return (entries, ineffective)
    }
}
