internal import EventModel
internal import RuleLanguage

/// Turns figures over values into nodes.
extension ProgramBuilder {
    mutating func figure(
        _ test: FigureTest,
        _ property: SummedProperty,
        _ window: Window,
        _ before: Int64
    ) -> Int32 {
        let rows = rows(property.events, RowValue(path: property.path, kind: .number))
        let (series, window) = input(rows, window, before)
        return add(.figure(series: series, window, test))
    }

    /// A least or greatest number that passes: there is one that does, or is there and none does not.
    mutating func bounded(
        _ bound: NumberBound,
        isGreatest: Bool,
        _ property: SummedProperty,
        _ window: Window,
        _ before: Int64
    ) -> Int32 {
        func exists(_ comparison: NumberBound.Comparison?) -> Int32 {
            let bound = comparison.map { NumberBound(comparison: $0, number: bound.number) }
            let rows = rows(property.events, RowValue(path: property.path, kind: .passing(bound)))
            let (series, window) = input(rows, window, before)
            return add(.count(series: series, window, atLeast: 1))
        }
        let (one, none): (NumberBound.Comparison?, NumberBound.Comparison?) =
            switch (bound.comparison, isGreatest) {
            case (.greater, true), (.greaterOrEqual, true), (.less, false), (.lessOrEqual, false):
                (bound.comparison, nil)
            case (.equal, true): (.equal, .greater)
            case (.equal, false): (.equal, .less)
            case (.less, true): (nil, .greaterOrEqual)
            case (.lessOrEqual, true): (nil, .greater)
            case (.greater, false): (nil, .lessOrEqual)
            case (.greaterOrEqual, false): (nil, .less)
            }
        let first = exists(one)
        guard let none else { return first }
        let second = add(.not(exists(none)))
        program.nodeLists.append([Int(first), Int(second)])
        return add(.all(list: Int32(program.nodeLists.count - 1)))
    }

    /// How many different values there are.
    ///
    /// In a window that ends at the present or later, the latest row of each value is the last to leave it; of
    /// more values than the rule asks for, those that were seen last. So only these are kept, unless the past is
    /// judged, or each row anew.
    mutating func distinct(
        _ bound: NumberBound,
        _ property: SummedProperty,
        _ window: Window,
        _ before: Int64
    ) -> Int32 {
        let test = FigureTest(figure: .distinct, bound: bound)
        let isLatest =
            before == 0 && rowWindow(window, before).holdsAllBehind
            && test.enough <= RowLayout.latestLimit && !property.events.looksAtClock
        let value = RowValue(path: property.path, kind: .key(latest: isLatest))
        let (series, window) = input(rows(property.events, value), window, before)
        if isLatest {
            let most = max(program.series[Int(series)].layout.latestMax, test.enough)
            program.series[Int(series)].layout.latestMax = most
        }
        return add(.figure(series: series, window, test))
    }
}

extension NumberBound {
    init(_ test: NumberTest) {
        switch test {
        case .equal(let number): (comparison, self.number) = (.equal, number.units)
        case .less(let number): (comparison, self.number) = (.less, number.units)
        case .lessOrEqual(let number): (comparison, self.number) = (.lessOrEqual, number.units)
        case .greater(let number): (comparison, self.number) = (.greater, number.units)
        case .greaterOrEqual(let number):
            (comparison, self.number) = (.greaterOrEqual, number.units)
        }
    }
}
