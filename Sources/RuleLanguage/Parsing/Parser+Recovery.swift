extension Parser {
    /// Whether a clause of a segment begins here, so far as that can be told without its context.
    var startsClause: Bool {
        switch token.text {
        case "when" where token.kind == .word: !isTestStart(1) && !ahead(1).isSymbol(".")
        case "note" where token.kind == .word: ahead(1).kind == .string
        case "expect" where token.kind == .word: ahead(1).isNumber || ahead(1).isWord("at")
        default: false
        }
    }

    /// Whether a block begins here, so far as that can be told without its context.
    ///
    /// The words of blocks may be names elsewhere; a block that does not begin on a line of its
    /// own is only found after a complete segment, not while skipping an error.
    var startsBlock: Bool {
        guard token.kind == .word else { return false }
        guard Reserved.blocks.contains(token.text) else {
            return startsMisspeltSegment || startsTimezone
        }
        let before = index > 0 ? previous.text : ""
        let next = ahead(1)
        // A name on the next line may be the next block's: then this word is an event's name.
        let isNamed = next.isName && !next.isFirstOnLine
        switch token.text {
        case "segment":
            // A second 'when' or a title shows that it is the block, whatever was left out before it.
            let isBlock = ahead(2).isWord("when") || ahead(2).kind == .string
            return isNamed
                && (token.isFirstOnLine && isBlock
                    || !["in", "entered", "exited"].contains(before))
        case "settings":
            return token.isFirstOnLine
                && ["skew", "duplicate", "identifiers"].contains { next.isWord($0) }
        default:
            let continued = [
                "in", "where", "and", "or", "ever", "like", "between", "since", "then",
            ]
            return token.isFirstOnLine && isNamed && before != "any"
                && !continued.contains { next.isWord($0) }
        }
    }

    /// Whether the word of a block stands here, where nothing but a clause or a block can.
    var atBlock: Bool {
        token.kind == .word && Reserved.blocks.contains(token.text) || startsMisspeltSegment
            || startsTimezone
    }

    private var startsTimezone: Bool { at("timezone") && ahead(1).kind == .string }

    /// A slip of the pen in the word itself: `segmnt cart_abandoners when …`.
    private var startsMisspeltSegment: Bool {
        guard token.isFirstOnLine, token.kind == .word, token.text != "segment", ahead(1).isName
        else { return false }
        let behind = ahead(2)
        return (behind.kind == .string || Reserved.clauses.contains { behind.isWord($0) })
            && nearest(to: token.text, among: ["segment"]) != nil
    }

    /// Goes on to where the next condition of the chain, clause or block begins, or the bracket
    /// closes that is open here; in a list to its next element.
    mutating func skipCondition(inList: Bool = false) {
        var brackets = 0
        while token.kind != .end, !startsClause, !startsBlock {
            if at(symbol: "(") {
                brackets += 1
            } else if at(symbol: ")") {
                guard brackets > 0 else { return }
                brackets -= 1
            } else if brackets == 0,
                inList ? at(symbol: ",") : startsJoint || commasEnd > 0 && at(symbol: ",")
            {
                return
            }
            advance()
        }
    }

    /// Whether this is an `and` or `or` between conditions, and not the one of `between 1 and 2`.
    private var startsJoint: Bool {
        jointWord == "or"
            || (jointWord == "and" && (!ahead(1).isQuantity || ahead(2).isSymbol("%")))
    }

    /// Goes on to where the next clause or block begins.
    mutating func skipClause() {
        while token.kind != .end, !startsClause, !startsBlock { advance() }
    }

    /// Goes on to where the next block begins.
    mutating func skipBlock() {
        while token.kind != .end, !startsBlock { advance() }
    }

    /// `( element, … )`, recovering in each element.
    mutating func list<Element>(
        of what: String,
        _ element: (inout Parser) throws(Reported) -> Element
    ) throws(Reported) -> [Element] {
        let open = token.range
        guard take(symbol: "(") else {
            throw fail("a bracket with \(what) is missing here", fix: "write (…, …)")
        }
        var elements: [Element] = []
        while true {
            marks?[index] = .element
            do {
                elements.append(try element(&self))
                if !at(symbol: ","), !at(symbol: ")"), token.kind != .end {
                    throw fail(
                        "a comma is missing before \(tokenSpelling)",
                        fix: "lists are written (…, …)"
                    )
                }
            } catch { skipCondition(inList: true) }
            if elements.count > Limits.listElementsMax {
                elements.removeLast()
                complain(
                    previous.range,
                    "a list may have \(Limits.listElementsMax) elements at most"
                )
                while at(symbol: ",") {
                    advance()
                    skipCondition(inList: true)
                }
            }
            if take(symbol: ",") { continue }
            if take(symbol: ")") { return elements }
            throw fail("this bracket is never closed", at: open, fix: "close it with )")
        }
    }
}
