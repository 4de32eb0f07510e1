extension Parser {
    /// The error for where a test should begin and something else was written for it.
    mutating func missingTest(of subject: String) -> Reported {
        if let error = capitalTest() { return error }
        if token.kind == .word {
            for (words, meant) in Parser.testSlips where at(words) {
                return fail(
                    "'\(words.joined(separator: " "))' is no test of the rule language",
                    at: range(ofNext: words.count),
                    fix: "did you mean '\(meant)'?"
                )
            }
            if at("in"), ahead(1).isSymbol("(") {
                return fail(
                    "a list of values is written 'one of (…)'",
                    fix: "did you mean 'one of'?"
                )
            }
            if at("not", "in"), ahead(2).isSymbol("(") {
                return fail(
                    "a list of values is written 'not one of (…)'",
                    at: range(ofNext: 2),
                    fix: "did you mean 'not one of'?"
                )
            }
            if let near = nearest(to: token.text, among: Parser.tests), near != token.text {
                return fail(
                    "\(tokenSpelling) is no test of the rule language",
                    fix: "did you mean '\(near)'?"
                )
            }
            if at("set") || at("true") || at("false") {
                return fail("'is' is missing here", fix: "write 'is \(token.text)'")
            }
            if at("one") || at("not") {
                return fail(
                    "\(tokenSpelling) does not fit here",
                    fix: "write = \"…\", or one of (…), or not one of (…)"
                )
            }
        }
        if token.kind == .string || token.isQuantity {
            let value = shortened(source.text(token.range), to: 40)
            return fail("a sign such as '=' is missing before \(value)", fix: "write = \(value)")
        }
        return fail(
            "a test of \(subject) is missing \(beforeToken)",
            fix: "write for example: \(subject) = \"…\", or \(subject) is set"
        )
    }

    static let tests = [
        "is", "is set", "is not set", "is true", "is false", "one of", "not one of", "between",
        "before", "after", "contains", "starts with", "ends with", "like", "anniversary", "changed",
    ]

    /// What people write for a test, and the test that they mean.
    static let testSlips: [(words: [String], meant: String)] = [
        (["equals"], "="), (["equal", "to"], "="), (["eq"], "="), (["not", "equal"], "!="),
        (["at", "least"], ">="), (["at", "most"], "<="), (["more", "than"], ">"),
        (["greater", "than"], ">"), (["less", "than"], "<"), (["fewer", "than"], "<"),
        (["exactly"], "="), (["over"], ">"), (["under"], "<"), (["above"], ">"), (["below"], "<"),
        (["exists"], "is set"), (["any", "of"], "one of"), (["none", "of"], "not one of"),
        (["not", "between"], "not … between"), (["since"], "after"), (["on"], "="),
        (["not", "set"], "is not set"), (["has"], "="), (["includes"], "contains"),
        (["begins", "with"], "starts with"), (["matches"], "like"),
    ]

    /// `<= now() + 14 days`: a time that is compared with the present.
    private mutating func comparedWithNow(_ sign: String) -> Reported? {
        let names = ["now", "today", "getdate", "sysdate", "current_date", "current_timestamp"]
        guard names.contains(token.text.lowercased()) else { return nil }
        var place = 1
        if ahead(1).isSymbol("("), ahead(2).isSymbol(")") { place = 3 }
        guard place == 3 || ahead(1).isQuantity || token.text.lowercased() == "now" else {
            return nil
        }
        // The sign between may be a token too.
        if !ahead(place).isQuantity, ahead(place + 1).isQuantity { place += 1 }
        let between = source.text(token.range.lowerBound..<ahead(place).range.lowerBound)
        let isDuration = ahead(place).isQuantity && isUnit(ahead(place + 1))
        let duration = isDuration ? spelledDuration(at: place) : "14 days"
        let isAhead = between.contains("+")
        let isEarlier = sign.hasPrefix("<")
        let form =
            switch (isDuration, isAhead, isEarlier) {
            case (false, _, _): "in next 14 days, in last 14 days or more than 14 days ago"
            case (true, true, _): "in next \(duration)"
            case (true, false, true): "more than \(duration) ago"
            case (true, false, false): "in last \(duration)"
            }
        return fail(
            "times are compared with the present without a sign",
            at: range(ofNext: place),
            fix: "write \(form) in place of '\(sign)' and what follows"
        )
    }

    /// The error for where a value should stand.
    mutating func missingLiteral(after sign: String) -> Reported {
        let spelled = shortened(token.text, to: 40)
        switch token.kind {
        case .word:
            if ["true", "false"].contains(token.text.lowercased()) {
                return fail(
                    "'\(spelled)' is written in small letters",
                    fix: "did you mean '\(spelled.lowercased())'?"
                )
            }
            if spelled.first == "$", spelled.dropFirst().allSatisfy({ ("0"..."9").contains($0) }),
                spelled.count > 1
            {
                return fail("a number has no currency sign", fix: "write \(spelled.dropFirst())")
            }
            if Reserved.joining.contains(token.text) || startsClause || startsBlock { break }
            if let truth = ["yes": "true", "no": "false"][spelled.lowercased()] {
                return fail(
                    "text is written in quotes, and yes or no as 'is true' or 'is false'",
                    fix: "write 'is \(truth)' in place of '\(sign) \(spelled)', or \"\(spelled)\" "
                        + "where the value is text"
                )
            }
            if let error = comparedWithNow(sign) { return error }
            let (text, count) = unquotedText()
            return fail(
                "text is written in quotes",
                at: range(ofNext: count),
                fix: "write \"\(text)\""
            )
        case .symbol where token.text == "(":
            return fail(
                "one value stands here; several are written one of (…)",
                fix: "write one of (…)"
            )
        case .symbol where token.text == "." && ahead(1).isNumber:
            return fail(
                "a number has a digit before its point",
                at: range(ofNext: 2),
                fix: "write 0.\(shortened(source.text(ahead(1).range), to: 30))"
            )
        case .span:
            return fail(
                "a duration is no value that an event or a person can have",
                fix: "write a number, a date, or text in quotes"
            )
        default: break
        }
        return fail(
            "a value is missing after '\(sign)'",
            fix: "write text in quotes, a number, a date, true or false"
        )
    }
}
