public import EventModel

extension AdmitStage {
    /// Has the identifiers of a person mean nobody any more, and forgets the person's business keys.
    ///
    /// - Complexity: O(people + identifiers of the log): nobody keeps a person's identifiers here.
    mutating func erase(_ head: HeadPointer, _ admitted: inout Admitted) {
        var person = PersonSlot.nobody
        for index in 0..<head.pointee.identifiers.count where person == .nobody {
            person = holder(head.pointee.identifiers[index].id)
        }
        // The name may have become another's between the question and the entry.
        if head.pointee.repeated != .zero,
            person == .nobody || maker(person) != head.pointee.repeated
        {
            return
        }
        if head.pointee.isOn {
            for index in 0..<head.pointee.identifiers.count {
                suppressed.insert(head.pointee.identifiers[index].id)
            }
        }
        guard person != .nobody else { return }
        admitted.person = person
        let parts = parts(of: person)
        for index in holders.indices
        where holders[index] != .nobody && parts.contains(holders[index]) {
            holders[index] = .nobody
            if head.pointee.isOn { suppressed.insert(IdentifierID(UInt32(index))) }
        }
        for part in parts { uniques.forget(part) }
    }

    /// The entry that made a person: its PersonID.
    private func maker(_ person: PersonSlot) -> SequenceNumber { madeBy[Int(person.rawValue)] }

    /// A person, and all who became one with it.
    private func parts(of person: PersonSlot) -> Set<PersonSlot> {
        var parts: Set<PersonSlot> = [person]
        for index in people.indices
        where people[index].mergedInto.rawValue != UInt32(index)
            && survivor(of: PersonSlot(rawValue: UInt32(index))) == person
        {
            parts.insert(PersonSlot(rawValue: UInt32(index)))
        }
        return parts
    }

    /// Whom somebody has become, through all merges.
    func survivor(of person: PersonSlot) -> PersonSlot {
        var last = person
        while people[Int(last.rawValue)].mergedInto != last {
            last = people[Int(last.rawValue)].mergedInto
        }
        return last
    }

    // MARK: - Scrubbing

    /// Looks at all identifiers again, since some have their texts back.
    public mutating func lookAgain() { identifierRules.lookAgain() }

    /// Whom an entry is about when it is admitted, or whom the first of its identifiers means that means anybody,
    /// where it has no effect; nil for nobody.
    public mutating func subject(_ head: EntryHead, _ admitted: Admitted) -> Int? {
        if admitted.person != .nobody { return Int(admitted.person.rawValue) }
        for index in 0..<head.identifiers.count {
            let id = head.identifiers[index].id
            guard Int(id.rawValue) < holders.count, holders[Int(id.rawValue)] != .nobody else {
                continue
            }
            return Int(survivor(of: holders[Int(id.rawValue)]).rawValue)
        }
        return nil
    }

    /// Per person, in order of appearance, whom it has become.
    public var survivors: [Int] {
        people.indices.map { Int(survivor(of: PersonSlot(rawValue: UInt32($0))).rawValue) }
    }

    /// Whether an identifier means anybody now.
    public func meansAnybody(_ id: IdentifierID) -> Bool {
        Int(id.rawValue) < holders.count && holders[Int(id.rawValue)] != .nobody
    }

    /// Whether entries that name an identifier have no effect now.
    public func suppresses(_ id: IdentifierID) -> Bool { suppressed.contains(id) }

    /// The names of a namespace under the rules in force, the one that is asked for included.
    public func names(ofNamespace name: String) -> [String] {
        let canonical = identifierRules.canonical[name] ?? name
        let others = identifierRules.canonical.filter { $0.value == canonical }.keys
        return ([canonical] + others).sorted()
    }

    /// Identifiers that mean the same as one under the rules in force, itself included.
    public func twins(of id: IdentifierID) -> [IdentifierID] {
        let twins = identifierRules.twins(of: id)
        return twins.isEmpty ? [id] : twins
    }
}

extension Admitted {
    /// Who exists from this entry on, as `survivors` counts people; nil for nobody.
    public var newPerson: Int? { isNewPerson ? Int(person.rawValue) : nil }

    /// Whether the identifier at a place identifies nobody, as the rules say.
    public func isBlocked(_ place: Int) -> Bool { blocked & 1 << UInt8(place) != 0 }

    /// Who was erased, where this is of an `erase`.
    public var erasedPerson: Int? { person == .nobody ? nil : Int(person.rawValue) }

    /// Whether both do the same to the same people.
    public func isEqual(_ other: Admitted) -> Bool {
        guard verdict == other.verdict, isConflict == other.isConflict, person == other.person,
            isNewPerson == other.isNewPerson, links == other.links, refused == other.refused,
            repeatedKeys == other.repeatedKeys, sharesKeys == other.sharesKeys,
            absorbedCount == other.absorbedCount,
            absorbedCount == 0 || keepsAbsorbed == other.keepsAbsorbed
        else { return false }
        for index in 0..<absorbedCount where absorbed[index] != other.absorbed[index] {
            return false
        }
        guard links != 0 else { return true }
        return (0..<8).allSatisfy { movedFrom[$0] == other.movedFrom[$0] }
    }
}
