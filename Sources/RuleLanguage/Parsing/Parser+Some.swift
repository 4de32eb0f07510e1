extension Parser {
    /// `of (condition, …)` behind its count.
    mutating func some(of count: CountSyntax) throws(Reported) -> SomeSyntax {
        advance()
        let errors = complaints.count
        if let meant = Parser.someCount(count) {
            complain(
                count.range,
                "how many of several conditions hold is written 'at least', 'at most' or 'exactly'",
                fix: meant.isEmpty ? nil : "write \(meant)"
            )
        }
        let conditions = try deeper { (parser) throws(Reported) in
            let brackets = parser.openBrackets
            parser.openBrackets += 1
            parser.commasEnd += 1
            defer {
                parser.openBrackets = brackets
                parser.commasEnd -= 1
            }
            return try parser.list(of: "conditions") { (parser) throws(Reported) in
                parser.condition()
            }
        }
        return SomeSyntax(
            count: count,
            conditions: conditions,
            isWhole: complaints.count == errors
        )
    }

    /// What to write for a count that does not go with conditions; nil for one that does.
    private static func someCount(_ count: CountSyntax) -> String? {
        switch count.form {
        case .atLeast, .atMost, .exactly: return nil
        case .no: return "not (… or …)"
        case .moreThan(let number):
            return number.value?.smallWhole.map { "at least \($0 + 1) of (…)" } ?? ""
        case .fewerThan(let number):
            return number.value?.smallWhole.map { "at most \(max($0 - 1, 0)) of (…)" } ?? ""
        case .between(let low, let high):
            guard let low = low.value, let high = high.value else { return "" }
            return "at least \(low) of (…) and at most \(high) of (…)"
        }
    }

    /// `at least 2 (a, b)`: a count of conditions without `of`.
    mutating func misspeltSome(_ count: CountSyntax) -> Reported? {
        if at(symbol: "(") {
            return fail(
                "'of' is missing before the bracket",
                fix: "write \(shortened(source.text(count.range), to: 30)) of (…, …)"
            )
        }
        guard at("of") else { return nil }
        if isFurtherWord(ahead(1)), !ahead(1).isFirstOnLine, !ahead(1).isWord("the"),
            !ahead(1).isWord("these"), !ahead(1).isWord("following")
        {
            return fail(
                "a bracket with conditions is missing behind 'of'",
                fix: "write \(shortened(source.text(count.range), to: 30)) of (…, …)"
            )
        }
        for words in [
            ["of", "the", "following"], ["of", "these"], ["of", "the"], ["of", "following"],
        ]
        where at(words) && ahead(words.count).isSymbol("(") {
            return fail(
                "several conditions are written 'of (…, …)'",
                at: range(ofNext: words.count),
                fix: "write \(shortened(source.text(count.range), to: 30)) of (…, …)"
            )
        }
        return nil
    }

    /// `2 of (…)`, `all of (…)`, `none of (…)`, `one of (…)` where a condition begins.
    mutating func misspeltSomeLead() -> Reported? {
        guard ahead(1).isWord("of"), ahead(2).isSymbol("(") else { return nil }
        if token.isNumber {
            let number = shortened(source.text(token.range), to: 20)
            return fail(
                "how many of several conditions hold is written 'at least', 'at most' or 'exactly'",
                fix: "write 'at least \(number) of' or 'exactly \(number) of'"
            )
        }
        let slips = [
            "all": "join them with 'and'", "every": "join them with 'and'",
            "each": "join them with 'and'",
            "none": "write not (… or …)", "either": "join them with 'or'",
            "one": "write at least 1 of (…), or exactly 1 of (…)",
            "some": "write at least 1 of (…)", "both": "join them with 'and'",
            "two": "write at least 2 of (…), or exactly 2 of (…)",
            "most": "write at least 2 of (…)",
        ]
        guard token.kind == .word, let fix = slips[token.text] else { return nil }
        return fail(
            "'\(token.text) of (…)' is no form of the rule language",
            at: range(ofNext: 2),
            fix: fix
        )
    }

    /// `anniversary of person.birthday in next 5 days`.
    mutating func misspeltAnniversary() -> Reported? {
        guard at("anniversary", "of") || at("birthday", "of"), ahead(2).isName else { return nil }
        var end = 3
        while ahead(end).isSymbol("."), ahead(end + 1).isName { end += 2 }
        let path = spelling(of: index + 2..<index + end, charactersMax: 40)
        let isWindowed = ahead(end).isWord("in") && ahead(end + 1).isWord("next")
        let duration = isWindowed ? spelledDuration(at: end + 2) : "7 days"
        let attribute = path.hasPrefix("person.") ? path : "person.\(path)"
        return fail(
            "an anniversary stands behind the attribute",
            at: range(ofNext: end),
            fix: "write \(attribute) anniversary in next \(duration)"
        )
    }

    /// A condition in the brackets of `any of`, where events stand.
    mutating func conditionInEvents() -> Reported? {
        let isCondition =
            at("person") && ahead(1).isSymbol(".") || at("in", "segment") || at("in", "list")
            || at("no") || at("not") || at("at", "least") || at("at", "most") || at("everyone")
        let isWindowed =
            token.isName
            && (ahead(1).isWord("in") && ahead(2).isWord("last") || ahead(1).isWord("where"))
            && !Reserved.events.contains(token.text)
        guard isCondition || isWindowed else { return nil }
        return fail(
            isWindowed
                ? "'any of (…)' takes names of events; 'where' and the window stand behind it"
                : "'any of (…)' takes names of events",
            at: isWindowed ? ahead(1).range : nil,
            fix: "several conditions are written at least 1 of (…, …), or joined with 'or'"
        )
    }
}
