/// A condition as written: one case for each form of the grammar.
indirect enum ConditionSyntax {
    /// Conditions joined by `and`.
    case all([ConditionSyntax])
    /// Conditions joined by `or`.
    case any([ConditionSyntax])
    /// `not` before a condition.
    case not(ConditionSyntax)
    /// A condition with `for` behind it.
    case held(ConditionSyntax, DurationSyntax)
    /// Some of several conditions.
    case some(SomeSyntax)
    /// How often events happened.
    case occurrence(OccurrenceSyntax)
    /// An event, `then` another one or none.
    case sequence(SequenceSyntax)
    /// On how many days, weeks or months events happened.
    case regular(RegularSyntax)
    /// `first` or `last` and what is said of that event.
    case extreme(ExtremeSyntax)
    /// `sum of …` and its kin, compared.
    case aggregate(AggregateSyntax)
    /// A test of an attribute.
    case attribute(AttributeSyntax)
    /// `any person.path (…)`.
    case attributeItems(ItemsSyntax)
    /// `person.path changed …`.
    case changed(ChangeSyntax)
    /// `person is known`; false for `person is anonymous`.
    case isKnown(Bool)
    /// `known for at least …`.
    case knownFor(DurationSyntax)
    /// `everyone`.
    case everyone
    /// `in segment name`.
    case membership(TextSyntax)
    /// `in list name`.
    case listed(TextSyntax)
    /// `entered segment name` or `exited segment name`.
    case turned(TurnSyntax)
    /// `10% sample "salt"`.
    case sample(SampleSyntax)
    /// What was reported and skipped.
    case reported
}

/// `count of (condition, …)`.
struct SomeSyntax {
    var count: CountSyntax
    var conditions: [ConditionSyntax]
    /// Whether nothing in the bracket was reported: else there may be more conditions than were read.
    var isWhole: Bool
}

/// `percent% sample "salt"`.
struct SampleSyntax {
    var percent: NumberSyntax
    var salt: TextSyntax
}
