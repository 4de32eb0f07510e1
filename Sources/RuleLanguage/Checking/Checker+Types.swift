import EventModel

/// Checks names and types against the contract.
extension Checker {
    // MARK: - Events

    /// Checks the name of an event, where events are declared.
    mutating func check(event name: TextSyntax) {
        guard isStrict, declaredEvents[name.text] == nil else { return }
        if let canonical = canonicalEvents[name.text] {
            complain(
                name.range,
                "'\(shortened(name.text))' is another name of the event "
                    + "'\(shortened(canonical))', and rules use the one that is declared",
                fix: "write \(spelled(canonical))"
            )
            return
        }
        complain(
            name.range,
            "no event is called '\(shortened(name.text))'",
            fix: suggestion(for: name.text, among: eventNames).map { canonical in
                "did you mean \(spelled(canonicalEvents[canonical] ?? canonical))?"
            } ?? "declare it: event \(spelledName(name.text))"
        )
    }

    /// The names that an event may be meant by.
    private var eventNames: [String] {
        contract.events.map(\.name) + contract.events.flatMap(\.aliases)
    }

    /// Checks the names behind `activity`, behind the last declaration.
    mutating func checkActivities() {
        guard isStrict else { return }
        for (file, name) in activityPlaces {
            complaints = files[file].complaints
            check(event: name)
            files[file].complaints = complaints
        }
    }

    /// What names of properties mean in a filter of these events.
    func scope(of events: EventsSyntax) -> PropertyScope {
        guard !contract.events.isEmpty else { return PropertyScope() }
        var scope = PropertyScope(isOpen: !checksNames)
        var meant: [EventDeclaration] = []
        collect(events, into: &meant, isOpen: &scope.isOpen)
        scope.tables = meant.map(\.fields)
        scope.untyped = Set(meant.flatMap { event in event.key.compactMap(\.first) })
        scope.owner =
            meant.count == 1
            ? "event '\(shortened(meant[0].name))'" : "none of these events"
        return scope
    }

    private func collect(
        _ events: EventsSyntax,
        into meant: inout [EventDeclaration],
        isOpen: inout Bool
    ) {
        switch events {
        case .name(let name):
            if let event = declaredEvents[name.text] {
                meant.append(event)
            } else {
                // That was reported.
                isOpen = true
            }
        case .every: meant += contract.events
        case .like(let pattern):
            let selection = EventSelection(names: [], patterns: [pattern.text], filter: nil)
            let fitting = contract.events.filter { selection.takes($0.name) }
            meant += fitting
            if fitting.isEmpty { isOpen = true }
        case .activity:
            meant +=
                activities.isEmpty
                ? contract.events : activities.compactMap { declaredEvents[$0] }
        case .anyOf(let parts, _):
            for part in parts { collect(part, into: &meant, isOpen: &isOpen) }
        }
    }

    // MARK: - Properties

    /// The types that a way to a property may have; empty for anything.
    ///
    /// - Parameter entersItems: Whether a name behind a list means a field of each of its items.
    mutating func types(
        of path: [TextSyntax],
        in scope: PropertyScope,
        entersItems: Bool = false
    ) -> [ValueType] {
        guard let first = path.first else { return [] }
        let meaning = scope.meaning(of: first.text)
        if meaning.isUnknown {
            complain(ofUnknown: first, in: scope)
            return []
        }
        guard path.count > 1 else { return meaning.types }
        guard !meaning.types.isEmpty else { return [] }
        let inner = items(of: meaning.types, called: first.text)
        guard let inner else {
            complain(
                path[1].range,
                "'\(shortened(first.text))' is \(meaning.types[0].noun), which has nothing within",
                fix: "write \(spelled(first.text)) alone"
            )
            return []
        }
        guard entersItems else {
            complain(
                path[1].range,
                "'\(shortened(first.text))' is a list of items",
                fix: "write any \(first.text) (\(path[1].text) …)"
            )
            return []
        }
        return types(of: Array(path.dropFirst()), in: inner, entersItems: true)
    }

