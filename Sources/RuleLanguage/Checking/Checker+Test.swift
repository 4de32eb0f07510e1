import EventModel

/// A test as it is built from those that the engine knows.
enum LoweredTest {
    case one(ValueTest)
    case negation(ValueTest)
    case both(ValueTest, ValueTest)

    /// The same test in a zone, where that matters.
    func inZone(_ zone: Zone) -> LoweredTest {
        switch self {
        case .one(let test): .one(test.inZone(zone))
        case .negation(let test): .negation(test.inZone(zone))
        case .both(let first, let second): .both(first.inZone(zone), second.inZone(zone))
        }
    }

    /// The same test of texts in a shape.
    func shaped(_ shape: Normalization) -> LoweredTest {
        switch self {
        case .one(let test): .one(test.shaped(shape))
        case .negation(let test): .negation(test.shaped(shape))
        case .both(let first, let second): .both(first.shaped(shape), second.shaped(shape))
        }
    }

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
        lowered(test)?.inZone(zone)
    }

    private mutating func lowered(_ test: TestSyntax) -> LoweredTest? {
        switch test {
        case .compare(let comparison, let literal): return check(comparison, literal)
        case .isSet(let isSet): return isSet ? .one(.isSet) : .negation(.isSet)
        case .isTruth(let truth): return .one(.equal(.boolean(truth)))
        case .oneOf(let literals, let isNegated):
            let values = literals.compactMap { value($0) }
            guard values.count == literals.count else { return nil }
            return isNegated ? .negation(.oneOf(values)) : .one(.oneOf(values))
        case .contains(let literal): return contains(literal)
        case .text(let test, let literal): return check(test, literal)
        case .ignoringCase(let test, let range): return ignoringCase(test, at: range)
        case .betweenNumbers(let low, let high): return between(low, high)
        case .betweenDates(let low, let high): return between(low, high)
        case .before(let literal): return value(literal).map { .one(.less($0)) }
        case .after(let literal): return value(literal).map { .one(.greater($0)) }
        case .inLast(let duration): return check(duration).map { .one(.inLast($0)) }
        case .inNext(let duration): return check(duration).map { .one(.inNext($0)) }
        case .anniversary(let duration): return anniversary(duration)
        case .longerAgo(let duration): return check(duration).map { .one(.longerAgo($0)) }
        case .betweenAgo(let longest, let shortest):
            return betweenAgo(longest, shortest).map {
                .one(.betweenAgo(longest: $0.longest, shortest: $0.shortest))
            }
        }
    }

    private mutating func check(_ comparison: Comparison, _ literal: LiteralSyntax) -> LoweredTest?
    {
        guard let value = value(literal) else { return nil }
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
        guard dates(low, high) != nil, let first = value(low), let last = value(high),
            let isWholeDay = time(high)?.isWholeDay
        else { return nil }
        // A time of day bounds at that instant, excluded as an end.
        return .both(.greaterOrEqual(first), isWholeDay ? .lessOrEqual(last) : .less(last))
    }

    private mutating func anniversary(_ duration: DurationSyntax) -> LoweredTest? {
        check(duration).map { .one(.anniversaryInNext($0, zone)) }
    }
}
