public import EventModel

/// A rule set that was checked: what the engine compiles.
public struct RuleSet: Equatable, Sendable {
    /// The segments, in order of the bytes of their names; no name stands twice.
    public var segments: [SegmentRule]
    /// Which properties together make an event the same as another of its type, for a person; in
    /// order of the bytes of the events' names, no name twice.
    public var uniqueKeys: [UniqueKey]
    /// The identifiers' namespaces that are declared beside the well-known ones, sorted by bytes.
    public var namespaces: [String]

    /// A rule set of those segments, which may come in any order.
    public init(
        segments: [SegmentRule],
        uniqueKeys: [UniqueKey] = [],
        namespaces: [String] = []
    ) {
        self.segments = segments.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.uniqueKeys = uniqueKeys.sorted {
            $0.event.utf8.lexicographicallyPrecedes($1.event.utf8)
        }
        self.namespaces = namespaces.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// `event … unique by …`: a second event of the type with the same key has no event effect within a
/// person, for ever.
public struct UniqueKey: Hashable, Sendable {
    /// The event's name.
    public var event: String
    /// The ways to the properties that make the key together, in the order of the declaration.
    public var paths: [[String]]

    /// The key of that event.
    public init(event: String, paths: [[String]]) {
        self.event = event
        self.paths = paths
    }
}

/// One segment's rule.
public struct SegmentRule: Equatable, Sendable {
    /// The segment's name.
    public var name: String
    /// The title for people; empty where there is none.
    public var title: String
    /// The note; empty where there is none.
    public var note: String
    /// Who is a member.
    public var condition: Condition

    /// A segment of that name.
    public init(name: String, title: String, note: String, condition: Condition) {
        self.name = name
        self.title = title
        self.note = note
        self.condition = condition
    }

    /// The compiled meaning as text: layout, comments, title and note do not count.
    public var meaning: String { condition.meaning }

    /// Names the meaning, by FNV-1a; meanings are compared in full, never by this.
    public var ruleHash: UInt64 {
        var hash = StableHash()
        hash.feed(meaning)
        return hash.value
    }
}

/// A truth about one person at one instant.
public indirect enum Condition: Equatable, Sendable {
    /// All of them; true where there are none.
    case all([Condition])
    /// At least one of them; false where there are none.
    case any([Condition])
    /// The negation.
    case not(Condition)
    /// At least so many events of a kind lie in the window; the count is 1 or more.
    ///
    /// `no`, `at most`, `exactly` and the like are built from this with `not` and `all`.
    case atLeast(Int, EventSelection, Window)
    /// The attribute's value passes the test.
    case attribute(path: [String], ValueTest)
    /// The person is a member of that segment of the same rule set, at the same instant.
    case inSegment(String)
    /// The sum of a property over events in a window reaches a bound; events without it add nothing.
    ///
    /// `<`, `<=`, `=` and `!=` are built from this with `not` and `all`.
    case sum(of: SummedProperty, window: Window, reaches: SumBound)
}

/// Which events count.
public struct EventSelection: Hashable, Sendable {
    /// The events' names, sorted by bytes, none twice; nil for every event.
    public var names: [String]?
    /// What their properties must satisfy; nil for anything.
    public var filter: PropertyFilter?
    /// The keys by which repeats of these events do not count: of all events where `names` is nil.
    public var uniqueKeys: [UniqueKey]

    /// Events of those names that pass the filter.
    public init(names: [String]?, filter: PropertyFilter?, uniqueKeys: [UniqueKey] = []) {
        self.names = names
        self.filter = filter
        self.uniqueKeys = uniqueKeys
    }
}

/// What an event's properties must satisfy.
public indirect enum PropertyFilter: Hashable, Sendable {
    /// All of them.
    case all([PropertyFilter])
    /// At least one of them.
    case any([PropertyFilter])
    /// The negation.
    case not(PropertyFilter)
    /// The property's value passes the test.
    case property(path: [String], ValueTest)
}

/// Which event times count, seen from an instant.
public enum Window: Hashable, Sendable {
    /// All.
    case ever
    /// `t <= T < t + span`.
    case last(TimeSpan)
}

/// A test of one value.
///
/// A missing value fails every one of them; `!=`, `not one of` and `is not set` are `not` of these.
public enum ValueTest: Hashable, Sendable {
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
