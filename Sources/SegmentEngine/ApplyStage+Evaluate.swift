public import EventModel

extension ApplyStage {
    /// Lets time pass: evaluates the open instant and every deadline that lie before `target`, each
    /// at its own instant.
    ///
    /// - Parameters:
    ///   - peopleMax: How many people to evaluate before stopping, at least 1.
    ///   - batch: Takes the transitions, in order.
    /// - Returns: Whether it is done; call again if not.
    public mutating func proceed(
        to target: Instant,
        peopleMax: Int,
        into batch: inout TransitionBatch
    ) -> Bool {
        var left = peopleMax
        while true {
            if !evaluation.isOpen {
                let instant = nextInstant(before: target)
                if watches { pass(to: instant, before: target, into: &batch) }
                if instant < target, dirty.isEmpty, instant < deadlines.firstAt,
                    sweepSequence == nil
                {
                    // Entries that turned nothing.
                    touches.removeAll()
                    close(instant)
                    continue
                }
                guard instant < target else {
                    reached = max(reached, target)
                    return true
                }
                begin(instant)
            }
            guard evaluateOn(&left, into: &batch) else { return false }
        }
    }

    /// Lets expectations see time pass to the instant that is evaluated next, or, where there is none before
    /// `target`, everything before that.
    @inline(never)
    private mutating func pass(
        to instant: Instant,
        before target: Instant,
        into batch: inout TransitionBatch
    ) {
        guard !replaysByPerson else { return }
        if instant < target {
            watch.open(instant)
        } else {
            watch.pass(to: target)
        }
        if !watch.notices.isEmpty { batch.add(watch.takeNotices()) }
    }

    /// The next instant at which time alone may change something; nil where it never does.
    ///
    /// May be early: then nothing changes at it, and the stage finds the true one.
    public mutating func nextDeadline() -> Instant? {
        // An import with which the log begins is over: an entry says that what comes is live.
        if importIsClosed { return reached }
        guard watches else { return nextPersonDeadline() }
        let next = min(nextPersonDeadline() ?? .distantFuture, watch.nextDeadline())
        return next == .distantFuture ? nil : next
    }

    private mutating func nextPersonDeadline() -> Instant? {
        while let first = deadlines.first, people.record(first.person).pointee.armed != first.at {
            deadlines.removeFirst()
        }
        return deadlines.first?.at
    }

    /// The earliest instant before `target` that has something to evaluate: the open one, or a deadline's; a
    /// later one where there is none.
    @inline(__always)
    private mutating func nextInstant(before target: Instant) -> Instant {
        let open = openInstant ?? .distantFuture
        guard deadlines.firstAt < target else { return open }
        return min(open, nextPersonDeadline() ?? .distantFuture)
    }

    /// Gathers who is to be evaluated at an instant: whose deadline it is, and whom entries touched.
    private mutating func begin(_ instant: Instant) {
        evaluation.isOpen = true
        evaluation.instant = instant
        evaluation.work.removeAll()
        evaluation.workIndex = 0
        evaluation.touches.removeAll()
        evaluation.touchIndex = 0
        evaluation.sweepNext = nil
        if openInstant == instant {
            swap(&evaluation.work, &dirty)
            swap(&evaluation.touches, &touches)
            if sweepSequence != nil { evaluation.sweepNext = 0 }
        }
        while deadlines.firstAt == instant, let first = deadlines.first {
            deadlines.removeFirst()
            let record = people.record(first.person)
            // Stale, or standing in the heap twice for the same instant.
            guard record.pointee.armed == instant else { continue }
            keepForCheckpoint(first.person)
            record.pointee.armed = .distantFuture
            evaluation.work.append(WorkItem(first.person, .due))
        }
        if deadlines.hasNewSlot { lookAheadAtDue() }
        evaluation.work.sort { $0 < $1 }
        evaluation.touches.sort { ($0.person, $0.sequence) < ($1.person, $1.sequence) }
        reached = instant
    }

