extension Parser {
    /// Whether `first` or `last` begins a condition here, and is not what was meant for a name.
    var startsExtreme: Bool {
        guard at("first") || at("last") else { return false }
        let next = ahead(1)
        if next.kind == .string { return true }
        guard next.kind == .word else { return false }
        let isBehind = Reserved.blocks.contains(next.text) || Reserved.clauses.contains(next.text)
        guard !(next.isFirstOnLine && isBehind && ahead(2).isName) else { return false }
        let isEvents = ["any", "event", "activity"].contains(next.text)
        return isEvents
            || !Reserved.events.contains(next.text) && !Reserved.joining.contains(next.text)
                && next.text != "ever" && !isUnit(next)
    }

    /// `extreme`.
    mutating func extreme() throws(Reported) -> ExtremeSyntax {
        let start = index
        let isLast = at("last")
        advance()
        if let error = misspeltExtremeEvent(start) { throw error }
        let events = try self.events(isPathBehind: true)
        var extreme = ExtremeSyntax(isLast: isLast, events: events)
        if take(symbol: ".") {
            extreme.test = try extremeProperty(from: start)
            return extreme
        }
        let event = index
        extreme.filter = try whereClause()
        if let error = misspeltExtreme(start) { throw error }
        if at("has") {
            extreme.test = try predicate(behind: "has")
            extreme.window = try windowOrAgo()
        } else {
            let tested = min(event + 1, index)..<index
            extreme.window = try windowOrAgo()
            guard extreme.window != nil else { throw missingExtreme(start, where: tested) }
            if at("has") { try hasBehindWindow() }
        }
        if at("where") {
            complain(
                token.range,
                "'where' belongs directly behind the name of the event",
                fix: "the order is always: first or last, event, where, has, window"
            )
            _ = try whereClause()
        }
        return extreme
    }

    /// `.path test`, behind the dot.
    private mutating func extremeProperty(from start: Int) throws(Reported) -> FilterSyntax {
        let event = start..<index - 1
        let property = index
        let path = try self.path(of: "the name of a property")
        if at("where") {
            throw fail(
                "'where' does not go with a property of the \(tokens[start].text) event",
                fix: "write \(spelling(of: event)) where … has \(spelling(of: property..<index)) …"
            )
        }
        let test = try self.test(of: spelling(of: start..<index))
        let tested = property..<index
        let window = index
        if try windowOrAgo() != nil {
            complain(
                range(from: window),
                "a window does not go with '.\(spelling(of: property..<property + 1))': "
                    + "the test is written with 'has'",
                fix: "write \(spelling(of: event)) has \(spelling(of: tested)) "
                    + spelling(of: window..<index)
            )
        }
        return .property(path, test)
    }

    /// `window` or `ago`; nil where neither stands here.
    private mutating func windowOrAgo() throws(Reported) -> WindowSyntax? {
        if let ago = try ago() { return .longerAgo(ago) }
        return try window()
    }

    private mutating func hasBehindWindow() throws(Reported) {
        complain(
            token.range,
            "'has' comes before the window",
            fix: "the order is always: first or last, event, where, has, window"
        )
        _ = try predicate(behind: "has")
    }
}
