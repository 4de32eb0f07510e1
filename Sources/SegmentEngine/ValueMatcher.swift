internal import EventModel
internal import RuleLanguage

/// A value test made ready to run on bytes without allocating.
struct ValueMatcher: Sendable {
    private enum Operator: Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual, isSet
        case contains, startsWith, endsWith, like
    }

    /// A literal with everything that equals it, spelled out beforehand.
    struct Literal: Sendable {
        enum Kind: Sendable { case text, number, boolean, time }
        var kind: Kind
        /// The text, or the number's canonical spelling: text and number are equal by that.
        var text: [UInt8] = []
        /// The number, or the number that the text spells canonically.
        var number: ExactDecimal?
        var boolean = false
        var start = Instant.distantPast
        var end = Instant.distantPast
    }

    private let comparison: Operator
    private let literals: [Literal]
    /// Whether texts are compared as they fold; the literals are folded beforehand.
    private let ignoresCase: Bool
    /// Where a date without a time of day begins; nil for midnight in UTC.
    private let calendar: LocalCalendar?

    /// - Precondition: The test does not look at the time of day: those are for rows.
    init(_ test: ValueTest) {
        if case .ignoringCase(let inner) = test {
            let matcher = ValueMatcher(inner)
            comparison = matcher.comparison
            literals = matcher.literals.map(\.folded)
            ignoresCase = true
            calendar = matcher.calendar
            return
        }
        if case .inZone(let inner, let zone) = test {
            let matcher = ValueMatcher(inner)
            comparison = matcher.comparison
            literals = matcher.literals
            ignoresCase = matcher.ignoresCase
            calendar = LocalCalendar(zone)
            return
        }
        ignoresCase = false
        calendar = nil
        switch test {
        case .equal(let literal): (comparison, literals) = (.equal, [Literal(literal)])
        case .less(let literal): (comparison, literals) = (.less, [Literal(literal)])
        case .lessOrEqual(let literal): (comparison, literals) = (.lessOrEqual, [Literal(literal)])
        case .greater(let literal): (comparison, literals) = (.greater, [Literal(literal)])
        case .greaterOrEqual(let literal):
            (comparison, literals) = (.greaterOrEqual, [Literal(literal)])
        case .isSet: (comparison, literals) = (.isSet, [])
        case .oneOf(let several): (comparison, literals) = (.equal, several.map { Literal($0) })
        case .contains(let literal): (comparison, literals) = (.contains, [Literal(literal)])
        case .startsWith(let text): (comparison, literals) = (.startsWith, [Literal(.text(text))])
        case .endsWith(let text): (comparison, literals) = (.endsWith, [Literal(.text(text))])
        case .like(let pattern): (comparison, literals) = (.like, [Literal(.text(pattern))])
        case .ignoringCase, .inZone, .inLast, .inNext, .longerAgo, .betweenAgo,
            .anniversaryInNext:
            preconditionFailure("a test that looks at the clock")
        }
    }

    /// Whether the value at `offset` passes; nil is a missing value, which never does.
    func matches(_ bytes: Span<UInt8>, at offset: Int?) -> Bool {
        guard let offset else { return false }
        var reader = ValueReader(at: offset)
        let value = reader.value(bytes)
        switch value {
        case .null, .number(nil): return false
        case .text(let range) where range.isEmpty: return false
        case .list(let elements) where comparison == .contains:
            return containsElement(elements, bytes)
        default: break
        }
        if comparison == .isSet { return true }
        return matches(value, bytes)
    }

    private func matches(_ value: ValueView, _ bytes: Span<UInt8>) -> Bool {
        if ignoresCase, case .text(let range) = value {
            return CaseFolding.withFolded(bytes.extracting(range)) { folded in
                matches(.text(0..<folded.count), anyOf: folded)
            }
        }
        return matches(value, anyOf: bytes)
    }

    private func matches(_ value: ValueView, anyOf bytes: Span<UInt8>) -> Bool {
        for literal in literals where matches(value, literal, bytes) { return true }
        return false
    }

    /// Whether a list has an element that equals the literal.
    private func containsElement(_ elements: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
        let equality = ValueMatcher(equalTo: self)
        var reader = ValueReader(at: elements.lowerBound)
        while reader.offset < elements.upperBound {
            if equality.matches(bytes, at: reader.offset) { return true }
            reader.skip(bytes)
        }
        return false
    }

    private init(equalTo other: ValueMatcher) {
        comparison = .equal
        literals = other.literals
        ignoresCase = other.ignoresCase
        calendar = other.calendar
    }

    private func matches(_ value: ValueView, _ literal: Literal, _ bytes: Span<UInt8>) -> Bool {
        switch (value, literal.kind) {
        case (.text(let range), .text): return matches(bytes.extracting(range), literal.text)
        case (.number(let number?), .number):
            guard let other = literal.number else { return false }
            return decide(number < other ? -1 : number == other ? 0 : 1)
        case (.text(let range), .number):
            return comparison == .equal && ValueMatcher.order(bytes, range, literal.text) == 0
        case (.number(let number?), .text):
            return comparison == .equal && number == literal.number
        case (.boolean(let truth), .boolean):
            return comparison == .equal && truth == literal.boolean
        case (.text(let range), .time):
            guard let time = KeyBytes.time(bytes.extracting(range), calendar) else { return false }
            let instant = Instant(milliseconds: time)
            // A whole day is one value: before its start is less, from its end on is greater.
            return decide(instant < literal.start ? -1 : instant < literal.end ? 0 : 1)
        default: return false
        }
    }

    private func matches(_ text: Span<UInt8>, _ other: [UInt8]) -> Bool {
        switch comparison {
        case .contains:
            guard other.count <= text.count else { return false }
            for start in 0...text.count - other.count where begins(text, at: start, other) {
                return true
            }
            return false
        case .startsWith: return text.count >= other.count && begins(text, at: 0, other)
        case .endsWith:
            return text.count >= other.count && begins(text, at: text.count - other.count, other)
        case .like: return isLike(text, pattern: other)
        case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .isSet:
            return decide(ValueMatcher.order(text, 0..<text.count, other))
        }
    }

    private func begins(_ text: Span<UInt8>, at start: Int, _ other: [UInt8]) -> Bool {
        for index in other.indices where text[start + index] != other[index] { return false }
        return true
    }

    private func decide(_ order: Int) -> Bool {
        switch comparison {
        case .equal: order == 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        case .isSet: true
        case .contains, .startsWith, .endsWith, .like: false
        }
    }

    /// Less than, equal to or greater than 0 as the text is before, like or behind the other one,
    /// by bytes.
    private static func order(_ bytes: Span<UInt8>, _ range: Range<Int>, _ other: [UInt8]) -> Int {
        let common = min(range.count, other.count)
        for index in 0..<common {
            let difference = Int(bytes[range.lowerBound + index]) - Int(other[index])
            if difference != 0 { return difference }
        }
        return range.count - other.count
    }
}

extension ValueMatcher.Literal {
    /// The literal as it compares where case is ignored.
    fileprivate var folded: ValueMatcher.Literal {
        guard kind == .text else { return self }
        var literal = self
        literal.text = CaseFolding.withFolded(text.span) { folded in
            (0..<folded.count).map { folded[$0] }
        }
        return literal
    }

    fileprivate init(_ literal: ValueLiteral) {
        switch literal {
        case .text(let text):
            kind = .text
            self.text = Array(text.utf8)
            number = ExactDecimal(text).flatMap { $0.description == text ? $0 : nil }
        case .number(let number):
            kind = .number
            self.number = number
            text = Array(number.description.utf8)
        case .boolean(let truth):
            kind = .boolean
            boolean = truth
        case .time(let start, let end):
            kind = .time
            self.start = start
            self.end = end
        }
    }
}
