public import EventModel

/// An instant that is being evaluated, person by person in order of `PersonID`; its lists are used again.
struct Evaluation: ~Copyable {
    /// Whether one is under way.
    var isOpen = false
    var instant = Instant.distantPast
    /// What to look at, sorted; for a sweep over all people only those with something of their own.
    var work = PlainList<WorkItem>()
    var workIndex = 0
    /// The entries' marks, sorted by person, then sequence.
    var touches = PlainList<ApplyStage.Touch>()
    var touchIndex = 0
    /// The next person of a sweep over all, where rules changed.
    var sweepNext: UInt32?
}

/// Memory that evaluations use again and again.
struct EvaluationScratch: ~Copyable {
    /// Names to decide, each once.
    var candidates = PlainList<Int32>()
    /// Names whose membership changed.
    var changed = PlainList<Int32>()
    var isCandidate: PlainList<Bool>

    init(names: Int) {
        isCandidate = PlainList(repeating: false, count: names)
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
            if !evaluation.isOpen {
                let instant = nextInstant()
                guard instant < target else {
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
    @inline(__always)
    private mutating func nextInstant() -> Instant {
        min(openInstant ?? .distantFuture, nextDeadline() ?? .distantFuture)
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
        while let first = deadlines.first, first.at == instant {
            deadlines.removeFirst()
            let record = people.record(first.person)
            // Stale, or standing in the heap twice for the same instant.
            guard record.pointee.armed == instant else { continue }
            keepForCheckpoint(first.person)
            record.pointee.armed = .distantFuture
            evaluation.work.append(WorkItem(first.person, .due))
        }
        evaluation.work.sort { $0 < $1 }
        evaluation.touches.sort { ($0.person, $0.sequence) < ($1.person, $1.sequence) }
        reached = instant
    }

    /// Evaluates people until the instant is done or `left` are.
    private mutating func evaluateOn(_ left: inout Int, into batch: inout TransitionBatch) -> Bool {
        while let person = nextPerson() {
            if left == 0 { return false }
            left -= 1
            evaluate(person, into: &batch)
        }
        evaluation.isOpen = false
        if openInstant == evaluation.instant {
            openInstant = nil
            if !ownClaimCounts.isEmpty { ownClaimCounts.removeAll() }
            if sweepSequence != nil {
                sweptNames.removeAll()
                sweepSequence = nil
            }
        }
        return true
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
    private mutating func evaluate(_ person: PersonSlot, into batch: inout TransitionBatch) {
        let instant = evaluation.instant
        let record = people.record(person)
        keepForCheckpoint(person)
        var next = record.pointee.armed
        var isStranger = false
        var wasAbsorbedNow = false
        while evaluation.workIndex < evaluation.work.count {
            let item = evaluation.work[evaluation.workIndex]
            guard item.person == person else { break }
            evaluation.workIndex += 1
            switch item.aspect {
            case .series(let index):
                if let entry = people.find(UInt32(index), of: person) {
                    settle(entry, of: person, at: instant)
                    next = min(next, entry.pointee.next)
                }
            case .due: next = min(next, settleAll(person, at: instant, through: instant))
            case .everything:
                next = min(next, settleAll(person, at: instant, through: .distantFuture))
            case .stranger: isStranger = true
            case .absorbed: wasAbsorbedNow = true
            case .attributes: break
            }
        }
        let isSwept = evaluation.sweepNext != nil
        if isSwept { evaluation.sweepNext = person.rawValue + 1 }
        if record.pointee.isAbsorbed {
            let reason = reason(of: person)
            if wasAbsorbedNow { leaveAll(person, reason, at: instant, into: &batch) }
            return
        }
        if next < record.pointee.armed {
            record.pointee.armed = next
            deadlines.push(DeadlineHeap.Item(at: next, person: person))
        }
        gather(person, isStranger: isStranger, isSwept: isSwept)
        // Marks of people whom nothing turns are passed over with the next one's.
        guard !scratch.candidates.isEmpty else { return }
        decide(person, at: instant)
        guard !scratch.changed.isEmpty else { return }
        let reason = reason(of: person)
        scratch.changed.sort { $0 < $1 }
        people.keepStays(person, scratch.changed, at: instant)
        let members = people.members(person)
        for index in 0..<scratch.changed.count {
            let name = Int(scratch.changed[index])
            let isMember = members[name >> 6] & (1 << UInt64(name & 63)) != 0
            emit(person, name, isMember, reason, at: instant, into: &batch)
        }
        scratch.changed.removeAll()
    }

    /// Sets the truth of the leaves of a person's series, of those of which something ends by time no later
    /// than `last`; gives when the first leaf of all ends.
    private mutating func settleAll(
        _ person: PersonSlot,
        at instant: Instant,
        through last: Instant
    ) -> Instant {
        var next = Instant.distantFuture
        let entries = people.directory(person)
        for index in 0..<Int(people.record(person).pointee.directoryCount) {
            let entry = entries + index
            // Attributes stand behind the series.
            guard Int(entry.pointee.key) < plan.series.count else { break }
            if entry.pointee.next <= last { settle(entry, of: person, at: instant) }
            next = min(next, entry.pointee.next)
        }
        return next
    }

    /// Sets the truth of the leaves of one series, and when the first of them ends.
    @inline(__always)
    private func settle(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        of person: PersonSlot,
        at instant: Instant
    ) {
        let now = people.now(person)
        var next = Instant.distantFuture
        let series = plan.series[Int(entry.pointee.key)]
        for place in series.leafStart..<series.leafEnd {
            let leaf = plan.leaves[place]
            let (isTrue, until) = truth(of: leaf, series, entry.pointee, at: instant)
            next = min(next, until)
            let word = now + Int(leaf.word)
            word.pointee = isTrue ? word.pointee | leaf.bit : word.pointee & ~leaf.bit
        }
        entry.pointee.next = next
    }

    /// Whether a leaf holds at an instant, and when time alone next changes that.
    ///
    /// A leaf that counts is true until (its n-th latest time + its window): all there is to know of it.
    @inline(__always)
    func truth(
        of leaf: Plan.Leaf,
        _ series: Plan.Series,
        _ entry: DirectoryEntry,
        at instant: Instant
    ) -> (isTrue: Bool, until: Instant) {
        guard leaf.bound < 0 else {
            return people.reaches(plan.bounds[leaf.bound], span: leaf.span, entry, at: instant)
        }
        let time = people.latest(Int(leaf.count), entry, timesMax: Int(series.timesMax))
        guard let time else { return (false, .distantFuture) }
        let until = Instant(milliseconds: time &+ leaf.span)
        return instant < until ? (true, until) : (false, .distantFuture)
    }

    /// Collects the names that may have changed: those of flipped leaves, for a stranger those that are true
    /// of somebody without history, in a sweep those whose rule changed.
    private mutating func gather(_ person: PersonSlot, isStranger: Bool, isSwept: Bool) {
        let now = people.now(person)
        let evaluated = people.evaluated(person)
        for word in 0..<people.leafWords {
            var flipped = now[word] ^ evaluated[word]
            guard flipped != 0 else { continue }
            evaluated[word] = now[word]
            while flipped != 0 {
                let leaf = word << 6 | flipped.trailingZeroBitCount
                flipped &= flipped - 1
                for place in plan.variantsOfLeaf.range(leaf) {
                    gather(plan.variantsOfLeaf.number(at: place))
                }
            }
        }
        if isStranger {
            // "At that instant all segments are evaluated": those that are false of a stranger and
            // whose leaves are as a stranger's need no look.
            for index in 0..<strangerVariants.count { gather(Int(strangerVariants[index])) }
        }
        if isSwept {
            for name in sweptNames where !scratch.isCandidate[name] {
                scratch.isCandidate[name] = true
                scratch.candidates.append(Int32(name))
            }
        }
    }

    @inline(__always)
    private mutating func gather(_ variant: Int) {
        let name = plan.variants[variant].name
        guard Int(inForce[name]) == variant, !scratch.isCandidate[name] else { return }
        scratch.isCandidate[name] = true
        scratch.candidates.append(name)
    }

    /// Decides the collected names, those first that others refer to; collects what changes.
    private mutating func decide(_ person: PersonSlot, at instant: Instant) {
        let evaluated = people.evaluated(person)
        let members = people.members(person)
        sortCandidates()
        var index = 0
        while index < scratch.candidates.count {
            let name = scratch.candidates[index]
            index += 1
            let variant = Int(inForce[name])
            let isMember =
                variant >= 0 && plan.holds(variant, leaves: evaluated, members: members)
            let bit: UInt64 = 1 << UInt64(name & 63)
            let word = members + Int(name >> 6)
            guard isMember != (word.pointee & bit != 0) else { continue }
            word.pointee ^= bit
            scratch.changed.append(name)
            cascade(from: Int(name))
        }
        for index in 0..<scratch.candidates.count {
            scratch.isCandidate[scratch.candidates[index]] = false
        }
        scratch.candidates.removeAll()
    }

    /// By rank; written out since the 6.3 compiler crashes on closures over a noncopyable value.
    private mutating func sortCandidates() {
        guard scratch.candidates.count > 1 else { return }
        for index in 1..<scratch.candidates.count {
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

    private func rank(_ name: Int32) -> Int32 {
        inForce[name] >= 0 ? plan.variants[inForce[name]].rank : 0
    }

    /// Adds the segments that refer to one that changed; all of them rank above it.
    private mutating func cascade(from name: Int) {
        for dependent in plan.variantsOfName.range(name) {
            let count = scratch.candidates.count
            gather(plan.variantsOfName.number(at: dependent))
            guard scratch.candidates.count > count else { continue }
            let added = scratch.candidates[count]
            var place = count
            while place > 0, rank(scratch.candidates[place - 1]) > rank(added) {
                scratch.candidates[place] = scratch.candidates[place - 1]
                place -= 1
            }
            scratch.candidates[place] = added
        }
    }
}
