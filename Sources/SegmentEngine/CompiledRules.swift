public import RuleLanguage

/// Rule sets made ready to run, for stages that are made more than once.
public struct CompiledRules: Sendable {
    let ruleSets: [RuleSet]
    let program: Program
    let contract: Contract
    let expectations: ExpectationPlan

    /// - Parameter ruleSets: Every rule set that the entries to come will put in force, in order.
    public init(_ ruleSets: [RuleSet]) {
        self.ruleSets = ruleSets
        program = Program(ruleSets)
        contract = Contract(ruleSets)
        expectations = ExpectationPlan(ruleSets, program)
    }
}
