import EventModel

extension Checker {
    /// The meaning of a compared figure.
    mutating func check(_ aggregate: AggregateSyntax) -> Condition? {
        let events = selection(aggregate.events, aggregate.filter)
        let window = check(aggregate.window)
        if let last = aggregate.path.last {
            let scope = scope(of: aggregate.events)
            let types = types(of: aggregate.path, in: scope, entersItems: true)
            check(aggregate.figure, of: types, called: last)
        }
        guard let events, let window, let number = aggregate.number.value else { return nil }
        let property = SummedProperty(events: events, path: aggregate.path.map(\.text))
        let figure: Aggregate
        switch aggregate.figure {
        case .sum: return sum(property, window, aggregate.comparison, number)
        case .average: figure = .average
        case .minimum: figure = .minimum
        case .maximum: figure = .maximum
        case .distinct: figure = .distinct
        }
        func condition(_ test: NumberTest) -> Condition {
            .aggregate(figure, of: property, window: window, test)
        }
        return switch aggregate.comparison {
        case .equal: condition(.equal(number))
        case .notEqual: condition(.equal(number)).negated
        case .less: condition(.less(number))
        case .lessOrEqual: condition(.lessOrEqual(number))
        case .greater: condition(.greater(number))
        case .greaterOrEqual: condition(.greaterOrEqual(number))
        }
    }

    /// A compared sum, built from `sum`.
    private func sum(
        _ property: SummedProperty,
        _ window: Window,
        _ comparison: Comparison,
        _ number: ExactDecimal
    ) -> Condition {
        let reached = Condition.sum(
            of: property,
            window: window,
            reaches: SumBound(number: number, isStrict: false)
        )
        let passed = Condition.sum(
            of: property,
            window: window,
            reaches: SumBound(number: number, isStrict: true)
        )
        return switch comparison {
        case .greaterOrEqual: reached
        case .greater: passed
        case .less: reached.negated
        case .lessOrEqual: passed.negated
        case .equal: .conjunction([reached, passed.negated])
        case .notEqual: Condition.conjunction([reached, passed.negated]).negated
        }
    }
}
