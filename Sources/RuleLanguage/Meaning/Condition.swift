public import EventModel

/// A truth about one person at one instant.
public indirect enum Condition: Equatable, Sendable {
    /// All of them; true where there are none.
    case all([Condition])
    /// At least one of them; false where there are none.
    case any([Condition])
    /// The negation.
    case not(Condition)
    /// At least so many of several conditions; the number is 1 or more, and no more than there are.
    case some(atLeast: Int, of: [Condition])
    /// The condition has held without a break for that long, with what is known now.
    case held(Condition, TimeSpan)
    /// At least so many events of a kind lie in the window; the count is 1 or more.
    ///
    /// `no`, `at most`, `exactly` and the like are built from this with `not` and `all`.
    case atLeast(Int, EventSelection, Window)
    /// The sum of a property over events in a window reaches a bound; events without it add nothing.
    ///
    /// `<`, `<=`, `=` and `!=` are built from this with `not` and `all`.
    case sum(of: SummedProperty, window: Window, reaches: SumBound)
    /// Another figure over a property of events in a window passes a test.
    case aggregate(Aggregate, of: SummedProperty, window: Window, NumberTest)
    /// The first or the last event of a kind that ever was.
    case extreme(ExtremeEvent)
    /// Two events in their order.
    case sequence(EventSequence)
    /// On how many days, weeks or months something happened.
    case periods(EventfulPeriods)
    /// The attribute's value passes the test.
    case attribute(path: [String], ValueTest)
    /// The items of an attribute that is a list pass the filter.
    case attributeItems(path: [String], ItemQuantifier, PropertyFilter)
    /// The attribute changed.
    case changed(AttributeChange)
    /// The person holds a canonical customer id.
    case isKnown
    /// The person's earliest event time is so long ago at least.
    case knownFor(TimeSpan)
    /// The person is a member of that segment of the same rule set, at the same instant.
    case inSegment(String)
    /// The person entered or left that segment, as already decided, within the window.
    case turned(SegmentTurn)
    /// The person is on that list, which is kept by hand.
    case inList(String)
    /// The person belongs to a stable random share of people.
    case sample(Sample)
}

/// Which events count.
public struct EventSelection: Hashable, Sendable {
    /// The events' names, sorted by bytes, none twice; nil for every event.
    public var names: [String]?
    /// Patterns of further names, in which `*` stands for any text; sorted by bytes, none twice,
    /// empty where `names` is nil.
    public var patterns: [String]
    /// What their properties must satisfy; nil for anything.
    public var filter: PropertyFilter?
    /// The keys by which repeats of these events do not count: of all events where `names` is nil.
    public var uniqueKeys: [UniqueKey]
    /// Names that the patterns fit and that are not meant: other names of events that they do not fit;
    /// sorted by bytes.
    public var excludedNames: [String]
    /// How events are read of which a contract declares what is used; all others are read as sent.
    ///
    /// In order of the bytes of their names.
    public var readings: [EventReading]

    /// Events of those names that pass the filter.
    public init(
        names: [String]?,
        patterns: [String] = [],
        filter: PropertyFilter?,
        uniqueKeys: [UniqueKey] = [],
        excludedNames: [String] = [],
        readings: [EventReading] = []
    ) {
        self.names = names
        self.patterns = patterns
        self.filter = filter
        self.uniqueKeys = uniqueKeys
        self.excludedNames = excludedNames
        self.readings = readings
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
    /// Items of a property that is a list pass the filter, whose paths begin at an item.
    ///
    /// Within it a field that an item lacks satisfies nothing but the negation of `isSet`: neither a
    /// test nor the negation of one.
    case items(path: [String], ItemQuantifier, PropertyFilter)
}

/// How many items of a list must pass.
public enum ItemQuantifier: Hashable, Sendable {
    /// One of them at least: false of what is no list, and of an empty one.
    case any
    /// Each of them: false of what is no list, and of an empty one.
    case every
}

/// A figure over values of a property.
public enum Aggregate: Hashable, Sendable {
    /// The exact quotient of sum and number; missing where there is no number.
    case average
    /// The least number; missing where there is none.
    case minimum
    /// The greatest number; missing where there is none.
    case maximum
    /// How many different values there are: texts, numbers and truths, a text like the number that it
    /// spells canonically.
    case distinct
}

/// A test of a figure.
///
/// A missing figure fails every one of them. `!=` is the negation of `equal`.
public enum NumberTest: Hashable, Sendable {
    case equal(ExactDecimal)
    case less(ExactDecimal)
    case lessOrEqual(ExactDecimal)
    case greater(ExactDecimal)
    case greaterOrEqual(ExactDecimal)
}

/// The first or the last event of a kind that ever was, by event time and then by sequence.
public struct ExtremeEvent: Equatable, Sendable {
    /// Whether it is the last one.
    public var isLast: Bool
    /// Which events are looked at.
    public var events: EventSelection
    /// What the properties of the one must satisfy; nil for anything.
    public var filter: PropertyFilter?
    /// In which window it must lie.
    public var window: Window

