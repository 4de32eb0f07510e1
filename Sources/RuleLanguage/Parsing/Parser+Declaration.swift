extension Parser {
    /// `event_type`.
    mutating func eventType() throws(Reported) -> EventTypeSyntax {
        advance()
        var event = EventTypeSyntax(name: try declaredName(of: "the name of an event"))
        while token.kind != .end, !atBlock {
            let start = index
            do {
                try part(of: &event)
            } catch {
                if index == start { advance() }
                skipDeclarationPart()
            }
        }
        return event
    }

    /// A name behind the word of a block, which is not the next block.
    private mutating func declaredName(of what: String) throws(Reported) -> TextSyntax {
        guard !(token.isFirstOnLine && startsBlock) else {
            throw fail("\(what) is missing behind '\(previous.text)'", at: previous.range)
        }
        return try name(of: what)
    }

    private mutating func part(of event: inout EventTypeSyntax) throws(Reported) {
        marks?[index] = .clause
        let isLate = !event.fields.isEmpty
        if at("also") {
            event.aliases += try aliases()
        } else if at("unique") {
            complainOfOrder(isLate, "unique by")
            let keyword = token.range
            advance()
            guard take("by") else {
                throw fail("'by' is missing here", fix: "write unique by order_id")
            }
            if !event.key.isEmpty {
                complain(
                    keyword,
                    "an event has one 'unique by', and this is the second",
                    fix: "several properties make a key together: unique by a, b"
                )
            }
            event.key = [try path(of: "the name of a property")]
            while take(symbol: ",") { event.key.append(try path(of: "the name of a property")) }
        } else if at("expects") || at("expected"), ahead(1).text == "at" {
            throw fail(
                "\(tokenSpelling) is no word of the rule language",
                fix: "did you mean 'expect'?"
            )
        } else if at("expect") {
            complainOfOrder(isLate, "expect")
            event.expectations.append(try expectation(isOfEvent: true))
        } else {
            event.fields.append(try field(of: "a property"))
            guard event.fields.count <= Limits.fieldsMax else {
                event.fields.removeLast()
                throw fail(
                    "an event may declare \(Limits.fieldsMax) properties at most",
                    at: previous.range
                )
            }
        }
    }

    private mutating func complainOfOrder(_ isLate: Bool, _ words: String) {
        guard isLate else { return }
        complain(
            token.range,
            "'\(words)' is said of the whole event, and comes before its first property",
            fix: "move it up, directly behind the event's name"
        )
    }

    /// `attribute`.
    mutating func attribute() throws(Reported) -> FieldSyntax {
        advance()
        let field = try field(of: "an attribute", isAttribute: true)
        guard token.kind == .end || atBlock else {
            throw misplaced(behind: "an attribute's type", "'also known as' and 'normalized'")
        }
        return field
    }

    /// `identifier`.
    mutating func identifier() throws(Reported) -> IdentifierSyntax {
        advance()
        var identifier = IdentifierSyntax(
            name: try declaredName(of: "the name of an identifier")
        )
        while token.kind != .end, !atBlock {
            if at("also") {
                identifier.aliases += try aliases()
            } else if take("blocks") {
                repeat { identifier.blocked.append(try blockedValue()) } while take(symbol: ",")
                guard identifier.blocked.count <= Limits.listElementsMax else {
                    throw fail(
                        "a list may have \(Limits.listElementsMax) elements at most",
                        at: previous.range
                    )
                }
            } else {
                throw misplaced(behind: "an identifier's name", "'also known as' and 'blocks'")
            }
        }
        return identifier
    }

    private mutating func blockedValue() throws(Reported) -> BlockedSyntax {
        let isPattern = take("like")
        guard token.kind == .string else {
            throw fail(
                "a value that identifies nobody is written in quotes",
                at: token.isFirstOnLine ? previous.range : nil,
                fix: token.kind == .end || token.isFirstOnLine
                    ? "write for example: blocks \"null\", like \"00000*\""
                    : "write \"\(shortened(source.text(token.range), to: 40))\""
            )
        }
        advance()
        return BlockedSyntax(
            isPattern: isPattern,
            text: TextSyntax(text: previous.text, range: previous.range)
        )
    }

    private mutating func misplaced(behind what: String, _ allowed: String) -> Reported {
        fail(
            "\(tokenSpelling) does not belong here: behind \(what) come \(allowed)",
            fix: nearWord(among: ["also", "blocks", "normalized", "required"])
        )
    }

    // MARK: - Fields

    /// `field`: a name, a type, and what is said of it.
    ///
    /// - Parameter what: `a property`, `an attribute` or `a field`, for messages.
    mutating func field(of what: String, isAttribute: Bool = false) throws(Reported)
        -> FieldSyntax
    {
        if token.kind == .word, Reserved.fields.contains(token.text) {
            if type(at: 1) != nil {
                _ = reserved(as: what)
            } else {
                throw fail(
                    "'\(token.text)' belongs behind the type of \(what)",
                    fix: "write for example: order_id text required"
                )
            }
        }
        guard token.isName else {
            throw fail(
                "the name of \(what) is missing \(beforeToken)",
                fix: "write for example: \(isAttribute ? "plan text" : "order_id text required")"
            )
        }
        let name = try name(of: "the name of \(what)")
        var field = FieldSyntax(name: name, type: try type(of: name, what))
        while true {
            if at("also") {
                field.aliases += try aliases()
            } else if at("required") {
                advance()
                field.isRequired = true
            } else if at("normalized") {
                try shapes(into: &field)
            } else {
                return field
            }
        }
    }

    private mutating func shapes(into field: inout FieldSyntax) throws(Reported) {
        let start = index
        advance()
        var isFirst = true
        while token.kind == .word, let shape = Shape(rawValue: token.text),
            // The next field may be called so.
            isFirst || type(at: 1) == nil
        {
            if field.shapes.contains(shape) {
                complain(token.range, "'\(token.text)' is said already", fix: "leave it out")
            } else {
                field.shapes.append(shape)
            }
            isFirst = false
            advance()
        }
        guard !isFirst else {
            throw fail(
                "behind 'normalized' comes 'upper', 'lower' or 'trimmed'",
                at: token.isFirstOnLine ? previous.range : nil,
                fix: nearWord(among: Shape.allCases.map(\.rawValue))
                    ?? "write for example: normalized lower trimmed"
            )
        }
        field.shapesRange = range(from: start)
    }

    /// `type`.
    private mutating func type(of name: TextSyntax, _ what: String) throws(Reported)
        -> TypeSyntax
    {
        if let scalar = type(at: 0), let type = ScalarType(rawValue: scalar) {
            advance()
            return .scalar(type)
        }
        guard at("list") else {
            let isWord = token.kind == .word && !token.isFirstOnLine
            let meant = isWord ? Parser.foreignTypes[token.text.lowercased()] : nil
            let near = meant ?? (isWord ? nearest(to: token.text, among: Parser.types) : nil)
            if isWord || token.kind == .string { advance() }
            throw fail(
                isWord
                    ? "'\(shortened(previous.text, to: 40))' is no type"
                    : "the type of '\(shortened(name.text, to: 40))' is missing",
                at: isWord ? previous.range : name.range,
                fix: near.map { "did you mean '\($0)'?" }
                    ?? "the types are text, number, boolean, time and list of …"
            )
        }
        advance()
        guard take("of") else {
            throw fail(
                "'of' is missing behind 'list'",
                at: previous.range,
                fix: "write list of text, or list of (sku text, qty number)"
            )
        }
        guard at(symbol: "(") else {
            return .list(
                of: try deeper { (parser) throws(Reported) in
                    try parser.type(of: name, what)
                }
            )
        }
        let fields = try deeper { (parser) throws(Reported) in
            try parser.list(of: "the fields of an item") { (parser) throws(Reported) in
                try parser.field(of: "a field")
            }
        }
        return .list(of: .item(fields))
    }

    /// The word of a type so many tokens on; nil for anything else.
    private func type(at count: Int) -> String? {
        let next = ahead(count)
        guard next.kind == .word else { return nil }
        if ScalarType(rawValue: next.text) != nil { return next.text }
        return next.text == "list" && ahead(count + 1).isWord("of") ? "list" : nil
    }

    /// `also known as names`.
    private mutating func aliases() throws(Reported) -> [TextSyntax] {
        guard take("also", "known", "as") else {
            throw fail(
                "'also' begins 'also known as'",
                fix: "write also known as order_total, value"
            )
        }
        var names: [TextSyntax] = []
        repeat {
            guard token.isName, names.isEmpty || !(token.isFirstOnLine && startsBlock) else {
                throw fail(
                    names.isEmpty
                        ? "the other names are missing behind 'also known as'"
                        : "a name is missing behind the comma",
                    at: previous.range,
                    fix: "write for example: also known as order_total, value"
                )
            }
            names.append(try name(of: "the other name"))
            if names.count > Limits.aliasesMax {
                throw fail(
                    "a thing may have \(Limits.aliasesMax) other names at most",
                    at: previous.range
                )
            }
            // `qty number also known as quantity, price number`: the comma ends the field.
            if at(symbol: ","), ahead(1).isName, type(at: 2) != nil { return names }
        } while take(symbol: ",")
        return names
    }

    /// Goes on to where the next part of an event's declaration begins: on a line of its own.
    private mutating func skipDeclarationPart() {
        while token.kind != .end, !atBlock {
            if token.isFirstOnLine, token.isName || at("also") || at("unique") || at("expect") {
                return
            }
            advance()
        }
    }

    /// What the next word was meant to be.
    private func nearWord(among words: [String]) -> String? {
        guard token.kind == .word else { return nil }
        return nearest(to: token.text, among: words).map { "did you mean '\($0)'?" }
    }

    private static let types = ScalarType.allCases.map(\.rawValue) + ["list"]

    /// What other tools call types.
    private static let foreignTypes = [
        "string": "text", "str": "text", "varchar": "text", "char": "text", "uuid": "text",
        "id": "text", "email": "text", "url": "text", "enum": "text",
        "int": "number", "integer": "number", "float": "number", "double": "number",
        "decimal": "number", "money": "number", "currency": "number", "numeric": "number",
        "bool": "boolean", "flag": "boolean",
        "date": "time", "datetime": "time", "timestamp": "time", "instant": "time",
        "array": "list of", "object": "list of", "json": "list of",
    ]
}
