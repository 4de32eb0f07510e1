internal import EventModel
internal import RuleLanguage

/// All rules together, compiled: what an entry can touch, and what that can change.
///
/// Made from every rule set that the log ever had in force, so that one pass over the log keeps the
/// state of all of them; which of them *record* transitions is the apply stage's business.
struct Program: Sendable {
    /// A stream of event times that leaves look at: an event set with its filter.
    struct Series: Sendable {
        var filter: PropertyMatcher?
        /// How many of the latest times its leaves need.
        var timesMax: Int
        /// Its leaves, as numbers.
        var leaves: [Int] = []
    }

    /// At least `count` times of a series in a window of `span`; the distant future for `ever`.
    struct Leaf: Sendable {
        var count: Int
        var span: Int64
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
        var code: DecisionCode
    }

    /// The names of all segments that ever were, in order of their bytes.
    var names: [String] = []
    var series: [Series] = []
    /// Leaves of series first to last; those of attributes hold a count of 0.
    var leaves: [Leaf] = []
    /// Per leaf the variants that look at it.
    var variantsOfLeaf: [[Int]] = []
    var attributes: [Attribute] = []
    var variants: [Variant] = []
    /// Per rule set, in order of the log, the variant of each name; nil where it has none.
    var ruleSets: [[Int?]] = []
    /// Variants that are true of a person of whom nothing is known.
    var trueOfStrangers: [Bool] = []

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
