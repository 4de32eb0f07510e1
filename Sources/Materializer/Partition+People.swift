public import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

extension Partition {
    /// Everything about a person.
    ///
    /// - Parameters:
    ///   - before: Begin the activity with the entry before this one; nil for the newest.
    ///   - limit: How many entries of it at most.
    /// - Returns: nil where there is no such person.
    /// - Complexity: O(n log n) in the person's entries: attributes are read from all of them.
    public func person(
        _ reference: PersonReference,
        before: SequenceNumber?,
        limit: Int
    ) async throws(PartitionError) -> PersonProfile? {
        guard let state = try await state(of: reference) else { return nil }
        var profile = PersonProfile(state.person)
        profile.mergedInto = state.mergedInto
        guard state.mergedInto == nil else { return profile }
        profile.nextChange = state.nextChange
        profile.segments = state.memberships.map {
            PersonProfile.Stay(segment: $0.segment, since: $0.since)
        }
        profile.identifiers = try identifiers(state)
        let history = try await history(of: state)
        var drafts = DraftReader(log)
        profile.attributes = try await attributes(history, state, &drafts)
        let rest = history.items.drop { item in before.map { item.sequence >= $0 } ?? false }
        let page = rest.prefix(limit).map(\.sequence)
        profile.activity = try read(page, state.settings, &drafts)
        if profile.activity.count < rest.count { profile.next = profile.activity.last?.sequence }
        (profile.merges, profile.refusals) = try joins(state)
        let originals = try await verdicts(of: profile.activity.map(\.sequence))
        for index in profile.activity.indices {
            guard let verdict = originals[profile.activity[index].sequence] else { continue }
            profile.activity[index].duplicateOf = verdict.duplicate?.original
            profile.activity[index].isConflict = verdict.duplicate?.isConflict ?? false
            profile.activity[index].isSuppressed = verdict.isSuppressed
        }
        return profile
    }

    /// What is known of transitions' people now.
    ///
    /// - Parameter attributes: Names of attributes that are asked for.
    /// - Returns: One for each, in their order.
    public func outlooks(
        of transitions: [Transition],
        attributes: [String]
    ) async throws(PartitionError) -> [TransitionOutlook] {
        var outlooks = transitions.map { _ in TransitionOutlook() }
        // Of others nothing is asked: the applier has other work.
        let asked = transitions.indices.filter { index in
            let one = transitions[index]
            return one.notice == nil && (one.direction == .entered || one.cause == .merge)
        }
        if !asked.isEmpty {
            let standings = try await ask { applier in
                asked.map { index in
                    applier.stage.standing(
                        of: transitions[index].person,
                        in: transitions[index].segment
                    )
                }
            }
            for (index, standing) in zip(asked, standings) {
                outlooks[index].mergedInto = standing?.mergedInto
                outlooks[index].until = standing?.until
            }
        }
        guard !attributes.isEmpty else { return outlooks }
        for index in transitions.indices where transitions[index].notice == nil {
            outlooks[index].attributes = try await self.attributes(
                attributes,
                of: transitions[index].person
            )
        }
        return outlooks
    }

    /// Those of a person's attributes that are asked for, under the names asked for.
    ///
    /// Where the contract has other names for one, the value counts that was sent last under any of them.
    private func attributes(
        _ names: [String],
        of person: PersonID
    ) async throws(PartitionError) -> [(name: String, value: [UInt8])] {
        guard let state = try await ask({ $0.stage.state(of: person) }), state.mergedInto == nil,
            !state.isErased
        else { return [] }
        let history = try await history(of: state)
        var drafts = DraftReader(log)
        let all = try await attributes(history, state, &drafts)
        let rules = rules
        return names.compactMap { name in
            let declared = rules.contract.attributes.first { $0.name == name }
            let others = [name] + (declared?.aliases ?? [])
            let found = all.filter { others.contains($0.name) }
            let latest = found.max { ($0.occurredAt, $0.sequence) < ($1.occurredAt, $1.sequence) }
            return latest.map { (name, $0.value) }
        }
    }

    /// What the engine knows of whom a text means; nil for nobody.
    ///
    /// - Throws: Kind `erased` for somebody who was.
    func state(of reference: PersonReference) async throws(PartitionError) -> PersonState? {
        guard let state = try await found(reference) else { return nil }
        guard !state.isErased else {
            throw PartitionError(
                .erased,
                "person \(state.person) was erased; nothing is kept of it"
            )
        }
        return state
    }

    private func found(_ reference: PersonReference) async throws(PartitionError) -> PersonState? {
        if let person = reference.person {
            return try await ask { $0.stage.state(of: person) }
        }
        let candidates = reference.candidates.flatMap { candidate in
            rules.contract.namesOfNamespace(candidate.namespace).map {
                Identifier(namespace: $0, text: candidate.text)
            }
        }
        let ids = try await askWriter { writer, _ in
            candidates.compactMap { writer.identifierID($0) }
        }
        return try await ask { applier in
            for id in ids {
                if let state = applier.stage.state(of: id) { return state }
            }
            return nil
        }
    }

    /// The person's entries, the newest first.
    func history(of state: PersonState) async throws(PartitionError) -> PersonHistory {
        do throws(StoreError) {
            return try await PersonHistory(state, log)
        } catch {
            throw PartitionError(error)
        }
    }

    /// Reads entries, as many of them as an answer may hold.
    func read(
        _ sequences: [SequenceNumber],
        _ settings: SettingsHistory?,
        _ drafts: inout DraftReader
    ) throws(PartitionError) -> [LoggedEntry] {
        var entries: [LoggedEntry] = []
        var bytesCount = 0
        for sequence in sequences where bytesCount < LoggedEntries.bytesMax {
            let found = try PartitionError.wrap { () throws(StoreError) in
                try log.read(sequence) { head, bytes in (head, copied(bytes)) }
            }
            guard let (head, bytes) = found else { continue }
            bytesCount += bytes.count
            entries.append(try logged(head, bytes, settings, &drafts))
        }
        return entries
    }

