extension Parser {
    /// `activity name, …`: the events that `any activity` means.
    mutating func activity() throws(Reported) -> [TextSyntax] {
        advance()
        var names: [TextSyntax] = []
        repeat {
            guard token.isName, !(token.isFirstOnLine && startsBlock) else {
                throw fail(
                    names.isEmpty
                        ? "the names of events are missing behind 'activity'"
                        : "the name of an event is missing behind the comma",
                    at: previous.range,
                    fix: "write for example: activity product_viewed, added_to_cart"
                )
            }
            names.append(try name(of: "the name of an event"))
            if names.count > Limits.listElementsMax {
                throw fail(
                    "a list may have \(Limits.listElementsMax) elements at most",
                    at: previous.range
                )
            }
        } while take(symbol: ",")
        guard token.kind == .end || atBlock else {
            let isNext = token.isName && !token.isFirstOnLine
            let isJoint = at("and") || at("or")
            let error = fail(
                isNext && !isJoint
                    ? "a comma is missing before \(tokenSpelling)"
                    : "\(tokenSpelling) does not belong here: behind 'activity' come names of events",
                fix: isNext ? "write for example: activity product_viewed, added_to_cart" : nil
            )
            skipBlock()
            _ = error
            return names
        }
        return names
    }
}
