internal import EventModel

/// What a node is at an instant, and until when nothing but time can change that: never late, maybe early.
struct Judgement {
    var isTrue: Bool
    var until: Int64

    static let never = RowWindow.never

    func limited(to other: Int64) -> Judgement {
        Judgement(isTrue: isTrue, until: min(until, other))
    }
}

/// Judges conditions by walking a person's rows.
///
/// Everything is judged at an instant, of which rows only those count that are there: so it tells as well what
/// held at an earlier one. Until when a judgement holds, it tells too, and from that follow deadlines and, for
/// `held`, since when something holds.
extension ApplyStage {
    typealias RecordPointer = UnsafeMutablePointer<PersonRecord>

    mutating func judge(_ node: Int32, _ record: RecordPointer, at now: Int64) -> Judgement {
        switch plan.nodes[node] {
        case .constant(let isTrue): return Judgement(isTrue: isTrue, until: Judgement.never)
        case .all(let list): return judgeChain(list, stopsAt: false, record, at: now)
        case .any(let list): return judgeChain(list, stopsAt: true, record, at: now)
        case .some(let count, let list): return judgeSome(Int(count), list, record, at: now)
        case .not(let part):
            let judgement = judge(part, record, at: now)
            return Judgement(isTrue: !judgement.isTrue, until: judgement.until)
        case .held(let part, let span, let beginning):
            return judgeHeld(part, span, beginning, record, at: now)
        case .count(let series, let window, let count):
            return judgeCount(series, window, Int(count), record, at: now)
        case .figure(let series, let window, let test):
            return judgeFigure(series, window, test, record, at: now)
        case .extreme(let series, let window, let filter, let isLast):
            return judgeExtreme(series, window, filter, isLast: isLast, record, at: now)
        case .sequence(let number):
            let sequence = plan.sequences[number]
            return sequence.isNegated
                ? judgeUnanswered(sequence, record, at: now)
                : judgeSequence(sequence, record, at: now)
        case .periods(let number): return judgePeriods(plan.periods[number], record, at: now)
        case .changed(let number): return judgeChange(plan.changes[number], record, at: now)
        case .drawn(let series, let last):
            let entry = people.found(UInt32(bitPattern: series), of: record)
            let isDrawn = entry.map { draw in
                draw.pointee.reference != 0 && UInt64(bitPattern: draw.pointee.payload) <= last
            }
            return Judgement(isTrue: isDrawn ?? false, until: Judgement.never)
        case .since(let series, let span):
            guard let entry = people.found(UInt32(bitPattern: series), of: record) else {
                return Judgement(isTrue: false, until: Judgement.never)
            }
            let from = entry.pointee.payload + span
            return from <= now
                ? Judgement(isTrue: true, until: Judgement.never)
                : Judgement(isTrue: false, until: from)
        }
    }

    // MARK: - Several nodes

    /// Nodes one behind the other, until one is as said: then it alone decides, until it changes.
    private mutating func judgeChain(
        _ list: Int32,
        stopsAt: Bool,
        _ record: RecordPointer,
        at now: Int64
    ) -> Judgement {
        var until = Judgement.never
        for place in plan.nodeLists.range(Int(list)) {
            let part = Int32(truncatingIfNeeded: plan.nodeLists.number(at: place))
            let judgement = judge(part, record, at: now)
            if judgement.isTrue == stopsAt { return judgement }
            until = min(until, judgement.until)
        }
        return Judgement(isTrue: !stopsAt, until: until)
    }

    private mutating func judgeSome(
        _ wanted: Int,
        _ list: Int32,
        _ record: RecordPointer,
        at now: Int64
    ) -> Judgement {
        var count = 0
        var until = Judgement.never
        for place in plan.nodeLists.range(Int(list)) {
            let part = Int32(truncatingIfNeeded: plan.nodeLists.number(at: place))
            let judgement = judge(part, record, at: now)
            count += judgement.isTrue ? 1 : 0
            until = min(until, judgement.until)
        }
        return Judgement(isTrue: count >= wanted, until: until)
    }

    /// Whether a node has held from `span` ago until now: it is judged there, and at each instant at which it
    /// may have changed since.
    private mutating func judgeHeld(
        _ node: Int32,
        _ span: Int64,
        _ beginning: Int32,
        _ record: RecordPointer,
        at now: Int64
    ) -> Judgement {
        let present = judge(node, record, at: now)
        guard present.isTrue,
            let entry = people.found(UInt32(bitPattern: beginning), of: record)
        else { return Judgement(isTrue: false, until: present.until) }
        let begin = entry.pointee.payload
        var cursor = max(now - span, begin)
        var since = Judgement.never
        while cursor <= now {
            let judgement = judge(node, record, at: cursor)
            if judgement.isTrue {
                since = min(since, cursor)
            } else {
                since = Judgement.never
            }
            assert(judgement.until > cursor, "a judgement that holds until the past")
            cursor = judgement.until
        }
        if since <= now - span { return Judgement(isTrue: true, until: present.until) }
        return Judgement(isTrue: false, until: min(present.until, since + span))
    }

    // MARK: - Counts

    private mutating func judgeCount(
        _ series: Int32,
        _ window: RowWindow,
        _ wanted: Int,
        _ record: RecordPointer,
        at now: Int64
    ) -> Judgement {
        let view = view(series, window, record, at: now)
        if view.filter < 0, view.excluded == 0, allThere(view, at: now) {
            // All rows of the window count: the count-th from its end must leave first.
            let count = view.high - view.low
            if count < wanted { return Judgement(isTrue: false, until: view.nextEntry) }
            let until = program.calendars.leaves(window, view.rows.time(view.high - wanted))
            return Judgement(isTrue: true, until: min(after(now, until), markEntry(window, view)))
        }
        var until = min(view.nextEntry, view.nextLeave)
        var count = 0
        for index in view.low..<view.high where counts(view, index, &until) { count += 1 }
        return Judgement(isTrue: count >= wanted, until: until)
    }

    /// Rows that enter make no count fall, but where they move the window's beginning.
    private func markEntry(_ window: RowWindow, _ view: RowView) -> Int64 {
        if case .sinceLast = window { return view.nextEntry }
        return Judgement.never
    }
}