    /// The condition that there is such an event, that it passes the filter and lies in the window.
    public init(isLast: Bool, events: EventSelection, filter: PropertyFilter?, window: Window) {
        self.isLast = isLast
        self.events = events
        self.filter = filter
        self.window = window
    }
}

/// Two different events in their order: `tA <= tB`, and `tB < tA + within` where that is said.
public struct EventSequence: Equatable, Sendable {
    /// The one that comes first.
    public var first: EventSelection
    /// The one that follows, or must not.
    public var second: EventSelection
    /// Whether none may follow: then it becomes true at `tA + within`, and the window bounds the first.
    public var isNegated: Bool
    /// Within how long; nil for ever, and never nil where `isNegated`.
    public var within: TimeSpan?
    /// The way to a property that must be the same of both, and there; nil for none.
    public var same: [String]?
    /// The window in which both must lie.
    public var window: Window

    /// The condition that there are such events.
    public init(
        first: EventSelection,
        second: EventSelection,
        isNegated: Bool,
        within: TimeSpan?,
        same: [String]?,
        window: Window
    ) {
        self.first = first
        self.second = second
        self.isNegated = isNegated
        self.within = within
        self.same = same
        self.window = window
    }
}

/// How many days, weeks or months have events of a kind.
public struct EventfulPeriods: Equatable, Sendable {
    /// The periods' length.
    public var unit: CalendarUnit
    /// The zone whose local time divides them.
    public var zone: Zone
    /// How many there must be; 1 or more.
    public var atLeast: Int
    /// The events.
    public var events: EventSelection
    /// How many of them within the window a period must have for it to count; 1 or more.
    public var low: Int
    /// How many at most; nil without bound.
    public var high: Int?
    /// The window in which the events must lie.
    public var window: Window

    /// The condition that so many periods have so many events.
    public init(
        unit: CalendarUnit,
        zone: Zone,
        atLeast: Int,
        events: EventSelection,
        low: Int,
        high: Int?,
        window: Window
    ) {
        self.unit = unit
        self.zone = zone
        self.atLeast = atLeast
        self.events = events
        self.low = low
        self.high = high
        self.window = window
    }
}

/// A change of an attribute's value, in order of event times.
public struct AttributeChange: Equatable, Sendable {
    /// The way to the value, the attribute's name first.
    public var path: [String]
    /// What the value before must pass; nil for anything.
    public var from: ValueTest?
    /// What the new value must pass; nil for anything, and then the first value ever is no change.
    public var to: ValueTest?
    /// In which window the change must lie.
    public var window: Window

    /// The condition that there was such a change.
    public init(path: [String], from: ValueTest?, to: ValueTest?, window: Window) {
        self.path = path
        self.from = from
        self.to = to
        self.window = window
    }
}

/// An entry into a segment or an exit from it, as already decided for the person.
public struct SegmentTurn: Equatable, Sendable {
    /// Whether it is an entry.
    public var isEntry: Bool
    /// The segment's name.
    public var segment: String
    /// In which window it must lie.
    public var window: Window

    /// The condition that there was such a turn.
    public init(isEntry: Bool, segment: String, window: Window) {
        self.isEntry = isEntry
        self.segment = segment
        self.window = window
    }
}

/// A stable random share of people.
public struct Sample: Equatable, Sendable {
    /// How many of a hundred.
    public var percent: ExactDecimal
    /// What makes this share another than that of a different salt.
    public var salt: String

    /// The condition that a person belongs to the share.
    public init(percent: ExactDecimal, salt: String) {
        self.percent = percent
        self.salt = salt
    }
}
