import EventModel

/// A test as it is built from those that the engine knows.
enum LoweredTest {
    case one(ValueTest)
    case negation(ValueTest)
    case both(ValueTest, ValueTest)

    /// The test in a condition or a filter.
    func lowered<Result>(
        positive: (ValueTest) -> Result,
        conjunction: ([Result]) -> Result,
        negation: (Result) -> Result
    ) -> Result {
        switch self {
        case .one(let test): positive(test)
        case .negation(let test): negation(positive(test))
        case .both(let first, let second): conjunction([positive(first), positive(second)])
        }
    }
}

extension Checker {
    /// The meaning of a test; nil where something in it was reported.
    mutating func check(_ test: TestSyntax) -> LoweredTest? {
        switch test {
        case .compare(let comparison, let literal): return check(comparison, literal)
        case .isSet(let isSet): return isSet ? .one(.isSet) : .negation(.isSet)
        case .isTruth(let truth): return .one(.equal(.boolean(truth)))
        case .oneOf(let literals, let isNegated):
            let values = literals.compactMap(\.value)
            guard values.count == literals.count else { return nil }
            return isNegated ? .negation(.oneOf(values)) : .one(.oneOf(values))
        case .betweenNumbers(let low, let high): return between(low, high)
        case .betweenDates(let low, let high): return between(low, high)
        case .before(let literal): return literal.value.map { .one(.less($0)) }
        case .after(let literal): return literal.value.map { .one(.greater($0)) }
        }
    }

    private mutating func check(_ comparison: Comparison, _ literal: LiteralSyntax) -> LoweredTest?
    {
        guard let value = literal.value else { return nil }
        if case .boolean(let truth) = value, comparison != .equal, comparison != .notEqual {
            complaints.error(
                literal.range,
                "'\(comparison.rawValue)' compares numbers, dates and texts; \(truth) has no order",
                fix: "write = \(truth)"
            )
            return nil
        }
        return switch comparison {
        case .equal: .one(.equal(value))
        case .notEqual: .negation(.equal(value))
        case .less: .one(.less(value))
        case .lessOrEqual: .one(.lessOrEqual(value))
        case .greater: .one(.greater(value))
        case .greaterOrEqual: .one(.greaterOrEqual(value))
        }
    }

    private mutating func between(_ low: NumberSyntax, _ high: NumberSyntax) -> LoweredTest? {
        guard let lowest = low.value, let highest = high.value else { return nil }
        guard lowest <= highest else {
            complaints.error(
                low.range.lowerBound..<high.range.upperBound,
                "no number lies between \(lowest) and \(highest): the smaller one comes first",
                fix: "did you mean 'between \(highest) and \(lowest)'?"
            )
            return nil
        }
        return .both(.greaterOrEqual(.number(lowest)), .lessOrEqual(.number(highest)))
    }

    private mutating func between(_ low: LiteralSyntax, _ high: LiteralSyntax) -> LoweredTest? {
        guard let first = low.value, let last = high.value,
            case .time(let start, _) = first, case .time(_, let end) = last
        else { return nil }
        guard start < end else {
            complaints.error(
                low.range.lowerBound..<high.range.upperBound,
                "no time lies between these two: the earlier date comes first"
            )
            return nil
        }
        return .both(.greaterOrEqual(first), .lessOrEqual(last))
    }
}
