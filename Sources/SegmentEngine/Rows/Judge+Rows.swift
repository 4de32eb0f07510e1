internal import EventModel

extension ApplyStage {
    /// The first or last row of all times.
    mutating func judgeExtreme(
        _ series: Int32,
        _ window: RowWindow,
        _ filter: Int32,
        isLast: Bool,
        _ record: RecordPointer,
        at now: Int64
    ) -> Judgement {
        let all = view(series, .ever, record, at: now)
        var until = min(all.nextEntry, all.nextLeave)
        var place: Int?
        if isLast {
            var index = all.high
            while place == nil, index > 0 {
                index -= 1
                if counts(all, index, &until) { place = index }
            }
        } else {
            var index = 0
            while place == nil, index < all.high {
                if counts(all, index, &until) { place = index }
                index += 1
            }
        }
        guard let place else { return Judgement(isTrue: false, until: until) }
        if filter >= 0, !passes(filter, all.rows.row(place), at: now, &until) {
            return Judgement(isTrue: false, until: until)
        }
        return inside(window, all.rows.row(place), record, at: now).limited(to: until)
    }

    /// Whether one row lies in a window.
    private mutating func inside(
        _ window: RowWindow,
        _ row: UnsafeMutablePointer<Int64>,
        _ record: RecordPointer,
        at now: Int64
    ) -> Judgement {
        let time = row[RowLayout.timePlace]
        if case .sinceLast(let marks) = window {
            let (mark, until) = lastRow(marks, record, at: now)
            guard let mark else { return Judgement(isTrue: true, until: until) }
            let isInside =
                time >= mark[RowLayout.timePlace]
                && row[RowLayout.sequencePlace] != mark[RowLayout.sequencePlace]
            return Judgement(isTrue: isInside, until: until)
        }
        let enters = program.calendars.enters(window, time)
        if now < enters { return Judgement(isTrue: false, until: enters) }
        let leaves = program.calendars.leaves(window, time)
        return now < leaves
            ? Judgement(isTrue: true, until: leaves)
            : Judgement(isTrue: false, until: Judgement.never)
    }

    // MARK: - Figures

    /// A sum, average, least, greatest or number of different values over the window.
    mutating func judgeFigure(
        _ series: Int32,
        _ window: RowWindow,
        _ test: FigureTest,
        _ record: RecordPointer,
        at now: Int64
    ) -> Judgement {
        let view = view(series, window, record, at: now)
        var until = min(view.nextEntry, view.nextLeave)
        let shape = plan.rows[series]
        let place = shape.valuePlace
        let countsAll = view.filter < 0 && view.excluded == 0 && allThere(view, at: now)
        if test.figure == .distinct {
            let count: Int
            if countsAll, shape.latestMax > 0, !view.rows.hasEarly {
                // Each row has a value of its own.
                count = view.high - view.low
                if count >= test.enough {
                    let last = view.rows.time(view.high - test.enough)
                    until = min(view.nextEntry, after(now, program.calendars.leaves(window, last)))
                }
            } else {
                count =
                    test.enough <= RowLayout.latestLimit
                    ? distinct(view, place, atMost: test.enough, &until)
                    : distinct(view, place, &until)
            }
            let number = Int128(count) * ExactDecimal.one
            return Judgement(
                isTrue: test.bound.holds(ExactDecimal(units: number)),
                until: until
            )
        }
        var count = 0
        var sum = WideSum.zero
        if countsAll {
            count = view.high - view.low
            sum = view.rows.sum(view.low..<view.high, at: place)
        } else {
            for index in view.low..<view.high where counts(view, index, &until) {
                count += 1
                sum += view.rows.sum(index..<index + 1, at: place)
            }
        }
        let isSum = test.figure == .sum
        let order = sum.order(comparedWith: test.bound.number, times: isSum ? 1 : count)
        return Judgement(isTrue: (isSum || count > 0) && test.bound.holds(order), until: until)
    }

    /// How many different values there are, up to a bound: from the latest row back, since those before leave first.
    private mutating func distinct(
        _ view: RowView,
        _ place: Int,
        atMost bound: Int,
        _ until: inout Int64
    ) -> Int {
        var found: [Int64] = []
        var index = view.high
        while index > view.low {
            if found.count >= bound { return found.count }
            index -= 1
            guard counts(view, index, &until) else { continue }
            let word = view.rows.row(index)[place]
            if !found.contains(where: { people.keysEqual($0, word) }) { found.append(word) }
        }
        return found.count
    }

    /// How many different values there are.
    private mutating func distinct(_ view: RowView, _ place: Int, _ until: inout Int64) -> Int {
        var words: [Int64] = []
        for index in view.low..<view.high where counts(view, index, &until) {
            words.append(view.rows.row(index)[place])
        }
        guard !words.isEmpty else { return 0 }
        words.sort { people.keyPrecedes($0, $1) }
        return zip(words, words.dropFirst()).count { !people.keysEqual($0, $1) } + 1
    }

    // MARK: - Days with events

