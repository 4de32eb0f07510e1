internal import EventModel

extension AdmitStage {
    /// Finds the person, and what identity the entry brings about.
    mutating func identify(_ head: HeadPointer, _ admitted: inout Admitted) {
        // Nearly all entries name one person by one identifier that is known.
        if head.pointee.identifiers.count == 1, rank(0, head) != nil {
            let holder = ownHolder(head.pointee.identifiers[0].id)
            guard holder == .nobody else {
                admitted.person = holder
                return
            }
        }
        guard let target = target(head, &admitted) else { return }
        admitted.person = target
        for index in 0..<head.pointee.identifiers.count {
            let reference = head.pointee.identifiers[index]
            guard rank(index, head) != nil else { continue }
            let holder = holder(reference.id)
            guard holder != target else {
                // Another name of one that means the target already.
                if ownHolder(reference.id) == .nobody {
                    link(reference, at: index, to: target, &admitted)
                }
                continue
            }
            if holder == .nobody {
                if isFull(target), !meansUser(reference) {
                    admitted.refused |= 1 << UInt8(index)
                    admitted.surplus |= 1 << UInt8(index)
                } else {
                    link(reference, at: index, to: target, &admitted)
                }
            } else if !people[Int(holder.rawValue)].isKnown {
                absorb(holder, into: target, &admitted)
                if ownHolder(reference.id) == .nobody {
                    link(reference, at: index, to: target, &admitted)
                }
            } else if reference.namespace == .anonymous, !isFull(target) {
                // A shared device: from here on it means the new one, its past stays.
                people[Int(holder.rawValue)].identifiers -= 1
                link(reference, at: index, to: target, &admitted)
                admitted.movedFrom[index] = holder
            } else {
                admitted.refused |= 1 << UInt8(index)
            }
        }
    }

    /// The person that the entry is about; nil where no namespace that it names identifies anybody.
    ///
    /// Of those it names, the known one whom the highest-ranking
    /// identifier means; else the eldest; else somebody new. A `user` that is new names nobody
    /// known: two people with a `user` each join by an explicit merge only.
    private mutating func target(_ head: HeadPointer, _ admitted: inout Admitted) -> PersonSlot? {
        var eldest = PersonSlot.nobody
        var known = PersonSlot.nobody
        var knownRank = IdentifierRank.last
        var namesNewUser = false
        var namesAnybody = false
        for index in 0..<head.pointee.identifiers.count {
            let reference = head.pointee.identifiers[index]
            guard let rank = rank(index, head) else { continue }
            namesAnybody = true
            let holder = holder(reference.id)
            if holder == .nobody {
                namesNewUser = namesNewUser || meansUser(reference)
            } else if !people[Int(holder.rawValue)].isKnown {
                eldest = min(eldest, holder)
            } else if known == .nobody || rank < knownRank {
                (known, knownRank) = (holder, rank)
            }
        }
        guard namesAnybody else { return nil }
        if known != .nobody, !namesNewUser { return known }
        return eldest != .nobody ? eldest : newPerson(head, &admitted)
    }

    private mutating func newPerson(
        _ head: HeadPointer,
        _ admitted: inout Admitted
    ) -> PersonSlot {
        let slot = PersonSlot(rawValue: UInt32(people.count))
        people.append(Person(mergedInto: slot, isKnown: false, identifiers: 0))
        madeBy.append(head.pointee.sequence)
        admitted.isNewPerson = true
        return slot
    }

    // MARK: - Explicit merges

    /// Of an alias the place of the previous id that is not meant: it is a `user` if one is so called,
    /// else an anonymous id.
    func unmeantPrevious(_ head: HeadPointer) -> Int? {
        guard head.pointee.identifiers.count == 3 else { return nil }
        return ownOrTwin(head.pointee.identifiers[1].id) == .nobody ? 1 : 2
    }

