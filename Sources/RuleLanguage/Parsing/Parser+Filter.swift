extension Parser {
    /// `where`; nil where none stands here.
    mutating func whereClause() throws(Reported) -> FilterSyntax? {
        guard take("where") else { return nil }
        let start = index
        let first = try predicate()
        var further: [FilterSyntax] = []
        while at("and") || at("or"), isPredicateStart(1) {
            advance()
            further.append(try predicate())
        }
        guard !further.isEmpty else { return first }
        complain(
            range(from: start),
            "'where' takes one condition: several need brackets around them",
            fix: "write where (\(spelling(of: start..<index)))"
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
            guard !parser.at("and"), !parser.at("or"), !parser.at(symbol: ")") else { return }
            guard parser.token.kind != .end, !parser.startsClause, !parser.startsBlock else {
                return
            }
            let isWindow = parser.at("in") || parser.at("ever")
            parser.complain(
                parser.token.range,
                isWindow
                    ? "the window stands behind the bracket of 'where'"
                    : "\(parser.tokenSpelling) does not fit here: tests are joined with 'and' or 'or'"
            )
            parser.skipCondition()
        }
        guard chain.elements.count > 1 else { return chain.elements.first ?? .reported }
        return chain.isAlternative ? .any(chain.elements) : .all(chain.elements)
    }

    /// `predicate`.
    private mutating func predicate() throws(Reported) -> FilterSyntax {
        if at(symbol: "(") {
            let open = token.range
            return try deeper { (parser) throws(Reported) in
                parser.advance()
                let filter = parser.filter()
                guard parser.take(symbol: ")") else {
                    throw parser.fail(
                        "this bracket is never closed",
                        at: open,
                        fix: "close it with )"
                    )
                }
                return filter
            }
        }
        if at("not"), !isTestStart(1) {
            return try deeper { (parser) throws(Reported) in
                parser.advance()
                return .not(try parser.predicate())
            }
        }
        for word in ["any", "every", "no"] where at(word) && ahead(1).isName && !isTestStart(1) {
            throw unavailable("\(word) … (…)", tokens: 1)
        }
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
        return .property(path, try test(of: spelling(of: start..<index)))
    }

    /// Whether a predicate begins so many tokens on that could not begin a condition.
    func isPredicateStart(_ count: Int) -> Bool {
        var offset = count
        // A bound, for this may be asked at every bracket.
        while offset < 16, ahead(offset).isSymbol("(") || ahead(offset).isWord("not") {
            offset += 1
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
