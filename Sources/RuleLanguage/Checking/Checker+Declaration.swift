import EventModel

/// Takes what the files declare, before any condition is looked at.
extension Checker {
    /// Takes all declarations of a file.
    mutating func declare(_ file: FileSyntax) {
        complaints = file.complaints
        source = file.source
        var lines = LineReader(file.source)
        for event in file.events { declare(event, in: &lines) }
        for field in file.attributes { declare(attribute: field, in: &lines) }
        for identifier in file.identifiers { declare(identifier, in: &lines) }
        for settings in file.settings { declare(settings, in: &lines) }
        declare(activities: file.activities)
        files.append(File(source: file.source, complaints: complaints))
    }

    /// Puts what was declared in order, behind the last file.
    mutating func finishDeclarations() {
        contract.events.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        contract.attributes.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        contract.identifiers.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        contract.activities = sortedByBytes(activityNames)
        for event in contract.events {
            declaredEvents[event.name] = event
            for alias in event.aliases { canonicalEvents[alias] = event.name }
        }
        for attribute in contract.attributes {
            declaredAttributes[attribute.name] = attribute
            for alias in attribute.aliases { canonicalAttributes[alias] = attribute.name }
        }
    }

    // MARK: - Events

    private mutating func declare(_ event: EventTypeSyntax, in lines: inout LineReader) {
        guard isFirst("event", event.name, in: &lines) else { return }
        let aliases = check(aliases: event.aliases, of: event.name, "event", in: &lines)
        let fields = check(event.fields, "property", of: "event '\(event.name.text)'")
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
        for (path, names) in zip(event.key, paths) { check(key: path, names, of: fields) }
        contract.events.append(
            EventDeclaration(
                name: event.name.text,
                aliases: aliases,
                key: paths,
                fields: fields,
                expectations: check(event.expectations)
            )
        )
    }

    /// A property of a key is one value, and is called by its own name.
    private mutating func check(
        key path: [TextSyntax],
        _ names: [String],
        of fields: [FieldDeclaration]
    ) {
        guard let first = path.first else { return }
        if let field = fields.first(where: { $0.aliases.contains(first.text) }) {
            complaints.error(
                first.range,
                "'\(shortened(first.text))' is another name of '\(shortened(field.name))'",
                fix: "write \(spelled(field.name))"
            )
            return
        }
        guard let field = fields.first(where: { $0.name == first.text }) else {
            // One that is not declared may be meant, a slip is not.
            if let near = suggestion(for: first.text, among: fields.map(\.name)) {
                complaints.error(
                    first.range,
                    "no property is called '\(shortened(first.text))'",
                    fix: "did you mean \(spelled(near))?"
                )
            }
            return
        }
        if names.count > 1 || field.type.isList {
            complaints.error(
                first.range,
                "'\(shortened(field.name))' is \(field.type.noun); what makes an event the same is one value",
                fix: "name a property such as order_id"
            )
        }
    }

    private mutating func check(
        aliases: [TextSyntax],
        of name: TextSyntax,
        _ what: String,
        in lines: inout LineReader
    ) -> [String] {
        var names: [String] = []
        for alias in aliases {
            guard alias.text != name.text else {
                complaints.error(
                    alias.range,
                    "this is the name of the \(what) itself",
                    fix: "leave it out"
                )
                continue
            }
            if isFirst(what, alias, in: &lines) { names.append(alias.text) }
        }
        return names
    }

    // MARK: - Fields

    private mutating func check(_ fields: [FieldSyntax], _ what: String, of owner: String)
        -> [FieldDeclaration]
    {
        var taken: Set<String> = []
        var declared: [FieldDeclaration] = []
        for field in fields {
            var isWhole = true
            for name in [field.name] + field.aliases where !taken.insert(name.text).inserted {
                isWhole = isWhole && name.range != field.name.range
                complaints.error(
                    name.range,
                    "\(owner) has a \(what) of the name '\(shortened(name.text))' already",
                    fix: "leave one of the two out"
                )
            }
            guard isWhole else { continue }
            declared.append(check(field, of: owner))
        }
        return declared
    }

    private mutating func check(_ field: FieldSyntax, of owner: String) -> FieldDeclaration {
        var normalization = Normalization()
        for shape in field.shapes {
            switch shape {
            case .upper: normalization.letters = .upper
            case .lower: normalization.letters = .lower
            case .trimmed: normalization.isTrimmed = true
            }
        }
        if field.shapes.contains(.upper), field.shapes.contains(.lower),
            let range = field.shapesRange
        {
            complaints.error(
                range,
                "a text is brought to upper or to lower case, not to both",
                fix: "leave one of the two out"
            )
        }
        let type = check(field.type, normalization, of: field.name.text)
        if let range = field.shapesRange, !type.holdsText {
            complaints.error(
                range,
                "'normalized' is said of texts, and '\(shortened(field.name.text))' is "
                    + "\(type.noun)",
                fix: "leave it out"
            )
        }
        return FieldDeclaration(
            name: field.name.text,
            aliases: field.aliases.map(\.text),
            type: type,
            isRequired: field.isRequired
        )
    }

