public import EventModel
internal import RuleLanguage

/// Which settings held when: those of the rule set in force.
public struct SettingsHistory: Sendable {
    private struct Era: Sendable {
        var from: SequenceNumber
        var settings: EngineSettings
    }

    /// What holds where a rule set says nothing.
    private let base: EngineSettings
    private let ofRuleSet: [EngineSettings]
    private var ruleSetsApplied = 0
    private var eras: [Era] = []
    /// What holds now.
    private(set) var current: EngineSettings
    /// The longest of all horizons: what is forgotten does not depend on which holds when.
    let longestHorizon: TimeSpan

    /// - Parameter ruleSets: Every rule set that the log puts in force, in order.
    init(_ base: EngineSettings, _ ruleSets: [RuleSet]) {
        self.base = base
        current = base
        ofRuleSet = ruleSets.map { base.saying($0.contract.settings) }
        longestHorizon = ofRuleSet.reduce(base.duplicateHorizon) {
            max($0, $1.duplicateHorizon)
        }
    }

    /// Takes note that the next rule set is in force.
    mutating func putInForce(at sequence: SequenceNumber) {
        guard ruleSetsApplied < ofRuleSet.count else { return }
        let settings = ofRuleSet[ruleSetsApplied]
        ruleSetsApplied += 1
        guard settings != current else { return }
        current = settings
        eras.append(Era(from: sequence, settings: settings))
    }

    /// What held when an entry was applied.
    public func at(_ sequence: SequenceNumber) -> EngineSettings {
        eras.last { $0.from <= sequence }?.settings ?? base
    }
}

extension EngineSettings {
    /// The settings with what a rule set says of them.
    fileprivate func saying(_ declared: SettingsDeclaration) -> EngineSettings {
        var settings = self
        if let skew = declared.skewTolerance { settings.skewTolerance = skew }
        // Where keys are off, they stay off.
        if let horizon = declared.duplicateHorizon,
            duplicateHorizon > TimeSpan(milliseconds: 0)
        {
            settings.duplicateHorizon = horizon
        }
        if let limit = declared.identifiersMax { settings.identifiersMax = limit }
        return settings
    }
}
