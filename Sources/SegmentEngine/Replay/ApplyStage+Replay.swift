public import EventModel

/// Replay of a log that is there already: nobody waits, so time need not be kept by a timer.
///
/// What falls due for a person fires when the person is next touched, each deadline at its own instant, and
/// for all others at the end; the transitions are put in order afterwards. It gives the same bytes as
/// `proceed`, since a person's deadlines look at nothing but the person.
extension ApplyStage {
    /// Applies an entry of a replay, with everything before it that concerns the same people.
    ///
    /// - Parameter batch: Takes transitions, in no order; `catchUp` makes those up to an instant complete.
    /// - Returns: The history that must be handed to `refold` before anything else, if any.
    mutating func replay(
        at head: HeadPointer,
        _ admitted: AdmittedPointer,
        _ bytes: Span<UInt8>,
        into batch: inout TransitionBatch
    ) -> HistoryRequest? {
        if openInstant != head.pointee.receivedAt { closeInstant(into: &batch) }
        // What is decided for everybody finds everybody as of then.
        if head.pointee.kind == .rules || head.pointee.kind == .job || importIsClosed {
            catchUpAll(before: head.pointee.receivedAt, into: &batch)
        }
        let person = admitted.pointee.person
        if person != .nobody {
            if !admitted.pointee.isNewPerson {
                catchUp(person, before: head.pointee.receivedAt, into: &batch)
                // What falls due at the entry's own instant is evaluated with it.
                if people.record(person).pointee.armed == head.pointee.receivedAt {
                    dirty.append(WorkItem(person, .due))
                }
            }
            for index in 0..<admitted.pointee.absorbedCount {
                catchUp(
                    admitted.pointee.absorbed[index],
                    before: head.pointee.receivedAt,
                    into: &batch
                )
            }
            if admitted.pointee.links != 0 {
                for index in 0..<head.pointee.identifiers.count
                where admitted.pointee.movedFrom[index] != .nobody {
                    catchUp(
                        admitted.pointee.movedFrom[index],
                        before: head.pointee.receivedAt,
                        into: &batch
                    )
                }
            }
        }
        return apply(at: head, admitted, bytes)
    }

    /// Fires everything that falls due before an instant: then no transition before it is to come.
    public mutating func catchUp(before instant: Instant, into batch: inout TransitionBatch) {
        if let openInstant, openInstant < instant { closeInstant(into: &batch) }
        catchUpAll(before: instant, into: &batch)
        reached = max(reached, instant)
    }

    private mutating func closeInstant(into batch: inout TransitionBatch) {
        guard let openInstant else { return }
        let target = openInstant + TimeSpan(milliseconds: 1)
        while !proceed(to: target, peopleMax: .max, into: &batch) {}
    }

    private mutating func catchUpAll(before instant: Instant, into batch: inout TransitionBatch) {
        let count = UInt32(people.count)
        for index in 0..<count {
            // Records lie beside each other; what they refer to does not.
            let (far, near) = (PersonSlot(rawValue: index &+ 12), PersonSlot(rawValue: index &+ 6))
            if far.rawValue < count, people.record(far).pointee.armed < instant {
                people.prefetchDirectory(far)
            }
            if near.rawValue < count, people.record(near).pointee.armed < instant {
                people.prefetchSeries(near)
            }
            catchUp(PersonSlot(rawValue: index), before: instant, into: &batch)
        }
    }

    @inline(__always)
    private mutating func catchUp(
        _ person: PersonSlot,
        before instant: Instant,
        into batch: inout TransitionBatch
    ) {
        while people.record(person).pointee.armed < instant { fireDue(person, into: &batch) }
    }

    private mutating func fireDue(_ person: PersonSlot, into batch: inout TransitionBatch) {
        evaluation.instant = people.record(person).pointee.armed
        evaluation.work.removeAll()
        evaluation.workIndex = 0
        evaluation.touches.removeAll()
        evaluation.touchIndex = 0
        evaluation.sweepNext = nil
        evaluate(person, into: &batch)
    }
}
