extension Parser {
    /// The error for the first words of a form that were written otherwise.
    mutating func misspeltLead() -> Reported? {
        if at("any", "of", "person"), ahead(3).isSymbol(".") {
            return fail(
                "'of' is left out before 'person'",
                at: range(ofNext: 2),
                fix: "write any person.\(shortened(source.text(ahead(4).range), to: 40)) (…)"
            )
        }
        if at("activity", "like") || at("any", "activity", "like") {
            return fail(
                "'like' goes with 'event' only",
                at: range(ofNext: at("any") ? 3 : 2),
                fix: "write any event like \"…\""
            )
        }
        if token.isName, ahead(1).isWord("changed"), !Reserved.events.contains(token.text) {
            let name = shortened(source.text(token.range), to: 40)
            return fail("attributes are written with 'person'", fix: "write person.\(name) changed")
        }
        return misspeltDays() ?? misspeltFirst()
    }

    /// `days with x`, `every day with x`.
    private mutating func misspeltDays() -> Reported? {
        let place = at("every") || at("each") || at("daily") ? 1 : 0
        let unit = ahead(place)
        let isUnit = ["day", "days", "week", "weeks", "month", "months"].contains(unit.text)
        guard unit.kind == .word, isUnit, ahead(place + 1).isWord("with"), ahead(place + 2).isName
        else { return nil }
        let many = unit.text.hasSuffix("s") ? unit.text : unit.text + "s"
        return fail(
            "how many \(many) is missing",
            at: range(ofNext: place + 1),
            fix: "write for example: at least 3 \(many) with …"
        )
    }

    /// `lst order_completed in last 7 days`.
    private mutating func misspeltFirst() -> Reported? {
        guard token.kind == .word, ahead(1).isName, !ahead(1).isFirstOnLine,
            let near = nearest(to: token.text, among: ["first", "last"]), near != token.text,
            isFurtherWord(ahead(1)) || ahead(1).kind == .string
        else { return nil }
        return fail(
            "\(tokenSpelling) is no word of the rule language",
            fix: "did you mean '\(near)'?"
        )
    }
}
