import EventModel
import RuleLanguage

extension NaiveJudge {
    // MARK: - Figures

    private func values(
        _ property: SummedProperty,
        _ window: Window,
        at now: Instant
    ) -> [TestValue] {
        matching(property.events, window, at: now).flatMap {
            NaiveValue.all(property.path, .object($0.entry.members))
        }
    }

    func reaches(
        _ property: SummedProperty,
        _ window: Window,
        _ bound: SumBound,
        at now: Instant
    ) -> Bool {
        let numbers = values(property, window, at: now).compactMap(NaiveValue.number)
        let total = numbers.map(\.units).reduce(0, +)
        return bound.isStrict ? total > bound.number.units : total >= bound.number.units
    }

    func passes(
        _ aggregate: Aggregate,
        _ property: SummedProperty,
        _ window: Window,
        _ test: NumberTest,
        at now: Instant
    ) -> Bool {
        let values = values(property, window, at: now)
        let numbers = values.compactMap(NaiveValue.number).map(\.units)
        switch aggregate {
        case .distinct:
            let count = Set(values.compactMap(NaiveValue.keyPart)).count
            return passes(test, ExactDecimal(Int64(count)).units, of: 1)
        case .minimum: return numbers.min().map { passes(test, $0, of: 1) } ?? false
        case .maximum: return numbers.max().map { passes(test, $0, of: 1) } ?? false
        case .average:
            guard !numbers.isEmpty else { return false }
            return passes(test, numbers.reduce(0, +), of: Int128(numbers.count))
        }
    }

    /// Whether the quotient of a total and a count passes.
    private func passes(_ test: NumberTest, _ total: Int128, of count: Int128) -> Bool {
        switch test {
        case .equal(let number): total == number.units * count
        case .less(let number): total < number.units * count
        case .lessOrEqual(let number): total <= number.units * count
        case .greater(let number): total > number.units * count
        case .greaterOrEqual(let number): total >= number.units * count
        }
    }

    func holds(_ periods: EventfulPeriods, at now: Instant) -> Bool {
        let calendar = NaiveCalendar(zone: periods.zone)
        var counts: [Int: Int] = [:]
        for event in matching(periods.events, periods.window, at: now) {
            counts[calendar.number(of: periods.unit, at: event.at), default: 0] += 1
        }
        let enough = counts.values.count {
            periods.low <= $0 && $0 <= periods.high ?? .max
        }
        return enough >= periods.atLeast
    }

    // MARK: - Order

    func holds(_ extreme: ExtremeEvent, at now: Instant) -> Bool {
        let events = there(extreme.events, at: now).sorted(by: NaiveJudge.isEarlier)
        guard let event = extreme.isLast ? events.last : events.first else { return false }
        let members = TestValue.object(event.entry.members)
        return extreme.filter.map { NaiveValue(now: now).passes($0, members) } ?? true
            && isInside(extreme.window, event.at, event.index, at: now)
    }

    func holds(_ sequence: EventSequence, at now: Instant) -> Bool {
        let firsts = matching(sequence.first, sequence.window, at: now)
        if sequence.isNegated {
            guard let within = sequence.within else { return false }
            let seconds = there(sequence.second, at: now)
            return firsts.contains { first in
                first.at + within <= now
                    && !seconds.contains { follows($0, first, sequence) }
            }
        }
        let seconds = matching(sequence.second, sequence.window, at: now)
        return firsts.contains { first in seconds.contains { follows($0, first, sequence) } }
    }

    private func follows(
        _ second: NaiveHistory.Event,
        _ first: NaiveHistory.Event,
        _ sequence: EventSequence
    ) -> Bool {
        guard second.index != first.index, first.at <= second.at,
            sequence.within.map({ second.at < first.at + $0 }) ?? true
        else { return false }
        guard let same = sequence.same else { return true }
        let key = NaiveValue.keyPart(NaiveValue.at(same, .object(first.entry.members)))
        return key != nil
            && key == NaiveValue.keyPart(NaiveValue.at(same, .object(second.entry.members)))
    }

    // MARK: - Attributes

    /// What an attribute was at an instant.
    func attribute(_ path: [String], at now: Instant) -> TestValue? {
        guard let name = path.first else { return nil }
        let latest = history.identifies(name).filter { $0.start <= now }.max(
            by: NaiveJudge.isEarlier
        )
        return latest.flatMap { NaiveValue.at(path, .object($0.entry.members)) }
    }

    func holds(_ change: AttributeChange, at now: Instant) -> Bool {
        guard let name = change.path.first else { return false }
        let rows = history.identifies(name).filter { $0.start <= now }
        let values = NaiveValue(now: now)
        var before: TestValue?
        var wasSet = false
        for row in rows.sorted(by: NaiveJudge.isEarlier) {
            var value = NaiveValue.at(change.path, .object(row.entry.members))
            if NaiveValue.isMissing(value) { value = nil }
            defer {
                before = value
                wasSet = wasSet || value != nil
            }
            let isSame =
                if let before, let value {
                    NaiveValue.isSame(before, value)
                } else {
                    before == nil && value == nil
                }
            guard !isSame else { continue }
            // The first value ever is a change to it, and from nothing.
            guard wasSet || change.from == nil && change.to != nil else { continue }
            let fits =
                change.from.map { values.passes($0, before) } ?? true
                && change.to.map { values.passes($0, value) } ?? true
            if fits, isInside(change.window, row.at, row.index, at: now) { return true }
        }
        return false
    }
}
