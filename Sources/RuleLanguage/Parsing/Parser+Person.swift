extension Parser {
    /// `person`; nil where none of its forms begins here.
    mutating func person() throws(Reported) -> ConditionSyntax? {
        if take("person", "is", "known") { return .isKnown(true) }
        if take("person", "is", "anonymous") { return .isKnown(false) }
        if at("known", "for", "at", "least") {
            advance(4)
            return .knownFor(try duration(after: "known for at least"))
        }
        for quantifier in ItemsSyntax.Quantifier.allCases
        where at(quantifier.rawValue, "person") && ahead(2).isSymbol(".") {
            advance(3)
            let path = try path(of: "the name of an attribute")
            return .attributeItems(try items(quantifier, path, lead: "person."))
        }
        if let error = misspeltKnown() ?? misspeltIdentity() { throw error }
        return at("person") ? try attribute() : nil
    }

    /// `person.path test`, `person.path changed …`.
    private mutating func attribute() throws(Reported) -> ConditionSyntax {
        let start = index
        advance()
        guard take(symbol: ".") else {
            if let error = personBeforeEvent(start) { throw error }
            if token.isName, !isTestStart(0) {
                throw fail(
                    "an attribute is written with a dot, and without spaces",
                    at: range(from: start).lowerBound..<token.range.upperBound,
                    fix: "write person.\(shortened(source.text(token.range), to: 40))"
                )
            }
            throw fail(
                "'person' needs the name of an attribute",
                at: tokens[start].range,
                fix: "write for example: person.plan = \"pro\""
            )
        }
        let path = try path(of: "the name of an attribute")
        let subject = spelling(of: start..<index)
        if at(symbol: "(") {
            throw fail(
                "'any', 'every' or 'no' is missing before '\(subject) (…)'",
                at: range(from: start),
                fix: "write any \(subject) (…)"
            )
        }
        if let error = misspeltChange(of: subject) { throw error }
        if at("changed") { return .changed(try change(of: path, subject)) }
        return .attribute(AttributeSyntax(path: path, test: try test(of: subject)))
    }

    /// `known for 7 days`, `known since …`, `known` with nothing behind it.
    private mutating func misspeltKnown() -> Reported? {
        let lead =
            at("person", "is", "known")
            ? 3
            : at("person", "was", "known")
                ? 3
                : at("person", "known") || at("is", "known") || at("people", "known")
                    ? 2
                    : at("known") ? 1 : 0
        guard lead > 0 else { return nil }
        var place = lead
        let fillers: Set<String> = [
            "for", "since", "at", "least", "more", "than", "over", "longer", "the", "last", "in",
        ]
        while place < lead + 6, ahead(place).kind == .word, fillers.contains(ahead(place).text) {
            place += 1
        }
        if ahead(place).isQuantity, !ahead(place).isDate {
            return fail(
                "how long a person is known is written 'known for at least …'",
                at: range(ofNext: place),
                fix: "write known for at least \(spelledDuration(at: place))"
            )
        }
        if at("known", "for") || at("known", "since") {
            return fail(
                "how long a person is known is written 'known for at least …'",
                at: range(ofNext: 2),
                fix: "write for example: known for at least 7 days"
            )
        }
        return fail(
            at("known")
                ? "'person is' is missing before 'known'"
                : at("is") ? "'person' is missing before 'is'" : "'is' is missing before 'known'",
            at: range(ofNext: lead),
            fix: "write 'person is known', or for example 'known for at least 7 days'"
        )
    }

    /// `person is not known`, `person anonymous`, `is anonymous`, `person is logged_in`.
    private mutating func misspeltIdentity() -> Reported? {
        if at("person", "is", "not"), ahead(3).isWord("known") || ahead(3).isWord("anonymous") {
            let meant = ahead(3).isWord("known") ? "anonymous" : "known"
            return fail(
                "'not' stands before the condition",
                at: range(ofNext: 4),
                fix: "write 'person is \(meant)'"
            )
        }
        if at("person", "anonymous") || at("is", "anonymous") {
            return fail(
                "whether a person is known is written 'person is known' or 'person is anonymous'",
                at: range(ofNext: 2),
                fix: "write 'person is anonymous'"
            )
        }
        if at("person", "changed") {
            return fail(
                "'person' needs the name of an attribute",
                at: token.range,
                fix: "write for example: person.plan changed"
            )
        }
        guard at("person", "is"), ahead(2).kind == .word, !ahead(2).isWord("in"),
            !ahead(2).isWord("on"),
            !(ahead(2).isWord("not") && ["in", "on"].contains(ahead(3).text))
        else { return nil }
        guard !ahead(2).isFirstOnLine else {
            return fail(
                "behind 'person is' comes 'known' or 'anonymous'",
                at: range(ofNext: 2),
                fix: "write 'person is known' or 'person is anonymous'"
            )
        }
        let word = shortened(ahead(2).text, to: 40)
        let slips = [
            "identified": "known", "unknown": "anonymous", "registered": "known",
            "unidentified": "anonymous",
        ]
        let meant =
            slips[ahead(2).text] ?? nearest(to: ahead(2).text, among: ["known", "anonymous"])
        return fail(
            "behind 'person is' comes 'known' or 'anonymous'",
            at: range(ofNext: 3),
            fix: meant.map { "did you mean 'person is \($0)'?" }
                ?? "an attribute is written with a dot, such as person.\(word) is true"
        )
    }
}
