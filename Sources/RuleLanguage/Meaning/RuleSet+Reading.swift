import EventModel

/// Conditions name events and properties as a contract calls them; here they get to know how these are
/// sent.
extension DataContract {
    /// The selection as it is sent: with the other names of its events, the keys by which repeats do not
    /// count, and how what is used is read.
    ///
    /// - Parameter used: Ways to properties that are used beside those of the filter.
    func read(_ selection: EventSelection, using used: [[String]], _ keys: [UniqueKey])
        -> EventSelection
    {
        var read = selection
        let chosen = selection.names.map { Set($0) }
        func takes(_ name: String) -> Bool {
            guard let chosen else { return true }
            return chosen.contains(name) || !selection.patterns.isEmpty && selection.takes(name)
        }
        let meant = events.filter { takes($0.name) }
        read.uniqueKeys = keys.filter { takes($0.event) }
        if let names = selection.names {
            let others = meant.filter { names.contains($0.name) || !selection.patterns.isEmpty }
                .flatMap(\.aliases)
            read.names = sortedByBytes(Set(names + others))
        }
        if !selection.patterns.isEmpty {
            let foreign = events.filter { !takes($0.name) }.flatMap(\.aliases)
            read.excludedNames = sortedByBytes(Set(foreign.filter { selection.takes($0) }))
        }
        let paths = used + (selection.filter?.paths ?? [])
        guard !paths.isEmpty else { return read }
        read.readings = meant.compactMap { event in
            let reading = event.reading(of: paths)
            return reading.fields.isEmpty ? nil : reading
        }
        return read
    }

    /// The declarations of the attributes that a condition uses.
    func attributes(of condition: Condition) -> [FieldDeclaration] {
        guard !attributes.isEmpty else { return [] }
        let paths = condition.attributePaths
        return attributes.compactMap { $0.pruned(to: paths) }
    }
}

extension EventDeclaration {
    /// How the event is read where those properties are used.
    func reading(of paths: [[String]]) -> EventReading {
        let declared = fields.compactMap { $0.pruned(to: paths) }
        let known = Set(declared.map(\.name))
        let others = Set(paths.compactMap(\.first)).subtracting(known)
        return EventReading(
            event: name,
            names: [name] + aliases,
            fields: declared,
            others: declared.isEmpty ? [] : sortedByBytes(others)
        )
    }
}

extension FieldDeclaration {
    /// What is declared of the part that is used; nil where nothing of it is.
    fileprivate func pruned(to paths: [[String]]) -> FieldDeclaration? {
        let own = paths.filter { $0.first == name }
        guard !own.isEmpty else { return nil }
        var field = self
        field.isRequired = false
        // What is looked at as a whole is read as a whole.
        if !own.contains(where: { $0.count == 1 }) {
            field.type = type.pruned(to: own.map { Array($0.dropFirst()) })
        }
        return field
    }
}

extension ValueType {
    fileprivate func pruned(to paths: [[String]]) -> ValueType {
        switch self {
        case .list(let element): .list(of: element.pruned(to: paths))
        case .item(let fields): .item(fields.compactMap { $0.pruned(to: paths) })
        case .text, .number, .boolean, .time, .any: self
        }
    }
}

extension Condition {
    /// The ways to all that it looks at of attributes.
    fileprivate var attributePaths: [[String]] {
        switch self {
        case .all(let parts), .any(let parts), .some(_, let parts):
            parts.flatMap(\.attributePaths)
        case .not(let part), .held(let part, _): part.attributePaths
        case .attribute(let path, _): [path]
        case .attributeItems(let path, _, let filter):
            filter.paths.map { path + $0 }
        case .changed(let change): [change.path]
        case .atLeast, .sum, .aggregate, .extreme, .sequence, .periods, .isKnown, .knownFor,
            .inSegment, .turned, .inList, .sample:
            []
        }
    }
}

extension RuleSet {
    /// The rule set of segments whose conditions name things as a contract calls them.
    package init(_ segments: [SegmentRule], under contract: DataContract) {
        let keys = contract.events.filter { !$0.key.isEmpty }.map { event in
            UniqueKey(event: event.name, paths: event.key, reading: event.reading(of: event.key))
        }
        let read = segments.map { rule in
            var rule = rule
            rule.attributes = contract.attributes(of: rule.condition)
            if !contract.events.isEmpty {
                rule.condition = rule.condition.mapping { contract.read($0, using: $1, keys) }
            }
            return rule
        }
        self.init(
            segments: read,
            uniqueKeys: keys,
            namespaces: contract.identifiers.map(\.name).filter {
                !SymbolID.wellKnown.contains($0)
            },
            contract: contract
        )
    }
}

/// The names in order of their bytes.
func sortedByBytes(_ names: Set<String>) -> [String] {
    names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
