extension Parser {
    /// `segment big spenders`: words behind the name up to the title or the end of the line, where
    /// a clause begins.
    mutating func nameOfSeveralWords(_ name: inout TextSyntax) {
        var end = index
        while end - index < 8, isFurtherWord(tokens[end]) { end += 1 }
        let behind = tokens[end]
        let isTitled = behind.kind == .string && !behind.isFirstOnLine
        let isClause =
            behind.isFirstOnLine && (behind.isWord("when") || behind.isWord("note"))
        guard end > index, isTitled || isClause,
            nearest(to: tokens[end - 1].text, among: Reserved.clauses) == nil
        else { return }
        let range = name.range.lowerBound..<tokens[end - 1].range.upperBound
        let whole = shortened(source.text(range), to: 60)
        let rest = shortened(
            source.text(token.range.lowerBound..<tokens[end - 1].range.upperBound),
            to: 60
        )
        complain(
            range,
            "a name of several words is written in quotes, and so is a title behind the name",
            fix: isTitled
                ? "write segment \"\(whole)\""
                : "write segment \"\(whole)\", or with a title: segment "
                    + "\(shortened(source.text(name.range), to: 60)) \"\(rest)\""
        )
        name = TextSyntax(text: source.text(range), range: range)
        advance(end - index)
    }

    /// A note without its quotes, to the end of its line.
    mutating func unquotedNote() -> Reported {
        guard token.kind != .end, !token.isFirstOnLine else {
            return fail("'note' needs a text in quotes", fix: "write note \"…\"")
        }
        let start = index
        repeat { advance() } while token.kind != .end && !token.isFirstOnLine
        let range = tokens[start].range.lowerBound..<previous.range.upperBound
        let text = source.text(range).filter { $0 != "\"" }
        return fail(
            "'note' needs a text in quotes",
            at: range,
            fix: "write note \"\(shortened(text, to: 80))\""
        )
    }
}
