extension Parser {
    /// `event_type`, so far as it can be evaluated: a name and `unique by`.
    mutating func eventType() throws(Reported) -> EventTypeSyntax {
        advance()
        var event = EventTypeSyntax(name: try name(of: "the name of an event"))
        while token.kind != .end, !atBlock {
            if at("also", "known", "as") {
                throw unavailable("also known as …", tokens: 3)
            } else if at("expect") {
                throw unavailable("expect …", tokens: 1)
            } else if at("unique") {
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
            } else if token.isName, ahead(1).kind == .word {
                throw unavailable("the types of properties", tokens: 2)
            } else {
                throw fail(
                    "\(tokenSpelling) does not belong here: an event has 'unique by'",
                    fix: "write for example: unique by order_id"
                )
            }
        }
        return event
    }

    /// `identifier`, so far as it can be evaluated: a name.
    mutating func identifier() throws(Reported) -> TextSyntax {
        advance()
        let name = try name(of: "the name of an identifier")
        if at("also", "known", "as") { throw unavailable("also known as …", tokens: 3) }
        if at("blocks") { throw unavailable("blocks …", tokens: 1) }
        guard token.kind == .end || atBlock else {
            throw fail("\(tokenSpelling) does not belong here: an identifier has a name only")
        }
        return name
    }
}