    /// An entry with its texts.
    func logged(
        _ head: EntryHead,
        _ bytes: [UInt8],
        _ settings: SettingsHistory?,
        _ drafts: inout DraftReader
    ) throws(PartitionError) -> LoggedEntry {
        do throws(StoreError) {
            return LoggedEntry(
                sequence: head.sequence,
                receivedAt: head.receivedAt,
                occurredAt: head.occurredAt(
                    skewTolerance: (settings?.at(head.sequence) ?? EngineSettings()).skewTolerance
                ),
                draft: try drafts.draft(head, bytes.span)
            )
        } catch {
            throw PartitionError(error)
        }
    }

    private func identifiers(
        _ state: PersonState
    ) throws(PartitionError) -> [PersonProfile.LinkedIdentifier] {
        var linked: [PersonProfile.LinkedIdentifier] = []
        for claim in state.claims where claim.to == nil {
            let since = try PartitionError.wrap { () throws(StoreError) in
                try log.read(claim.from) { head, _ in (at: head.receivedAt, kind: head.kind) }
            }
            guard let since, let identifier = try texts([claim.id]).first else { continue }
            linked.append(
                PersonProfile.LinkedIdentifier(
                    identifier: identifier,
                    since: since.at,
                    sequence: claim.from,
                    kind: since.kind
                )
            )
        }
        return linked
    }

    private func attributes(
        _ history: PersonHistory,
        _ state: PersonState,
        _ drafts: inout DraftReader
    ) async throws(PartitionError) -> [PersonProfile.Attribute] {
        let entries = history.items.reversed().filter { $0.kind == .identify }
        var story = AttributeStory(rules.contract, state)
        var start = 0
        while start < entries.count {
            let stretch = entries[start..<min(start + PersonHistory.stretchEntries, entries.count)]
            start = stretch.endIndex
            let ineffective = try await ineffective(of: stretch.map(\.sequence))
            for item in stretch where !ineffective.contains(item.sequence) {
                try PartitionError.wrap { () throws(StoreError) in
                    try story.reach(item.sequence, &drafts)
                    _ = try log.read(item.sequence) { head, bytes in
                        let tolerance = state.settings.at(head.sequence).skewTolerance
                        story.fold(
                            head,
                            occurredAt: head.occurredAt(skewTolerance: tolerance),
                            bytes,
                            by: item.claim
                        )
                    }
                }
            }
            if Task.isCancelled { throw PartitionError.givenUp }
            await Task.yield()
        }
        do throws(StoreError) { return try story.attributes(&drafts) } catch {
            throw PartitionError(error)
        }
    }

    /// Of those entries the ones that repeat another, were suppressed or set aside.
    private func ineffective(
        of sequences: [SequenceNumber]
    ) async throws(PartitionError) -> Set<SequenceNumber> {
        let quarantined = quarantined
        return try await ask { applier in
            Set(
                sequences.filter {
                    applier.stage.original(of: $0) != nil || applier.stage.isSuppressed($0)
                        || quarantined.contains($0)
                }
            )
        }
    }

    /// Who became one with the person, and which links were refused.
    private func joins(
        _ state: PersonState
    ) throws(PartitionError) -> ([PersonProfile.Merge], [PersonProfile.Refusal]) {
        var merges: [PersonProfile.Merge] = []
        for merge in state.merges {
            let entry = try entry(merge.sequence)
            guard let entry else { continue }
            merges.append(
                PersonProfile.Merge(
                    absorbed: merge.absorbed,
                    at: entry.at,
                    sequence: merge.sequence,
                    kind: entry.kind
                )
            )
        }
        var refusals: [PersonProfile.Refusal] = []
        for refusal in state.refusals {
            guard let entry = try entry(refusal.sequence),
                let identifier = try texts([refusal.id]).first
            else { continue }
            refusals.append(
                PersonProfile.Refusal(
                    identifier: identifier,
                    at: entry.at,
                    sequence: refusal.sequence,
                    holder: refusal.holder,
                    reason: RefusedLinkReason(refusal.reason)
                )
            )
        }
        return (merges, refusals)
    }

    private func entry(
        _ sequence: SequenceNumber
    ) throws(PartitionError) -> (at: Instant, kind: EntryKind)? {
        try PartitionError.wrap { () throws(StoreError) in
            try log.read(sequence) { head, _ in (head.receivedAt, head.kind) }
        }
    }

    struct Verdict: Sendable {
        var duplicate: Duplicate?
        var isSuppressed: Bool
    }

    /// What became of those entries that did not simply count.
    func verdicts(
        of sequences: [SequenceNumber]
    ) async throws(PartitionError) -> [SequenceNumber: Verdict] {
        guard !sequences.isEmpty else { return [:] }
        return try await ask { applier in
            var verdicts: [SequenceNumber: Verdict] = [:]
            for sequence in sequences {
                let duplicate = applier.stage.duplicate(sequence)
                let isSuppressed = applier.stage.isSuppressed(sequence)
                if duplicate != nil || isSuppressed {
                    verdicts[sequence] = Verdict(
                        duplicate: duplicate,
                        isSuppressed: isSuppressed
                    )
                }
            }
            return verdicts
        }
    }
}

/// The bytes, to keep beyond the record's own time.
func copied(_ bytes: Span<UInt8>) -> [UInt8] {
    var writer = ValueWriter()
    writer.raw(bytes)
    return writer.bytes
}
