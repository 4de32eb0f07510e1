internal import EventModel
internal import RuleLanguage

/// What all rule sets of the log declare of identifiers and of events, ready to run on entries.
///
/// Both stages hold one, and see the same symbols and `rules` entries.
struct Contract: Sendable {
    /// Every key that any rule set declares.
    private(set) var keys: [UniqueKey] = []
    /// Per key the ways to its properties, as numbers of names.
    private var pathsOfKey: [[[Int]]] = []
    /// Per key how its event is read; nil for as sent.
    private var readingOfKey: [ObjectReading?] = []
    /// Per rule set the keys that it declares.
    private var keysOfRuleSet: [[Int]] = []
    /// Per rule set the namespaces that it declares, each with that whose other name it is, or itself.
    private var namespacesOfRuleSet: [[String: String]] = []
    private var propertyNames = NameTable()
    /// Per symbol the keys of the event of that name.
    private var keysOfSymbol: [[Int]] = []
    private var texts: [SymbolID: String] = [:]
    private var names: Set<String> = []

    private(set) var namespaces = NamespaceHistory()
    private var ruleSetsApplied = 0
    /// The keys that the rule set in force declares.
    private(set) var keysInForce: Set<Int> = []

    /// Names all that the contracts say which no segment's meaning has in it.
    let fingerprint: UInt64

    init(_ ruleSets: [RuleSet]) {
        var hash = StableHash()
        for ruleSet in ruleSets {
            hash.feed("\(ruleSet.contract.settings) \(ruleSet.contract.identifiers)")
            hash.feed("\(ruleSet.uniqueKeys) \(ruleSet.namespaces)")
        }
        fingerprint = hash.value
        for ruleSet in ruleSets {
            var declared: [Int] = []
            for unique in ruleSet.uniqueKeys {
                declared.append(add(unique))
            }
            keysOfRuleSet.append(declared)
            var namespaces: [String: String] = [:]
            for name in ruleSet.namespaces { namespaces[name] = name }
            for identifier in ruleSet.contract.identifiers {
                for alias in identifier.aliases { namespaces[alias] = identifier.name }
            }
            namespacesOfRuleSet.append(namespaces)
            names.formUnion(namespaces.keys)
        }
    }

    private mutating func add(_ key: UniqueKey) -> Int {
        if let index = keys.firstIndex(of: key) { return index }
        keys.append(key)
        pathsOfKey.append(key.paths.map { path in path.map { propertyNames.number($0) } })
        let reading = key.reading
        readingOfKey.append(
            reading.fields.isEmpty
                ? nil
                : ObjectReading(reading.fields, others: reading.others) { propertyNames.number($0) }
        )
        return keys.count - 1
    }

    /// The number of a key; nil where no rule set declares it.
    func index(of unique: UniqueKey) -> Int? { keys.firstIndex(of: unique) }

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    mutating func define(_ symbol: SymbolID, _ text: String) {
        while keysOfSymbol.count <= Int(symbol.rawValue) { keysOfSymbol.append([]) }
        keysOfSymbol[Int(symbol.rawValue)] = keys.indices.filter {
            keys[$0].reading.names.contains(text)
        }
        propertyNames.define(symbol, text)
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
        var symbols: [SymbolID: SymbolID] = [:]
        for (symbol, text) in texts {
            guard let canonical = declared[text] else { continue }
            let wellKnown = SymbolID.wellKnown.firstIndex(of: canonical)
            symbols[symbol] = wellKnown.map { SymbolID(UInt32($0)) } ?? symbol
        }
        namespaces.declare(symbols, at: sequence)
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
        guard let reading = readingOfKey[key] else {
            return value(of: key, at: content, bytes, propertyNames.symbols)
        }
        var reader = ContentReader()
        reader.read(.zero, by: key, reading, bytes, at: content, propertyNames.numberOfSymbol)
        let read = reader.bytes
        return value(of: key, at: 0, read.span, propertyNames.readSymbols)
    }

    private func value(
        of key: Int,
        at content: Int,
        _ bytes: Span<UInt8>,
        _ symbols: [SymbolID?]
    ) -> [UInt8]? {
        var writer = ValueWriter()
        for path in pathsOfKey[key] {
            let place = PropertyMatcher.find(
                path,
                bytes,
                at: content,
                symbols: symbols
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
