import EventModel

/// What stands behind `where`: one case for each form of the grammar.
indirect enum FilterSyntax {
    case all([FilterSyntax])
    case any([FilterSyntax])
    case not(FilterSyntax)
    case property([TextSyntax], TestSyntax)
    /// What was reported and skipped.
    case reported
}

/// A test of one value: one case for each form of the grammar.
enum TestSyntax {
    case compare(Comparison, LiteralSyntax)
    /// `is set` and `is not set`.
    case isSet(Bool)
    /// `is true` and `is false`.
    case isTruth(Bool)
    case oneOf([LiteralSyntax], isNegated: Bool)
    case betweenNumbers(NumberSyntax, NumberSyntax)
    case betweenDates(LiteralSyntax, LiteralSyntax)
    case before(LiteralSyntax)
    case after(LiteralSyntax)
}

/// The sign between a value and a literal.
enum Comparison: String {
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
}

/// A value as written; nil where the lexer reported it.
struct LiteralSyntax {
    var value: ValueLiteral?
    var range: Range<Int>
}
