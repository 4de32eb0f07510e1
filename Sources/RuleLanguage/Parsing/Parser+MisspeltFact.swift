extension Parser {
    /// The error for where an occurrence should begin and something else was written for it.
    mutating func misspeltFact() -> Reported? {
        if let error = habit() ?? misspeltCount() { return error }
        if let error = misspeltAggregate() { return error }
        if let error = signFirst() { return error }
        if token.isQuantity || token.kind == .symbol {
            return fail(
                "\(tokenSpelling) does not fit here: a condition begins with an event, a number "
                    + "of events or 'person'"
            )
        }
        if at("in"), ["last", "the", "past"].contains(ahead(1).text) {
            return fail(
                "the event is missing before '\(token.text) \(ahead(1).text)'",
                at: range(ofNext: 2),
                fix: "write for example: order_completed in last 2 hours"
            )
        }
        if token.kind == .word, Parser.personWords.contains(token.text), ahead(1).isSymbol(".") {
            return fail(
                "attributes are written with 'person'",
                fix: "write person.\(shortened(source.text(ahead(2).range), to: 40))"
            )
        }
        if let error = itemsWithoutOwner() ?? misspeltLead() { return error }
        if at("any"), ahead(1).isName, !Parser.afterAny.contains(ahead(1).text) {
            return fail(
                "'any' goes with 'event', 'activity' or 'of (…)'",
                fix: "leave 'any' out: an event on its own means at least one"
            )
        }
        if isPredicateStart(0) { return propertyTest() }
        return nil
    }

    private static let personWords: Set<String> = [
        "user", "customer", "profile", "contact", "people", "attribute", "attributes", "persons",
    ]

    private static let afterAny: Set<String> = [
        "of", "event", "events", "activity", "activities", "person", "in", "where", "and", "or",
        "ever",
    ]

    /// `any items (…)` on its own.
    private mutating func itemsWithoutOwner() -> Reported? {
        let words = ["any": "any", "every": "every", "all": "every", "some": "any", "no": "no"]
        guard token.kind == .word, let word = words[token.text], isBracketBehindPath(1),
            !ahead(1).isWord("of")
        else { return nil }
        if at("all", "person") || at("some", "person") {
            return fail(
                "'\(token.text)' is no word of the rule language here",
                fix: "did you mean '\(word)'?"
            )
        }
        let name = shortened(source.text(ahead(1).range), to: 40)
        return fail(
            "'\(token.text) \(name) (…)' needs 'person.' before an attribute, or 'where' behind an event",
            at: range(ofNext: 2),
            fix: "write \(word) person.\(name) (…), or some_event where \(word) \(name) (…)"
        )
    }

    /// `total > 50` on its own.
    private mutating func propertyTest() -> Reported {
        var count = 1
        while ahead(count).isSymbol("."), ahead(count + 1).isName { count += 2 }
        let path = spelling(of: index..<index + count, charactersMax: 40)
        if count >= 3 {
            let event = spelling(of: index..<index + 1, charactersMax: 40)
            let rest = spelling(of: index + 2..<index + count, charactersMax: 40)
            return fail(
                "a test needs 'person.' before an attribute, or 'where' behind an event",
                at: range(ofNext: count),
                fix: "write person.\(path) …, or \(event) where \(rest) …"
            )
        }
        let counted = count == 1 ? countedInSigns(path).map { ", or of an event: \($0)" } : nil
        return fail(
            "a test needs 'person.' before an attribute, or 'where' behind an event",
            at: range(ofNext: count),
            fix: "write person.\(path) …, or some_event where \(path) …\(counted ?? "")"
        )
    }

    /// A number of events in other words.
    private mutating func misspeltCount() -> Reported? {
        if token.isNumber, Parser.periods[ahead(1).text] != nil || isUnit(ahead(1)),
            ahead(2).isWord("with")
        {
            let number = shortened(source.text(token.range), to: 20)
            return fail(
                "a number of days is written with 'at least', 'at most' or 'exactly'",
                fix: "write 'at least \(number)' or 'exactly \(number)'"
            )
        }
        if at("on"), ahead(1).isWord("at") || ahead(1).isWord("exactly") || ahead(1).isWord("more"),
            ahead(2).isNumber || ahead(3).isNumber
        {
            return fail("'on' is left out here", fix: "write for example: at least 3 days with …")
        }
        if token.isNumber {
            let number = shortened(source.text(token.range), to: 20)
            return fail(
                "a number of events is written with 'at least', 'at most' or 'exactly'",
                fix: "write 'at least \(number)' or 'exactly \(number)'"
            )
        }
        for (words, meant) in Parser.countSlips where at(words) {
            let behind = ahead(words.count)
            guard behind.isNumber else { continue }
            return slip(words: words.count, meant: meant)
        }
        if at("never"), ahead(1).isName, !ahead(1).isWord("in"), !ahead(1).isWord("where") {
            return slip(words: 1, meant: "no")
        }
        let pairs = [("at", ["least", "most"]), ("more", ["than"]), ("fewer", ["than"])]
        for (word, seconds) in pairs where at(word) && !seconds.contains(ahead(1).text) {
            guard ahead(2).isNumber || ahead(1).isNumber else { continue }
            let near = nearest(to: ahead(1).text, among: seconds) ?? seconds[0]
            let isMissing = ahead(1).isNumber
            return fail(
                "'\(word)' is followed by '\(seconds.joined(separator: "' or '"))'",
                at: range(ofNext: isMissing ? 1 : 2),
                fix: "did you mean '\(word) \(near)'?"
            )
        }
        if at("for"), ahead(1).isQuantity {
            return fail(
                "'for' stands behind a condition, which it says has held that long",
                fix: "write for example: person.plan = \"trial\" for 14 days"
            )
        }
        if token.isName, ahead(1).isNumber, isUnit(ahead(2)), !at("between"), !at("exactly") {
            let duration = spelledDuration(at: 1)
            return fail(
                "'in last' is missing before \(duration)",
                at: ahead(1).range,
                fix: "write in last \(duration)"
            )
        }
        if token.kind == .word, ahead(1).isNumber, !at("between"), !at("exactly") {
            let isOpen = ["or", "and"].contains(ahead(2).text)
            let place = isOpen && ["more", "less", "fewer"].contains(ahead(3).text) ? 4 : 2
            if place == 4 || ahead(place).isWord("times") || ahead(place).isWord("time") {
                let isMost = place == 4 && !ahead(3).isWord("more")
                let number = shortened(source.text(ahead(1).range), to: 20)
                let error = fail(
                    "how many stands before the name of the event",
                    at: ahead(1).range,
                    fix: "write at \(isMost ? "most" : "least") \(number) \(tokenSpelling)"
                        .filter { $0 != "'" }
                )
                advance(place)
                return error
            }
            let words = ["at least", "at most", "exactly", "between"]
            let near = nearest(to: token.text, among: words)
            return fail(
                "\(tokenSpelling) does not fit before a number",
                fix: near.map { "did you mean '\($0)'?" }
                    ?? "write 'at least', 'at most', 'exactly', 'more than' or 'fewer than'"
            )
        }
        return nil
    }

    private mutating func slip(words: Int, meant: String) -> Reported {
        let spelled = spelling(of: index..<index + words)
        return fail(
            "'\(spelled)' is no form of the rule language",
            at: range(ofNext: words),
            fix: "did you mean '\(meant)'?"
        )
    }

    private static let countSlips: [(words: [String], meant: String)] = [
        (["less", "than"], "fewer than"), (["greater", "than"], "more than"),
        (["over"], "more than"), (["above"], "more than"), (["under"], "fewer than"),
        (["below"], "fewer than"), (["minimum"], "at least"), (["maximum"], "at most"),
        (["no", "more", "than"], "at most"), (["no", "fewer", "than"], "at least"),
        (["no", "less", "than"], "at least"), (["up", "to"], "at most"),
        (["a", "minimum", "of"], "at least"), (["minimum", "of"], "at least"),
        (["a", "maximum", "of"], "at most"), (["more", "then"], "more than"),
        (["only"], "exactly"), (["less"], "fewer than"),
    ]

    /// The error for what stands behind the name of an event and shows that the name is wrong.
    mutating func misplacedAfter(_ name: TextSyntax) -> Reported? {
        let isQuoted = previous.kind == .string
        if at(symbol: "."), ahead(1).isName {
            var end = index + 2
            while tokens[end].isSymbol("."), tokens[min(end + 1, tokens.count - 1)].isName {
                end += 2
            }
            let spelled = spelling(of: index - 1..<end, charactersMax: 40)
            return fail(
                "the name of an event that has a dot in it is written in quotes",
                at: name.range.lowerBound..<tokens[end - 1].range.upperBound,
                fix: isQuoted ? "put the quotes around all of it" : "write \"\(spelled)\""
            )
        }
        guard !isQuoted, isFurtherWord(token) else { return nil }
        if isTestStart(1) {
            let property = shortened(source.text(token.range), to: 40)
            return fail(
                "the test of a property stands behind 'where'",
                fix: "write \(shortened(source.text(name.range), to: 40)) where \(property) …"
            )
        }
        var end = index + 1
        while end < tokens.count, end < index + 6, isFurtherWord(tokens[end]) { end += 1 }
        return fail(
            "a name of several words is written in quotes",
            at: name.range.lowerBound..<tokens[end - 1].range.upperBound,
            fix: index > 1 && tokens[index - 2].isNumber && end == index + 1
                ? "write \(source.text(token.range)), or in quotes where that is one name: "
                    + "\"\(spelling(of: index - 1..<end))\""
                : "write \"\(spelling(of: index - 1..<end))\""
        )
    }

    /// Whether a word can only be meant as a further part of an event's name.
    func isFurtherWord(_ token: Token) -> Bool {
        // The exact words come first: comparing with all of them is slow.
        token.kind == .word && !token.isFirstOnLine && !Parser.neverFurther.contains(token.text)
            && nearest(to: token.text, among: Parser.behindEvent) == nil
    }

    static let neverFurther =
        Reserved.events.union(Reserved.clauses).union(Reserved.blocks).union(behindEvent)
        .union([
            "but", "plus", "each", "every", "daily", "weekly", "monthly", "regularly", "exclude",
            "excluding", "except", "without", "unless",
        ])

    private static let behindEvent = [
        "and", "or", "where", "in", "last", "past", "over", "during", "ever", "for", "then",
        "between", "since", "before", "after", "today", "yesterday", "this", "within", "with",
        "times", "time", "twice", "once", "less", "the", "inlast", "if", "is", "has", "segment",
        "followed", "same", "from", "ago", "of", "like", "until", "on", "after", "older", "was",
        "exactly", "fewer",
        "changed", "ignoring", "having", "whose", "inside", "happened", "longer", "within", "one",
        "not", "contains", "starts", "ends", "more", "at",
    ]
}
