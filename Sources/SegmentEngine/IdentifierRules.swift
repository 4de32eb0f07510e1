internal import EventModel
internal import RuleLanguage

/// What the rule set in force says of identifiers: other names of namespaces, and values that identify nobody.
///
/// What it says holds from its entry on, as the declarations of namespaces do.
struct IdentifierRules: Sendable {
    private let ofRuleSet: [[IdentifierDeclaration]]
    private var ruleSetsApplied = 0
    private var declared: [IdentifierDeclaration] = []
    /// By the name of a namespace the canonical one, where that is another.
    private(set) var canonical: [String: String] = [:]
    private var blocked: [String: [BlockedValue]] = [:]
    /// Identifiers of namespaces that have several names, by their canonical name and text.
    private var twinsOfText: [Identifier: [IdentifierID]] = [:]
    private var twins: [IdentifierID: Identifier] = [:]
    /// Whether each identifier is blocked, as far as was looked at.
    private var isBlocked: [Bool] = []

    init(_ ruleSets: [RuleSet]) {
        ofRuleSet = ruleSets.map { ruleSet in
            ruleSet.contract.identifiers.filter { !$0.aliases.isEmpty || !$0.blocked.isEmpty }
        }
    }

    /// Takes note that the next rule set is in force.
    mutating func putInForce() {
        guard ruleSetsApplied < ofRuleSet.count else { return }
        let next = ofRuleSet[ruleSetsApplied]
        ruleSetsApplied += 1
        guard next != declared else { return }
        declared = next
        canonical = [:]
        blocked = [:]
        (twinsOfText, twins, isBlocked) = ([:], [:], [])
        for identifier in next {
            for alias in identifier.aliases { canonical[alias] = identifier.name }
            if !identifier.blocked.isEmpty { blocked[identifier.name] = identifier.blocked }
        }
    }

    /// Whether there is anything to look at.
    @inline(__always) var saysAnything: Bool { !declared.isEmpty }

    /// Looks at identifiers that were not looked at yet, up to a number.
    mutating func look(through count: Int, _ identifier: (IdentifierID) -> Identifier) {
        while isBlocked.count < count {
            let id = IdentifierID(UInt32(isBlocked.count))
            var meant = identifier(id)
            let isAlias = canonical[meant.namespace] != nil
            meant.namespace = canonical[meant.namespace] ?? meant.namespace
            meant = meant.canonical
            isBlocked.append(isBlocked(meant))
            guard isAlias || canonical.values.contains(meant.namespace) else { continue }
            twinsOfText[meant, default: []].append(id)
            twins[id] = meant
        }
    }

    private func isBlocked(_ identifier: Identifier) -> Bool {
        guard let values = blocked[identifier.namespace] else { return false }
        return values.contains { value in
            switch value {
            case .value(let text):
                Identifier(namespace: identifier.namespace, text: text).canonical == identifier
            case .like(let pattern):
                isLike(
                    Array(identifier.text.utf8).span,
                    pattern: Array(
                        Identifier(namespace: identifier.namespace, text: pattern).canonical.text
                            .utf8
                    )
                )
            }
        }
    }

    /// Whether an identifier that was looked at identifies nobody.
    func isBlocked(_ id: IdentifierID) -> Bool { isBlocked[Int(id.rawValue)] }

    /// Identifiers that mean the same as one, itself included; empty where there can be no other.
    func twins(of id: IdentifierID) -> [IdentifierID] {
        twins[id].flatMap { twinsOfText[$0] } ?? []
    }
}
