extension Parser {
    /// `(filter)` behind `any path`.
    ///
    /// - Parameter lead: what stands before the path in the text.
    mutating func items(
        _ quantifier: ItemsSyntax.Quantifier,
        _ path: [TextSyntax],
        lead: String = ""
    ) throws(Reported) -> ItemsSyntax {
        let list = lead + shortened(path.map(\.text).joined(separator: "."), to: 40)
        if take("where") {
            complain(
                previous.range,
                "'where' is left out before the bracket",
                fix: "write \(quantifier.rawValue) \(list) (…)"
            )
        }
        guard at(symbol: "(") else { throw missingItems(quantifier, list) }
        return ItemsSyntax(quantifier: quantifier, path: path, filter: try bracketedFilter())
    }

    private mutating func missingItems(_ quantifier: ItemsSyntax.Quantifier, _ list: String)
        -> Reported
    {
        if at("in"), isBracketBehindPath(1) {
            var end = 2
            while ahead(end).isSymbol(".") { end += 2 }
            let list = spelling(of: index + 1..<index + end, charactersMax: 40)
            return fail(
                "the list stands directly behind '\(quantifier.rawValue)'",
                at: range(ofNext: end),
                fix: "write \(quantifier.rawValue) \(list) (…)"
            )
        }
        if token.kind == .symbol, Comparison(rawValue: token.text) != nil,
            ahead(1).kind == .string
                || ahead(1).isQuantity, quantifier == .any
        {
            let value = shortened(source.text(ahead(1).range), to: 40)
            if let dot = list.lastIndex(of: "."), list[..<dot] != "person" {
                return fail(
                    "'any' takes a bracket with tests of the items' fields",
                    at: range(ofNext: 2),
                    fix:
                        "write any \(list[..<dot]) (\(list[dot...].dropFirst()) \(token.text) \(value))"
                )
            }
            return fail(
                "'any' takes a bracket with tests of the items' fields",
                at: range(ofNext: 2),
                fix: "write any \(list) (field \(token.text) \(value)); "
                    + "an element of a plain list: \(list) contains \(value)"
            )
        }
        return fail(
            "'\(quantifier.rawValue)' takes a bracket with tests of the items' fields \(beforeToken)",
            fix: "write for example: \(quantifier.rawValue) \(list) (sku = \"A-1\" and qty >= 2)"
        )
    }

    /// `all items (…)`, `items (…)`, `some items (…)`, where a predicate begins.
    mutating func misspeltItems() -> Reported? {
        guard token.isName else { return nil }
        let slips = ["all": "every", "each": "every", "some": "any", "none": "no", "one": "any"]
        if token.kind == .word, let meant = slips[token.text], ahead(1).isName,
            isBracketBehindPath(1), !ahead(1).isWord("of")
        {
            return fail(
                "'\(token.text)' is no word of the rule language here",
                fix: "did you mean '\(meant)'?"
            )
        }
        guard isBracketBehindPath(0), !at("not"), !at("any"), !at("every"), !at("no") else {
            return nil
        }
        let name = shortened(source.text(token.range), to: 40)
        return fail(
            "'any', 'every' or 'no' is missing before '\(name) (…)'",
            fix: "write any \(name) (…)"
        )
    }

    /// Whether a path begins so many tokens on, with a bracket behind it.
    func isBracketBehindPath(_ count: Int) -> Bool {
        guard ahead(count).isName else { return false }
        var offset = count
        while ahead(offset + 1).isSymbol("."), ahead(offset + 2).isName, offset < 256 {
            offset += 2
        }
        return ahead(offset + 1).isSymbol("(")
    }
}
