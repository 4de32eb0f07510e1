extension Parser {
    /// `membership`; nil where none begins here.
    mutating func membership() throws(Reported) -> ConditionSyntax? {
        if at("in", "segment") {
            advance(2)
            return .membership(try segmentReference(after: "in segment"))
        }
        if at("in", "list") {
            advance(2)
            return .listed(try listName())
        }
        for (word, isEntry) in [("entered", true), ("exited", false)]
        where at(word, "segment") && !isSegmentBlock(1) {
            advance(2)
            let segment = try segmentReference(after: "\(word) segment")
            let window = try turnWindow("\(word) segment")
            return .turned(TurnSyntax(isEntry: isEntry, segment: segment, window: window))
        }
        if let error = misspeltMembership() { throw error }
        return nil
    }

    /// Whether the block of a segment begins so many tokens on, on a line of its own.
    func isSegmentBlock(_ count: Int) -> Bool {
        ahead(count).isWord("segment") && ahead(count).isFirstOnLine
            && (ahead(count + 2).isWord("when") || ahead(count + 2).kind == .string)
    }

    private mutating func segmentReference(after words: String) throws(Reported) -> TextSyntax {
        let isJoint = token.kind == .word && Reserved.joining.contains(token.text)
        // The words of blocks are names of segments too, but on a line of their own they are not.
        let isBlock = token.isFirstOnLine && startsBlock
        guard token.isName, !isJoint, !startsClause, !isBlock else {
            throw fail(
                "the name of a segment is missing \(beforeToken)",
                fix: "write for example: \(words) big_spenders"
            )
        }
        return try oneName("a segment")
    }

    private mutating func listName() throws(Reported) -> TextSyntax {
        let isJoint = token.kind == .word && Reserved.joining.contains(token.text)
        let isBlock = token.isFirstOnLine && startsBlock
        guard token.isName, !isJoint, !startsClause, !isBlock else {
            throw fail(
                at(symbol: "(")
                    ? "a list is named here; values are compared with person.…"
                    : "the name of a list is missing \(beforeToken)",
                fix: at(symbol: "(")
                    ? "write for example: person.country one of (…)"
                    : "write for example: in list press_kit"
            )
        }
        return try oneName("a list")
    }

    /// A name, and no further word of it.
    private mutating func oneName(_ what: String) throws(Reported) -> TextSyntax {
        let start = index
        let name = try name(of: "the name of \(what)")
        guard isFurtherWord(token), tokens[start].kind == .word, !isBehindCondition(token) else {
            return name
        }
        throw fail(
            "a name of several words is written in quotes",
            at: name.range.lowerBound..<token.range.upperBound,
            fix: "write \"\(spelling(of: start..<index + 1, charactersMax: 40))\""
        )
    }

    /// Whether a word may be meant for one that stands behind a condition.
    private func isBehindCondition(_ token: Token) -> Bool {
        nearest(to: token.text, among: ["and", "or", "for"]) != nil
    }

    /// The window of a turn or a change, in which `more than … ago` is no form.
    mutating func turnWindow(_ what: String) throws(Reported) -> WindowSyntax? {
        if at("more", "than"), ahead(2).isQuantity {
            let duration = spelledDuration(at: 2)
            throw fail(
                "'more than … ago' goes with 'first', 'last' and attributes that are times",
                at: range(ofNext: 2),
                fix: "write for example: \(what) … between 365 days and \(duration) ago"
            )
        }
        if token.isQuantity, !token.isDate, isUnit(ahead(1)) || !token.isNumber {
            let duration = spelledDuration(at: 0)
            throw fail(
                "'in last' is missing before \(duration)",
                fix: "write in last \(duration)"
            )
        }
        return try window()
    }
}
