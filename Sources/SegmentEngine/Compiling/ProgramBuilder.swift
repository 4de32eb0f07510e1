internal import EventModel
internal import RuleLanguage

/// Turns conditions into series, leaves and code, sharing what is equal.
struct ProgramBuilder {
    var program: Program
    let nameIndex: [String: Int]
    let contract: Contract
    var seriesIndex: [SeriesKey: Int] = [:]
    private var leafIndex: [LeafKey: Int] = [:]
    private var attributeIndex: [AttributeKey: Int] = [:]
    private var variantIndex: [VariantKey: Int] = [:]
    /// What each variant says, and which variants it refers to.
    var conditions: [Condition] = []
    var references: [[String: Int]] = []
    /// While a node is built: the variants that its names mean.
    var meant: [String: Int] = [:]
    /// While a node is built: the series that it looks at.
    var inputs: Set<Int> = []
    var bitIndex: [Int: [PropertyFilter: Int32]] = [:]
    /// How events are read, as far as rules say so by now.
    var readings: [EventReading] = []
    /// What each variant's contract declares of the attributes that it uses; and of the one being built.
    var attributesOfVariant: [[FieldDeclaration]] = []
    var declared: [FieldDeclaration] = []

    enum SeriesKey: Hashable {
        case events(EventSelection, summed: [String]?)
        case rows(EventSelection, RowValue?)
        case timeline(String, FieldDeclaration?)
        case turns(name: Int, isEntry: Bool)
    }

    /// What rows are kept of, where not of events: values of a property.
    struct RowValue: Hashable {
        enum Kind: Hashable {
            case number
            /// Whether only the latest of each value are kept.
            case key(latest: Bool)
            /// Numbers that pass; all of them where there is no bound.
            case passing(NumberBound?)
        }

        var path: [String]
        var kind: Kind
    }

    private struct AttributeKey: Hashable {
        var name: String
        var declaration: FieldDeclaration?
    }

    private enum LeafKey: Hashable {
        case occurrence(series: Int, count: Int, Window)
        case sum(series: Int, SumBound, Window)
        case attribute(path: [String], FieldDeclaration?, ValueTest)
        case items(path: [String], FieldDeclaration?, ItemQuantifier, PropertyFilter)
        /// What is judged from rows, by its meaning, the variants that it refers to, and what is declared of
        /// attributes.
        case judged(String, [Int], [FieldDeclaration])
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
            let named = rule.condition.referredSegments.compactMap { name in
                nameIndex[name].flatMap { current[$0] }.map { (name, $0) }
            }
            let references = named.map(\.1)
            meant = Dictionary(named) { first, _ in first }
            let key = VariantKey(name: rule.name, meaning: rule.meaning, references: references)
            let variant = variantIndex[key] ?? program.variants.count
            if variant == program.variants.count {
                variantIndex[key] = variant
                conditions.append(rule.condition)
                declared = rule.attributes
                attributesOfVariant.append(declared)
                self.references.append(meant)
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
        case .all(let parts): return .all(formulas(parts))
        case .any(let parts): return .any(formulas(parts))
        case .some(let count, let parts): return .some(count, formulas(parts))
        case .not(let part): return .not(formula(part))
        case .atLeast(let count, let events, let window)
        where window.isPlain && !events.looksAtClock:
            return .atom(UInt32(occurrence(count, events, window)))
        case .attribute(let path, let test) where !test.looksAtClock:
            return .atom(UInt32(attribute(path, test)))
        case .attributeItems(let path, let quantifier, let filter) where !filter.looksAtClock:
            return .atom(UInt32(attributeItems(path, quantifier, filter)))
        case .sum(let property, let window, let bound)
        where window.isPlain && !property.events.looksAtClock:
            return .atom(UInt32(sum(property, window, bound)))
        case .inSegment(let name):
            // The checker refuses names that are not there; nobody is in such a segment.
            return nameIndex[name].map { .atom(UInt32($0) + Program.nameAtom) } ?? .any([])
        case .held, .atLeast, .sum, .aggregate, .extreme, .sequence, .periods, .attribute,
            .attributeItems, .changed, .isKnown, .knownFor, .turned, .inList, .sample:
            return .atom(UInt32(judged(condition)))
        }
    }

    private mutating func formulas(_ parts: [Condition]) -> [DecisionCode.Formula] {
        var formulas: [DecisionCode.Formula] = []
        for part in parts { formulas.append(formula(part)) }
        return formulas
    }

    /// A leaf that is judged from rows, with a series of its own that keeps when it is next judged.
    private mutating func judged(_ condition: Condition) -> Int {
        let referred = condition.referredSegments.compactMap { meant[$0] }
        let key = LeafKey.judged(condition.meaning, referred, declared)
        if let leaf = leafIndex[key] { return leaf }
        inputs = []
        let root = node(condition, before: 0)
        let leaf = program.leaves.count
        leafIndex[key] = leaf
        program.leaves.append(
            Program.Leaf(
                count: 0,
                span: Instant.distantFuture.milliseconds,
                bound: nil,
                isJudged: true
            )
        )
        let series = program.series.count
        program.series.append(
            Program.Series(timesMax: 1, leaves: [leaf], node: root, isOwn: true)
        )
        for input in inputs { program.series[input].dependents.append(series) }
        return leaf
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
        case .last(let span): span.milliseconds
        default: Instant.distantFuture.milliseconds
        }
    }

    private mutating func attribute(_ path: [String], _ test: ValueTest) -> Int {
        attribute(.attribute(path: path, declaration(path), test), path, .value(ValueMatcher(test)))
    }

    private mutating func attributeItems(
        _ path: [String],
        _ quantifier: ItemQuantifier,
        _ filter: PropertyFilter
    ) -> Int {
        let matcher = PropertyMatcher(filter, isItem: true) { name in propertyName(name) }
        return attribute(
            .items(path: path, declaration(path), quantifier, filter),
            path,
            .items(every: quantifier == .every, matcher)
        )
    }

    private mutating func attribute(
        _ key: LeafKey,
        _ path: [String],
        _ matcher: Program.AttributeMatcher
    ) -> Int {
        if let leaf = leafIndex[key] { return leaf }
        let leaf = program.leaves.count
        leafIndex[key] = leaf
        program.leaves.append(Program.Leaf(count: 0, span: 0, bound: nil))
        let attribute = attributeNumber(path.first ?? "")
        let rest = path.dropFirst().map { propertyName($0) }
        program.attributes[attribute].tests.append((leaf, rest, matcher))
        return leaf
    }

    /// What is declared of the attribute that a way begins with.
    func declaration(_ path: [String]) -> FieldDeclaration? {
        declared.first { $0.name == path.first }
    }

    mutating func attributeNumber(_ name: String) -> Int {
        let declaration = declaration([name])
        if let number = attributeIndex[AttributeKey(name: name, declaration: declaration)] {
            return number
        }
        let number = program.attributes.count
        attributeIndex[AttributeKey(name: name, declaration: declaration)] = number
        let names = [name] + (declaration?.aliases ?? [])
        for name in names { program.attributesOfName[name, default: []].append(Int32(number)) }
        let reading = declaration.map { declaration in
            ObjectReading([declaration], others: []) { propertyName($0) }
        }
        program.attributes.append(Program.Attribute(names: names, reading: reading))
        return number
    }

    mutating func propertyName(_ name: String) -> Int { program.propertyNames.number(name) }
}

extension Window {
    /// Whether it is one of those of which counts and sums are kept, rather than rows.
    fileprivate var isPlain: Bool {
        switch self {
        case .ever, .last: true
        default: false
        }
    }
}
