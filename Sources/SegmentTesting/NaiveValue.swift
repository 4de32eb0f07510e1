import EventModel
import RuleLanguage

/// What values are, to tests and to each other, seen from an instant.
struct NaiveValue {
    /// The instant.
    let now: Instant

    // MARK: - Ways

    /// The value at the end of a way through objects.
    static func at(_ path: some Collection<String>, _ value: TestValue?) -> TestValue? {
        guard let name = path.first else { return value }
        guard case .object(let members)? = value else { return nil }
        return at(path.dropFirst(), members[name])
    }

    /// The values at the ends of a way through objects and every item of lists.
    static func all(_ path: some Collection<String>, _ value: TestValue?) -> [TestValue] {
        switch value {
        case .list(let items)?: return items.flatMap { all(path, $0) }
        case let value?:
            guard let name = path.first else { return [value] }
            guard case .object(let members) = value else { return [] }
            return all(path.dropFirst(), members[name])
        case nil: return []
        }
    }

    /// Every text in a value that is a time.
    static func times(_ value: TestValue, _ zone: Zone) -> [Instant] {
        switch value {
        case .text(let text): time(text, zone).map { [$0] } ?? []
        case .list(let items): items.flatMap { times($0, zone) }
        case .object(let members): members.values.flatMap { times($0, zone) }
        case .null, .boolean, .number: []
        }
    }

    // MARK: - Filters

    /// Whether what the properties are satisfies a filter.
    func passes(_ filter: PropertyFilter, _ value: TestValue?) -> Bool {
        switch filter {
        case .all(let parts): parts.allSatisfy { passes($0, value) }
        case .any(let parts): parts.contains { passes($0, value) }
        case .not(let part): !passes(part, value)
        case .property(let path, let test): passes(test, NaiveValue.at(path, value))
        case .items(let path, let quantifier, let filter):
            passes(quantifier, filter, NaiveValue.at(path, value))
        }
    }

    /// Whether items of a list satisfy a filter; of what is no list, and of an empty one, none do.
    func passes(
        _ quantifier: ItemQuantifier,
        _ filter: PropertyFilter,
        _ value: TestValue?
    ) -> Bool {
        guard case .list(let items)? = value, !items.isEmpty else { return false }
        switch quantifier {
        case .any: return items.contains { isItem($0, filter, true) }
        case .every: return items.allSatisfy { isItem($0, filter, true) }
        }
    }

    /// Whether an item satisfies a filter, or its negation, which is one of each test in it.
    private func isItem(_ item: TestValue, _ filter: PropertyFilter, _ isTrue: Bool) -> Bool {
        switch filter {
        case .all(let parts):
            return isTrue
                ? parts.allSatisfy { isItem(item, $0, true) }
                : parts.contains { isItem(item, $0, false) }
        case .any(let parts):
            return isTrue
                ? parts.contains { isItem(item, $0, true) }
                : parts.allSatisfy { isItem(item, $0, false) }
        case .not(let part): return isItem(item, part, !isTrue)
        case .property(let path, let test):
            let value = NaiveValue.at(path, item)
            if test == .isSet { return NaiveValue.isMissing(value) != isTrue }
            return !NaiveValue.isMissing(value) && passes(test, value) == isTrue
        case .items(let path, let quantifier, let filter):
            let value = NaiveValue.at(path, item)
            return !NaiveValue.isMissing(value) && passes(quantifier, filter, value) == isTrue
        }
    }

    // MARK: - Tests

