public import EventModel

/// A test of one value.
///
/// A missing value fails every one of them; `!=`, `not one of` and `is not set` are `not` of these.
public indirect enum ValueTest: Hashable, Sendable {
    /// Equal to the literal.
    case equal(ValueLiteral)
    /// Less than the literal, of its kind.
    case less(ValueLiteral)
    /// Less than or equal to the literal, of its kind.
    case lessOrEqual(ValueLiteral)
    /// Greater than the literal, of its kind.
    case greater(ValueLiteral)
    /// Greater than or equal to the literal, of its kind.
    case greaterOrEqual(ValueLiteral)
    /// Neither missing nor an empty text.
    case isSet
    /// Equal to one of the literals.
    case oneOf([ValueLiteral])
    /// A text with that text somewhere in it, or a list with that element.
    case contains(ValueLiteral)
    /// A text that begins so.
    case startsWith(String)
    /// A text that ends so.
    case endsWith(String)
    /// A text that is as the pattern says as a whole, in which `*` stands for any text.
    case like(String)
    /// The same test with the case of letters left out, by Unicode's simple case folding of both sides.
    case ignoringCase(ValueTest)
    /// A time `v` with `v <= T < v + span`.
    case inLast(TimeSpan)
    /// A time `v` with `v - span <= T < v`.
    case inNext(TimeSpan)
    /// A time `v` with `v + span <= T`.
    case longerAgo(TimeSpan)
    /// A time `v` with `v + shortest <= T < v + longest`.
    case betweenAgo(longest: TimeSpan, shortest: TimeSpan)
    /// A time of which a local anniversary `a` has `a - span <= T < a`: a year later or more, at the same
    /// time of day; of 29 February on 1 March in years without one.
    case anniversaryInNext(TimeSpan, Zone)
    /// The same test of a time, where a text that is a date without a time of day begins with that day in the
    /// zone; else, and but for anniversaries, it begins at midnight in UTC.
    case inZone(ValueTest, Zone)
}

extension ValueTest {
    /// The same test in a zone, where that matters.
    func inZone(_ zone: Zone) -> ValueTest {
        zone != .utc && looksAtTime ? .inZone(self, zone) : self
    }

    /// The same test of texts in a shape: what it compares them with is brought into it, too.
    func shaped(_ shape: Normalization) -> ValueTest {
        func whole(_ literal: ValueLiteral) -> ValueLiteral {
            if case .text(let text) = literal { .text(shape.shaped(text)) } else { literal }
        }
        // The space at the ends of a part may be within the text.
        let letters = Normalization(letters: shape.letters)
        return switch self {
        case .equal(let literal): .equal(whole(literal))
        case .less(let literal): .less(whole(literal))
        case .lessOrEqual(let literal): .lessOrEqual(whole(literal))
        case .greater(let literal): .greater(whole(literal))
        case .greaterOrEqual(let literal): .greaterOrEqual(whole(literal))
        case .oneOf(let literals): .oneOf(literals.map(whole))
        case .contains(.text(let text)): .contains(.text(letters.shaped(text)))
        case .startsWith(let text): .startsWith(letters.shaped(text))
        case .endsWith(let text): .endsWith(letters.shaped(text))
        case .like(let pattern): .like(letters.shaped(pattern))
        case .ignoringCase(let test): .ignoringCase(test.shaped(shape))
        case .inZone(let test, let zone): .inZone(test.shaped(shape), zone)
        case .isSet, .contains, .inLast, .inNext, .longerAgo, .betweenAgo, .anniversaryInNext: self
        }
    }

    /// Whether it takes texts as times.
    private var looksAtTime: Bool {
        switch self {
        case .equal(let literal), .less(let literal), .lessOrEqual(let literal),
            .greater(let literal), .greaterOrEqual(let literal):
            literal.isTime
        case .oneOf(let literals): literals.contains(where: \.isTime)
        case .contains(let literal): literal.isTime
        case .inLast, .inNext, .longerAgo, .betweenAgo: true
        case .isSet, .startsWith, .endsWith, .like, .ignoringCase, .anniversaryInNext, .inZone:
            false
        }
    }
}

/// A value written in a rule.
public enum ValueLiteral: Hashable, Sendable {
    /// A text.
    case text(String)
    /// An exact number.
    case number(ExactDecimal)
    /// True or false.
    case boolean(Bool)
    /// A time: `start <= t < end` equals it. A whole day, or one instant, where `end` is 1 ms on.
    case time(start: Instant, end: Instant)
}

extension ValueLiteral {
    fileprivate var isTime: Bool {
        if case .time = self { true } else { false }
    }
}
