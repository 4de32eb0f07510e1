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

    // MARK: - Rows in a window

    /// The rows of a series that may count at an instant.
    struct RowView {
        let rows: RowList
        /// The first row in the window, and the first behind it.
        var low: Int
        var high: Int
        let now: Int64
        /// The row that does not count itself; 0 for none.
        var excluded: Int64
        let filter: Int32
        /// When time alone first makes another row be there, enter or leave.
        var nextEntry: Int64
        var nextLeave: Int64

        /// Leaves out the rows of an entry whose time is where the window begins: by beginning behind them,
        /// where they are the first.
        mutating func exclude(_ sequence: Int64, at time: Int64) {
            while low < high, rows.time(low) == time, rows.sequence(low) == sequence { low += 1 }
            var index = low
            while index < high, rows.time(index) == time {
                if rows.sequence(index) == sequence { excluded = sequence }
                index += 1
            }
        }
    }

    mutating func view(
        _ series: Int32,
        _ window: RowWindow,
        _ record: RecordPointer,
        at now: Int64
    ) -> RowView {
        let shape = plan.rows[series]
        let rows = people.rows(series, stride: shape.stride, of: record)
        var (from, to) = program.calendars.bounds(window, at: now)
        var excluded: Int64 = 0
        var nextEntry = Judgement.never
        if case .sinceLast(let marks) = window {
            let (place, until) = lastRow(marks, record, at: now)
            nextEntry = until
            if let place {
                from = place[RowLayout.timePlace]
                excluded = place[RowLayout.sequencePlace]
            }
        }
        var view = RowView(
            rows: rows,
            low: 0,
            high: 0,
            now: now,
            excluded: 0,
            filter: shape.filter,
            nextEntry: nextEntry,
            nextLeave: Judgement.never
        )
        guard rows.count > 0 else { return view }
        to = max(to, from)
        if from != .min { view.low = rows.first(from: from) }
        // Of rows that are there at their time, none is there whose time is still to come.
        view.high = rows.hasEarly ? rows.count : rows.end(at: now)
        if to != .max { view.high = min(view.high, rows.first(from: to)) }
        view.high = max(view.low, view.high)
        if excluded != 0 { view.exclude(excluded, at: from) }
        view.nextEntry = min(nextEntry, nextStart(rows, at: now))
        if view.high < rows.count {
            view.nextEntry = min(
                view.nextEntry,
                after(now, entering(window, rows, from: view.high))
            )
        }
        if view.low < view.high {
            view.nextLeave = after(now, program.calendars.leaves(window, rows.time(view.low)))
        }
        return view
    }

    /// When the first row from a place on enters a window.
    private func entering(_ window: RowWindow, _ rows: RowList, from place: Int) -> Int64 {
        if case .dates = window { return Judgement.never }
        return program.calendars.enters(window, rows.time(place))
    }

    /// What lies behind an instant; a row whose time is in the future may have entered already.
    @inline(__always)
    func after(_ now: Int64, _ time: Int64) -> Int64 { time > now ? time : Judgement.never }

    /// When the next row is there that is not yet.
    func nextStart(_ rows: RowList, at now: Int64) -> Int64 {
        guard rows.hasEarly else {
            let end = rows.end(at: now)
            return end < rows.count ? rows.start(end) : Judgement.never
        }
        var next = Judgement.never
        var index = rows.count
        // A row is there at its time at the latest.
        while index > 0, rows.time(index - 1) > now {
            index -= 1
            if rows.start(index) > now { next = min(next, rows.start(index)) }
        }
        return next
    }

    @inline(__always)
    func isThere(_ rows: RowList, _ index: Int, at now: Int64) -> Bool {
        rows.time(index) <= now || rows.start(index) <= now
    }

    /// Whether all rows of a view are there.
    @inline(__always)
    func allThere(_ view: RowView, at now: Int64) -> Bool {
        view.high == view.low || view.rows.time(view.high - 1) <= now
    }

    /// Whether a row of a view counts; lowers `until` to when that may change.
    @inline(__always)
    mutating func counts(_ view: RowView, _ index: Int, _ until: inout Int64) -> Bool {
        guard isThere(view.rows, index, at: view.now) else { return false }
        if view.excluded != 0, view.rows.sequence(index) == view.excluded { return false }
        guard view.filter >= 0 else { return true }
        return passes(view.filter, view.rows.row(index), at: view.now, &until)
    }

    /// The latest row of a series that is there, and when there may be another.
    mutating func lastRow(
        _ series: Int32,
        _ record: RecordPointer,
        at now: Int64
    ) -> (row: UnsafeMutablePointer<Int64>?, until: Int64) {
        let shape = plan.rows[series]
        let rows = people.rows(series, stride: shape.stride, of: record)
        var until = nextStart(rows, at: now)
        var index = rows.hasEarly ? rows.count : rows.end(at: now)
        while index > 0 {
            index -= 1
            guard isThere(rows, index, at: now) else { continue }
            if shape.filter < 0 || passes(shape.filter, rows.row(index), at: now, &until) {
                return (rows.row(index), until)
            }
        }
        return (nil, until)
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
