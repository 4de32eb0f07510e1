import EventModel

extension Checker {
    /// Takes an event's declaration.
    mutating func check(_ event: EventTypeSyntax, in lines: inout LineReader) {
        guard isFirst("event", event.name, in: &lines), !event.key.isEmpty else { return }
        let paths = event.key.map { $0.map(\.text) }
        for (index, path) in paths.enumerated() where paths[..<index].contains(path) {
            let range = event.key[index].first?.range ?? event.name.range
            complaints.error(
                range,
                "'\(shortened(path.joined(separator: ".")))' stands twice in this key",
                fix: "name each property once"
            )
        }
        guard paths.count <= Limits.depthMax else {
            complaints.error(
                event.name.range,
                "a key may have \(Limits.depthMax) properties at most"
            )
            return
        }
        uniqueKeys.append(UniqueKey(event: event.name.text, paths: paths))
    }

    /// Takes an identifier's declaration; the well-known ones are there anyway.
    mutating func check(identifier name: TextSyntax, in lines: inout LineReader) {
        guard isFirst("identifier", name, in: &lines), !SymbolID.wellKnown.contains(name.text)
        else { return }
        namespaces.append(name.text)
    }

    /// Whether a thing is declared for the first time; reports it where not.
    private mutating func isFirst(
        _ what: String,
        _ name: TextSyntax,
        in lines: inout LineReader
    ) -> Bool {
        let key = "\(what) \(name.text)"
        if let first = declarationPlaces[key] {
            complaints.error(
                name.range,
                "\(what) '\(shortened(name.text))' is declared already, at \(first)",
                fix: "say all of it in one place"
            )
            return false
        }
        let place = lines.place(of: name.range.lowerBound)
        declarationPlaces[key] = "\(lines.source.path):\(place.line):\(place.column)"
        return true
    }
}

extension Condition {
    /// The condition with the keys by which repeats of its events do not count.
    package func counting(once keys: [UniqueKey]) -> Condition {
        guard !keys.isEmpty else { return self }
        return switch self {
        case .all(let parts): .all(parts.map { $0.counting(once: keys) })
        case .any(let parts): .any(parts.map { $0.counting(once: keys) })
        case .not(let part): .not(part.counting(once: keys))
        case .atLeast(let count, let events, let window):
            .atLeast(count, events.counting(once: keys), window)
        case .sum(let property, let window, let bound):
            .sum(
                of: SummedProperty(
                    events: property.events.counting(once: keys),
                    path: property.path
                ),
                window: window,
                reaches: bound
            )
        case .attribute, .inSegment: self
        }
    }
}

extension EventSelection {
    fileprivate func counting(once keys: [UniqueKey]) -> EventSelection {
        let own = keys.filter { names?.contains($0.event) ?? true }
        return EventSelection(
            names: names,
            filter: filter,
            uniqueKeys: own.sorted { $0.event.utf8.lexicographicallyPrecedes($1.event.utf8) }
        )
    }
}

extension RuleSet {
    /// The rule set in which repeats of events do not count by these keys.
    package func counting(once keys: [UniqueKey], namespaces: [String]) -> RuleSet {
        let rules = segments.map { rule in
            var rule = rule
            rule.condition = rule.condition.counting(once: keys)
            return rule
        }
        return RuleSet(segments: rules, uniqueKeys: keys, namespaces: namespaces)
    }
}
