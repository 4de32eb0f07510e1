extension Parser {
    /// `where`; nil where none stands here.
    mutating func whereClause() throws(Reported) -> FilterSyntax? {
        at("where") ? try predicate(behind: "where") : nil
    }

    /// One predicate behind its word, which comes next.
    mutating func predicate(behind word: String) throws(Reported) -> FilterSyntax {
        advance()
        let start = index
        let first = try predicate()
        var further: [FilterSyntax] = []
        while let word = jointWord, isPredicateStart(1) {
            takeJoint(word)
            further.append(try predicate())
        }
        guard !further.isEmpty else { return first }
        complain(
            range(from: start),
            "'\(word)' takes one condition: several need brackets around them",
            fix: "write \(word) (\(spelling(of: start..<index)))"
        )
        return .all([first] + further)
    }

    /// `filter`, in its brackets.
    private mutating func filter() -> FilterSyntax {
        let chain = self.chain { parser in
            do {
                return try parser.predicate()
            } catch {
                parser.skipCondition()
                return FilterSyntax.reported
            }
        } end: { parser in
            guard parser.jointWord == nil, !parser.at(symbol: ")") else { return }
            guard parser.token.kind != .end, !parser.startsClause, !parser.startsBlock else {
                return
            }
            parser.behindPredicate()
            parser.skipCondition()
        }
        guard chain.elements.count > 1 else { return chain.elements.first ?? .reported }
        return chain.isAlternative ? .any(chain.elements) : .all(chain.elements)
    }

    /// Reports what stands behind a predicate within its bracket and cannot.
    private mutating func behindPredicate() {
        let isWindow = at("in") || startsWindow
        if isWindow {
            complain(token.range, "the window stands behind the bracket of 'where'")
        } else if at(symbol: ",") {
            complain(
                token.range,
                "tests are joined with 'and' or 'or', not with a comma",
                fix: "write 'and' in its place"
            )
        } else if let message = strayIgnoring {
            complain(token.range, message)
        } else {
            complain(
                token.range,
                "\(tokenSpelling) does not fit here: tests are joined with 'and' or 'or'"
            )
        }
    }

    /// `( filter )`.
    mutating func bracketedFilter() throws(Reported) -> FilterSyntax {
        let open = token.range
        return try deeper { (parser) throws(Reported) in
            let commas = parser.commasEnd
            parser.commasEnd = 0
            defer { parser.commasEnd = commas }
            parser.advance()
            if parser.at(symbol: ")") {
                let error = parser.fail(
                    "a test is missing between the brackets",
                    at: open.lowerBound..<parser.token.range.upperBound,
                    fix: "write for example: (sku = \"A-1\")"
                )
                parser.advance()
                _ = error
                return .reported
            }
            let filter = parser.filter()
            guard parser.take(symbol: ")") else {
                throw parser.fail("this bracket is never closed", at: open, fix: "close it with )")
            }
            return filter
        }
    }

    /// `predicate`.
    private mutating func predicate() throws(Reported) -> FilterSyntax {
        if at(symbol: "(") { return try bracketedFilter() }
        if at("not"), !isTestStart(1) {
            return try deeper { (parser) throws(Reported) in
                parser.advance()
                return .not(try parser.predicate())
            }
        }
        for quantifier in ItemsSyntax.Quantifier.allCases
        where at(quantifier.rawValue) && ahead(1).isName && !isTestStart(1) {
            advance()
            if at("of"), ahead(1).isSymbol("(") {
                throw fail(
                    "'\(quantifier.rawValue) of' does not fit here: tests are joined with 'and' or 'or'",
                    at: previous.range
                )
            }
            let path = try path(of: "the name of a property")
            return .items(try items(quantifier, path))
        }
        if let error = misspeltItems() { throw error }
        if at("person"), ahead(1).isSymbol(".") {
            throw fail(
                "'where' looks at the event's own properties; attributes of the person are a "
                    + "condition of their own",
                at: range(ofNext: 2),
                fix: "write … and person.…"
            )
        }
        let start = index
        let path = try property()
        let subject = spelling(of: start..<index)
        if at("changed") || at("has", "changed") {
            throw fail(
                "'changed' goes with attributes of the person only",
                fix: "write person.… changed as a condition of its own"
            )
        }
        return .property(path, try test(of: subject))
    }

    /// Whether a predicate begins so many tokens on that could not begin a condition.
    func isPredicateStart(_ count: Int) -> Bool {
        var offset = count
        // A bound, for this may be asked at every bracket.
        while offset < 16, ahead(offset).isSymbol("(") || ahead(offset).isWord("not") {
            offset += 1
        }
        if ["any", "every", "no"].contains(where: { ahead(offset).isWord($0) }),
            isBracketBehindPath(offset + 1)
        {
            return !ahead(offset + 1).isWord("of") && !ahead(offset + 1).isWord("person")
        }
        guard ahead(offset).isName, !ahead(offset).isWord("person"), !ahead(offset).isWord("event")
        else { return false }
        while ahead(offset + 1).isSymbol("."), ahead(offset + 2).isName, offset < 256 {
            offset += 2
        }
        return isTestStart(offset + 1)
    }

    /// Whether a test begins so many tokens on that could not be a window.
    func isTestStart(_ count: Int) -> Bool {
        let first = ahead(count)
        let second = ahead(count + 1)
        if first.kind == .symbol { return Comparison(rawValue: first.text) != nil }
        guard first.kind == .word else { return false }
        switch first.text {
        case "is", "contains": return true
        case "like": return second.kind == .string
        case "one": return second.isWord("of")
        case "not": return second.isWord("one") && ahead(count + 2).isWord("of")
        case "starts", "ends": return second.isWord("with")
        case "between":
            return second.isNumber && ahead(count + 2).isWord("and") && ahead(count + 3).isNumber
                && DurationText.milliseconds(of: ahead(count + 4).text) == nil
        default: return false
        }
    }
}
