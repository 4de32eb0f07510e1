internal import EventModel
internal import RuleLanguage

/// Turns conditions into nodes, which are judged by walking rows.
extension ProgramBuilder {
    /// The node of a condition.
    ///
    /// - Parameter before: How long before the present it may be judged: what `held` around it adds up to.
    mutating func node(_ condition: Condition, before: Int64) -> Int32 {
        switch condition {
        case .all(let parts): return add(.all(list: list(parts, before)))
        case .any(let parts): return add(.any(list: list(parts, before)))
        case .some(let count, let parts):
            return add(.some(Int32(count), list: list(parts, before)))
        case .not(let part): return add(.not(node(part, before: before)))
        case .held(let part, let span):
            let beginning = earliest(\.beginning)
            inputs.insert(beginning)
            let inner = node(part, before: before + span.milliseconds)
            return add(.held(inner, span.milliseconds, beginning: Int32(beginning)))
        case .atLeast(let count, let events, let window):
            let (series, window) = input(rows(events), window, before)
            return add(.count(series: series, window, atLeast: Int32(clamping: count)))
        case .sum(let property, let window, let bound):
            let comparison: NumberBound.Comparison = bound.isStrict ? .greater : .greaterOrEqual
            let bound = NumberBound(comparison: comparison, number: bound.number.units)
            return figure(FigureTest(figure: .sum, bound: bound), property, window, before)
        case .aggregate(let aggregate, let property, let window, let test):
            let bound = NumberBound(test)
            switch aggregate {
            case .average:
                let test = FigureTest(figure: .average, bound: bound)
                return figure(test, property, window, before)
            case .minimum: return bounded(bound, isGreatest: false, property, window, before)
            case .maximum: return bounded(bound, isGreatest: true, property, window, before)
            case .distinct: return distinct(bound, property, window, before)
            }
        case .extreme(let extreme): return node(extreme, before)
        case .sequence(let sequence): return node(sequence, before)
        case .periods(let periods): return node(periods, before)
        case .attribute(let path, let test):
            return attribute(path, .property(path: path, test), before)
        case .attributeItems(let path, let quantifier, let filter):
            return attribute(path, .items(path: path, quantifier, filter), before)
        case .changed(let change): return node(change, before)
        case .isKnown: return since(\.knownSince, TimeSpan(milliseconds: 0))
        case .knownFor(let span): return since(\.beginning, span)
        case .inSegment(let name): return segment(name, before)
        case .turned(let turn):
            guard let name = nameIndex[turn.segment] else { return add(.constant(false)) }
            let (series, window) = input(turns(name, isEntry: turn.isEntry), turn.window, before)
            return add(.count(series: series, window, atLeast: 1))
        case .sample(let sample): return node(sample)
        case .inList(let name): return list(name, before)
        }
    }

    mutating func add(_ node: Node) -> Int32 {
        program.nodes.append(node)
        return Int32(program.nodes.count - 1)
    }

    private mutating func list(_ parts: [Condition], _ before: Int64) -> Int32 {
        var nodes: [Int] = []
        for part in parts { nodes.append(Int(node(part, before: before))) }
        program.nodeLists.append(nodes)
        return Int32(program.nodeLists.count - 1)
    }

    /// What a segment's condition is, judged in its place.
    private mutating func segment(_ name: String, _ before: Int64) -> Int32 {
        guard let variant = meant[name] else { return add(.constant(false)) }
        let (outer, outerDeclared) = (meant, declared)
        (meant, declared) = (references[variant], attributesOfVariant[variant])
        let node = node(conditions[variant], before: before)
        (meant, declared) = (outer, outerDeclared)
        return node
    }

    private mutating func since(
        _ place: WritableKeyPath<Program, Int?>,
        _ span: TimeSpan
    ) -> Int32 {
        let series = earliest(place)
        inputs.insert(series)
        return add(.since(series: Int32(series), span.milliseconds))
    }

    /// The latest that happened to the person's place on a list is that it was added.
    private mutating func list(_ name: String, _ before: Int64) -> Int32 {
        let series = list(name)
        look(at: series, reach: 0, before)
        program.rowFilters.append(
            RowFilter(series: series, code: DecisionCode(.atom(0)), atoms: [.bit(0)])
        )
        let filter = Int32(program.rowFilters.count - 1)
        return add(.extreme(series: Int32(series), .ever, filter: filter, isLast: true))
    }

    private mutating func node(_ sample: Sample) -> Int32 {
        let series = draws(sample.salt)
        inputs.insert(series)
        // The draws below the share times 2^64 are those up to the whole number before it.
        let hundred = UInt128(100) * UInt128(ExactDecimal.one)
        let (high, low) = sample.percent.units.magnitude.multipliedFullWidth(by: 1 << 64)
        let (before, borrow) = low.subtractingReportingOverflow(1)
        let last = hundred.dividingFullWidth((high - (borrow ? 1 : 0), before)).quotient
        return add(.drawn(series: Int32(series), last: UInt64(clamping: last)))
    }

    // MARK: - Series

    /// Takes note of a series that a node looks at through a window, and of how long rows are kept for it.
    mutating func input(
        _ series: Int,
        _ window: Window,
        _ before: Int64
    ) -> (series: Int32, window: RowWindow) {
        let window = rowWindow(window, before)
        look(at: series, reach: Calendars.reach(window), before)
        return (Int32(series), window)
    }