    /// Makes the two people whom a merge names one, or links what is new to the other's person.
    mutating func merge(_ head: HeadPointer, _ admitted: inout Admitted) {
        let unmeant = head.pointee.isAlias ? unmeantPrevious(head) : nil
        var survivor = PersonSlot.nobody
        var other = PersonSlot.nobody
        var namesAnybody = false
        for index in 0..<head.pointee.identifiers.count where index != unmeant {
            let reference = head.pointee.identifiers[index]
            guard rank(index, head) != nil else { continue }
            namesAnybody = true
            let holder = holder(reference.id)
            guard holder != .nobody, holder != survivor else { continue }
            if survivor == .nobody { survivor = holder } else { other = holder }
        }
        guard namesAnybody else { return }
        if survivor == .nobody {
            survivor = newPerson(head, &admitted)
        } else if other != .nobody, !people[Int(survivor.rawValue)].isKnown,
            people[Int(other.rawValue)].isKnown
        {
            swap(&survivor, &other)
            admitted.keepsAbsorbed = true
        }
        admitted.person = survivor
        if other != .nobody { absorb(other, into: survivor, &admitted) }
        for index in 0..<head.pointee.identifiers.count where index != unmeant {
            let reference = head.pointee.identifiers[index]
            guard rank(index, head) != nil, ownHolder(reference.id) == .nobody else { continue }
            link(reference, at: index, to: survivor, &admitted)
        }
    }

    // MARK: - Links

    @inline(__always)
    private func rank(_ index: Int, _ head: HeadPointer) -> IdentifierRank? {
        if blocked != 0, blocked & 1 << UInt8(index) != 0 { return nil }
        return contract.namespaces.rank(
            head.pointee.identifiers[index].namespace,
            at: head.pointee.sequence
        )
    }

    /// Whether it is a canonical customer id, by whatever name of the namespace.
    private func meansUser(_ reference: IdentifierReference) -> Bool {
        contract.namespaces.isUser(reference.namespace)
    }

    private func isFull(_ person: PersonSlot) -> Bool {
        people[Int(person.rawValue)].identifiers >= settings.current.identifiersMax
    }

    private mutating func link(
        _ reference: IdentifierReference,
        at index: Int,
        to person: PersonSlot,
        _ admitted: inout Admitted
    ) {
        holders[Int(reference.id.rawValue)] = person
        if admitted.links == 0 { admitted.movedFrom = InlineArray(repeating: .nobody) }
        admitted.links |= 1 << UInt8(index)
        people[Int(person.rawValue)].identifiers += 1
        if meansUser(reference) { people[Int(person.rawValue)].isKnown = true }
    }

    private mutating func absorb(
        _ person: PersonSlot,
        into target: PersonSlot,
        _ admitted: inout Admitted
    ) {
        people[Int(person.rawValue)].mergedInto = target
        people[Int(target.rawValue)].identifiers += people[Int(person.rawValue)].identifiers
        // Both known is only by an explicit merge; the survivor is known where either is.
        if people[Int(person.rawValue)].isKnown { people[Int(target.rawValue)].isKnown = true }
        if uniques.join(person, into: target) { admitted.sharesKeys = true }
        admitted.absorbed[admitted.absorbedCount] = person
        admitted.absorbedCount += 1
    }

    /// Whom an identifier means now, or another one of the same text in a namespace of the same meaning.
    @inline(__always)
    mutating func holder(_ id: IdentifierID) -> PersonSlot {
        let own = ownHolder(id)
        guard own == .nobody, identifierRules.saysAnything else { return own }
        for twin in identifierRules.twins(of: id) where twin.rawValue < UInt32(holders.count) {
            let holder = ownHolder(twin)
            if holder != .nobody { return holder }
        }
        return own
    }

    private func ownOrTwin(_ id: IdentifierID) -> PersonSlot {
        let own = holders[Int(id.rawValue)]
        guard own == .nobody, identifierRules.saysAnything else { return own }
        return identifierRules.twins(of: id).lazy.map { holders[Int($0.rawValue)] }
            .first { $0 != .nobody } ?? .nobody
    }

    /// Whom an identifier itself means now, through all merges; the way there is shortened.
    private mutating func ownHolder(_ id: IdentifierID) -> PersonSlot {
        let first = holders[Int(id.rawValue)]
        guard first != .nobody else { return first }
        var last = first
        while people[Int(last.rawValue)].mergedInto != last {
            last = people[Int(last.rawValue)].mergedInto
        }
        if last != first { holders[Int(id.rawValue)] = last }
        return last
    }
}