    /// Whether a value passes a test; a missing one passes none.
    func passes(_ test: ValueTest, _ value: TestValue?, in zone: Zone = .utc) -> Bool {
        guard let value, !NaiveValue.isMissing(value) else { return false }
        switch test {
        case .isSet: return true
        case .equal(let literal): return NaiveValue.isEqual(value, literal, zone)
        case .oneOf(let any): return any.contains { NaiveValue.isEqual(value, $0, zone) }
        case .less(let other): return NaiveValue.order(value, other, zone).map { $0 < 0 } ?? false
        case .lessOrEqual(let other):
            return NaiveValue.order(value, other, zone).map { $0 <= 0 } ?? false
        case .greater(let other):
            return NaiveValue.order(value, other, zone).map { $0 > 0 } ?? false
        case .greaterOrEqual(let other):
            return NaiveValue.order(value, other, zone).map { $0 >= 0 } ?? false
        case .contains(let literal): return contains(value, literal, zone)
        case .startsWith(let part): return text(value).map { NaiveText.starts($0, part) } ?? false
        case .endsWith(let part): return text(value).map { NaiveText.ends($0, part) } ?? false
        case .like(let pattern): return text(value).map { NaiveText.isLike($0, pattern) } ?? false
        case .ignoringCase(let test):
            return passes(NaiveValue.folded(test), NaiveValue.folded(value))
        case .inZone(let test, let zone): return passes(test, value, in: zone)
        case .inLast(let span):
            return time(value, zone).map { $0 <= now && now < $0 + span } ?? false
        case .inNext(let span):
            return time(value, zone).map { $0 - span <= now && now < $0 } ?? false
        case .longerAgo(let span): return time(value, zone).map { $0 + span <= now } ?? false
        case .betweenAgo(let longest, let shortest):
            return time(value, zone).map { $0 + shortest <= now && now < $0 + longest } ?? false
        case .anniversaryInNext(let span, let zone):
            guard let time = time(value, zone) else { return false }
            let calendar = NaiveCalendar(zone: zone)
            return calendar.anniversaries(
                of: time,
                from: calendar.number(of: .year, at: now),
                through: calendar.number(of: .year, at: now + span) + 1
            ).contains { $0 - span <= now && now < $0 }
        }
    }

    private func text(_ value: TestValue) -> String? {
        if case .text(let text) = value { text } else { nil }
    }

    private func time(_ value: TestValue, _ zone: Zone) -> Instant? {
        text(value).flatMap { NaiveValue.time($0, zone) }
    }

    /// The time that a text spells: a date without a time of day is the beginning of that day.
    static func time(_ text: String, _ zone: Zone) -> Instant? {
        guard let time = Instant(rfc3339: text) else { return nil }
        guard !text.contains("T"), !text.contains("t"), !text.contains(" ") else { return time }
        return NaiveCalendar(zone: zone).instant(local: time.milliseconds)
    }

    private func contains(_ value: TestValue, _ literal: ValueLiteral, _ zone: Zone) -> Bool {
        switch (value, literal) {
        case (.text(let text), .text(let part)): NaiveText.contains(text, part)
        case (.list(let items), _):
            items.contains { !NaiveValue.isMissing($0) && NaiveValue.isEqual($0, literal, zone) }
        default: false
        }
    }

    private static func folded(_ value: TestValue) -> TestValue {
        switch value {
        case .text(let text): .text(NaiveText.folded(text))
        case .list(let items):
            .list(
                items.map { item in
                    if case .text(let text) = item { .text(NaiveText.folded(text)) } else { item }
                }
            )
        case .null, .boolean, .number, .object: value
        }
    }

    private static func folded(_ test: ValueTest) -> ValueTest {
        func folded(_ literal: ValueLiteral) -> ValueLiteral {
            if case .text(let text) = literal { .text(NaiveText.folded(text)) } else { literal }
        }
        return switch test {
        case .equal(let literal): .equal(folded(literal))
        case .less(let literal): .less(folded(literal))
        case .lessOrEqual(let literal): .lessOrEqual(folded(literal))
        case .greater(let literal): .greater(folded(literal))
        case .greaterOrEqual(let literal): .greaterOrEqual(folded(literal))
        case .oneOf(let literals): .oneOf(literals.map(folded))
        case .contains(let literal): .contains(folded(literal))
        case .startsWith(let text): .startsWith(NaiveText.folded(text))
        case .endsWith(let text): .endsWith(NaiveText.folded(text))
        case .like(let pattern): .like(NaiveText.folded(pattern))
        case .isSet, .ignoringCase, .inLast, .inNext, .longerAgo, .betweenAgo, .anniversaryInNext,
            .inZone:
            test
        }
    }
}
