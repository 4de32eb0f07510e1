import EventModel

extension Checker {
    /// The meaning of a window, where none is all time; nil where it was reported.
    mutating func check(_ window: WindowSyntax?) -> Window? {
        switch window {
        case nil, .ever: return .ever
        case .last(let duration): return check(duration, isWindow: true).map { .last($0) }
        case .calendar(let number, let unit):
            return count(number, of: unit).map { .calendar(unit, count: $0, zone) }
        case .current(let unit): return .calendar(unit, count: 1, zone)
        case .yesterday: return .yesterday(zone)
        case .betweenAgo(let longest, let shortest):
            return betweenAgo(longest, shortest).map {
                .betweenAgo(longest: $0.longest, shortest: $0.shortest)
            }
        case .longerAgo(let duration): return check(duration).map { .longerAgo($0) }
        case .since(let date): return time(date).map { .dates(from: $0.start, to: nil) }
        case .before(let date): return time(date).map { .dates(from: nil, to: $0.start) }
        case .betweenDates(let first, let last):
            return dates(first, last).map { .dates(from: $0.start, to: $0.end) }
        case .sinceLast(let events, let filter):
            return selection(events, filter).map { .sinceLast($0) }
        }
    }

    /// A duration: whole milliseconds, more than none, and within the bound.
    mutating func check(_ duration: DurationSyntax, isWindow: Bool = false) -> TimeSpan? {
        guard let units = duration.units else { return nil }
        let milliseconds = units / ExactDecimal.one
        let longest = TimeSpan.days(Int64(Limits.durationDaysMax))
        if units <= 0 {
            complaints.error(duration.range, "a duration must be longer than 0")
        } else if milliseconds > Int128(longest.milliseconds)
            || milliseconds == Int128(longest.milliseconds) && units % ExactDecimal.one != 0
        {
            complaints.error(
                duration.range,
                "a duration may be \(Limits.durationDaysMax) days long at most",
                fix: isWindow ? "without a window, or with 'ever', all events count" : nil
            )
        } else if units % ExactDecimal.one != 0 {
            complaints.error(duration.range, "a duration must be a whole number of milliseconds")
        } else {
            return TimeSpan(milliseconds: Int64(milliseconds))
        }
        return nil
    }

    /// `between longest and shortest ago`.
    mutating func betweenAgo(_ first: DurationSyntax, _ second: DurationSyntax)
        -> (longest: TimeSpan, shortest: TimeSpan)?
    {
        let longest = check(first)
        let shortest = check(second)
        guard let longest, let shortest else { return nil }
        guard longest > shortest else {
            let range = first.range.lowerBound..<second.range.upperBound
            complaints.error(
                range,
                longest == shortest
                    ? "no time lies between these two, which are the same"
                    : "the longer time comes first",
                fix: longest == shortest
                    ? nil : "did you mean 'between \(shortest) and \(longest) ago'?"
            )
            return nil
        }
        return (longest, shortest)
    }

    /// `between first and last`, from the begin of the first to the end of a last one that is a whole
    /// day; a last one with a time of day is that instant.
    mutating func dates(_ first: LiteralSyntax, _ last: LiteralSyntax)
        -> (start: Instant, end: Instant)?
    {
        guard let from = time(first), let to = time(last) else { return nil }
        let end = to.isWholeDay ? to.end : to.start
        guard from.start < end else {
            complaints.error(
                first.range.lowerBound..<last.range.upperBound,
                "no time lies between these two: the earlier date comes first"
            )
            return nil
        }
        return (from.start, end)
    }

    /// How many days, weeks or months of the calendar.
    private mutating func count(_ number: NumberSyntax, of unit: CalendarUnit) -> Int? {
        guard let value = number.value else { return nil }
        let most =
            switch unit {
            case .day: Limits.durationDaysMax
            case .week: Limits.durationDaysMax / 7
            case .month: Limits.durationDaysMax / 365 * 12
            case .year: Limits.durationDaysMax / 365
            }
        guard let whole = value.smallWhole, whole > 0 else {
            complaints.error(
                number.range,
                "a number of calendar \(unit.rawValue)s is a whole number above 0",
                fix: unit == .day ? "the day of today alone is 'today'" : nil
            )
            return nil
        }
        guard whole <= most else {
            complaints.error(
                number.range,
                "a calendar window may be \(most) \(unit.rawValue)s long at most",
                fix: "without a window, or with 'ever', all events count"
            )
            return nil
        }
        return whole
    }
}

extension ExactDecimal {
    /// The number where it is whole and of a size that can be counted to; nil otherwise.
    var smallWhole: Int? {
        guard units % ExactDecimal.one == 0, units >= 0 else { return nil }
        let whole = units / ExactDecimal.one
        return whole <= Int128(Limits.countMax) ? Int(whole) : nil
    }
}
