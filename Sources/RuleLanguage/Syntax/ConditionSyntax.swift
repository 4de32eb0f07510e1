/// A condition as written: one case for each form of the grammar.
indirect enum ConditionSyntax {
    /// Conditions joined by `and`.
    case all([ConditionSyntax])
    /// Conditions joined by `or`.
    case any([ConditionSyntax])
    /// `not` before a condition.
    case not(ConditionSyntax)
    /// How often events happened.
    case occurrence(OccurrenceSyntax)
    /// A test of an attribute.
    case attribute(AttributeSyntax)
    /// `everyone`.
    case everyone
    /// `in segment name`.
    case membership(TextSyntax)
    /// `sum of …`, compared.
    case sum(SumSyntax)
    /// What was reported and skipped.
    case reported
}

/// `person.path test`.
struct AttributeSyntax {
    var path: [TextSyntax]
    var test: TestSyntax
}
