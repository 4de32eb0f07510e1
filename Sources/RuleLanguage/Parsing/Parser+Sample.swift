extension Parser {
    /// `10% sample "salt"`; nil where no sample begins.
    mutating func sample() throws(Reported) -> SampleSyntax? {
        if let error = misspeltSample() { throw error }
        guard case .number(let value) = token.kind, ahead(1).isSymbol("%") else { return nil }
        let percent = NumberSyntax(value: value, range: token.range)
        let shown = "\(shortened(source.text(token.range), to: 20))% sample"
        advance(2)
        guard take("sample") else {
            if token.kind == .word, nearest(to: token.text, among: ["sample"]) != nil {
                throw fail(
                    "\(tokenSpelling) is no word of the rule language",
                    fix: "did you mean 'sample'?"
                )
            }
            if at("of") {
                let start = tokens[max(index - 2, 0)].range.lowerBound
                var count = 1
                while count < 4, ahead(count).kind == .word, !ahead(count).isFirstOnLine,
                    jointWord(at: count) == nil
                {
                    count += 1
                }
                throw fail(
                    "a share of people is written 'sample', with a name in quotes",
                    at: start..<ahead(count - 1).range.upperBound,
                    fix: "write for example: \(shown) \"newsletter test\""
                )
            }
            throw fail(
                "'sample' is missing \(beforeToken)",
                at: token.kind == .string ? token.range : nil,
                fix: token.kind == .string
                    ? "write \(shown) \(tokenSpelling)"
                    : "write for example: \(shown) \"newsletter test\""
            )
        }
        guard token.kind == .string else {
            if token.kind == .word, !startsClause, !startsBlock, !token.isFirstOnLine,
                !Reserved.joining.contains(token.text), !at("of")
            {
                throw fail(
                    "the name of a sample is written in quotes",
                    fix: "write \(shown) \"\(shortened(token.text, to: 40))\""
                )
            }
            throw fail(
                "a sample needs a name in quotes: another name gives another share of people",
                at: previous.range,
                fix: "write for example: \(shown) \"newsletter test\""
            )
        }
        advance()
        return SampleSyntax(
            percent: percent,
            salt: TextSyntax(text: previous.text, range: previous.range)
        )
    }

    /// `sample 10%`, `sample of 10%`, `10 percent sample`, `10 sample`.
    private mutating func misspeltSample() -> Reported? {
        let order = "write for example: 10% sample \"newsletter test\""
        if at("sample") || at("random") {
            let place = [1, 2, 3].first { ahead($0).isNumber && ahead($0 + 1).isSymbol("%") }
            guard let place, place == 1 || ahead(1).kind == .word || ahead(1).isSymbol("(") else {
                return nil
            }
            return fail(
                "the share stands before 'sample'",
                at: range(ofNext: place + 2),
                fix: "write for example: \(shortened(source.text(ahead(place).range), to: 20))% "
                    + "sample \"newsletter test\""
            )
        }
        guard token.isNumber else { return nil }
        if ahead(1).isWord("percent") || ahead(1).isWord("per") {
            let share = shortened(source.text(token.range), to: 20)
            return fail(
                "'percent' is written '%'",
                at: ahead(1).range,
                fix: "write for example: \(share)% sample \"newsletter test\""
            )
        }
        if ahead(1).isWord("sample") {
            return fail("'%' is missing before 'sample'", at: ahead(1).range, fix: order)
        }
        return nil
    }
}
