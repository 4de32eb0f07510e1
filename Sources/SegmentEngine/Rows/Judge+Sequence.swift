internal import EventModel

extension ApplyStage {
    /// `A then B within D`: one pair in the window is enough.
    ///
    /// The latest `A` that has its `B` leaves the window last of all that have, so the search begins there.
    mutating func judgeSequence(_ plan: SequencePlan, _ record: RecordPointer, at now: Int64)
        -> Judgement
    {
        let first = view(plan.first, plan.window, record, at: now)
        let second = view(plan.second, plan.window, record, at: now)
        var until = min(
            min(first.nextEntry, first.nextLeave),
            min(second.nextEntry, second.nextLeave)
        )
        let isPlain = first.filter < 0 && second.filter < 0
        if plan.answer >= 0, allThere(first, at: now), second.high == second.rows.count,
            allThere(second, at: now)
        {
            until = min(first.nextEntry, second.nextEntry)
            let range = first.low..<first.high
            guard let index = first.rows.lastAnswered(true, in: range, at: Int(plan.answer)) else {
                return Judgement(isTrue: false, until: until)
            }
            let leaves = program.calendars.leaves(plan.window, first.rows.time(index))
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
        if plan.answer >= 0, first.excluded == 0, allThere(first, at: now),
            second.high == second.rows.count, allThere(second, at: now)
        {
            let (rows, answer) = (first.rows, Int(plan.answer))
            let due = min(max(rows.first(from: now - plan.within + 1), first.low), first.high)
            if let index = rows.lastAnswered(false, in: first.low..<due, at: answer) {
                let leaves = program.calendars.leaves(plan.window, rows.time(index))
                return Judgement(isTrue: true, until: min(after(now, leaves), first.nextEntry))
            }
            until = min(first.nextEntry, second.nextEntry)
            if let index = rows.firstUnanswered(in: due..<first.high, at: answer) {
                until = min(until, rows.time(index) + plan.within)
            }
            return Judgement(isTrue: false, until: until)
        }
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
