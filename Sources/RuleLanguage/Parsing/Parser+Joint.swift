extension Parser {
    /// The word that joins two elements here, in other letters or words too; nil where none does.
    var jointWord: String? { jointWord(at: 0) }

    func jointWord(at place: Int) -> String? {
        guard ahead(place).kind == .word else { return nil }
        switch ahead(place).text {
        case "and", "or": return token.text
        case "AND", "And": return "and"
        case "OR", "Or": return "or"
        case "but", "plus": return ahead(place + 1).kind == .end ? nil : "and"
        default: return nil
        }
    }

    /// Goes on behind the word that joins, and complains where it is written otherwise.
    mutating func takeJoint(_ word: String) {
        if token.text != word {
            let isLetters = token.text.lowercased() == word
            complain(
                token.range,
                isLetters
                    ? "'\(token.text)' is written in small letters"
                    : "conditions are joined with 'and' or 'or', not with '\(token.text)'",
                fix: "write '\(word)'"
            )
        }
        advance()
    }

    /// `exclude order_completed`, `order_completed every week`: what is said behind a condition in
    /// the words of other tools.
    mutating func misplacedHabit() -> Bool {
        guard token.kind == .word else { return false }
        let excludes = ["exclude", "excluding", "except", "without", "minus", "unless"]
        if excludes.contains(token.text) {
            let isSegment = ahead(1).isWord("in") || ahead(1).isWord("segment")
            let name = shortened(source.text(ahead(1).range), to: 40)
            complain(
                token.range,
                "'\(token.text)' is no word of the rule language",
                fix: isSegment
                    ? "write 'and not in segment …'"
                    : ahead(1).isName && !ahead(1).isFirstOnLine
                        ? "write 'and no \(name)'" : "write 'and no …', or 'and not …'"
            )
            return true
        }
        let units = [
            "daily": "days", "weekly": "weeks", "monthly": "months", "regularly": "days",
            "day": "days", "week": "weeks", "month": "months",
        ]
        let isEach = at("each") || at("every") || at("per") || at("a")
        guard let unit = units[isEach ? ahead(1).text : token.text],
            isEach || token.text.hasSuffix("ly")
        else { return false }
        let event = eventBefore ?? "order_completed"
        complain(
            range(ofNext: isEach ? 2 : 1),
            "how often is written as a number of \(unit) before the event",
            fix: "write for example: at least 4 \(unit) with \(event) in last 4 \(unit)"
                .replacing("in last 4 months", with: "in last 4 calendar months")
        )
        return true
    }

    /// The name right before this place, where one stands there.
    var eventBefore: String? {
        guard index > 0, previous.isName, !Reserved.clauses.contains(previous.text) else {
            return nil
        }
        return shortened(source.text(previous.range), to: 40)
    }
}
