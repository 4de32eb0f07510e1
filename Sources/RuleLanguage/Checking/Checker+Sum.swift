extension Checker {
    /// The meaning of a compared sum, built from `sum`.
    mutating func check(_ sum: SumSyntax) -> Condition? {
        let names = check(sum.events)
        let filter = sum.filter.map { check($0) }
        let window = check(sum.window)
        guard let names, let window, let number = sum.number.value else { return nil }
        var property = SummedProperty(events: names, path: sum.path.map(\.text))
        if let filter {
            guard let filter else { return nil }
            property.events.filter = filter
        }
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
        return switch sum.comparison {
        case .greaterOrEqual: reached
        case .greater: passed
        case .less: reached.negated
        case .lessOrEqual: passed.negated
        case .equal: .conjunction([reached, passed.negated])
        case .notEqual: Condition.conjunction([reached, passed.negated]).negated
        }
    }
}
