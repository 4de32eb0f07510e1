extension Lexer {
    /// Reads a bare word, or several that are joined as no word may be: `cart-abandoners`.
    mutating func word() {
        let start = mark
        skip(while: isWordPart)
        let first = spelling(from: start)
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

    private static let joinedKeywords: Set<String> = [
        "at least", "at most", "more than", "fewer than", "any of", "in last", "one of", "is set",
    ]

    /// Reads a mark; what is no mark of the language becomes the one that was probably meant.
    mutating func symbol() {
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
        skip { !isWordPart($0) && !Lexer.known.contains($0) }
        complain(
            from: start,
            "'\(shortened(spelling(from: start)))' does not belong to the rule language"
        )
        // The parser's own complaint about it falls on the same place and so is not shown.
        emit(.symbol, "?", from: start)
    }

    private func matches(_ text: String) -> Bool {
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
