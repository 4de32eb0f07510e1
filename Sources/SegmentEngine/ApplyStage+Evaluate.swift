public import EventModel

/// An instant that is being evaluated, person by person in order of `PersonID`.
struct Evaluation {
    var instant: Instant
    /// What to look at, sorted; for a sweep over all people only those with something of their own.
    var work: [WorkItem]
    var workIndex = 0
    /// The entries' marks, sorted by person, then sequence.
    var touches: [ApplyStage.Touch]
    var touchIndex = 0
    /// The next person of a sweep over all, where rules changed.
    var sweepNext: UInt32?
}

/// Memory that evaluations use again and again.
struct EvaluationScratch {
    /// Names to decide, each once.
    var candidates: [Int] = []
    /// Names whose membership changed.
    var changed: [Int] = []
    var isCandidate: [Bool]

    init(names: Int) {
        isCandidate = Array(repeating: false, count: names)
    }
}

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
            if evaluation == nil {
                guard let instant = nextInstant(), instant < target else {
                    reached = max(reached, target)
                    return true
                }
                begin(instant)
            }
            guard evaluateOn(&left, into: &batch) else { return false }
        }
    }

    /// The next instant at which time alone may change something; nil where it never does.
    ///
    /// May be early: then nothing changes at it, and the stage finds the true one.
    public mutating func nextDeadline() -> Instant? {
        while let first = deadlines.first, people.record(first.person).pointee.armed != first.at {
            deadlines.removeFirst()
        }
        return deadlines.first?.at
    }

    /// The earliest instant that has something to evaluate: the open one, or a deadline's.
    private mutating func nextInstant() -> Instant? {
        guard let due = nextDeadline() else { return openInstant }
        guard let open = openInstant else { return due }
        return min(open, due)
    }

    /// Gathers who is to be evaluated at an instant: whose deadline it is, and whom entries touched.
    private mutating func begin(_ instant: Instant) {
        var work: [WorkItem] = []
        var touched: [Touch] = []
        if openInstant == instant {
            swap(&work, &dirty)
            swap(&touched, &touches)
        }
        while let first = deadlines.first, first.at == instant {
            deadlines.removeFirst()
            let record = people.record(first.person)
            // Stale, or standing in the heap twice for the same instant.
            guard record.pointee.armed == instant else { continue }
            keepForCheckpoint(first.person)
            record.pointee.armed = .distantFuture
            work.append(WorkItem(first.person, .everything))
        }
        if work.count > 1 { work.sort() }
        if touched.count > 1 {
            touched.sort { ($0.person, $0.sequence) < ($1.person, $1.sequence) }
        }
        var started = Evaluation(instant: instant, work: work, touches: touched)
        if openInstant == instant, sweepSequence != nil { started.sweepNext = 0 }
        evaluation = started
        reached = instant
    }

    /// Evaluates people until the instant is done or `left` are.
    private mutating func evaluateOn(_ left: inout Int, into batch: inout TransitionBatch) -> Bool {
        guard var current = evaluation.take() else { return true }
        while let person = nextPerson(&current) {
            if left == 0 {
                evaluation = current
                return false
            }
            left -= 1
            evaluate(person, &current, into: &batch)
        }
        if openInstant == current.instant {
            openInstant = nil
            sweptNames.removeAll()
            if !ownClaimCounts.isEmpty { ownClaimCounts.removeAll() }
            sweepSequence = nil
        }
        if dirty.isEmpty {
            // Gives the memory back for the next instant.
            current.work.removeAll(keepingCapacity: true)
            current.touches.removeAll(keepingCapacity: true)
            swap(&dirty, &current.work)
            swap(&touches, &current.touches)
        }
        return true
    }

    private func nextPerson(_ current: inout Evaluation) -> PersonSlot? {
        if let next = current.sweepNext {
            return next < UInt32(people.count) ? PersonSlot(rawValue: next) : nil
        }
        return current.workIndex < current.work.count
            ? current.work[current.workIndex].person : nil
    }

    /// Evaluates one person once: leaves, then the names that they decide, then transitions.
    private mutating func evaluate(
        _ person: PersonSlot,
        _ current: inout Evaluation,
        into batch: inout TransitionBatch
    ) {
        let record = people.record(person)
        keepForCheckpoint(person)
        var next = record.pointee.armed
        var isStranger = false
        var wasAbsorbedNow = false
        while current.workIndex < current.work.count,
            current.work[current.workIndex].person == person
        {
            switch current.work[current.workIndex].aspect {
            case .series(let index):
                if let entry = people.find(UInt32(index), of: person) {
                    next = min(next, settle(entry.pointee, of: person, at: current.instant))
                }
            case .everything: next = min(next, settleAll(person, at: current.instant))
            case .stranger: isStranger = true
            case .absorbed: wasAbsorbedNow = true
            case .attributes: break
            }
            current.workIndex += 1
        }
        let reason = reason(of: person, &current)
        if current.sweepNext != nil { current.sweepNext = person.rawValue + 1 }
        if record.pointee.isAbsorbed {
            if wasAbsorbedNow { leaveAll(person, reason, at: current.instant, into: &batch) }
            return
        }
        if next < record.pointee.armed {
            record.pointee.armed = next
            deadlines.push(DeadlineHeap.Item(at: next, person: person))
        }
        gather(person, isStranger: isStranger, isSwept: current.sweepNext != nil)
        decide(person, reason, at: current.instant, into: &batch)
    }

    /// Sets the truth of all leaves of all series of a person; gives when the first one ends.
    private func settleAll(_ person: PersonSlot, at instant: Instant) -> Instant {
        var next = Instant.distantFuture
        let entries = people.directory(person)
        for index in 0..<Int(people.record(person).pointee.directoryCount) {
            next = min(next, settle(entries[index], of: person, at: instant))
        }
        return next
    }

    /// Sets the truth of the leaves of one series; gives when the first of them ends.
    ///
    /// A leaf is true until (its n-th latest time + its window): all there is to know of it.
    @inline(__always)
    private func settle(
        _ entry: DirectoryEntry,
        of person: PersonSlot,
        at instant: Instant
    ) -> Instant {
        guard Int(entry.key) < keeps.count else { return .distantFuture }
        let now = people.now(person)
        var next = Instant.distantFuture
        let series = program.series[Int(entry.key)]
        for leaf in series.leaves {
            let bit: UInt64 = 1 << UInt64(leaf & 63)
            let (isTrue, until) = truth(of: leaf, entry, timesMax: series.timesMax, at: instant)
            next = min(next, until)
            if isTrue { now[leaf >> 6] |= bit } else { now[leaf >> 6] &= ~bit }
        }
        return next
    }

    /// Whether a leaf holds at an instant, and when time alone next changes that.
    @inline(__always)
    func truth(
        of leaf: Int,
        _ entry: DirectoryEntry,
        timesMax: Int,
        at instant: Instant
    ) -> (isTrue: Bool, until: Instant) {
        let rule = program.leaves[leaf]
        if let bound = rule.bound {
            return people.reaches(bound, span: rule.span, entry, at: instant)
        }
        guard let time = people.latest(rule.count, entry, timesMax: timesMax) else {
            return (false, .distantFuture)
        }
        let until = Instant(milliseconds: time &+ rule.span)
        return instant < until ? (true, until) : (false, .distantFuture)
    }

    /// Collects the names that may have changed, sorted: those of flipped leaves, for a stranger those
    /// that are true of somebody without history, in a sweep those whose rule changed.
    private mutating func gather(_ person: PersonSlot, isStranger: Bool, isSwept: Bool) {
        let now = people.now(person)
        let evaluated = people.evaluated(person)
        for word in 0..<people.leafWords {
            var flipped = now[word] ^ evaluated[word]
            evaluated[word] = now[word]
            while flipped != 0 {
                let leaf = word << 6 | flipped.trailingZeroBitCount
                flipped &= flipped - 1
                for variant in program.variantsOfLeaf[leaf] { gather(variant) }
            }
        }
        if isStranger {
            // "At that instant all segments are evaluated": those that are false of a stranger and
            // whose leaves are as a stranger's need no look.
            for variant in inForce where variant >= 0 && program.mayHoldStrangers[variant] {
                gather(variant)
            }
        }
        if isSwept {
            for name in sweptNames where !scratch.isCandidate[name] {
                scratch.isCandidate[name] = true
                scratch.candidates.append(name)
            }
        }
    }

    @inline(__always)
    private mutating func gather(_ variant: Int) {
        let name = program.variants[variant].name
        guard inForce[name] == variant, !scratch.isCandidate[name] else { return }
        scratch.isCandidate[name] = true
        scratch.candidates.append(name)
    }

    /// Decides the collected names, those first that others refer to, and emits what changes.
    private mutating func decide(
        _ person: PersonSlot,
        _ reason: Reason,
        at instant: Instant,
        into batch: inout TransitionBatch
    ) {
        let evaluated = people.evaluated(person)
        let members = people.members(person)
        sortCandidates()
        var index = 0
        while index < scratch.candidates.count {
            let name = scratch.candidates[index]
            index += 1
            let variant = inForce[name]
            let isMember =
                variant >= 0
                && program.variants[variant].code.evaluate { atom in
                    let (words, bit) =
                        atom < Program.nameAtom
                        ? (evaluated, atom) : (members, atom - Program.nameAtom)
                    return words[Int(bit >> 6)] & (1 << UInt64(bit & 63)) != 0
                }
            let bit: UInt64 = 1 << UInt64(name & 63)
            guard isMember != (members[name >> 6] & bit != 0) else { continue }
            members[name >> 6] ^= bit
            scratch.changed.append(name)
            cascade(from: name)
        }
        for name in scratch.candidates { scratch.isCandidate[name] = false }
        scratch.candidates.removeAll(keepingCapacity: true)
        if scratch.changed.count > 1 { scratch.changed.sort() }
        if !scratch.changed.isEmpty { people.keepStays(person, scratch.changed, at: instant) }
        for name in scratch.changed {
            let isMember = members[name >> 6] & (1 << UInt64(name & 63)) != 0
            emit(person, name, isMember, reason, at: instant, into: &batch)
        }
        scratch.changed.removeAll(keepingCapacity: true)
    }

    /// By rank; written out since the 6.3 compiler crashes on closures over a noncopyable value.
    private mutating func sortCandidates() {
        for index in scratch.candidates.indices.dropFirst() {
            let name = scratch.candidates[index]
            let nameRank = rank(name)
            var place = index
            while place > 0, rank(scratch.candidates[place - 1]) > nameRank {
                scratch.candidates[place] = scratch.candidates[place - 1]
                place -= 1
            }
            scratch.candidates[place] = name
        }
    }

    private func rank(_ name: Int) -> Int {
        inForce[name] >= 0 ? program.variants[inForce[name]].rank : 0
    }

    /// Adds the segments that refer to one that changed; all of them rank above it.
    private mutating func cascade(from name: Int) {
        for variant in program.variantsOfName[name] {
            let count = scratch.candidates.count
            gather(variant)
            guard scratch.candidates.count > count else { continue }
            let added = program.variants[variant].name
            var place = scratch.candidates.count - 1
            while place > 0, rank(scratch.candidates[place - 1]) > rank(added) {
                scratch.candidates.swapAt(place, place - 1)
                place -= 1
            }
        }
    }
}
