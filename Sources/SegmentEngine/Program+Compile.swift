internal import EventModel
internal import RuleLanguage

extension Program {
    /// Compiles rule sets, in the order in which the log puts them in force.
    init(_ ruleSets: [RuleSet]) {
        var names = Set<String>()
        for ruleSet in ruleSets { names.formUnion(ruleSet.segments.map(\.name)) }
        self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var builder = ProgramBuilder(self)
        for ruleSet in ruleSets { builder.add(ruleSet) }
        self = builder.program
        variantsOfLeaf = Array(repeating: [], count: leaves.count)
        for (index, variant) in variants.enumerated() {
            for leaf in variant.code.atoms { variantsOfLeaf[Int(leaf)].append(index) }
            trueOfStrangers.append(variant.code.evaluate { _ in false })
        }
    }
}

/// Turns conditions into series, leaves and code, sharing what is equal.
private struct ProgramBuilder {
    var program: Program
    private let nameIndex: [String: Int]
    private var seriesIndex: [EventSelection: Int] = [:]
    private var leafIndex: [LeafKey: Int] = [:]
    private var variantIndex: [VariantKey: Int] = [:]

    private enum LeafKey: Hashable {
        case occurrence(series: Int, count: Int, Window)
        case attribute(path: [String], ValueTest)
    }

    private struct VariantKey: Hashable {
        var name: String
        var meaning: String
    }

    init(_ program: Program) {
        self.program = program
        nameIndex = Dictionary(
            uniqueKeysWithValues: program.names.enumerated().map { ($1, $0) }
        )
    }

    mutating func add(_ ruleSet: RuleSet) {
        var current: [Int?] = Array(repeating: nil, count: program.names.count)
        for rule in ruleSet.segments {
            guard let name = nameIndex[rule.name] else { continue }
            let key = VariantKey(name: rule.name, meaning: rule.meaning)
            let variant = variantIndex[key] ?? program.variants.count
            if variant == program.variants.count {
                variantIndex[key] = variant
                let code = DecisionCode(formula(rule.condition))
                program.variants.append(
                    Program.Variant(name: name, ruleHash: rule.ruleHash, code: code)
                )
            }
            current[name] = variant
        }
        program.ruleSets.append(current)
    }

    private mutating func formula(_ condition: Condition) -> DecisionCode.Formula {
        switch condition {
        case .all(let parts):
            var formulas: [DecisionCode.Formula] = []
            for part in parts { formulas.append(formula(part)) }
            return .all(formulas)
        case .any(let parts):
            var formulas: [DecisionCode.Formula] = []
            for part in parts { formulas.append(formula(part)) }
            return .any(formulas)
        case .not(let part): return .not(formula(part))
        case .atLeast(let count, let events, let window):
            return .atom(UInt32(occurrence(count, events, window)))
        case .attribute(let path, let test): return .atom(UInt32(attribute(path, test)))
        }
    }

    private mutating func occurrence(
        _ count: Int,
        _ events: EventSelection,
        _ window: Window
    ) -> Int {
        let series = series(events)
        let key = LeafKey.occurrence(series: series, count: count, window)
        if let leaf = leafIndex[key] { return leaf }
        let leaf = program.leaves.count
        leafIndex[key] = leaf
        let span: Int64 =
            switch window {
            case .ever: Instant.distantFuture.milliseconds
            case .last(let span): span.milliseconds
            }
        program.leaves.append(Program.Leaf(count: count, span: span))
        program.series[series].leaves.append(leaf)
        program.series[series].timesMax = max(program.series[series].timesMax, count)
        return leaf
    }

    private mutating func series(_ events: EventSelection) -> Int {
        if let series = seriesIndex[events] { return series }
        let series = program.series.count
        seriesIndex[events] = series
        var filter: PropertyMatcher?
        if let condition = events.filter {
            filter = PropertyMatcher(condition) { name in propertyName(name) }
        }
        program.series.append(Program.Series(filter: filter, timesMax: 1))
        if let names = events.names {
            for name in names { program.seriesOfEvent[name, default: []].append(series) }
        } else {
            program.anyEvent.append(series)
        }
        return series
    }

    private mutating func attribute(_ path: [String], _ test: ValueTest) -> Int {
        let key = LeafKey.attribute(path: path, test)
        if let leaf = leafIndex[key] { return leaf }
        let leaf = program.leaves.count
        leafIndex[key] = leaf
        program.leaves.append(Program.Leaf(count: 0, span: 0))
        let name = path.first ?? ""
        let attribute = program.attributeOfName[name] ?? program.attributes.count
        if attribute == program.attributes.count {
            program.attributeOfName[name] = attribute
            program.attributes.append(Program.Attribute())
        }
        let rest = path.dropFirst().map { propertyName($0) }
        program.attributes[attribute].tests.append((leaf, rest, ValueMatcher(test)))
        return leaf
    }

    private mutating func propertyName(_ name: String) -> Int {
        if let index = program.propertyNames[name] { return index }
        let index = program.propertySymbols.count
        program.propertyNames[name] = index
        program.propertySymbols.append(nil)
        return index
    }
}
