internal import RuleLanguage

/// The rules in force, with what is asked of them often.
struct RulesInForce: Sendable {
    let ruleSet: RuleSet
    /// By segment, what it means with all that it refers to.
    let hashes: [String: UInt64]
    /// Of segments that have one.
    let titles: [String: String]
    /// How good the data is, seen through their contract.
    private(set) var healthCounter: HealthCounter

    init(_ ruleSet: RuleSet) {
        self.ruleSet = ruleSet
        hashes = ruleSet.ruleHashes
        let titled = ruleSet.segments.filter { !$0.title.isEmpty }
        titles = Dictionary(uniqueKeysWithValues: titled.map { ($0.name, $0.title) })
        healthCounter = HealthCounter(ruleSet.contract)
    }

    /// Forgets how good the data is: it is found anew when somebody asks.
    mutating func forgetHealth() { healthCounter = HealthCounter(ruleSet.contract) }
}
