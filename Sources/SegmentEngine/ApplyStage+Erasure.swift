internal import EventModel

/// People who were erased.
extension ApplyStage {
    /// Carries out an `erase`; of a tombstone only who is who.
    ///
    /// Somebody whose first entry is a tombstone was erased by a later one: such a person is in no segment from the
    /// beginning, so nothing of what it did is needed.
    @inline(never)
    mutating func erase(_ head: HeadPointer, _ admitted: AdmittedPointer) {
        let person = admitted.pointee.person
        keepForCheckpoint(person)
        if head.pointee.kind == .erase {
            erase(person, head)
            return
        }
        if admitted.pointee.isNewPerson {
            let slot = people.add(PersonID(head.pointee.sequence.rawValue))
            precondition(slot == person, "people out of order")
            people.record(person).pointee.mergedInto = PersonRecord.erasedMark
        }
        if admitted.pointee.links != 0 { link(head, admitted) }
        for index in 0..<admitted.pointee.absorbedCount {
            let absorbed = admitted.pointee.absorbed[index]
            keepForCheckpoint(absorbed)
            for place in people.claims(absorbed).indices {
                people.add(people.claims(absorbed)[place], to: person)
            }
            dirty.append(WorkItem(absorbed, .absorbed))
        }
    }

    private mutating func erase(_ person: PersonSlot, _ head: HeadPointer) {
        let record = people.record(person)
        for claim in people.claims(person) where claim.to == IdentifierClaim.open {
            holders[Int(claim.id.rawValue)] = .nobody
        }
        dirty.append(WorkItem(person, .absorbed))
        guard !record.pointee.isErased else { return }
        aloneCount -= 1
        keptOf[person] = nil
        people.forget(person, program, all: true)
        touches.append(touch(person, head, .erased))
        var parts: [PersonSlot] = []
        for merge in merges where survivor(of: merge.absorbed) == person {
            parts.append(merge.absorbed)
        }
        for part in parts {
            keepForCheckpoint(part)
            people.record(part).pointee.mergedInto = PersonRecord.erasedMark
        }
        record.pointee.mergedInto = PersonRecord.erasedMark
        record.pointee.armed = .distantFuture
    }
}
