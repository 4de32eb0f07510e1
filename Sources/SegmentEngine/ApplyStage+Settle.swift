internal import EventModel

/// Leaves: whether they hold, and until when.
extension ApplyStage {
    /// Sets the truth of the leaves of a person's series, of those of which something ends by time no later
    /// than `last`; gives when the first leaf of all ends.
    mutating func settleAll(
        _ person: PersonSlot,
        _ record: UnsafeMutablePointer<PersonRecord>,
        at instant: Instant,
        through last: Instant
    ) -> Instant {
        guard !record.pointee.isGone else { return .distantFuture }
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
                    people.prefetchTurn(record)
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
}
