extension Parser {
    /// `condition`; what is wrong in it is reported, and the rest parsed.
    mutating func condition() -> ConditionSyntax {
        let chain = self.chain { parser in
            parser.held()
        } end: { parser in
            parser.endOfFact()
        }
        guard chain.elements.count > 1 else { return chain.elements.first ?? .reported }
        return chain.isAlternative ? .any(chain.elements) : .all(chain.elements)
    }

    /// `held`.
    private mutating func held() -> ConditionSyntax {
        guard parts != nil else { return heldPart() }
        let (start, place) = (index, parts?.count ?? 0)
        let condition = heldPart()
        let part = PartSyntax(
            depth: openBrackets,
            text: spelling(of: start..<index, charactersMax: 200),
            range: range(from: start),
            condition: condition
        )
        // Before those within it.
        parts?.insert(part, at: place)
        return condition
    }

    private mutating func heldPart() -> ConditionSyntax {
        do {
            let isNegated = take("not")
            if isNegated, at("not") {
                complain(token.range, "'not' stands twice", fix: "leave both out")
                while take("not") {}
            }
            let fact = try fact()
            let condition = isNegated ? ConditionSyntax.not(fact) : fact
            return try held(condition) ?? condition
        } catch {
            skipCondition()
            return .reported
        }
    }

    /// `fact`: the first words tell which form it is.
    private mutating func fact() throws(Reported) -> ConditionSyntax {
        if at(symbol: "(") { return try bracket() }
        if let error = missingFact() { throw error }
        if take("everyone") { return .everyone }
        if let membership = try membership() { return membership }
        if let person = try person() { return person }
        if let error = misspeltSomeLead() ?? misspeltAnniversary() { throw error }
        if let sample = try sample() { return .sample(sample) }
        if let figure = startingFigure { return .aggregate(try aggregate(figure)) }
        if startsExtreme { return .extreme(try extreme()) }
        if let error = misspeltExtremeLead() { throw error }
        return try counted()
    }

    /// `( condition )`.
    private mutating func bracket() throws(Reported) -> ConditionSyntax {
        let open = token.range
        return try deeper { (parser) throws(Reported) in
            parser.advance()
            let commas = parser.commasEnd
            parser.openBrackets += 1
            parser.commasEnd = 0
            let condition = parser.condition()
            parser.openBrackets -= 1
            parser.commasEnd = commas
            guard parser.take(symbol: ")") else {
                throw parser.fail("this bracket is never closed", at: open, fix: "close it with )")
            }
            return condition
        }
    }

    /// Whether the word before joins conditions.
    private var jointBefore: Bool { previous.isWord("and") || previous.isWord("or") }

    /// The error for where no condition begins.
    private mutating func missingFact() -> Reported? {
        if at("when"), jointBefore, !ahead(1).isFirstOnLine {
            complain(token.range, "'when' is said once, before all conditions", fix: "leave it out")
            advance()
            return nil
        }
        if at("then"), previous.isWord("and") {
            return fail("'then' joins two events without 'and'", fix: "leave 'and' out")
        }
        let joints: Set<String> = ["and", "or"]
        let isJoint = token.kind == .word && joints.contains(token.text)
        let isWord = token.kind == .word && !isJoint
        guard
            token.kind == .end || isJoint || at(symbol: ")") || isWord && startsBlock
                || at(symbol: ",") && commasEnd > 0
                || startsClause
        else { return nil }
        let before = previous
        let isFirst = joints.contains(before.text) || before.isWord("when") || before.isWord("not")
        guard before.kind == .word, isFirst else {
            return fail("a condition is missing \(beforeToken)")
        }
        if isJoint {
            return fail(
                "a condition is missing between '\(before.text)' and \(tokenSpelling)",
                fix: "leave out one of the two words, or write the condition between them"
            )
        }
        return fail("a condition is missing after '\(before.text)'", at: before.range)
    }
}
