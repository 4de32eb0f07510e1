extension Parser {
    /// `name`: a word or a quoted text.
    mutating func name(of what: String) throws(Reported) -> TextSyntax {
        guard token.isName else {
            if at(symbol: "%") || token.isQuantity {
                throw fail("\(what) is missing \(beforeToken)")
            }
            throw fail("\(what) is missing here")
        }
        let name = TextSyntax(text: token.text, range: token.range)
        if name.text.isEmpty {
            complain(name.range, "\(what) cannot be empty")
        } else if name.text.utf8.count > Limits.nameBytesMax {
            complain(
                name.range,
                "a name may be \(Limits.nameBytesMax) bytes long at most; this one has "
                    + "\(name.text.utf8.count)"
            )
        }
        advance()
        return name
    }

    /// `path`: names with dots between them.
    mutating func path(of what: String) throws(Reported) -> [TextSyntax] {
        var path = [try name(of: what)]
        while take(symbol: ".") {
            let part = try name(of: "the part of the name behind the dot")
            path.append(part)
            guard path.count <= Limits.depthMax else {
                throw fail("a name may have \(Limits.depthMax) parts at most", at: part.range)
            }
        }
        return path
    }

    /// `event_name`: a name that is none of the words with which conditions begin.
    mutating func eventName() throws(Reported) -> TextSyntax {
        guard token.kind == .word else { return try name(of: "the name of an event") }
        if Reserved.joining.contains(token.text) || startsClause || startsBlock {
            throw fail("the name of an event is missing \(beforeToken)")
        }
        guard !Reserved.events.contains(token.text) else {
            throw reserved(as: "an event")
        }
        return try name(of: "the name of an event")
    }

    /// `property { "." name }`: a path whose first name is none of the words with which
    /// predicates begin.
    mutating func property() throws(Reported) -> [TextSyntax] {
        if token.kind == .word {
            let isReserved =
                Reserved.properties.contains(token.text) || Reserved.joining.contains(token.text)
            if isReserved, isTestStart(1) {
                _ = reserved(as: "a property")
            } else if isReserved || startsClause || token.isFirstOnLine && startsBlock {
                throw fail("the name of a property is missing \(beforeToken)")
            }
        }
        return try path(of: "the name of a property")
    }

    /// The error for a word of the language where a name stands.
    mutating func reserved(as what: String) -> Reported {
        fail(
            "'\(token.text)' is a word of the rule language: as the name of \(what) it is "
                + "written in quotes",
            fix: "write \"\(token.text)\""
        )
    }
}

/// The words that are not names unless they are quoted.
enum Reserved {
    /// The set `taken` of the grammar.
    static let events: Set<String> = [
        "no", "not", "any", "every", "at", "exactly", "more", "fewer", "between", "first", "last",
        "sum", "average", "minimum", "maximum", "distinct", "person", "known", "in", "entered",
        "exited", "everyone", "event", "activity",
    ]

    /// The words that `property` of the grammar excepts.
    static let properties: Set<String> = ["any", "every", "no", "not"]

    /// Words between the parts of a condition.
    ///
    /// The grammar would take them as names; they are refused, for somebody who writes
    /// `a and and b` has forgotten something.
    static let joining: Set<String> = ["and", "or", "where", "then"]

    /// Words of a declaration that `field_name` of the grammar excepts.
    static let fields: Set<String> = [
        "also", "unique", "expect", "required", "normalized", "upper", "lower", "trimmed",
    ]

    /// The words that `step_event` of the grammar excepts.
    static let steps: Set<String> = [
        "expect", "identify", "late", "user", "anonymous", "email", "identifier", "added",
        "removed", "merged", "erased",
    ]

    /// The words with which clauses of a segment begin.
    static let clauses = ["note", "when", "expect"]

    /// The set `block_word` of the grammar.
    static let blocks = [
        "segment", "settings", "event", "attribute", "activity", "identifier", "test",
    ]
}
