internal import EventModel

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

/// Which rows a window holds at an instant.
extension ApplyStage {
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
}
