/// Within which window.
indirect enum WindowSyntax {
    case ever
    /// `in last 2 hours`.
    case last(DurationSyntax)
    /// `in last 3 calendar days`.
    case calendar(NumberSyntax, CalendarUnit)
    /// `today`, `this week` and the like.
    case current(CalendarUnit)
    case yesterday
    /// `between 60 and 30 days ago`, in this order.
    case betweenAgo(DurationSyntax, DurationSyntax)
    /// `more than 60 days ago`; of `first` and `last` only.
    case longerAgo(DurationSyntax)
    case betweenDates(LiteralSyntax, LiteralSyntax)
    case before(LiteralSyntax)
    case since(LiteralSyntax)
    /// `since last events where …`.
    case sinceLast(EventsSyntax, FilterSyntax?)
}

/// A duration in units of 10^-18 ms; nil where it was reported.
struct DurationSyntax {
    var units: Int128?
    var range: Range<Int>
}
