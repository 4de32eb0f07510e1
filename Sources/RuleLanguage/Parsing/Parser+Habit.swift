/// What people bring along from SQL and from other tools, where a condition begins.
extension Parser {
    /// The error for a condition in the words of another tool; nil where it is none.
    mutating func habit() -> Reported? {
        let isCapital = token.text.utf8.first.map({ $0 < UInt8(ascii: "_") }) == true
        guard token.kind == .word,
            Parser.habits.contains(token.text) || ahead(1).isSymbol("(")
                || isCapital
        else { return nil }
        return capitalWord() ?? verb() ?? function() ?? numberOf() ?? memberOf()
            ?? everybody() ?? windowFirst() ?? turn()
    }

    /// The first words of all that is looked for here.
    private static let habits = Set(verbs.map { $0[0] }).union(members.map { $0[0] })
        .union(turns.keys).union(["number", "count", "all", "every", "any", "in"])

    /// `NOT order_completed`, `NO order_completed`.
    private mutating func capitalWord() -> Reported? {
        let small = token.text.lowercased()
        guard small != token.text, Reserved.events.contains(small), ahead(1).isName,
            !ahead(1).isFirstOnLine,
            ahead(1).kind == .string || isFurtherWord(ahead(1))
                || ["least", "most", "than", "segment", "of", "in"].contains(
                    ahead(1).text.lowercased()
                )
        else { return nil }
        let isIn = ["in", "segment"].contains(ahead(1).text.lowercased())
        let spelled = small + (isIn ? " " + ahead(1).text.lowercased() : "")
        let error = fail(
            "'\(spelling(of: index..<index + (isIn ? 2 : 1)))' is written in small letters",
            at: range(ofNext: isIn ? 2 : 1),
            fix: "write '\(spelled)'"
        )
        // Past the word with which a block could begin.
        advance(ahead(1).isWord("segment") ? 2 : isIn && ahead(2).isWord("segment") ? 3 : 1)
        return error
    }

    /// `has done order_completed`, `did not do order_completed`.
    private mutating func verb() -> Reported? {
        for words in Parser.verbs where at(words) {
            let name = ahead(words.count)
            let isCount = ["at", "exactly", "more", "no", "any"].contains(name.text)
            guard name.kind == .string || isCount || isFurtherWord(name),
                words.count > 1 || name.range.lowerBound > token.range.upperBound
            else { continue }
            let isNegated = words.contains("not") || words.contains("never")
            let shown = shortened(source.text(name.range), to: 40)
            let spelled = words.joined(separator: " ")
            return fail(
                isNegated
                    ? "'\(spelled)' is written 'no' before the event"
                    : "'\(spelled)' is left out: the name of an event says that it has happened",
                at: range(ofNext: words.count),
                fix: isCount ? "leave it out" : isNegated ? "write no \(shown)" : "write \(shown)"
            )
        }
        return nil
    }

    private static let verbs = [
        ["person", "has", "not", "done"], ["person", "has", "done"], ["has", "not", "done"],
        ["have", "not", "done"], ["has", "never", "done"], ["have", "done"], ["has", "done"],
        ["has", "performed"], ["did", "not", "do"], ["did", "not"], ["does", "not"],
        ["has", "not"], ["have", "not"], ["has", "never"], ["do", "not"], ["did"], ["has"],
        ["have"], ["performed"], ["triggered"], ["is", "no"], ["is", "not"],
    ]

