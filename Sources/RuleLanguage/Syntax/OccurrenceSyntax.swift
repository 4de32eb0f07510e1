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
    /// `any of (…)`.
    case anyOf([EventsSyntax], range: Range<Int>)
}

/// Within which window.
enum WindowSyntax {
    case ever
    /// `in last 2 hours`.
    case last(DurationSyntax)
}

/// A duration in units of 10^-18 ms; nil where it was reported.
struct DurationSyntax {
    var units: Int128?
    var range: Range<Int>
}
