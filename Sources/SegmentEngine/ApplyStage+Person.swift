public import EventModel

/// What the engine knows of one person between two instants.
public struct PersonState: Sendable {
    /// For which entries an identifier means the person.
    public struct Claim: Sendable {
        /// Its place among the person's, in order of appearance; those of whom it absorbed lie beside each other.
        public var place: Int
        /// The identifier.
        public var id: IdentifierID
        /// The first entry.
        public var from: SequenceNumber
        /// The first entry no longer; nil while it still means the person.
        public var to: SequenceNumber?
        /// The last entry so far that names the identifier, whoever it means then.
        public var last: SequenceNumber
    }

    /// A segment that the person is in.
    public struct Membership: Sendable {
        /// The segment's name.
        public var segment: String
        /// When the person entered it.
        public var since: Instant
    }

    /// An identifier that an entry named and that could not be linked to the person.
    public struct Refusal: Sendable {
        /// The entry.
        public var sequence: SequenceNumber
        /// The identifier.
        public var id: IdentifierID
        /// Whose it stayed; nil where it is nobody's.
        public var holder: PersonID?
        /// Why.
        public var reason: RefusalReason
    }

    /// Somebody who became one with the person.
    public struct Merge: Sendable {
        /// The entry that brought it about.
        public var sequence: SequenceNumber
        /// Who.
        public var absorbed: PersonID
    }

    /// A merge that kept the attributes of whom it names first.
    public struct KeptAttributes: Sendable {
        /// The entry that brought it about.
        public var sequence: SequenceNumber
        /// The places of the claims of whom it names first, as they were before it.
        public var primary: Range<Int>
        /// Those of the other.
        public var secondary: Range<Int>
    }

    /// Who.
    public var person: PersonID
    /// Whom the person became one with: then nothing else is known of it.
    public var mergedInto: PersonID?
    /// Whether the person was erased: then nothing else is known of it.
    public var isErased = false
    /// The identifiers, in order of rank, then of first appearance.
    public var claims: [Claim] = []
    /// Links that were refused, in order of the log.
    public var refusals: [Refusal] = []
    /// Who became one with the person, in order of the log.
    public var merges: [Merge] = []
    /// Those merges that kept attributes, in order of the log.
    public var keptAttributes: [KeptAttributes] = []
    /// The segments, in order of the bytes of their names.
    public var memberships: [Membership] = []
    /// The next instant at which time alone changes something that a rule in force looks at.
    public var nextChange: Instant?
    /// What the engine takes entries to mean.
    public var settings: SettingsHistory
    var namespaces = NamespaceHistory()

    /// The place of the identifier that says whose an entry is: the first of the highest rank that was
    /// linked; nil where none identifies anybody.
    public func owner(of head: EntryHead) -> Int? {
        namespaces.owner(of: head) { id in
            refusals.contains { $0.sequence == head.sequence && $0.id == id }
        }
    }
}

extension ApplyStage {
    /// What is known of a person.
    ///
    /// - Returns: nil where there is none of that id.
    /// - Complexity: O(identifiers + segments + what is kept of the person).
    public mutating func state(of person: PersonID) -> PersonState? {
        guard let slot = slot(of: person) else { return nil }
        return state(slot)
    }

    /// Where the person of an id stands in the table; nil where there is none.
    func slot(of person: PersonID) -> PersonSlot? {
        guard person.rawValue > 0 else { return nil }
        let index = firstSlot(after: PersonID(person.rawValue - 1))
        let slot = PersonSlot(rawValue: UInt32(index))
        guard index < people.count, people.record(slot).pointee.id == person else { return nil }
        return slot
    }

    /// What is known of the person whom an identifier means.
    ///
    /// - Returns: nil where it means nobody.
    public mutating func state(of identifier: IdentifierID) -> PersonState? {
        let id = Int(identifier.rawValue)
        guard id < holders.count, holders[id] != .nobody else { return nil }
        let state = state(survivor(of: holders[id]))
        return state.isErased ? nil : state
    }

    /// Whose an entry was when it was applied; nil of one that is nobody's.
    public func owner(of admitted: Admitted) -> PersonID? {
        admitted.person == .nobody ? nil : people.record(admitted.person).pointee.id
    }

