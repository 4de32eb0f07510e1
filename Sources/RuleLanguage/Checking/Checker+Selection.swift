import EventModel

extension Checker {
    /// Which events are meant; nil where something about them was reported.
    mutating func selection(_ events: EventsSyntax, _ filter: FilterSyntax?) -> EventSelection? {
        let selection = check(events)
        let scope = scope(of: events)
        let checked = filter.map { check($0, in: scope) }
        guard var selection else { return nil }
        if let checked {
            guard let checked else { return nil }
            selection.filter = checked
        }
        return selection
    }

    /// Which events are meant, without their filter; nil where that was reported.
    private mutating func check(_ events: EventsSyntax) -> EventSelection? {
        var names: Set<String> = []
        var patterns: Set<String> = []
        guard collect(events, into: &names, &patterns) else {
            return EventSelection(names: nil, filter: nil)
        }
        guard names.count + patterns.count <= Limits.listElementsMax else {
            if case .anyOf(_, let range) = events {
                complaints.error(
                    range,
                    "a condition may name \(Limits.listElementsMax) events at most"
                )
            }
            return nil
        }
        return EventSelection(
            names: sortedByBytes(names),
            patterns: sortedByBytes(patterns),
            filter: nil
        )
    }

    /// Collects the names and patterns; false where one of them is every event.
    private mutating func collect(
        _ events: EventsSyntax,
        into names: inout Set<String>,
        _ patterns: inout Set<String>
    ) -> Bool {
        switch events {
        case .name(let name):
            check(event: name)
            names.insert(name.text)
        case .every: return false
        case .like(let pattern):
            // A pattern of stars only is every event.
            guard !pattern.text.utf8.allSatisfy({ $0 == UInt8(ascii: "*") }) else { return false }
            patterns.insert(pattern.text)
        case .activity:
            guard !activities.isEmpty else { return false }
            names.formUnion(activities)
        case .anyOf(let parts, _):
            for part in parts {
                guard collect(part, into: &names, &patterns) else { return false }
            }
        }
        return true
    }
}
