extension Parser {
    /// `occurrence`, behind its count.
    mutating func occurrence(count: CountSyntax?) throws(Reported) -> ConditionSyntax {
        let start = index
        let events = try self.events()
        let end = index
        let filter = try whereClause()
        if startsSequel { return .sequence(try sequel(count, events, filter)) }
        let behind = index
        let window = try self.window()
        if at("where") {
            let place = token.range
            let misplaced = index
            _ = try whereClause()
            let parts = [start..<end, misplaced..<index, behind..<misplaced].map {
                spelling(of: $0, charactersMax: 80)
            }
            complain(
                place,
                "'where' comes before the window",
                fix: filter == nil && window != nil
                    ? "write \(parts.joined(separator: " "))"
                    : "the order is always: how many, event, where, window"
            )
        }
        if window != nil, startsSequel {
            complain(
                token.range,
                "the window comes last, behind 'then …'",
                fix: "the order is always: event, where, then, within, with same, window"
            )
            return .sequence(try sequel(count, events, filter))
        }
        return .occurrence(
            OccurrenceSyntax(count: count, events: events, filter: filter, window: window)
        )
    }

    /// `events`.
    ///
    /// - Parameter isPathBehind: whether the name of a property follows, behind a dot.
    mutating func events(isPathBehind: Bool = false) throws(Reported) -> EventsSyntax {
        if take("any", "of") || at("any") && ahead(1).isSymbol("(") {
            if take("any") { complain(previous.range, "'of' is missing", fix: "write any of (…)") }
            let start = index - 1
            return try deeper { (parser) throws(Reported) in
                let list = try parser.list(of: "events") { (parser) throws(Reported) in
                    if let error = parser.conditionInEvents() { throw error }
                    return try parser.events()
                }
                return .anyOf(list, range: parser.range(from: start))
            }
        }
        if take("any", "activity") || take("activity") { return .activity }
        if take("any", "event") || take("event") { return try likeOrEvery() }
        if let error = misspeltEvents() { throw error }
        let name = try eventName()
        let isPath = isPathBehind && at(symbol: ".")
        if isPathBehind, let error = missingDot(name) { throw error }
        if !isPath, let error = misplacedAfter(name) { throw error }
        return .name(name)
    }

    /// `like "…"` behind `event`, or nothing.
    private mutating func likeOrEvery() throws(Reported) -> EventsSyntax {
        guard take("like") else {
            if token.kind == .string, !token.isFirstOnLine {
                throw fail(
                    "'like' is missing before \(tokenSpelling)",
                    fix: "write event like \(tokenSpelling), or leave 'event' out"
                )
            }
            return .every
        }
        guard token.kind == .string else {
            throw fail(
                "'like' needs a text in quotes, in which * stands for anything",
                fix: "write for example: event like \"shop_*\""
            )
        }
        let pattern = try name(of: "a pattern")
        return .like(pattern)
    }

    private mutating func misspeltEvents() -> Reported? {
        for (plural, one) in [("events", "event"), ("activities", "activity")]
        where at("any", plural) || at("all", plural) {
            return fail(
                "'\(token.text) \(plural)' is not a form of the language",
                at: range(ofNext: 2),
                fix: "write 'any \(one)'"
            )
        }
        if at("all", "activity") || at("every", "activity") || at("every", "event") {
            return fail(
                "'\(token.text) \(ahead(1).text)' is not a form of the language",
                at: range(ofNext: 2),
                fix: "write 'any \(ahead(1).text)'"
            )
        }
        if at("events", "like") {
            return fail("'events' is written 'event' here", fix: "write any event like \"…\"")
        }
        return nil
    }
}
