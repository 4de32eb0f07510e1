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
    private var blocked: [String: Blocked] = [:]
    /// The canonical names of namespaces that have others.
    private var twinned: Set<String> = []
    /// Identifiers of namespaces that have several names, by their canonical name and text.
    private var twinsOfText: [Identifier: [IdentifierID]] = [:]
    private var twins: [IdentifierID: Identifier] = [:]
    private var looked = 0
    /// Whether each identifier is blocked; nil where nobody looked.
    private var verdicts: [Bool?] = []

    /// Values that identify nobody, as identifiers compare.
    private struct Blocked {
        var texts: Set<String> = []
        var patterns: [[UInt8]] = []
    }

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
        (twinsOfText, twins, twinned) = ([:], [:], [])
        (looked, verdicts) = (0, [])
        for identifier in next {
            for alias in identifier.aliases { canonical[alias] = identifier.name }
            if !identifier.aliases.isEmpty { twinned.insert(identifier.name) }
            for value in identifier.blocked {
                func canonical(_ text: String) -> String {
                    Identifier(namespace: identifier.name, text: text).canonical.text
                }
                switch value {
                case .value(let text):
                    blocked[identifier.name, default: Blocked()].texts.insert(canonical(text))
                case .like(let pattern):
                    blocked[identifier.name, default: Blocked()].patterns
                        .append(Array(canonical(pattern).utf8))
                }
            }
        }
    }

    /// Forgets what it has found out of identifiers.
    mutating func lookAgain() {
        (twinsOfText, twins) = ([:], [:])
        (looked, verdicts) = (0, [])
    }

    /// Whether there is anything to look at.
    @inline(__always) var saysAnything: Bool { !declared.isEmpty }

    /// Looks at all identifiers up to a number for others of the same meaning, where namespaces have other names.
    mutating func look(through count: Int, _ identifier: (IdentifierID) -> Identifier) {
        guard !canonical.isEmpty else { return }
        while looked < count {
            let id = IdentifierID(UInt32(looked))
            looked += 1
            let meant = meaning(identifier(id))
            guard twinned.contains(meant.namespace) else { continue }
            twinsOfText[meant, default: []].append(id)
            twins[id] = meant
        }
    }

    private func meaning(_ identifier: Identifier) -> Identifier {
        var meant = identifier
        meant.namespace = canonical[meant.namespace] ?? meant.namespace
        return meant.canonical
    }

    /// Whether an identifier identifies nobody; each is looked at once.
    mutating func isBlocked(
        _ id: IdentifierID,
        _ identifier: (IdentifierID) -> Identifier
    ) -> Bool {
        guard !blocked.isEmpty else { return false }
        let place = Int(id.rawValue)
        while verdicts.count <= place { verdicts.append(nil) }
        if let verdict = verdicts[place] { return verdict }
        let meant = meaning(identifier(id))
        let values = blocked[meant.namespace]
        let isBlocked =
            values.map { values in
                values.texts.contains(meant.text)
                    || values.patterns.contains {
                        isLike(Array(meant.text.utf8).span, pattern: $0)
                    }
            } ?? false
        verdicts[place] = isBlocked
        return isBlocked
    }

    /// Identifiers that mean the same as one, itself included; empty where there can be no other.
    func twins(of id: IdentifierID) -> [IdentifierID] {
        twins[id].flatMap { twinsOfText[$0] } ?? []
    }
}
