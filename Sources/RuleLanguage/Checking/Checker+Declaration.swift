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

    /// Counts the names behind `activity`: a condition that means them all names no more than the
    /// bound.
    mutating func check(activities names: [TextSyntax]) {
        for name in names where activityNames.insert(name.text).inserted {
            guard activityNames.count == Limits.listElementsMax + 1 else { continue }
            complaints.error(
                name.range,
                "a rule set may declare \(Limits.listElementsMax) activities at most"
            )
        }
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
        keys.isEmpty ? self : mapping { $0.counting(once: keys) }
    }
}

extension EventSelection {
    fileprivate func counting(once keys: [UniqueKey]) -> EventSelection {
        let own = keys.filter { takes($0.event) }
        return EventSelection(
            names: names,
            patterns: patterns,
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