    /// `count(order_completed) > 3`, `avg(order_completed.total) > 50`.
    private mutating func function() -> Reported? {
        guard ahead(1).isSymbol("(") else { return nil }
        let word = token.text.lowercased()
        let figures = [
            "avg": "average", "average": "average", "mean": "average", "min": "minimum",
            "minimum": "minimum", "max": "maximum", "maximum": "maximum", "total": "sum",
            "sum": "sum",
        ]
        let isDistinct =
            word == "count" && (ahead(2).isWord("distinct") || ahead(2).isWord("unique"))
        let start = isDistinct ? 3 : 2
        var end = start
        while end < 20, ahead(end).isName || ahead(end).isSymbol(".") { end += 1 }
        let inner = spelling(of: index + start..<index + end, charactersMax: 40)
        if let figure = isDistinct ? "distinct" : figures[word] {
            let lead = isDistinct ? "distinct" : "\(figure) of"
            let path = inner.isEmpty ? "order_completed.total" : inner
            return fail(
                isDistinct
                    ? "how many different values there are is written 'distinct'"
                    : "'\(token.text)(…)' is written '\(lead) …', without brackets",
                at: range(ofNext: start),
                fix: "write \(lead) \(path)\(comparison(behind: end + 1))"
            )
        }
        guard word == "count" || word == "count_of" else { return nil }
        let isWhole = !inner.isEmpty && ahead(end).isSymbol(")")
        return counting(isWhole ? inner : "order_completed", comparison: isWhole ? end + 1 : end)
    }

    /// The comparison at a place, with the window before it that stands behind it; empty for none.
    func comparison(behind place: Int) -> String {
        guard ahead(place).kind == .symbol, Comparison(rawValue: ahead(place).text) != nil,
            ahead(place + 1).isNumber
        else { return "" }
        let isCut = ahead(place + 2).isSymbol(",") && ahead(place + 3).isNumber
        guard !isCut else { return "" }
        let number = shortened(source.text(ahead(place + 1).range), to: 20)
        let comparison = " \(ahead(place).text) \(number)"
        guard ahead(place + 2).isWord("in"),
            let window = (place + 3...place + 5).first(where: {
                ahead($0).isQuantity && !ahead($0).isDate
            })
        else { return comparison }
        return " in last \(spelledDuration(at: window))\(comparison)"
    }

    /// `number of order_completed > 3`, `count of order_completed > 3`.
    private mutating func numberOf() -> Reported? {
        guard at("number", "of") || at("count", "of") || at("count"), !ahead(1).isFirstOnLine
        else { return nil }
        let place = ahead(1).isWord("of") ? 2 : 1
        guard ahead(place).kind == .string || isFurtherWord(ahead(place)),
            ahead(place + 1).kind == .symbol
        else { return nil }
        return counting(
            shortened(source.text(ahead(place).range), to: 40),
            comparison: place + 1
        )
    }

    private mutating func counting(_ event: String, comparison place: Int) -> Reported {
        var count = "at least 3"
        let lead = Parser.countsInSigns[ahead(place).text]
        if let lead, ahead(place + 1).isNumber {
            count = "\(lead) \(shortened(source.text(ahead(place + 1).range), to: 20))"
        }
        return fail(
            "how many stands before the name of the event",
            at: range(ofNext: 2),
            fix: "write \(lead == nil ? "for example: " : "")\(count) \(event)"
        )
    }

    /// `member of big_spenders`, `is a member of segment big_spenders`.
    private mutating func memberOf() -> Reported? {
        for words in Parser.members where at(words) {
            let isSegment = ahead(words.count).isWord("segment")
            let name = ahead(words.count + (isSegment ? 1 : 0))
            guard name.kind == .string || isFurtherWord(name) else { continue }
            return fail(
                "who is in a segment is written 'in segment …'",
                at: range(ofNext: words.count),
                fix: "write in segment \(shortened(source.text(name.range), to: 40))"
            )
        }
        return nil
    }

    private static let members = [
        ["person", "is", "a", "member", "of"], ["person", "is", "member", "of"],
        ["is", "a", "member", "of"], ["is", "member", "of"], ["member", "of"],
        ["belongs", "to"], ["part", "of"], ["is", "part", "of"], ["inside"],
        ["not", "member", "of"],
    ]

    /// `all users`, `10% of all people` without its sample.
    private mutating func everybody() -> Reported? {
        let people: Set<String> = [
            "users", "people", "customers", "persons", "contacts", "visitors", "profiles",
            "everybody", "everyone", "subscribers",
        ]
        guard at("all") || at("every") || at("any"), people.contains(ahead(1).text) else {
            return nil
        }
        return fail(
            "all people are written 'everyone'",
            at: range(ofNext: 2),
            fix: "write everyone"
        )
    }