    private mutating func check(
        _ type: TypeSyntax,
        _ normalization: Normalization,
        of name: String
    ) -> ValueType {
        switch type {
        case .scalar(.text): .text(normalization)
        case .scalar(.number): .number
        case .scalar(.boolean): .boolean
        case .scalar(.time): .time
        case .list(let element): .list(of: check(element, normalization, of: name))
        case .item(let fields): .item(check(fields, "field", of: "an item of '\(name)'"))
        }
    }

    // MARK: - The rest

    private mutating func declare(attribute field: FieldSyntax, in lines: inout LineReader) {
        guard isFirst("attribute", field.name, in: &lines) else { return }
        if field.isRequired {
            complaints.error(
                field.name.range,
                "'required' is said of properties: a person need not have any attribute",
                fix: "leave it out"
            )
        }
        var declared = check(field, of: "attribute '\(field.name.text)'")
        declared.aliases = check(aliases: field.aliases, of: field.name, "attribute", in: &lines)
        declared.isRequired = false
        contract.attributes.append(declared)
    }

    private mutating func declare(_ identifier: IdentifierSyntax, in lines: inout LineReader) {
        guard isFirst("identifier", identifier.name, in: &lines) else { return }
        let aliases = check(
            aliases: identifier.aliases,
            of: identifier.name,
            "identifier",
            in: &lines
        )
        if identifier.name.text == "anonymous", let alias = identifier.aliases.first {
            complaints.error(
                alias.range,
                "'anonymous' has no other names: a device that changes hands would have to be moved "
                    + "under each of them",
                fix: "have devices sent as anonymousId"
            )
        }
        for (alias, name) in zip(identifier.aliases, aliases) where isWellKnown(name) {
            complaints.error(
                alias.range,
                "'\(name)' is an identifier of its own",
                fix: "leave it out"
            )
        }
        contract.identifiers.append(
            IdentifierDeclaration(
                name: identifier.name.text,
                aliases: aliases,
                blocked: identifier.blocked.map {
                    $0.isPattern ? .like($0.text.text) : .value($0.text.text)
                }
            )
        )
    }

    private func isWellKnown(_ name: String) -> Bool { SymbolID.wellKnown.contains(name) }

    private mutating func declare(_ settings: SettingsSyntax, in lines: inout LineReader) {
        if let first = declarationPlaces["settings"] {
            complaints.error(
                settings.range,
                "there are settings already, at \(first)",
                fix: "say all of them in one place"
            )
            return
        }
        let place = lines.place(of: settings.range.lowerBound)
        declarationPlaces["settings"] = "\(lines.source.path):\(place.line):\(place.column)"
        if let skew = settings.skewTolerance { contract.settings.skewTolerance = check(skew) }
        if let horizon = settings.duplicateHorizon {
            contract.settings.duplicateHorizon = check(horizon)
        }
        guard let limit = settings.identifiersMax, let value = limit.value else { return }
        guard let whole = value.smallWhole, whole > 0 else {
            complaints.error(
                limit.range,
                "how many identifiers a person may have is a whole number from 1 on",
                fix: "write for example: identifiers at most 100 per person"
            )
            return
        }
        contract.settings.identifiersMax = Int(whole)
    }

    /// Counts the names behind `activity`: a condition that means them all names no more than the
    /// bound.
    private mutating func declare(activities names: [TextSyntax]) {
        for name in names where activityNames.insert(name.text).inserted {
            activityPlaces.append((files.count, name))
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

extension ValueType {
    /// Whether it is a list.
    var isList: Bool {
        if case .list = self { true } else { false }
    }

    /// Whether it is text, or a list of texts.
    var holdsText: Bool {
        switch self {
        case .text: true
        case .list(let element): element.holdsText
        case .number, .boolean, .time, .item, .any: false
        }
    }

    /// The shape of its texts; nil where it holds none.
    var shape: Normalization? {
        switch self {
        case .text(let shape): shape
        case .list(let element): element.shape
        case .number, .boolean, .time, .item, .any: nil
        }
    }

    /// The type as messages name it.
    var noun: String {
        switch self {
        case .text: "a text"
        case .number: "a number"
        case .boolean: "true or false"
        case .time: "a time"
        case .list: "a list"
        case .item: "an item"
        case .any: "anything"
        }
    }
}
