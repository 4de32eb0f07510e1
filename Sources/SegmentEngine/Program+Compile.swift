internal import EventModel
internal import RuleLanguage

extension Program {
    /// Compiles rule sets, in the order in which the log puts them in force.
    init(_ ruleSets: [RuleSet]) {
        var names = Set<String>()
        for ruleSet in ruleSets { names.formUnion(ruleSet.segments.map(\.name)) }
        self.names = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var builder = ProgramBuilder(self, Contract(ruleSets))
        for ruleSet in ruleSets { builder.add(ruleSet) }
        self = builder.program
        variantsOfLeaf = Array(repeating: [], count: leaves.count)
        variantsOfName = Array(repeating: [], count: names.count)
        for (index, variant) in variants.enumerated() {
            for atom in variant.code.atoms {
                if atom >= Program.nameAtom {
                    variantsOfName[Int(atom - Program.nameAtom)].append(index)
                } else {
                    variantsOfLeaf[Int(atom)].append(index)
                }
            }
        }
        strangerLeaves = Array(repeating: 0, count: leafWords)
        for (index, leaf) in leaves.enumerated() {
            if let bound = leaf.bound,
                WideSum.zero.reaches(bound.number, isStrict: bound.isStrict)
            {
                strangerLeaves[index >> 6] |= 1 << UInt64(index & 63)
            }
        }
        mayHoldStrangers = variants.map { variant in
            variant.rank > 0
                || variant.code.evaluate {
                    strangerLeaves[Int($0 >> 6)] >> UInt64($0 & 63) & 1 == 1
                }
        }
    }
}

/// Turns conditions into series, leaves and code, sharing what is equal.
private struct ProgramBuilder {
    var program: Program
    private let nameIndex: [String: Int]
    private let contract: Contract
    private var seriesIndex: [SeriesKey: Int] = [:]
    private var leafIndex: [LeafKey: Int] = [:]
    private var variantIndex: [VariantKey: Int] = [:]

    private struct SeriesKey: Hashable {
        var events: EventSelection
        var summed: [String]?
    }

    private enum LeafKey: Hashable {
        case occurrence(series: Int, count: Int, Window)
        case sum(series: Int, SumBound, Window)
        case attribute(path: [String], ValueTest)
    }

    private struct VariantKey: Hashable {
        var name: String
        var meaning: String
        /// The variants of the segments that it refers to, in order of appearance.
        var references: [Int]
    }

    init(_ program: Program, _ contract: Contract) {
        self.program = program
        self.contract = contract
        nameIndex = Dictionary(
            uniqueKeysWithValues: program.names.enumerated().map { ($1, $0) }
        )
    }

    mutating func add(_ ruleSet: RuleSet) {
        var current: [Int?] = Array(repeating: nil, count: program.names.count)
        let hashes = ruleSet.ruleHashes
        for index in ruleSet.evaluationOrder {
            let rule = ruleSet.segments[index]
            guard let name = nameIndex[rule.name] else { continue }
            let references = rule.condition.referredSegments.compactMap { nameIndex[$0] }
                .compactMap { current[$0] }
            let key = VariantKey(name: rule.name, meaning: rule.meaning, references: references)
            let variant = variantIndex[key] ?? program.variants.count
            if variant == program.variants.count {
                variantIndex[key] = variant
                let code = DecisionCode(formula(rule.condition))
                let rank = references.map { program.variants[$0].rank + 1 }.max() ?? 0
                program.variants.append(
                    Program.Variant(
                        name: name,
                        ruleHash: hashes[rule.name] ?? rule.ruleHash,
                        code: code,
                        rank: rank
                    )
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
        case .sum(let property, let window, let bound):
            return .atom(UInt32(sum(property, window, bound)))
        case .inSegment(let name):
            // The checker refuses names that are not there; nobody is in such a segment.
            return nameIndex[name].map { .atom(UInt32($0) + Program.nameAtom) } ?? .any([])
        }
    }

    private mutating func occurrence(
        _ count: Int,
        _ events: EventSelection,
        _ window: Window
    ) -> Int {
        let series = series(events, summed: nil)
        let key = LeafKey.occurrence(series: series, count: count, window)
        if let leaf = leafIndex[key] { return leaf }
        let leaf = program.leaves.count
        leafIndex[key] = leaf
        program.leaves.append(Program.Leaf(count: count, span: span(window), bound: nil))
        program.series[series].leaves.append(leaf)
        program.series[series].timesMax = max(program.series[series].timesMax, count)
        return leaf
    }

    private mutating func sum(
        _ property: SummedProperty,
        _ window: Window,
        _ bound: SumBound
    ) -> Int {
        let series = series(property.events, summed: property.path)
        let key = LeafKey.sum(series: series, bound, window)
        if let leaf = leafIndex[key] { return leaf }
        let leaf = program.leaves.count
        leafIndex[key] = leaf
        program.leaves.append(
            Program.Leaf(
                count: 0,
                span: span(window),
                bound: Program.SumBound(number: bound.number.units, isStrict: bound.isStrict)
            )
        )
        program.series[series].leaves.append(leaf)
        if case .last(let span) = window {
            program.series[series].spanMax = max(
                program.series[series].spanMax,
                span.milliseconds
            )
        }
        return leaf
    }

    private func span(_ window: Window) -> Int64 {
        switch window {
        case .ever: Instant.distantFuture.milliseconds
        case .last(let span): span.milliseconds
        }
    }

    private mutating func series(_ events: EventSelection, summed: [String]?) -> Int {
        let key = SeriesKey(events: events, summed: summed)
        if let series = seriesIndex[key] { return series }
        let series = program.series.count
        seriesIndex[key] = series
        var filter: PropertyMatcher?
        if let condition = events.filter {
            filter = PropertyMatcher(condition) { name in propertyName(name) }
        }
        let path = summed?.map { propertyName($0) }
        program.series.append(
            Program.Series(
                filter: filter,
                uniqueKeys: events.uniqueKeys.compactMap(contract.index),
                summed: path,
                timesMax: 1
            )
        )
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
        program.leaves.append(Program.Leaf(count: 0, span: 0, bound: nil))
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