    /// `in last 30 days order_completed`.
    private mutating func windowFirst() -> Reported? {
        guard at("in"), ["last", "the", "past"].contains(ahead(1).text) else { return nil }
        guard let place = (2...3).first(where: { ahead($0).isQuantity && !ahead($0).isDate })
        else { return nil }
        let duration = spelledDuration(at: place)
        let behind = place + (ahead(place).isNumber && isUnit(ahead(place + 1)) ? 2 : 1)
        let name = ahead(behind)
        guard name.kind == .string || isFurtherWord(name) else { return nil }
        return fail(
            "the window stands behind the event",
            at: range(ofNext: behind),
            fix: "write \(shortened(source.text(name.range), to: 40)) in last \(duration)"
        )
    }

    /// `person has order_completed`, `people who order_completed`, behind the first word.
    mutating func personBeforeEvent(_ start: Int) -> Reported? {
        let verbs = ["has", "have", "did", "was", "who", "that", "with"]
        guard token.kind == .word, verbs.contains(token.text) else { return nil }
        let isTwo = (at("who") || at("that")) && verbs.contains(ahead(1).text)
        return fail(
            "a condition begins with the event, or with how many, not with 'person'",
            at: tokens[start].range.lowerBound..<ahead(isTwo ? 1 : 0).range.upperBound,
            fix: "leave '\(spelling(of: start..<index + (isTwo ? 2 : 1)))' out"
        )
    }

    private static let turns = [
        "left": "exited", "leaves": "exited", "joined": "entered", "joins": "entered",
    ]

    /// `left vip`, `joined vip`, without 'segment'.
    private mutating func turn() -> Reported? {
        guard let meant = Parser.turns[token.text], isFurtherWord(ahead(1)) else { return nil }
        return fail(
            "who entered or left a segment is written 'entered segment' or 'exited segment'",
            at: token.range,
            fix: "write \(meant) segment \(shortened(source.text(ahead(1).range), to: 40))"
        )
    }

    /// How `clicked_mail > 1` is written where it counts events; nil where it cannot.
    func countedInSigns(_ event: String) -> String? {
        guard let count = Parser.countsInSigns[ahead(1).text], ahead(1).kind == .symbol,
            ahead(2).isNumber, !ahead(3).isSymbol("%")
        else { return nil }
        let number = shortened(source.text(ahead(2).range), to: 20)
        return count == "exactly" && number == "0"
            ? "no \(event)" : "\(count) \(number) \(event)"
    }

    private static let countsInSigns = [
        ">": "more than", ">=": "at least", "<": "fewer than", "<=": "at most", "=": "exactly",
    ]

    /// `>= 3 order_completed`, `person.age >= 30 and <= 40`.
    mutating func signFirst() -> Reported? {
        guard token.kind == .symbol, Comparison(rawValue: token.text) != nil else { return nil }
        if ahead(1).isNumber, let count = Parser.countsInSigns[token.text],
            ahead(2).kind == .string || isFurtherWord(ahead(2)) || ahead(2).isWord("event")
        {
            return fail(
                "how many events is written in words",
                at: range(ofNext: 2),
                fix: "write \(count) \(shortened(source.text(ahead(1).range), to: 20))"
            )
        }
        guard let subject = testedBefore else { return nil }
        return fail(
            "what is compared is named again behind 'and' or 'or'",
            fix: "write \(subject) \(token.text) \(shortened(source.text(ahead(1).range), to: 40))"
        )
    }

    /// The attribute or property that the test before this joint looks at.
    private var testedBefore: String? {
        var place = index - 1
        guard place > 0, ["and", "or"].contains(tokens[place].text) else { return nil }
        while place > max(1, index - 8) {
            place -= 1
            guard tokens[place].kind == .symbol, Comparison(rawValue: tokens[place].text) != nil
            else { continue }
            var start = place - 1
            while start > 1, tokens[start - 1].isSymbol("."), start > place - 9 { start -= 2 }
            return start >= 0 ? spelling(of: start..<place, charactersMax: 40) : nil
        }
        return nil
    }
}
