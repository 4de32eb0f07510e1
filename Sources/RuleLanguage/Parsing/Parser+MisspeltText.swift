extension Parser {
    /// The error for a test in other words that begins like one of the language.
    mutating func misspeltTest(of subject: String) -> Reported? {
        guard token.kind == .word else { return durationAsTest() }
        for words in [["does", "not"], ["do", "not"], ["doesn", "t"], ["not"]] where at(words) {
            let verb = ahead(words.count)
            let meant = [
                "contain": "contains", "contains": "contains", "start": "starts",
                "starts": "starts",
                "end": "ends", "ends": "ends", "like": "like", "include": "contains",
                "match": "like", "equal": "=", "have": "contains", "begin": "starts",
            ]
            guard verb.kind == .word, let test = meant[verb.text] else { continue }
            let isSign = test == "="
            return fail(
                "'not' stands before the condition",
                at: range(ofNext: words.count + 1),
                fix: isSign ? "write \(subject) != …" : "write not \(subject) \(test) …"
            )
        }
        let shapes: [(words: [String], meant: String)] = [
            (["starting", "with"], "starts with"), (["start", "with"], "starts with"),
            (["begins", "with"], "starts with"), (["begin", "with"], "starts with"),
            (["beginning", "with"], "starts with"), (["ending", "with"], "ends with"),
            (["end", "with"], "ends with"), (["containing"], "contains"), (["contain"], "contains"),
            (["is", "like"], "like"), (["matching"], "like"), (["looks", "like"], "like"),
            (["is", "between"], "between"), (["is", "before"], "before"),
            (["is", "after"], "after"),
            (["is", "in", "last"], "in last"), (["is", "in", "next"], "in next"),
            (["is", "more", "than"], ">"), (["is", "less", "than"], "<"),
            (["is", "greater", "than"], ">"), (["is", "at", "least"], ">="),
            (["is", "at", "most"], "<="), (["was", "in", "last"], "in last"),
            (["in", "the", "last"], "in last"), (["in", "the", "next"], "in next"),
            (["in", "past"], "in last"), (["within", "last"], "in last"),
            (["within", "the", "last"], "in last"), (["within", "next"], "in next"),
            (["within", "the", "next"], "in next"),
        ]
        for (words, meant) in shapes where at(words) {
            let place = words.count
            let isAgo =
                words.suffix(2) == ["more", "than"]
                && (ahead(place + 2).isWord("ago") || ahead(place + 1).isWord("ago"))
            return fail(
                isAgo
                    ? "'is' is left out before 'more than … ago'"
                    : "'\(words.joined(separator: " "))' is no test of the rule language",
                at: range(ofNext: isAgo ? 1 : place),
                fix: isAgo ? "leave it out" : "did you mean '\(meant)'?"
            )
        }
        if at("ignoring", "case") {
            return fail(
                "'ignoring case' stands behind the value",
                fix: "write for example: \(subject) = \"…\" ignoring case"
            )
        }
        return misspeltVerb() ?? misspeltTime(of: subject)
    }

    /// `person.t 7 days ago`.
    private mutating func durationAsTest() -> Reported? {
        guard token.isQuantity, !token.isDate, isUnit(ahead(1)) || !token.isNumber else {
            return nil
        }
        let duration = spelledDuration(at: 0)
        return fail(
            "'more than' or 'in last' is missing before \(duration)",
            fix: "write more than \(duration) ago, or in last \(duration)"
        )
    }

    /// `starts "x"`, `ends "x"`.
    private mutating func misspeltVerb() -> Reported? {
        for verb in ["starts", "ends"] where at(verb) && !ahead(1).isWord("with") {
            let next = ahead(1)
            let isNear =
                next.kind == .word && !next.isFirstOnLine && ahead(2).kind == .string
            return fail(
                "'with' is missing behind '\(verb)'",
                at: isNear ? range(ofNext: 2) : nil,
                fix: next.kind == .string
                    ? "write '\(verb) with' \(shortened(source.text(next.range), to: 40))"
                    : "did you mean '\(verb) with'?"
            )
        }
        return nil
    }

    /// `in 7 days`, `within 7 days`, `older than 7 days`, `7 days ago`, `today`.
    private mutating func misspeltTime(of subject: String) -> Reported? {
        if at("in") || at("within") || at("next") || at("last"), ahead(1).isQuantity,
            !ahead(1).isDate
        {
            let duration = spelledDuration(at: 1)
            let word = token.text
            if word == "next" || word == "last" {
                return fail("'in' is missing before '\(word)'", fix: "write in \(word) \(duration)")
            }
            return fail(
                "whether the time lies before or behind is missing",
                fix: "write in last \(duration), or in next \(duration)"
            )
        }
        if at("before"), ahead(1).isQuantity, !ahead(1).isDate {
            return fail(
                "'before' takes a date",
                fix: "write more than \(spelledDuration(at: 1)) ago"
            )
        }
        let slips = [
            ["older", "than"], ["longer", "than"], ["longer", "ago", "than"], ["at", "least"],
            ["over"], ["more", "then"],
        ]
        for words in slips where at(words) && ahead(words.count).isQuantity {
            let isTime = isUnit(ahead(words.count + 1))
            guard isTime else { continue }
            return fail(
                "how long ago at least is written 'more than … ago'",
                at: range(ofNext: words.count),
                fix: "write more than \(spelledDuration(at: words.count)) ago"
            )
        }
        if at("less", "than") || at("fewer", "than"), isUnit(ahead(3)) {
            return fail(
                "how long ago at most is written 'in last …'",
                at: range(ofNext: 2),
                fix: "write in last \(spelledDuration(at: 2))"
            )
        }
        if at("today") || at("yesterday") || at("this", "week") || at("this", "month")
            || at("this", "year")
        {
            return fail(
                "calendar windows go with events only, not with a value that is a time",
                fix: "write for example: \(subject) in last 1 day, or compare with a date"
            )
        }
        if at("ago") || at("birthday") {
            return fail(
                "'\(token.text)' does not fit here",
                fix: "write for example: anniversary in next 7 days"
            )
        }
        return nil
    }

    /// `contains any of (…)`, `contains ("a", "b")`.
    mutating func severalContained(in subject: String) -> Reported? {
        let isSeveral =
            at(symbol: "(") || at("any") || at("one", "of") || at("all") || at("both")
            || at("none", "of")
        guard isSeveral else { return nil }
        let isAll = at("all") || at("both")
        if at(symbol: "("), ahead(1).kind == .string, ahead(2).isSymbol(","),
            ahead(3).kind == .string, ahead(4).isSymbol(")")
        {
            let tests = [1, 3].map {
                "\(subject) contains \(shortened(source.text(ahead($0).range), to: 30))"
            }
            return fail(
                "'contains' takes one value",
                fix: "write (\(tests[0]) or \(tests[1]))"
            )
        }
        return fail(
            "'contains' takes one value",
            fix: "write \(subject) contains \"…\" \(isAll ? "and" : "or") \(subject) contains \"…\""
        )
    }

    /// `ignore case`, `ignoring the case`, `case insensitive`, behind a test.
    mutating func misspeltIgnoring() -> Reported? {
        guard token.kind == .word, !at("ignoring", "case") else { return nil }
        let slips = [
            ["ignoring", "the", "case"], ["ignore", "case"], ["ignores", "case"],
            ["case", "insensitive"],
            ["case", "insensitively"], ["ignoring", "cases"], ["ignoring", "upper", "case"],
            ["in", "any", "case"], ["without", "case"], ["ignoring"], ["ignorecase"],
            ["ignoringcase"],
        ]
        for words in slips where at(words) {
            return fail(
                "'\(words.joined(separator: " "))' is no form of the rule language",
                at: range(ofNext: words.count),
                fix: "did you mean 'ignoring case'?"
            )
        }
        return nil
    }

    /// What is wrong with `ignoring case` behind something else than a test of a text; nil where it
    /// does not stand here.
    var strayIgnoring: String? {
        at("ignoring") ? "'ignoring case' stands behind a value that is text" : nil
    }

    /// What follows `is` and is none of what may.
    mutating func misspeltState(of subject: String) -> Reported {
        let isNegated = ahead(1).isWord("not")
        let place = isNegated ? 2 : 1
        let next = ahead(place)
        let range = range(ofNext: place + 1)
        if next.kind == .string || next.isQuantity {
            let sign = isNegated ? "!=" : "="
            let value = shortened(source.text(next.range), to: 40)
            return fail("values are compared with signs", at: range, fix: "write \(sign) \(value)")
        }
        if next.isWord("in"), ahead(place + 1).isSymbol("(") {
            return fail(
                "a list of values is written 'one of (…)'",
                at: range,
                fix: "write '\(isNegated ? "not one of" : "one of")'"
            )
        }
        if next.isWord("true") || next.isWord("false") {
            return fail(
                "'is not \(next.text)' leaves open whether a missing value counts",
                at: range,
                fix: "write 'is \(next.isWord("true") ? "false" : "true")', or != \(next.text) "
                    + "where a missing value counts too"
            )
        }
        if ["empty", "null", "missing", "unset", "nil", "blank"].contains(next.text) {
            let form = isNegated ? "is set" : "is not set"
            return fail("a value is set or not set", at: range, fix: "write '\(form)'")
        }
        if at("is", "one", "of") || at("is", "not", "one", "of") {
            return fail(
                "'is' is left out before 'one of'",
                at: token.range,
                fix: "write \(subject) \(isNegated ? "not one of" : "one of") (…)"
            )
        }
        if next.kind == .word, let truth = ["yes": "true", "no": "false"][next.text.lowercased()] {
            return fail(
                "behind 'is' comes 'set', 'not set', 'true' or 'false'",
                at: range,
                fix: "write 'is \(truth)'"
            )
        }
        let near =
            next.kind == .word ? nearest(to: next.text, among: ["set", "true", "false"]) : nil
        if near == nil, isFurtherWord(next) {
            let text = shortened(source.text(next.range), to: 40)
            return fail(
                "values are compared with signs, and text is written in quotes",
                at: range,
                fix: "write \(isNegated ? "!=" : "=") \"\(text)\""
            )
        }
        return fail(
            "behind 'is' comes 'set', 'not set', 'true' or 'false'",
            at: range,
            fix: near.map { "did you mean 'is \(isNegated ? "not " : "")\($0)'?" }
        )
    }
}
