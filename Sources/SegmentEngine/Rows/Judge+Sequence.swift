internal import EventModel

extension ApplyStage {
    /// `A then B within D`: one pair in the window is enough.
    ///
    /// The latest `A` that has its `B` leaves the window last of all that have, so the search begins there.
    mutating func judgeSequence(_ plan: SequencePlan, _ record: RecordPointer, at now: Int64) -> Judgement {
        let first = view(plan.first, plan.window, record, at: now)
        let second = view(plan.second, plan.window, record, at: now)
        var until = min(
            min(first.nextEntry, first.nextLeave),
            min(second.nextEntry, second.nextLeave)
        )
        let isPlain = first.filter < 0 && second.filter < 0
        if isPlain, plan.firstKey < 0, first.excluded == 0, second.excluded == 0,
            allThere(first, at: now), allThere(second, at: now)
        {
            guard let index = latestAnswered(plan, first, second) else {
                return Judgement(isTrue: false, until: until)
            }
            let leaves = program.calendars.leaves(plan.window, first.rows.time(index))
            let markMoves = min(first.nextEntry, second.nextEntry)
            if case .sinceLast = plan.window {
                return Judgement(isTrue: true, until: min(leaves, markMoves))
            }
            return Judgement(isTrue: true, until: leaves)
        }
        var index = first.high
        while index > first.low {
            index -= 1
            guard counts(first, index, &until),
                hasAnswer(plan, first, index, second, &until)
            else { continue }
            guard isPlain else { return Judgement(isTrue: true, until: until) }
            if case .sinceLast = plan.window { return Judgement(isTrue: true, until: until) }
            let leaves = program.calendars.leaves(plan.window, first.rows.time(index))
            return Judgement(isTrue: true, until: leaves > now ? leaves : Judgement.never)
        }
        return Judgement(isTrue: false, until: until)
    }

    /// The latest first row that a second one follows in time, where all rows of both count.
    ///
    /// Where the next second row comes too late, so it does for all first rows behind the second row before
    /// that: they are passed over, so the search takes no more steps than the shorter of the two has rows.
    private func latestAnswered(_ plan: SequencePlan, _ first: RowView, _ second: RowView) -> Int? {
        var index = first.high - 1
        while index >= first.low {
            let time = first.rows.time(index)
            let next = max(second.low, second.rows.first(from: time))
            var place = next
            while place < second.high,
                second.rows.sequence(place) == first.rows.sequence(index)
            {
                place += 1
            }
            let end = plan.within >= RowWindow.never ? Int64.max : time + plan.within
            if place < second.high, second.rows.time(place) < end { return index }
            guard place == next else {
                // It is a second row itself, which may follow those before it.
                index -= 1
                continue
            }
            guard next > second.low else { return nil }
            let before = second.rows.time(next - 1)
            index = min(index - 1, first.rows.first(from: before + 1) - 1)
        }
        return nil
    }

    /// Whether a row is followed as the sequence says.
    private mutating func hasAnswer(
        _ plan: SequencePlan,
        _ first: RowView,
        _ index: Int,
        _ second: RowView,
        _ until: inout Int64
    ) -> Bool {
        let time = first.rows.time(index)
        let key = plan.firstKey < 0 ? 0 : first.rows.row(index)[Int(plan.firstKey)]
        // What lacks the property is followed by nothing with the same.
        if plan.firstKey >= 0, key == 0 { return false }
        let end = plan.within >= RowWindow.never ? Int64.max : time + plan.within
        var place = max(second.low, second.rows.first(from: time))
        while place < second.high, second.rows.time(place) < end {
            let isOther = second.rows.sequence(place) != first.rows.sequence(index)
            if isOther, counts(second, place, &until),
                plan.secondKey < 0
                    || people.keysEqual(second.rows.row(place)[Int(plan.secondKey)], key)
            {
                return true
            }
            place += 1
        }
        return false
    }

    /// `A then no B within D`: an `A` in the window whose time is up, and that has no `B`.
    mutating func judgeUnanswered(
        _ plan: SequencePlan,
        _ record: RecordPointer,
        at now: Int64
    ) -> Judgement {
        let first = view(plan.first, plan.window, record, at: now)
        let second = view(plan.second, .ever, record, at: now)
        var until = min(min(first.nextEntry, first.nextLeave), second.nextEntry)
        var isTrue = false
        var index = first.high
        while index > first.low, !isTrue {
            index -= 1
            guard counts(first, index, &until),
                !hasAnswer(plan, first, index, second, &until)
            else { continue }
            let isDue = first.rows.time(index) + plan.within
            if isDue <= now { isTrue = true } else { until = min(until, isDue) }
        }
        return Judgement(isTrue: isTrue, until: until)
    }
}
