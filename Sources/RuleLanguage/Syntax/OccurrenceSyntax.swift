import EventModel

/// `count events where window`.
struct OccurrenceSyntax {
    /// How many; nil where nothing is said: at least one.
    var count: CountSyntax?
    var events: EventsSyntax
    var filter: FilterSyntax?
    /// The window; nil where none is said: ever.
    var window: WindowSyntax?
}

/// `events where then no events where within with same path window`.
struct SequenceSyntax {
    var first: EventsSyntax
    var firstFilter: FilterSyntax?
    var isNegated: Bool
    var second: EventsSyntax
    var secondFilter: FilterSyntax?
    var within: DurationSyntax?
    /// The way to what must be the same; nil for none.
    var same: [TextSyntax]?
    /// The window; nil where none is said: ever.
    var window: WindowSyntax?
}

/// `count days with count events where window`.
struct RegularSyntax {
    var count: CountSyntax
    var unit: CalendarUnit
    /// How many events such a day must have; nil where nothing is said: at least one.
    var each: CountSyntax?
    var events: EventsSyntax
    var filter: FilterSyntax?
    /// The window; nil where none is said: ever.
    var window: WindowSyntax?
}

/// `last events .path test`, or `last events where has window`.
struct ExtremeSyntax {
    var isLast: Bool
    var events: EventsSyntax
    var filter: FilterSyntax?
    /// What stands behind `has`, or the test of a property; nil for anything.
    var test: FilterSyntax?
    /// The window; nil where none is said: ever.
    var window: WindowSyntax?
}

/// How many events.
struct CountSyntax {
    enum Form {
        case no
        case atLeast(NumberSyntax)
        case atMost(NumberSyntax)
        case exactly(NumberSyntax)
        case moreThan(NumberSyntax)
        case fewerThan(NumberSyntax)
        case between(NumberSyntax, NumberSyntax)
    }

    var form: Form
    var range: Range<Int>
}

/// A number; nil where the lexer reported it.
struct NumberSyntax {
    var value: ExactDecimal?
    var range: Range<Int>
}

/// Which events.
indirect enum EventsSyntax {
    case name(TextSyntax)
    /// `any event`, or `event` after a count.
    case every
    /// `event like "…"`.
    case like(TextSyntax)
    /// `any activity`, or `activity` after a count.
    case activity
    /// `any of (…)`.
    case anyOf([EventsSyntax], range: Range<Int>)
}
