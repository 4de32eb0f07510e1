extension Parser {
    /// `person.path test`.
    mutating func attribute() throws(Reported) -> AttributeSyntax {
        let start = index
        advance()
        guard take(symbol: ".") else {
            if token.isName, !isTestStart(0) {
                throw fail(
                    "an attribute is written with a dot, and without spaces",
                    at: range(from: start).lowerBound..<token.range.upperBound,
                    fix: "write person.\(shortened(source.text(token.range), to: 40))"
                )
            }
            throw fail(
                "'person' needs the name of an attribute",
                at: tokens[start].range,
                fix: "write for example: person.plan = \"pro\""
            )
        }
        let path = try path(of: "the name of an attribute")
        return AttributeSyntax(path: path, test: try test(of: spelling(of: start..<index)))
    }
}
