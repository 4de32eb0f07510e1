import EventModel

/// What stands behind `where`: one case for each form of the grammar.
indirect enum FilterSyntax {
    case all([FilterSyntax])
    case any([FilterSyntax])
    case not(FilterSyntax)
    case property([TextSyntax], TestSyntax)
    /// `any path (…)`.
    case items(ItemsSyntax)
    /// What was reported and skipped.
    case reported
}

/// `any path (filter)`: conditions on the items of a list.
struct ItemsSyntax {
    enum Quantifier: String, CaseIterable {
        case any
        case every
        case no
    }

    var quantifier: Quantifier
    var path: [TextSyntax]
    var filter: FilterSyntax
}

/// A test of one value: one case for each form of the grammar.
indirect enum TestSyntax {
    case compare(Comparison, LiteralSyntax)
    /// `is set` and `is not set`.
    case isSet(Bool)
    /// `is true` and `is false`.
    case isTruth(Bool)
    case oneOf([LiteralSyntax], isNegated: Bool)
    case contains(LiteralSyntax)
    case text(TextTest, LiteralSyntax)
    /// A test with `ignoring case` behind it, which stands there.
    case ignoringCase(TestSyntax, range: Range<Int>)
    case betweenNumbers(NumberSyntax, NumberSyntax)
    case betweenDates(LiteralSyntax, LiteralSyntax)
    case before(LiteralSyntax)
    case after(LiteralSyntax)
    case inLast(DurationSyntax)
    case inNext(DurationSyntax)
    case anniversary(DurationSyntax)
    case longerAgo(DurationSyntax)
    case betweenAgo(DurationSyntax, DurationSyntax)
}

/// A test that takes a text only.
enum TextTest: String {
    case startsWith = "starts with"
    case endsWith = "ends with"
    case like = "like"
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
///
/// A whole day is one of UTC here; the checker puts it into the file's zone.
struct LiteralSyntax {
    var value: ValueLiteral?
    var range: Range<Int>
}