    /// What names mean within the items of a list; nil where there are none.
    func items(of types: [ValueType], called name: String) -> PropertyScope? {
        guard !types.isEmpty else { return PropertyScope() }
        var scope = PropertyScope(isOpen: false, owner: "an item of '\(shortened(name))'")
        for type in types {
            if case .list(.item(let fields)) = type { scope.tables.append(fields) }
        }
        return scope.tables.isEmpty ? nil : scope
    }

    private mutating func complain(ofUnknown name: TextSyntax, in scope: PropertyScope) {
        if let canonical = scope.canonical(of: name.text) {
            complain(
                name.range,
                "'\(shortened(name.text))' is another name of '\(shortened(canonical))', and "
                    + "rules use the one that is declared",
                fix: "write \(spelled(canonical))"
            )
            return
        }
        let isOne = !scope.owner.hasPrefix("none")
        let what = scope.owner.hasPrefix("an item") ? "field" : "property"
        complain(
            name.range,
            isOne
                ? "\(scope.owner) has no \(what) '\(shortened(name.text))' in the contract"
                : "none of these events has a property '\(shortened(name.text))' in the contract",
            fix: suggestion(for: name.text, among: scope.names).map {
                "did you mean \(spelled($0))?"
            }
                ?? "declare it: \(spelledName(name.text)) text"
        )
    }

    // MARK: - Attributes

    /// The types that a way to an attribute may have; empty for anything.
    mutating func types(ofAttribute path: [TextSyntax]) -> [ValueType] {
        guard let first = path.first else { return [] }
        if let canonical = canonicalAttributes[first.text] {
            complain(
                first.range,
                "'\(shortened(first.text))' is another name of the attribute "
                    + "'\(shortened(canonical))', and rules use the one that is declared",
                fix: "write \(spelled(canonical))"
            )
            return []
        }
        guard let attribute = declaredAttributes[first.text] else {
            guard isStrict else { return [] }
            complain(
                first.range,
                "no attribute is called '\(shortened(first.text))'",
                fix: suggestion(for: first.text, among: contract.attributes.map(\.name))
                    .map { "did you mean \(spelled($0))?" }
                    ?? "declare it: attribute \(spelledName(first.text)) text"
            )
            return []
        }
        guard path.count > 1 else { return [attribute.type] }
        complain(
            path[1].range,
            items(of: [attribute.type], called: first.text) == nil
                ? "'\(shortened(first.text))' is \(attribute.type.noun), which has nothing within"
                : "'\(shortened(first.text))' is a list of items",
            fix: items(of: [attribute.type], called: first.text) == nil
                ? "write person.\(first.text) alone"
                : "write any person.\(first.text) (\(path[1].text) …)"
        )
        return []
    }

    // MARK: - Tests

    /// Checks that a test can hold of values of these types.
    ///
    /// - Parameter name: What is tested, as messages name it.
    mutating func check(_ test: TestSyntax, of types: [ValueType], called name: TextSyntax) {
        for type in types {
            guard let (range, fix) = mismatch(test, type) else { continue }
            complain(
                range ?? name.range,
                "'\(shortened(name.text))' is \(type.noun) in the contract",
                fix: fix
            )
            return
        }
    }

    /// The meaning of a test of values of these types: texts in it are brought into the shape that they have.
    mutating func check(_ test: TestSyntax, shaping types: [ValueType]) -> LoweredTest? {
        let lowered = check(test)
        guard let shape = shape(of: types) else { return lowered }
        return lowered?.shaped(shape)
    }

    /// The same of one that is lowered already.
    func shaped(_ test: ValueTest, _ types: [ValueType]) -> ValueTest {
        shape(of: types).map { test.shaped($0) } ?? test
    }

    /// The shape that texts of all these types have; nil where there is none, or several.
    private func shape(of types: [ValueType]) -> Normalization? {
        let shapes = types.compactMap(\.shape)
        guard let first = shapes.first, first != Normalization(),
            shapes.count == types.count, shapes.allSatisfy({ $0 == first })
        else { return nil }
        return first
    }

