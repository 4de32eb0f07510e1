import EventModel

extension Checker {
    /// The meaning of `count events where window`, built from `atLeast`.
    mutating func check(_ occurrence: OccurrenceSyntax) -> Condition? {
        let names = check(occurrence.events)
        let filter = occurrence.filter.map { check($0) }
        let window = check(occurrence.window)
        let bounds = check(occurrence.count)
        guard let names, let window, let bounds else { return nil }
        var selection = EventSelection(names: names.names, filter: nil)
        if let filter {
            guard let filter else { return nil }
            selection.filter = filter
        }
        let low = bounds.low.map { Condition.atLeast($0, selection, window) }
        let high = bounds.high.map { Condition.atLeast($0 + 1, selection, window).negated }
        return .conjunction([low, high].compactMap { $0 })
    }

    /// Which events are meant, without their filter; nil where that was reported.
    mutating func check(_ events: EventsSyntax) -> EventSelection? {
        guard case .anyOf(_, let range) = events else {
            return EventSelection(names: names(events).map { [$0] }, filter: nil)
        }
        var names: Set<String> = []
        guard collect(events, into: &names) else { return EventSelection(names: nil, filter: nil) }
        guard names.count <= Limits.listElementsMax else {
            complaints.error(
                range,
                "a condition may name \(Limits.listElementsMax) events at most"
            )
            return nil
        }
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return EventSelection(names: sorted, filter: nil)
    }

    private func names(_ events: EventsSyntax) -> String? {
        if case .name(let name) = events { return name.text }
        return nil
    }

    /// Collects the names; false where one of them is every event.
    private func collect(_ events: EventsSyntax, into names: inout Set<String>) -> Bool {
        switch events {
        case .name(let name): names.insert(name.text)
        case .every: return false
        case .anyOf(let parts, _):
            for part in parts {
                guard collect(part, into: &names) else { return false }
            }
        }
        return true
    }

    /// The meaning of a window; nil where it was reported.
    mutating func check(_ window: WindowSyntax?) -> Window? {
        guard case .last(let duration) = window else { return .ever }
        return check(duration).map { .last($0) }
    }

    /// A duration: whole milliseconds, more than none, and within the bound.
    private mutating func check(_ duration: DurationSyntax) -> TimeSpan? {
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
                fix: "without a window, or with 'ever', all events count"
            )
        } else if units % ExactDecimal.one != 0 {
            complaints.error(duration.range, "a duration must be a whole number of milliseconds")
        } else {
            return TimeSpan(milliseconds: Int64(milliseconds))
        }
        return nil
    }
}
