internal import EventModel
internal import RuleLanguage

/// Makes what rows keep: bits, times and keys, and filters over them.
extension ProgramBuilder {
    /// A filter over what the rows of a series keep.
    mutating func rowFilter(_ filter: PropertyFilter, of series: Int) -> Int32 {
        var atoms: [RowFilter.Atom] = []
        let formula = formula(filter, of: series, &atoms)
        program.rowFilters.append(
            RowFilter(series: series, code: DecisionCode(formula), atoms: atoms)
        )
        return Int32(program.rowFilters.count - 1)
    }

    private mutating func formula(
        _ filter: PropertyFilter,
        of series: Int,
        _ atoms: inout [RowFilter.Atom]
    ) -> DecisionCode.Formula {
        guard filter.looksAtClock else {
            atoms.append(.bit(bit(filter, of: series)))
            return .atom(UInt32(atoms.count - 1))
        }
        var formulas: [DecisionCode.Formula] = []
        switch filter {
        case .all(let parts):
            for part in parts { formulas.append(formula(part, of: series, &atoms)) }
            return .all(formulas)
        case .any(let parts):
            for part in parts { formulas.append(formula(part, of: series, &atoms)) }
            return .any(formulas)
        case .not(let part): return .not(formula(part, of: series, &atoms))
        case .property(let path, let test):
            let calendar = test.dateZone.map { program.calendars.index($0) } ?? -1
            guard let test = timeTest(test) else { return .any([]) }
            atoms.append(.time(place: time(path, calendar, of: series), test))
            return .atom(UInt32(atoms.count - 1))
        case .items(let path, let quantifier, let inner):
            let matcher = PropertyMatcher(
                inner,
                isItem: true,
                time: { timeTest($0) },
                name: { propertyName($0) }
            )
            program.itemMatchers.append(matcher)
            atoms.append(
                .items(
                    place: key(path, .raw, of: series),
                    every: quantifier == .every,
                    matcher: Int32(program.itemMatchers.count - 1)
                )
            )
            return .atom(UInt32(atoms.count - 1))
        }
    }

    private mutating func timeTest(_ test: ValueTest) -> TimeTest? {
        switch test {
        case .inLast(let span): .inLast(span.milliseconds)
        case .inNext(let span): .inNext(span.milliseconds)
        case .longerAgo(let span): .longerAgo(span.milliseconds)
        case .betweenAgo(let longest, let shortest):
            .betweenAgo(longest: longest.milliseconds, shortest: shortest.milliseconds)
        case .anniversaryInNext(let span, let zone):
            .anniversary(span.milliseconds, calendar: program.calendars.index(zone))
        case .inZone(let test, _): timeTest(test)
        default: nil
        }
    }

    /// The number of a bit that says whether a filter passes.
    mutating func bit(_ filter: PropertyFilter, of series: Int) -> Int32 {
        if let bit = bitIndex[series]?[filter] { return bit }
        let matcher = PropertyMatcher(filter) { name in propertyName(name) }
        let bit = Int32(program.series[series].layout.bits.count)
        program.series[series].layout.bits.append(matcher)
        bitIndex[series, default: [:]][filter] = bit
        return bit
    }

    /// The number of the time at a path; the plan makes a place of it.
    private mutating func time(_ path: [String], _ calendar: Int32, of series: Int) -> Int32 {
        let time = RowLayout.Time(path: path.map { propertyName($0) }, calendar: calendar)
        if let index = program.series[series].layout.times.firstIndex(of: time) {
            return Int32(index)
        }
        program.series[series].layout.times.append(time)
        return Int32(program.series[series].layout.times.count - 1)
    }

    /// The number of the key of the value at a path; the plan makes a place of it.
    mutating func key(
        _ path: [String],
        _ kind: RowLayout.Key.Kind,
        of series: Int
    ) -> Int32 {
        let key = RowLayout.Key(path: path.map { propertyName($0) }, kind: kind)
        if let index = program.series[series].layout.keys.firstIndex(of: key) {
            return Int32(index)
        }
        program.series[series].layout.keys.append(key)
        return Int32(program.series[series].layout.keys.count - 1)
    }
}

extension ValueTest {
    /// The zone in which a date without a time of day begins; nil for UTC.
    var dateZone: Zone? {
        switch self {
        case .inZone(_, let zone), .anniversaryInNext(_, let zone): zone == .utc ? nil : zone
        default: nil
        }
    }

    /// Whether time alone may change it.
    var looksAtClock: Bool {
        switch self {
        case .inZone(let test, _): test.looksAtClock
        case .inLast, .inNext, .longerAgo, .betweenAgo, .anniversaryInNext: true
        case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .isSet, .oneOf, .contains,
            .startsWith, .endsWith, .like, .ignoringCase:
            false
        }
    }
}

extension PropertyFilter {
    /// Whether time alone may change it.
    var looksAtClock: Bool {
        switch self {
        case .all(let parts), .any(let parts): parts.contains(where: \.looksAtClock)
        case .not(let part), .items(_, _, let part): part.looksAtClock
        case .property(_, let test): test.looksAtClock
        }
    }
}

extension EventSelection {
    /// Whether time alone may change which events count, but for windows.
    var looksAtClock: Bool { filter?.looksAtClock ?? false }
}
