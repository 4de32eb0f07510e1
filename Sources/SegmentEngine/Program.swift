internal import EventModel
internal import RuleLanguage

/// All rules together, compiled: what an entry can touch, and what that can change.
///
/// Made from every rule set that the log ever had in force, so that one pass over the log keeps the
/// state of all of them; which of them *record* transitions is the apply stage's business.
struct Program: Sendable {
    /// A stream of events that leaves look at: an event set with its filter and, for sums, a property.
    struct Series: Sendable {
        var filter: PropertyMatcher?
        /// The declared keys by which repeats of its events do not count, by their numbers.
        var uniqueKeys: [Int] = []
        /// The path of the summed property, as numbers of names; nil where only times count.
        var summed: [Int]?
        /// How many of the latest times its leaves need.
        var timesMax: Int
        /// The longest window of a sum; what is older than that is in none.
        var spanMax: Int64 = 0
        /// Its leaves, as numbers.
        var leaves: [Int] = []

        /// What it keeps of a person.
        var keep: SeriesKeep { summed != nil ? .sums : timesMax == 1 ? .time : .times }
    }

    /// What a sum must reach.
    struct SumBound: BitwiseCopyable, Sendable {
        /// In units of `ExactDecimal`.
        var number: Int128
        var isStrict: Bool
    }

    /// A predicate over a series in a window, or over an attribute.
    struct Leaf: Sendable {
        /// How many times must lie in the window; 0 for sums and attributes.
        var count: Int
        /// The window; the distant future for `ever`.
        var span: Int64
        /// For a sum, what it must reach.
        var bound: SumBound?

        /// Whether one event makes it true for good.
        var isLasting: Bool {
            bound == nil && count == 1 && span == Instant.distantFuture.milliseconds
        }
    }

    /// What is known of one attribute name.
    struct Attribute: Sendable {
        /// Tests of it: a leaf's number, the rest of the path, the test.
        var tests: [(leaf: Int, path: [Int], matcher: ValueMatcher)] = []
    }

    /// One meaning that a segment's name has, or had.
    struct Variant: Sendable {
        /// The place of the name among all names.
        var name: Int
        var ruleHash: UInt64
        /// Atoms are leaves, and with `nameAtom` added names of segments.
        var code: DecisionCode
        /// How many segments deep it refers: it is decided after all of a lower rank.
        var rank: Int
    }

    /// Added to the number of a name to make the atom "is a member of that segment".
    static let nameAtom: UInt32 = 1 << 31

    /// The names of all segments that ever were, in order of their bytes.
    var names: [String] = []
    var series: [Series] = []
    var leaves: [Leaf] = []
    /// The truth of each leaf of a person of whom nothing is known, a bit each.
    var strangerLeaves: [UInt64] = []
    /// Per leaf the variants that look at it.
    var variantsOfLeaf: [[Int]] = []
    /// Per name the variants that refer to the segment.
    var variantsOfName: [[Int]] = []
    var attributes: [Attribute] = []
    var variants: [Variant] = []
    /// Per rule set, in order of the log, the variant of each name; nil where it has none.
    var ruleSets: [[Int?]] = []
    /// Variants that may be true of a person whose leaves are those of a stranger: the leaves say so,
    /// or other segments decide.
    var mayHoldStrangers: [Bool] = []

    /// Names of properties and attributes that rules use, with their symbols once the log has them.
    var propertyNames: [String: Int] = [:]
    var propertySymbols: [SymbolID?] = []
    /// Series by the event's name; `anyEvent` holds those that take every event.
    var seriesOfEvent: [String: [Int]] = [:]
    var anyEvent: [Int] = []
    /// The same by symbol; grown by `define`.
    var seriesOfSymbol: [[Int]] = []
    /// Attribute numbers by name, and by symbol: -1 where no rule looks at it.
    var attributeOfName: [String: Int] = [:]
    var attributeOfSymbol: [Int32] = []

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    mutating func define(_ symbol: SymbolID, _ text: String) {
        let index = Int(symbol.rawValue)
        while seriesOfSymbol.count <= index {
            seriesOfSymbol.append(anyEvent)
            attributeOfSymbol.append(-1)
        }
        seriesOfSymbol[index] = (seriesOfEvent[text] ?? []) + anyEvent
        if let attribute = attributeOfName[text] {
            attributeOfSymbol[index] = Int32(attribute)
        }
        if let name = propertyNames[text] { propertySymbols[name] = symbol }
    }

    /// Words of 64 bits that hold a bit per leaf, and a bit per name.
    var leafWords: Int { (leaves.count + 63) / 64 }
    var nameWords: Int { (names.count + 63) / 64 }
}
