extension Parser {
    /// `segment`.
    mutating func segment() throws(Reported) -> SegmentSyntax {
        let keyword = token.range
        let end = index > 0 ? previous.range.upperBound : 0
        advance()
        var segment = SegmentSyntax(name: try segmentName(after: keyword))
        (segment.start, segment.previousEnd) = (keyword.lowerBound, end)
        nameOfSeveralWords(&segment.name)
        if token.kind == .string { segment.title = text() }
        var hasCondition = false
        while token.kind != .end, !atBlock {
            do {
                try clause(of: &segment, hasCondition: &hasCondition)
            } catch { skipClause() }
        }
        if !hasCondition {
            complain(
                keyword,
                "segment '\(shortened(segment.name.text))' does not say who is in it",
                fix: "add a line such as: when order_completed in last 30 days"
            )
        }
        return segment
    }

    private mutating func segmentName(after keyword: Range<Int>) throws(Reported) -> TextSyntax {
        let isClause =
            token.isWord("when") && !ahead(1).isWord("when") && !ahead(1).isWord("note")
            && ahead(1).kind != .string
        guard token.isName, !isClause else {
            let error = fail(
                "this segment has no name",
                at: keyword,
                fix: "write for example: segment cart_abandoners"
            )
            guard startsClause || token.isName else { throw error }
            return TextSyntax(text: "", range: keyword)
        }
        return try name(of: "the name of a segment")
    }

    private mutating func text() -> TextSyntax {
        advance()
        return TextSyntax(text: previous.text, range: previous.range)
    }

    private mutating func clause(
        of segment: inout SegmentSyntax,
        hasCondition: inout Bool
    ) throws(Reported) {
        marks?[index] = .clause
        if at("when") {
            if hasCondition {
                complain(
                    token.range,
                    "a segment has one 'when', and this is the second",
                    fix: "write 'and' or 'or' in its place"
                )
            }
            advance()
            if parts != nil { parts = [] }
            let condition = self.condition()
            if !hasCondition {
                segment.condition = condition
                segment.parts = parts ?? []
            }
            hasCondition = true
        } else if at("note") {
            if segment.note != nil {
                complain(token.range, "a segment has one 'note', and this is the second")
            }
            advance()
            guard token.kind == .string else {
                throw unquotedNote()
            }
            segment.note = text()
        } else if at("expect") {
            segment.expectations.append(try expectation(isOfEvent: false))
        } else {
            try misplacedClause(of: &segment, hasCondition: &hasCondition)
        }
    }

    /// Reports what is no clause, and reads it as the clause that was probably meant.
    private mutating func misplacedClause(
        of segment: inout SegmentSyntax,
        hasCondition: inout Bool
    ) throws(Reported) {
        if token.kind == .string {
            let error = fail(
                "a text stands only behind the segment's name, as its title, or behind 'note'",
                fix: segment.note == nil ? "write note \(tokenSpelling)" : nil
            )
            advance()
            throw error
        }
        let words = Reserved.clauses + Reserved.blocks
        let near = token.kind == .word ? nearest(to: token.text, among: words) : nil
        let isForgotten = near == nil && !hasCondition && (token.isName || at(symbol: "("))
        let error = fail(
            "\(tokenSpelling) does not belong here: a segment has 'when' and 'note'",
            fix: near.map { "did you mean '\($0)'?" }
                ?? (isForgotten ? "write 'when' before the condition" : nil)
        )
        if near == "when" { advance() }
        guard !hasCondition, isForgotten || near == "when" else {
            advance()
            throw error
        }
        segment.condition = condition()
        hasCondition = true
    }
}
