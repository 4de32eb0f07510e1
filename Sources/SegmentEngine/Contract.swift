internal import EventModel
internal import RuleLanguage

/// What all rule sets of the log declare of identifiers and of events, ready to run on entries.
///
/// Both stages hold one, and see the same symbols and `rules` entries.
struct Contract: Sendable {
    /// One `unique by`: of which event, by which properties.
    struct Key: Hashable, Sendable {
        var event: String
        var paths: [[String]]
    }

    /// Every key that any rule set declares.
    private(set) var keys: [Key] = []
    /// Per key the ways to its properties, as numbers of names.
    private var pathsOfKey: [[[Int]]] = []
    /// Per rule set the keys that it declares.
    private var keysOfRuleSet: [[Int]] = []
    private var namespacesOfRuleSet: [Set<String>] = []
    private var propertyNames: [String: Int] = [:]
    private var propertySymbols: [SymbolID?] = []
    /// Per symbol the keys of the event of that name.
    private var keysOfSymbol: [[Int]] = []
    private var texts: [SymbolID: String] = [:]
    private var names: Set<String> = []

    private(set) var namespaces = NamespaceHistory()
    private var ruleSetsApplied = 0
    /// The keys that the rule set in force declares.
    private(set) var keysInForce: Set<Int> = []

    init(_ ruleSets: [RuleSet]) {
        for ruleSet in ruleSets {
            var declared: [Int] = []
            for unique in ruleSet.uniqueKeys {
                declared.append(add(Key(event: unique.event, paths: unique.paths)))
            }
            keysOfRuleSet.append(declared)
            namespacesOfRuleSet.append(Set(ruleSet.namespaces))
            names.formUnion(ruleSet.namespaces)
        }
    }

    private mutating func add(_ key: Key) -> Int {
        if let index = keys.firstIndex(of: key) { return index }
        keys.append(key)
        pathsOfKey.append(key.paths.map { path in path.map { number($0) } })
        return keys.count - 1
    }

    private mutating func number(_ name: String) -> Int {
        if let number = propertyNames[name] { return number }
        propertyNames[name] = propertySymbols.count
        propertySymbols.append(nil)
        return propertySymbols.count - 1
    }

    /// The number of a key; nil where no rule set declares it.
    func index(of unique: UniqueKey) -> Int? {
        keys.firstIndex(of: Key(event: unique.event, paths: unique.paths))
    }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    mutating func define(_ symbol: SymbolID, _ text: String) {
        while keysOfSymbol.count <= Int(symbol.rawValue) { keysOfSymbol.append([]) }
        keysOfSymbol[Int(symbol.rawValue)] = keys.indices.filter { keys[$0].event == text }
        if let name = propertyNames[text] { propertySymbols[name] = symbol }
        if names.contains(text) {
            texts[symbol] = text
            declare(at: namespaces.since)
        }
    }

    /// Takes note that the next rule set is in force.
    mutating func putInForce(at sequence: SequenceNumber) {
        guard ruleSetsApplied < keysOfRuleSet.count else { return }
        keysInForce = Set(keysOfRuleSet[ruleSetsApplied])
        ruleSetsApplied += 1
        declare(at: sequence)
    }

    private mutating func declare(at sequence: SequenceNumber) {
        guard ruleSetsApplied > 0 else { return }
        let declared = namespacesOfRuleSet[ruleSetsApplied - 1]
        namespaces.declare(
            Set(texts.filter { declared.contains($0.value) }.keys),
            at: sequence
        )
    }

    /// Whether any rule set declares a key.
    @inline(__always) var hasKeys: Bool { !keys.isEmpty }

    /// The keys that an event of that name has, under any rule set.
    @inline(__always)
    func keys(of event: SymbolID) -> [Int] {
        keys.isEmpty ? [] : keysOfSymbol[Int(event.rawValue)]
    }

    /// What an event has as its key, equal bytes for equal values; nil where a part is missing.
    ///
    /// A number and the text that spells it canonically are equal; lists and objects are no parts.
    func value(of key: Int, content: Int, _ bytes: Span<UInt8>) -> [UInt8]? {
        var writer = ValueWriter()
        for path in pathsOfKey[key] {
            let place = PropertyMatcher.find(
                path,
                bytes,
                at: content,
                symbols: propertySymbols
            )
            guard let place else { return nil }
            var reader = ValueReader(at: place)
            switch reader.value(bytes) {
            case .number(let number?): writer.text(number.description)
            case .text(let range) where !range.isEmpty:
                writer.bytes.append(ValueTag.text.rawValue)
                writer.varint(UInt64(range.count))
                writer.raw(bytes.extracting(range))
            case .boolean(let truth): writer.boolean(truth)
            default: return nil
            }
        }
        return writer.bytes
    }
}
