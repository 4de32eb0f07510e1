extension Parser {
    /// `in segment name`.
    mutating func membership() throws(Reported) -> TextSyntax {
        advance(2)
        let isJoint = token.kind == .word && Reserved.joining.contains(token.text)
        // The words of blocks are names of segments too, but on a line of their own they are not.
        let isBlock = token.isFirstOnLine && startsBlock
        guard token.isName, !isJoint, !startsClause, !isBlock else {
            throw fail(
                "the name of a segment is missing \(beforeToken)",
                fix: "write for example: in segment big_spenders"
            )
        }
        return try name(of: "the name of a segment")
    }

    /// The error for a membership in other words: `in big_spenders`, `person in segment x`.
    mutating func misspeltMembership() -> Reported? {
        for words in [["person", "is"], ["person"], ["is"]] where at(words) {
            let isNegated = ahead(words.count).isWord("not")
            let place = words.count + (isNegated ? 1 : 0)
            guard ahead(place).isWord("in"), ahead(place + 1).isWord("segment") else { continue }
            return fail(
                "'\(words.joined(separator: " "))' is left out before 'in segment'",
                at: range(ofNext: words.count),
                fix: "write '\(isNegated ? "not " : "")in segment "
                    + "\(shortened(source.text(ahead(place + 2).range), to: 40))'"
            )
        }
        guard at("in"), ahead(1).isName else { return nil }
        let next = ahead(1)
        let isKeyword = next.kind == .word && Parser.behindIn.contains(next.text)
        guard !isKeyword, !ahead(2).isQuantity else { return nil }
        let isNamed =
            ahead(2).isName && !ahead(2).isFirstOnLine
            && !(ahead(2).kind == .word && Reserved.joining.contains(ahead(2).text))
        if next.kind == .word, isNamed,
            nearest(to: next.text, among: ["segment"]) != nil
        {
            return fail(
                "'\(shortened(next.text, to: 40))' is no word of the rule language",
                at: next.range,
                fix: "did you mean 'in segment'?"
            )
        }
        return fail(
            "'segment' is missing behind 'in'",
            fix: "write 'in segment \(shortened(source.text(next.range), to: 40))'"
        )
    }

    /// Words behind `in` that show that no segment was meant.
    private static let behindIn: Set<String> = [
        "last", "the", "past", "in", "where", "and", "or", "then", "ever", "list", "when", "note",
        "for",
    ]
}
