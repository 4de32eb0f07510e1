extension Lexer {
    /// Reads a bare word, or several that are joined as no word may be: `cart-abandoners`.
    mutating func word() {
        let start = mark
        skip(while: isWordPart)
        let first = spelling(from: start)
        if contraction(first, from: start) || peek() == "*" && pattern(from: start) { return }
        var parts = [first]
        while let joint = peek(), "-:/@".unicodeScalars.contains(joint), let next = peek(1),
            isWordPart(next)
        {
            advance()
            let part = mark
            skip(while: isWordPart)
            parts.append(spelling(from: part))
        }
        guard parts.count > 1 else {
            emit(.word, first, from: start)
            return
        }
        let spelled = spelling(from: start)
        let words = parts.joined(separator: " ")
        if Lexer.joinedKeywords.contains(words) {
            complain(
                from: start,
                "'\(spelled)' is two words of the rule language",
                fix: "write '\(words)'"
            )
            for part in parts { emit(.word, part, from: start) }
        } else {
            complain(
                from: start,
                "a name with other signs than letters, digits, '_' and '$' is written in quotes",
                fix: "write \"\(shortened(spelled))\""
            )
            emit(.string, spelled, from: start)
        }
    }

    /// Reads the rest of `doesn't`: two words, with a complaint.
    private mutating func contraction(_ first: String, from start: Int) -> Bool {
        let verbs = ["doesn": "does", "don": "do", "isn": "is", "didn": "did", "hasn": "has"]
        guard let verb = verbs[first], peek() == "'" || peek() == "’", peek(1) == "t",
            peek(2).map(isWordPart) != true
        else { return false }
        advance(2)
        complain(
            from: start,
            "'\(spelling(from: start))' is no word of the rule language",
            fix: verb == "is"
                ? "write 'is not'"
                : "write 'no' before the name of the event, or 'not' before the condition"
        )
        emit(.word, verb, from: start)
        emit(.word, "not", from: start)
        return true
    }

    /// Reads the rest of `shop_*` or `*@example.com`, as the text that it should be.
    mutating func pattern(from start: Int) -> Bool {
        let signs = "*@.-".unicodeScalars
        var length = 0
        while length < Limits.nameBytesMax, let scalar = peek(length),
            isWordPart(scalar) || signs.contains(scalar)
        {
            length += 1
        }
        guard length > 0 else { return false }
        advance(length)
        let spelled = spelling(from: start).replacing("%", with: "*")
        complain(
            from: start,
            "a pattern is written in quotes",
            fix: "write \"\(shortened(spelled))\""
        )
        emit(.string, spelled, from: start)
        return true
    }

    private static let joinedKeywords: Set<String> = [
        "at least", "at most", "more than", "fewer than", "any of", "in last", "one of", "is set",
    ]

    /// Reads a mark; what is no mark of the language becomes the one that was probably meant.
    mutating func symbol() {
        if leftOut() { return }
        let start = mark
        for (spelled, meant) in Lexer.symbols where matches(spelled) {
            advance(spelled.unicodeScalars.count)
            if spelled != meant {
                complain(
                    from: start,
                    "'\(spelled)' is no word of the rule language",
                    fix: "write '\(meant)'"
                )
            }
            emit(
                isWordStart(meant.unicodeScalars.first ?? " ") ? .word : .symbol,
                meant,
                from: start
            )
            return
        }
        advance()
        if spelling(from: start) == "*", pattern(from: start) { return }
        skip { !isWordPart($0) && !Lexer.known.contains($0) }
        let isOperator = ["+", "-", "*", "/"].contains(spelling(from: start))
        complain(
            from: start,
            "'\(shortened(spelling(from: start)))' does not belong to the rule language",
            fix: isOperator ? "rules do not calculate: write the result" : nil
        )
        // The parser's own complaint about it falls on the same place and so is not shown.
        emit(.symbol, "?", from: start)
    }

    func matches(_ text: String) -> Bool {
        for (offset, scalar) in text.unicodeScalars.enumerated() where peek(offset) != scalar {
            return false
        }
        return true
    }

    /// As it is spelled, and as it should be; the longer before the shorter.
    private static let symbols: [(String, String)] = [
        ("==", "="), ("!=", "!="), ("<=", "<="), (">=", ">="), ("<>", "!="), ("=<", "<="),
        ("=>", ">="), ("≠", "!="), ("≤", "<="), ("≥", ">="), ("&&", "and"), ("||", "or"),
        ("&", "and"), ("|", "or"), ("!", "not"), ("=", "="), ("<", "<"), (">", ">"), ("(", "("),
        (")", ")"), ("[", "["), ("]", "]"), (",", ","), (".", "."), ("%", "%"),
    ]

    /// Where a run of strange signs ends.
    private static let known = Set("=!<>≠≤≥&|()[],.%\"'“”„‘’# \t\r\n\u{A0}".unicodeScalars)
}