    private mutating func look(at series: Int, reach: Int64, _ before: Int64) {
        inputs.insert(series)
        let sum = reach >= RowWindow.never ? RowWindow.never : reach + before
        let isClocked = program.series[series].layout.filter >= 0
        program.series[series].layout.reach = max(program.series[series].layout.reach, sum)
        // What passes at another time may be an older one.
        if isClocked, reach == 0 { program.series[series].layout.reach = RowWindow.never }
    }

    mutating func rowWindow(_ window: Window, _ before: Int64) -> RowWindow {
        switch window {
        case .ever: return .ever
        case .last(let span): return .last(span.milliseconds)
        case .betweenAgo(let longest, let shortest):
            return .betweenAgo(longest: longest.milliseconds, shortest: shortest.milliseconds)
        case .longerAgo(let span): return .longerAgo(span.milliseconds)
        case .dates(let from, let to):
            return .dates(
                from: from?.milliseconds ?? .min,
                to: to?.milliseconds ?? .max
            )
        case .calendar(let unit, let count, let zone):
            return .calendar(
                unit,
                count: Int64(count),
                calendar: program.calendars.index(zone)
            )
        case .yesterday(let zone): return .yesterday(calendar: program.calendars.index(zone))
        case .sinceLast(let events):
            let series = rows(events)
            look(at: series, reach: 0, before)
            program.series[series].layout.keepsLast = true
            return .sinceLast(series: Int32(series))
        }
    }

    // MARK: - Forms

    private mutating func node(_ extreme: ExtremeEvent, _ before: Int64) -> Int32 {
        let series = rows(extreme.events)
        look(at: series, reach: 0, before)
        if extreme.isLast {
            program.series[series].layout.keepsLast = true
        } else {
            program.series[series].layout.keepsFirst = true
        }
        var filter: Int32 = -1
        if let condition = extreme.filter { filter = rowFilter(condition, of: series) }
        let window = rowWindow(extreme.window, before)
        return add(
            .extreme(series: Int32(series), window, filter: filter, isLast: extreme.isLast)
        )
    }

    private mutating func node(_ sequence: EventSequence, _ before: Int64) -> Int32 {
        let (first, window) = input(rows(sequence.first), sequence.window, before)
        let (second, _) = input(rows(sequence.second), sequence.window, before)
        var plan = SequencePlan(
            first: first,
            second: second,
            isNegated: sequence.isNegated,
            within: sequence.within?.milliseconds ?? RowWindow.never,
            firstKey: sequence.same.map { key($0, .scalar, of: Int(first)) } ?? -1,
            secondKey: sequence.same.map { key($0, .scalar, of: Int(second)) } ?? -1,
            answer: -1,
            window: window
        )
        if before == 0, !sequence.first.looksAtClock, !sequence.second.looksAtClock,
            sequence.isNegated || window.holdsAllBehind
        {
            plan.answer = answer(plan)
        }
        program.sequences.append(plan)
        return add(.sequence(Int32(program.sequences.count - 1)))
    }

    /// Where first rows keep whether they are answered: sequences that differ only in their window share it.
    private mutating func answer(_ plan: SequencePlan) -> Int32 {
        if let same = program.sequences.first(where: { $0.answer >= 0 && $0.hasSameAnswers(plan) })
        {
            return same.answer
        }
        let count = program.series[Int(plan.first)].layout.answers
        guard count < RowLayout.answersLimit else { return -1 }
        program.series[Int(plan.first)].layout.answers += 1
        return Int32(count)
    }

    private mutating func node(_ periods: EventfulPeriods, _ before: Int64) -> Int32 {
        let (series, window) = input(rows(periods.events), periods.window, before)
        program.periods.append(
            PeriodsPlan(
                series: series,
                calendar: program.calendars.index(periods.zone),
                unit: periods.unit,
                atLeast: Int32(clamping: periods.atLeast),
                low: Int32(clamping: periods.low),
                high: Int32(clamping: periods.high ?? .max),
                window: window
            )
        )
        return add(.periods(Int32(program.periods.count - 1)))
    }

    /// The attribute's latest setting passes a filter.
    private mutating func attribute(
        _ path: [String],
        _ filter: PropertyFilter,
        _ before: Int64
    ) -> Int32 {
        let series = timeline(path.first ?? "")
        look(at: series, reach: 0, before)
        program.series[series].layout.keepsLast = true
        let filter = rowFilter(filter, of: series)
        return add(.extreme(series: Int32(series), .ever, filter: filter, isLast: true))
    }

    private mutating func node(_ change: AttributeChange, _ before: Int64) -> Int32 {
        let timeline = timeline(change.path.first ?? "")
        let (series, window) = input(timeline, change.window, before)
        program.series[timeline].layout.keepsLast = true
        func passing(_ test: ValueTest?) -> Int32? {
            test.map { bit(.property(path: change.path, $0), of: timeline) }
        }
        let (from, to) = (passing(change.from), passing(change.to))
        program.changes.append(
            ChangePlan(
                series: series,
                key: key(change.path, .whole, of: timeline),
                pastBit: -1,
                fromBit: from ?? -1,
                toBit: to ?? -1,
                window: window
            )
        )
        return add(.changed(Int32(program.changes.count - 1)))
    }
}
