public import EventModel

/// A member of a segment, or any person, as a query gives it.
public struct PersonSummary: Sendable {
    /// Who.
    public var person: PersonID
    /// What the person is called, in order of rank, then of first appearance.
    public var identifiers: [IdentifierID]
}

extension ApplyStage {
    /// How many members a segment has; nil where no segment of that name is in force.
    public func memberCount(of segment: String) -> Int? {
        guard let name = program.names.firstIndex(of: segment), inForce[name] >= 0 else {
            return nil
        }
        return memberCounts[name]
    }

    /// Members of a segment in order of `PersonID`.
    ///
    /// - Parameters:
    ///   - person: Begin behind this one; nil for the first.
    ///   - limit: How many at most.
    /// - Returns: The members; nil where no segment of that name is in force.
    public func members(
        of segment: String,
        after person: PersonID?,
        limit: Int
    ) -> [PersonSummary]? {
        guard let name = program.names.firstIndex(of: segment), inForce[name] >= 0 else {
            return nil
        }
        var found: [PersonSummary] = []
        var index = 0
        // Not `map`: naming a method of a noncopyable value crashes the 6.3 compiler.
        if let person { index = firstSlot(after: person) }
        while index < people.count, found.count < limit {
            let slot = PersonSlot(rawValue: UInt32(index))
            if people.members(slot)[name >> 6] & (1 << UInt64(name & 63)) != 0 {
                let open = people.claims(slot).filter { $0.to == IdentifierClaim.open }
                let ranked = open.enumerated().sorted {
                    (IdentifierRank(contract.namespaces.meant($0.element.namespace)), $0.offset)
                        < (
                            IdentifierRank(contract.namespaces.meant($1.element.namespace)),
                            $1.offset
                        )
                }
                found.append(
                    PersonSummary(
                        person: people.record(slot).pointee.id,
                        identifiers: ranked.map(\.element.id)
                    )
                )
            }
            index += 1
        }
        return found
    }

    /// The transitions by which the present members of segments became members, person by person.
    ///
    /// - Parameter segments: Their names; nil for all in force.
    public func entries(of segments: Set<String>?) -> [TransitionCursor] {
        let names = program.names.indices.filter { name in
            inForce[name] >= 0 && segments?.contains(program.names[name]) ?? true
        }
        var entries: [TransitionCursor] = []
        for index in 0..<people.count {
            let slot = PersonSlot(rawValue: UInt32(index))
            let members = people.members(slot)
            for name in names where members[name >> 6] & (1 << UInt64(name & 63)) != 0 {
                entries.append(
                    TransitionCursor(
                        at: people.stay(name, of: slot),
                        person: people.record(slot).pointee.id,
                        segment: program.names[name]
                    )
                )
            }
        }
        return entries
    }

    /// People stand in order of their ids, so a binary search finds the place behind one.
    func firstSlot(after person: PersonID) -> Int {
        var low = 0
        var high = people.count
        while low < high {
            let middle = (low + high) / 2
            if people.record(PersonSlot(rawValue: UInt32(middle))).pointee.id <= person {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