    /// The last entries that name identifiers; of those only that ever meant somebody.
    public func chains(
        of identifiers: [IdentifierID]
    ) -> [(id: IdentifierID, last: SequenceNumber)] {
        identifiers.compactMap { id in
            let place = Int(id.rawValue)
            guard place < holders.count, holders[place] != .nobody else { return nil }
            return (id, chainHeads[place])
        }
    }

    /// Whom a person has become, through all merges.
    func survivor(of person: PersonSlot) -> PersonSlot {
        var last = person
        while people.record(last).pointee.isAbsorbed {
            last = people.record(last).pointee.mergedInto
        }
        return last
    }

    private mutating func state(_ slot: PersonSlot) -> PersonState {
        let record = people.record(slot)
        var state = PersonState(person: record.pointee.id, settings: settings)
        if record.pointee.isErased {
            state.isErased = true
            return state
        }
        guard !record.pointee.isAbsorbed else {
            state.mergedInto = people.record(survivor(of: slot)).pointee.id
            return state
        }
        let ranked = people.claims(slot).enumerated().sorted {
            (IdentifierRank(contract.namespaces.meant($0.element.namespace)), $0.offset)
                < (IdentifierRank(contract.namespaces.meant($1.element.namespace)), $1.offset)
        }
        for (place, claim) in ranked {
            state.claims.append(
                PersonState.Claim(
                    place: place,
                    id: claim.id,
                    from: claim.from,
                    to: claim.to == IdentifierClaim.open ? nil : claim.to,
                    last: chainHeads[Int(claim.id.rawValue)]
                )
            )
        }
        for name in program.names.indices
        where people.members(slot)[name >> 6] & (1 << UInt64(name & 63)) != 0 {
            state.memberships.append(
                PersonState.Membership(
                    segment: program.names[name],
                    since: people.stay(name, of: slot)
                )
            )
        }
        state.nextChange = nextChange(of: slot)
        state.namespaces = contract.namespaces
        for merge in merges where survivor(of: merge.survivor) == slot {
            state.merges.append(
                PersonState.Merge(
                    sequence: merge.sequence,
                    absorbed: people.record(merge.absorbed).pointee.id
                )
            )
        }
        for index in (keptOf[slot] ?? []).sorted() {
            state.keptAttributes.append(
                PersonState.KeptAttributes(
                    sequence: keptAttributes[index].sequence,
                    primary: keptAttributes[index].primary,
                    secondary: keptAttributes[index].secondary
                )
            )
        }
        for refusal in refusals
        where refusal.person != .nobody && survivor(of: refusal.person) == slot {
            let holder = holders[Int(refusal.id.rawValue)]
            state.refusals.append(
                PersonState.Refusal(
                    sequence: refusal.sequence,
                    id: refusal.id,
                    holder: holder == .nobody
                        ? nil : people.record(survivor(of: holder)).pointee.id,
                    reason: refusal.reason
                )
            )
        }
        return state
    }

    /// The earliest end of a leaf that a rule in force looks at.
    ///
    /// The armed deadline may be early, and may belong to a rule of the past.
    private mutating func nextChange(of person: PersonSlot) -> Instant? {
        // Nothing ends before it, so truth just before it is truth since the last evaluation.
        let instant = reached - TimeSpan(milliseconds: 1)
        var next = Instant.distantFuture
        let record = people.record(person)
        let entries = people.directory(record)
        for index in 0..<Int(record.pointee.directoryCount)
        where Int(entries[index].key) < keeps.count {
            let series = plan.series.pointer(Int32(truncatingIfNeeded: entries[index].key))
            for place in series.pointee.leafStart..<series.pointee.leafEnd {
                let leaf = plan.leaves.pointer(place)
                guard isInForce(Int(leaf.pointee.number)) else { continue }
                next = min(
                    next,
                    truth(of: leaf, series, entries + index, record, at: instant).until
                )
            }
        }
        return next < .latestNamed ? next : nil
    }

    private func isInForce(_ leaf: Int) -> Bool {
        for place in plan.variantsOfLeaf.range(leaf) {
            let variant = plan.variantsOfLeaf.number(at: place)
            if inForce[plan.variants[variant].name] == variant { return true }
        }
        return false
    }
}
