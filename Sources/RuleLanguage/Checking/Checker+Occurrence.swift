extension Checker {
    /// The meaning of `count events where window`, built from `atLeast`.
    mutating func check(_ occurrence: OccurrenceSyntax) -> Condition? {
        let selection = selection(occurrence.events, occurrence.filter)
        let window = check(occurrence.window)
        let bounds = check(occurrence.count)
        guard let selection, let window, let bounds else { return nil }
        return bounds.lowered { .atLeast($0, selection, window) }
    }

    /// The meaning of `events then events`.
    mutating func check(_ sequence: SequenceSyntax) -> Condition? {
        let first = selection(sequence.first, sequence.firstFilter)
        let second = selection(sequence.second, sequence.secondFilter)
        if let same = sequence.same {
            for events in [sequence.first, sequence.second] {
                _ = types(of: same, in: scope(of: events))
            }
        }
        let within = sequence.within.map { check($0) }
        let window = check(sequence.window)
        guard let first, let second, let window else { return nil }
        var condition = EventSequence(
            first: first,
            second: second,
            isNegated: sequence.isNegated,
            within: nil,
            same: sequence.same.map { $0.map(\.text) },
            window: window
        )
        if let within {
            guard let within else { return nil }
            condition.within = within
        }
        return .sequence(condition)
    }

    /// The meaning of `first` or `last` with what is said of that event.
    mutating func check(_ extreme: ExtremeSyntax) -> Condition? {
        let events = selection(extreme.events, extreme.filter)
        let scope = scope(of: extreme.events)
        let test = extreme.test.map { check($0, in: scope) }
        let window = check(extreme.window)
        guard let events, let window else { return nil }
        var condition = ExtremeEvent(
            isLast: extreme.isLast,
            events: events,
            filter: nil,
            window: window
        )
        if let test {
            guard let test else { return nil }
            condition.filter = test
        }
        return .extreme(condition)
    }
}

extension CountBounds {
    /// The bounds, built from "at least so many".
    func lowered(_ atLeast: (Int) -> Condition) -> Condition {
        let lower = low.map(atLeast)
        let upper = high.map { atLeast($0 + 1).negated }
        return .conjunction([lower, upper].compactMap { $0 })
    }
}
