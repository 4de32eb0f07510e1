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
    /// Leaves that have turned, some of them twice; and a bit for each that is not as it was.
    var flipped = PlainList<Int32>()
    var flips: PlainList<UInt64>
    /// Names to decide, each once.
    var candidates = PlainList<Int32>()
    /// Names whose membership changed.
    var changed = PlainList<Int32>()
    var isCandidate: PlainList<Bool>

    @inline(__always)
    mutating func flip(_ leaf: Int) {
        flips[leaf >> 6] ^= 1 << UInt64(leaf & 63)
        flipped.append(Int32(truncatingIfNeeded: leaf))
    }

    /// Forgets what has turned.
    mutating func forgetFlips() {
        for index in 0..<flipped.count { flips[Int(flipped[index]) >> 6] = 0 }
        flipped.removeAll()
    }

    init(names: Int, leafWords: Int) {
        flips = PlainList(repeating: 0, count: leafWords)
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
                let instant = nextInstant(before: target)
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

    /// The next instant at which time alone may change something; nil where it never does.
    ///
    /// May be early: then nothing changes at it, and the stage finds the true one.
    public mutating func nextDeadline() -> Instant? {
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
        return min(open, nextDeadline() ?? .distantFuture)
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
        let count = min(deadlines.heapCount, 512)
        for index in 0..<count { people.prefetch(deadlines.heapPerson(index)) }
        for index in 0..<count { people.prefetchDirectory(deadlines.heapPerson(index)) }
        for index in 0..<count { people.prefetchSeries(deadlines.heapPerson(index)) }
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
        if record.pointee.isAbsorbed {
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

    /// Sets the truth of the leaves of a person's series, of those of which something ends by time no later
    /// than `last`; gives when the first leaf of all ends.
    private mutating func settleAll(
        _ person: PersonSlot,
        _ record: UnsafeMutablePointer<PersonRecord>,
        at instant: Instant,
        through last: Instant
    ) -> Instant {
        guard !record.pointee.isAbsorbed else { return .distantFuture }
        var next = Instant.distantFuture
        var entry = people.directory(record)
        let end = entry + Int(record.pointee.directoryCount)
        while entry < end {
            // Attributes stand behind the series.
            guard Int(entry.pointee.key) < plan.series.count else { break }
            if entry.pointee.next <= last {
                let series = plan.series.pointer(Int32(truncatingIfNeeded: entry.pointee.key))
                settle(entry, series, of: person, record, at: instant, isEvaluating: true)
            }
            next = min(next, entry.pointee.next)
            entry += 1
        }
        return next
    }

    /// Sets the truth of the leaves of one series, and when the first of them ends; notes those that turn.
    ///
    /// - Parameter isEvaluating: Whether the person is being evaluated; else it will be with its instant.
    @inline(__always)
    mutating func settle(
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ series: UnsafePointer<Plan.Series>,
        of person: PersonSlot,
        _ record: UnsafeMutablePointer<PersonRecord>,
        at instant: Instant,
        isEvaluating: Bool
    ) {
        let now = people.now(record)
        let isFirst = entry.pointee.next == .distantPast
        var next = Instant.distantFuture
        var leaf = plan.leaves.pointer(
            isFirst ? series.pointee.leafStart : series.pointee.turningStart
        )
        let end = plan.leaves.pointer(series.pointee.leafEnd)
        while leaf < end {
            let (isTrue, until) = truth(of: leaf, series, entry, record, at: instant)
            next = min(next, until)
            let word = now + Int(leaf.pointee.word)
            if isTrue != (word.pointee & leaf.pointee.bit != 0) {
                word.pointee ^= leaf.pointee.bit
                let number = Int(leaf.pointee.number)
                if isEvaluating {
                    scratch.flip(number)
                } else {
                    dirty.append(WorkItem(person, .flipped(number)))
                }
            }
            leaf += 1
        }
        entry.pointee.next = next
    }

    /// Notes the leaves of a person that are not as they were.
    mutating func noteFlips(_ person: PersonSlot, since former: [UInt64]) {
        let now = people.now(people.record(person))
        for word in former.indices {
            var flips = former[word] ^ now[word]
            while flips != 0 {
                let leaf = word << 6 | flips.trailingZeroBitCount
                flips &= flips - 1
                dirty.append(WorkItem(person, .flipped(leaf)))
            }
        }
    }

    /// Whether a leaf holds at an instant, and when time alone next changes that.
    ///
    /// A leaf that counts is true until (its n-th latest time + its window): all there is to know of it.
    @inline(__always)
    mutating func truth(
        of leaf: UnsafePointer<Plan.Leaf>,
        _ series: UnsafePointer<Plan.Series>,
        _ entry: UnsafeMutablePointer<DirectoryEntry>,
        _ record: UnsafeMutablePointer<PersonRecord>,
        at instant: Instant
    ) -> (isTrue: Bool, until: Instant) {
        let time: Int64
        switch series.pointee.keep {
        case .time: time = entry.pointee.payload
        case .times:
            let count = entry.pointee.count
            let rank = Int(leaf.pointee.count)
            guard rank <= count else { return (false, .distantFuture) }
            time = people.arena.pointer(entry.pointee.reference)[count - rank]
        case .sums:
            let bound = plan.bounds.pointer(leaf.pointee.bound)
            let places = people.arena.pointer(entry.pointee.reference)
            return PersonTable.reaches(
                bound,
                span: leaf.pointee.span,
                entry,
                places,
                at: instant
            )
        case .nothing:
            let judgement = judge(leaf.pointee.node, record, at: instant.milliseconds)
            return (judgement.isTrue, Instant(milliseconds: judgement.until))
        case .rows, .earliest, .draw: return (false, .distantFuture)
        }
        guard leaf.pointee.span != Instant.distantFuture.milliseconds else {
            return (true, .distantFuture)
        }
        let until = Instant(milliseconds: time &+ leaf.pointee.span)
        return instant < until ? (true, until) : (false, .distantFuture)
    }

    /// Collects the names that may have changed: those of flipped leaves, for a stranger those that are true
    /// of somebody without history, in a sweep those whose rule changed.
    private mutating func gather(
        isStranger: Bool,
        isSwept: Bool
    ) {
        for index in 0..<scratch.flipped.count {
            let leaf = Int(scratch.flipped[index])
            let bit: UInt64 = 1 << UInt64(leaf & 63)
            guard scratch.flips[leaf >> 6] & bit != 0 else { continue }
            scratch.flips[leaf >> 6] ^= bit
            for place in plan.variantsOfLeaf.range(leaf) {
                gather(plan.variantsOfLeaf.number(at: place))
            }
        }
        scratch.flipped.removeAll()
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
    private mutating func decide(
        _ person: PersonSlot,
        _ record: UnsafeMutablePointer<PersonRecord>
    ) {
        let leaves = people.now(record)
        let members = people.members(record)
        sortCandidates()
        var index = 0
        while index < scratch.candidates.count {
            let name = scratch.candidates[index]
            index += 1
            let variant = Int(inForce[name])
            let isMember =
                variant >= 0 && plan.holds(variant, leaves: leaves, members: members)
            let bit: UInt64 = 1 << UInt64(name & 63)
            let word = members + Int(name >> 6)
            guard isMember != (word.pointee & bit != 0) else { continue }
            word.pointee ^= bit
            scratch.changed.append(name)
            cascade(from: Int(name))
            if keepsTurns { cascadeTurn(person, record, Int(name), isEntry: isMember) }
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
            cascade(to: plan.variantsOfName.number(at: dependent))
        }
    }

    /// Keeps the turn where rules look at it, and adds the segments that this changes.
    private mutating func cascadeTurn(
        _ person: PersonSlot,
        _ record: UnsafeMutablePointer<PersonRecord>,
        _ name: Int,
        isEntry: Bool
    ) {
        keepTurn(person, record, name, isEntry: isEntry)
        for index in 0..<scratch.flipped.count {
            let leaf = Int(scratch.flipped[index])
            let bit: UInt64 = 1 << UInt64(leaf & 63)
            guard scratch.flips[leaf >> 6] & bit != 0 else { continue }
            scratch.flips[leaf >> 6] ^= bit
            for place in plan.variantsOfLeaf.range(leaf) {
                cascade(to: plan.variantsOfLeaf.number(at: place))
            }
        }
        scratch.flipped.removeAll()
    }

    /// Adds the segment of a variant in force, in its place by rank.
    private mutating func cascade(to variant: Int) {
        let count = scratch.candidates.count
        gather(variant)
        guard scratch.candidates.count > count else { return }
        let added = scratch.candidates[count]
        var place = count
        while place > 0, rank(scratch.candidates[place - 1]) > rank(added) {
            scratch.candidates[place] = scratch.candidates[place - 1]
            place -= 1
        }
        scratch.candidates[place] = added
    }
}
