extension Parser {
    /// The error for a membership in other words: `in big_spenders`, `person in segment x`.
    mutating func misspeltMembership() -> Reported? {
        misspeltTurn() ?? leadBeforeMembership() ?? missingSegment()
    }

    /// `person in segment x`, `is on list y`.
    private mutating func leadBeforeMembership() -> Reported? {
        for words in [["person", "is"], ["person"], ["is"]] where at(words) {
            let isNegated = ahead(words.count).isWord("not")
            let place = words.count + (isNegated ? 1 : 0)
            let kind = ahead(place + 1).text
            guard ahead(place).isWord("in") || ahead(place).isWord("on"),
                kind == "segment" || kind == "list"
            else { continue }
            return fail(
                "'\(words.joined(separator: " "))' is left out before 'in \(kind)'",
                at: range(ofNext: words.count),
                fix: "write '\(isNegated ? "not " : "")in \(kind) "
                    + "\(shortened(source.text(ahead(place + 2).range), to: 40))'"
            )
        }
        if at("in", "the"), ahead(2).isWord("list") || ahead(2).isWord("segment"), ahead(3).isName {
            return fail(
                "'the' is left out behind 'in'",
                at: ahead(1).range,
                fix: "write 'in \(ahead(2).text) \(shortened(source.text(ahead(3).range), to: 40))'"
            )
        }
        if at("on", "list") || at("on", "the", "list") {
            return fail(
                "a list is written 'in list …'",
                at: range(ofNext: at("on", "list") ? 2 : 3),
                fix: "write 'in list'"
            )
        }
        return nil
    }

    /// `in big_spenders`, `in segmnt big_spenders`.
    private mutating func missingSegment() -> Reported? {
        guard at("in"), ahead(1).isName else { return nil }
        let next = ahead(1)
        let isKeyword = next.kind == .word && Parser.behindIn.contains(next.text)
        guard !isKeyword, !ahead(2).isQuantity else { return nil }
        let isNamed =
            ahead(2).isName && !ahead(2).isFirstOnLine
            && !(ahead(2).kind == .word && Reserved.joining.contains(ahead(2).text))
        if next.kind == .word, isNamed,
            let near = nearest(to: next.text, among: ["segment", "list"])
        {
            return fail(
                "'\(shortened(next.text, to: 40))' is no word of the rule language",
                at: next.range,
                fix: "did you mean 'in \(near)'?"
            )
        }
        let shown = shortened(source.text(next.range), to: 40)
        return fail(
            "'segment' or 'list' is missing behind 'in'",
            fix: "write 'in segment \(shown)', or 'in list \(shown)'"
        )
    }

    /// `entered big_spenders`, `left segment big_spenders`, `entered in segment big_spenders`.
    private mutating func misspeltTurn() -> Reported? {
        for word in ["entered", "exited"] where at(word) {
            guard !isSegmentBlock(1) else {
                return fail(
                    "the segment is missing behind '\(word)'",
                    at: token.range,
                    fix: "write for example: \(word) segment big_spenders in last 1 day; "
                        + "an event of that name is written \"\(word)\""
                )
            }
            let next = ahead(1)
            let isIn =
                next.isWord("in") || next.isWord("into") || next.isWord("from")
                || next.isWord("the")
            let place = isIn ? 2 : 1
            let isSegment = ahead(place).isWord("segment")
            let name = ahead(isSegment ? place + 1 : place)
            if isIn, isSegment {
                return fail(
                    "'\(next.text)' is left out before 'segment'",
                    at: next.range,
                    fix: "write '\(word) segment \(shortened(source.text(name.range), to: 40))'"
                )
            }
            if next.kind == .word, ahead(2).isName,
                nearest(to: next.text, among: ["segment"]) != nil
            {
                return fail(
                    "'\(shortened(next.text, to: 40))' is no word of the rule language",
                    at: next.range,
                    fix: "did you mean '\(word) segment'?"
                )
            }
            guard name.isName, !isIn, !Reserved.joining.contains(name.text) else {
                return fail(
                    "the segment is missing behind '\(word)'",
                    at: token.range,
                    fix: "write for example: \(word) segment big_spenders in last 1 day; "
                        + "an event of that name is written \"\(word)\""
                )
            }
            return fail(
                "'segment' is missing behind '\(word)'",
                fix: "write '\(word) segment \(shortened(source.text(name.range), to: 40))'"
            )
        }
        let place = at("has") || at("person") || at("was") || at("is") ? 1 : 0
        let slips = [
            "left": "exited", "leaves": "exited", "exits": "exited", "exit": "exited",
            "leave": "exited",
            "joined": "entered", "joins": "entered", "enters": "entered", "enter": "entered",
            "entered": "entered", "exited": "exited",
        ]
        let word = ahead(place)
        // Behind the name the next clause shows that the block of a segment begins there.
        let isBlock = ahead(place + 3).isWord("when") || ahead(place + 3).isWord("note")
        guard word.kind == .word, ahead(place + 1).isWord("segment"), !isBlock,
            ahead(place + 3).kind != .string,
            let meant = slips[word.text] ?? nearest(to: word.text, among: ["entered", "exited"])
        else { return nil }
        let error = fail(
            "'\(spelling(of: index..<index + place + 1)) segment' is no form of the rule language",
            at: range(ofNext: place + 2),
            fix: "did you mean '\(meant) segment'?"
        )
        // Past the word with which a block could begin.
        advance(place + 2)
        return error
    }

    /// Words behind `in` that show that no segment was meant.
    private static let behindIn: Set<String> = [
        "last", "the", "past", "in", "where", "and", "or", "then", "ever", "list", "when", "note",
        "for", "next",
    ]
}