    /// Has the processor fetch those whose deadlines come next: all of a slot beside each other.
    private mutating func lookAheadAtDue() {
        deadlines.hasNewSlot = false
        let count = min(deadlines.dueCount, 512)
        for index in 0..<count { people.prefetch(deadlines.duePerson(index)) }
        for index in 0..<count {
            let person = deadlines.duePerson(index)
            people.prefetchDirectory(person)
            people.prefetchTurn(people.record(person))
        }
        for index in 0..<count { people.prefetchSeries(deadlines.duePerson(index)) }
    }

    /// Evaluates people until the instant is done or `left` are.
    private mutating func evaluateOn(_ left: inout Int, into batch: inout TransitionBatch) -> Bool {
        while let person = nextPerson() {
            if left == 0 { return false }
            left -= 1
            evaluate(person, into: &batch)
        }
        evaluation.isOpen = false
        if openInstant == evaluation.instant { close(evaluation.instant) }
        return true
    }

    /// Closes the open instant, which was evaluated.
    @inline(__always)
    private mutating func close(_ instant: Instant) {
        reached = instant
        openInstant = nil
        if !ownClaimCounts.isEmpty { ownClaimCounts.removeAll() }
        if sweepSequence != nil {
            sweptNames.removeAll()
            sweepSequence = nil
        }
    }

    @inline(__always)
    private func nextPerson() -> PersonSlot? {
        if let next = evaluation.sweepNext {
            return next < UInt32(people.count) ? PersonSlot(rawValue: next) : nil
        }
        return evaluation.workIndex < evaluation.work.count
            ? evaluation.work[evaluation.workIndex].person : nil
    }

    /// Evaluates one person once: leaves, then the names that they decide, then transitions.
    mutating func evaluate(_ person: PersonSlot, into batch: inout TransitionBatch) {
        let instant = evaluation.instant
        let record = people.record(person)
        keepForCheckpoint(person)
        var isStranger = false
        var wasAbsorbedNow = false
        if replaysByPerson, record.pointee.armed == instant {
            record.pointee.armed = .distantFuture
            arm(person, record, for: settleAll(person, record, at: instant, through: instant))
        }
        while evaluation.workIndex < evaluation.work.count {
            let item = evaluation.work[evaluation.workIndex]
            guard item.person == person else { break }
            evaluation.workIndex += 1
            switch item.aspect {
            case .flipped(let leaf): scratch.flip(leaf)
            case .due:
                let next = settleAll(person, record, at: instant, through: instant)
                arm(person, record, for: next)
            case .everything:
                let next = settleAll(person, record, at: instant, through: .distantFuture)
                arm(person, record, for: next)
            case .stranger: isStranger = true
            case .absorbed: wasAbsorbedNow = true
            }
        }
        let isSwept = evaluation.sweepNext != nil
        if isSwept { evaluation.sweepNext = person.rawValue + 1 }
        if record.pointee.isGone {
            scratch.forgetFlips()
            let reason = reason(of: person)
            if wasAbsorbedNow { leaveAll(person, reason, at: instant, into: &batch) }
            return
        }
        gather(isStranger: isStranger, isSwept: isSwept)
        // Marks of people whom nothing turns are passed over with the next one's.
        guard !scratch.candidates.isEmpty else { return }
        decide(person, record)
        guard !scratch.changed.isEmpty else { return }
        let reason = reason(of: person)
        scratch.changed.sort { $0 < $1 }
        people.keepStays(record, scratch.changed, at: instant)
        let members = people.members(record)
        for index in 0..<scratch.changed.count {
            let name = Int(scratch.changed[index])
            let isMember = members[name >> 6] & (1 << UInt64(name & 63)) != 0
            emit(person, name, isMember, reason, at: instant, into: &batch)
        }
        scratch.changed.removeAll()
    }
}