    mutating func judgePeriods(_ plan: PeriodsPlan, _ record: RecordPointer, at now: Int64)
        -> Judgement
    {
        let view = view(plan.series, plan.window, record, at: now)
        var until = min(view.nextEntry, view.nextLeave)
        let calendar = program.calendars[plan.calendar]
        let countsAll =
            view.filter < 0 && view.excluded == 0 && allThere(view, at: now)
        var periods = 0
        var high = view.high
        // From the latest on: the earlier ones leave first.
        while high > view.low {
            let number = calendar.number(plan.unit, view.rows.time(high - 1))
            let low = max(view.low, view.rows.first(from: calendar.start(plan.unit, number)))
            var count = high - low
            if !countsAll {
                count = 0
                for index in low..<high where counts(view, index, &until) { count += 1 }
            }
            if count >= Int(plan.low), count <= Int(plan.high) { periods += 1 }
            if countsAll, periods == Int(plan.atLeast) {
                let leaves = program.calendars.leaves(plan.window, view.rows.time(low))
                // One more may be too many for its period.
                return Judgement(isTrue: true, until: min(leaves, view.nextEntry))
            }
            high = low
        }
        return Judgement(isTrue: periods >= Int(plan.atLeast), until: until)
    }

    // MARK: - Changes

    /// Whether neighbours among an attribute's rows differ so, and the later one lies in the window.
    mutating func judgeChange(_ plan: ChangePlan, _ record: RecordPointer, at now: Int64)
        -> Judgement
    {
        guard let entry = people.found(UInt32(bitPattern: plan.series), of: record) else {
            return Judgement(isTrue: false, until: Judgement.never)
        }
        let rows = people.rows(entry, stride: self.plan.rows[plan.series].stride)
        var until = nextStart(rows, at: now)
        var wasEverSet = false
        var former: UnsafeMutablePointer<Int64>?
        var isTrue = false
        for index in 0..<rows.count where isThere(rows, index, at: now) {
            let row = rows.row(index)
            let key = row[Int(plan.key)]
            wasEverSet = wasEverSet || RowFilter.bit(plan.pastBit, row)
            let formerKey = former?[Int(plan.key)] ?? 0
            let isChange =
                !people.keysEqual(key, formerKey)
                && (wasEverSet || plan.toBit >= 0 && plan.fromBit < 0)
                && (plan.fromBit < 0 || former.map { RowFilter.bit(plan.fromBit, $0) } ?? false)
                && (plan.toBit < 0 || RowFilter.bit(plan.toBit, row))
            if isChange {
                let judgement = inside(plan.window, row, record, at: now)
                isTrue = isTrue || judgement.isTrue
                until = min(until, judgement.until)
            }
            wasEverSet = wasEverSet || key != 0
            former = row
        }
        return Judgement(isTrue: isTrue, until: until)
    }

    // MARK: - Filters

    /// Whether a row passes a filter at an instant; lowers `until` to when that may change.
    mutating func passes(
        _ filter: Int32,
        _ row: UnsafeMutablePointer<Int64>,
        at now: Int64,
        _ until: inout Int64
    ) -> Bool {
        let filter = program.rowFilters[Int(filter)]
        let calendars = program.calendars
        let symbols = program.symbols(of: filter.series)
        var next = until
        let isTrue = filter.code.evaluate { atom in
            switch filter.atoms[Int(atom)] {
            case .bit(let bit): return RowFilter.bit(bit, row)
            case .time(let place, let test):
                let time = row[Int(place)]
                guard time != RowLayout.noTime else { return false }
                let judgement = test.judge(time, at: now, calendars)
                next = min(next, judgement.until)
                return judgement.isTrue
            case .items(let place, let every, let number):
                let word = row[Int(place)]
                guard word != 0 else { return false }
                let matcher = program.itemMatchers[Int(number)]
                return people.withKey(word) { bytes in
                    matcher.itemsMatch(at: 0, every: every, bytes, symbols) { test, time in
                        let judgement = test.judge(time, at: now, calendars)
                        next = min(next, judgement.until)
                        return judgement.isTrue
                    } ?? false
                }
            }
        }
        until = next
        return isTrue
    }
}

extension TimeTest {
    /// Whether a time passes at an instant.
    func judge(_ time: Int64, at now: Int64, _ calendars: Calendars) -> Judgement {
        let (from, to): (Int64, Int64)
        switch self {
        case .inLast(let span): (from, to) = (time, time + span)
        case .inNext(let span): (from, to) = (time - span, time)
        case .longerAgo(let span): (from, to) = (time + span, Judgement.never)
        case .betweenAgo(let longest, let shortest): (from, to) = (time + shortest, time + longest)
        case .anniversary(let span, let calendar):
            to = calendars[calendar].anniversary(of: time, after: now)
            from = to - span
        }
        if now < from { return Judgement(isTrue: false, until: from) }
        return now < to
            ? Judgement(isTrue: true, until: to) : Judgement(isTrue: false, until: Judgement.never)
    }
}

extension RowFilter {
    @inline(__always)
    static func bit(_ bit: Int32, _ row: UnsafeMutablePointer<Int64>) -> Bool {
        row[RowLayout.bitsPlace + Int(bit >> 6)] >> Int64(bit & 63) & 1 != 0
    }
}