    /// Where a test does not go with a type, and what to write instead; nil where it does.
    private func mismatch(_ test: TestSyntax, _ type: ValueType)
        -> (range: Range<Int>?, fix: String)?
    {
        switch test {
        case .compare(let comparison, let literal): return mismatch(comparison, literal, type)
        case .oneOf(let literals, _):
            for literal in literals {
                if let found = mismatch(.equal, literal, type) { return found }
            }
            return nil
        case .contains(let literal):
            if case .list(let element) = type {
                if case .item = element {
                    return (literal.range, "write any … (…) for items")
                }
                return mismatch(.equal, literal, element)
            }
            return type.holdsText ? nil : (literal.range, hint(type))
        case .text(_, let literal):
            guard case .text = type else { return (literal.range, hint(type)) }
            return nil
        case .ignoringCase(let inner, let range):
            if let found = mismatch(inner, type) { return found }
            return type.holdsText ? nil : (range, "leave 'ignoring case' out")
        case .isSet: return nil
        case .isTruth: return type == .boolean ? nil : (nil, hint(type))
        case .betweenNumbers(let low, _): return type == .number ? nil : (low.range, hint(type))
        case .betweenDates(let first, _): return type == .time ? nil : (first.range, hint(type))
        case .before(let literal), .after(let literal):
            return type == .time ? nil : (literal.range, hint(type))
        case .inLast(let duration), .inNext(let duration), .anniversary(let duration),
            .longerAgo(let duration), .betweenAgo(let duration, _):
            return type == .time ? nil : (duration.range, hint(type))
        }
    }

    private func mismatch(_ comparison: Comparison, _ literal: LiteralSyntax, _ type: ValueType)
        -> (range: Range<Int>?, fix: String)?
    {
        guard let value = literal.value else { return nil }
        switch (type, value) {
        case (.text, .text), (.number, .number), (.boolean, .boolean), (.time, .time), (.any, _):
            return nil
        case (.text, .number(let number)):
            return (literal.range, "write \"\(number)\"")
        case (.number, .text(let text)):
            let number = ExactDecimal(text)
            return (literal.range, number.map { "write \($0)" } ?? hint(type))
        case (.boolean, .text(let text)) where ["true", "false"].contains(text.lowercased()):
            return (literal.range, "write \(text.lowercased())")
        case (.time, .text(let text)) where Lexer.dateMeant(by: text) != nil:
            return (literal.range, "write \(Lexer.dateMeant(by: text) ?? "")")
        case (.list, _):
            return (literal.range, hint(type))
        default: return (literal.range, hint(type))
        }
    }

    /// What a test of such a value looks like.
    private func hint(_ type: ValueType) -> String {
        switch type {
        case .text: "compare it with a text: = \"…\""
        case .number: "compare it with a number: >= 100"
        case .boolean: "write 'is true' or 'is false'"
        case .time: "compare it with time: in last 7 days, or before 2026-01-31"
        case .list(.item): "ask for its items: any … (…)"
        case .list: "write contains …"
        case .item, .any: "write 'is set'"
        }
    }

    /// Checks that a figure can be worked out of values of these types.
    mutating func check(_ figure: Figure, of types: [ValueType], called name: TextSyntax) {
        for type in types {
            var scalar = type
            while case .list(let element) = scalar { scalar = element }
            if figure == .distinct {
                guard case .item = scalar else { continue }
                complain(
                    name.range,
                    "'\(shortened(name.text))' is a list of items in the contract",
                    fix: "name the field of an item: distinct ….\(name.text).sku"
                )
                return
            }
            guard scalar != .number else { continue }
            complain(
                name.range,
                "\(figure.definite) takes numbers, and '\(shortened(name.text))' is "
                    + "\(type.noun) in the contract",
                fix: "declare it as a number, if it is one"
            )
            return
        }
    }

    /// Reports what does not go with the contract, unless that was looked at before.
    private mutating func complain(_ range: Range<Int>, _ message: String, fix: String?) {
        if checksNames { complaints.error(range, message, fix: fix) }
    }

    /// The name that is spelled most like one; nil where none is near, or many were looked for already.
    mutating func suggestion(for name: String, among names: [String]) -> String? {
        guard checksNames, suggestionsLeft > 0 else { return nil }
        suggestionsLeft -= max(1, names.count)
        return nearest(to: name, among: names)
    }

    /// A name as it stands in a declaration: in quotes where it must be.
    func spelledName(_ name: String) -> String {
        let spelled = spelled(name)
        return spelled.hasPrefix("'") ? shortened(name) : shortened(quoted(name))
    }
}
