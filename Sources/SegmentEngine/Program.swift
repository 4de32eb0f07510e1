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
        /// How it reads events of which a contract declares something, by numbers; where there are any, it
        /// reads all others as they are passed on.
        var readings: [Int] = []
        /// Whether what it takes is read under a contract.
        var isRead = false
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
        /// What a row is, where rows are kept.
        var layout = RowLayout()
        var hasRows = false
        /// Whether it keeps the earliest time of all entries.
        var isEarliest = false
        /// Whether it keeps a draw.
        var isDraw = false
        /// Where its one leaf is judged from rows of others, how.
        var node: Int32?
        /// Whether it follows from the person's own transitions, or from nothing that an entry says.
        var isOwn = false
        /// The series whose leaf is judged from this one.
        var dependents: [Int] = []

        /// What it keeps of a person.
        var keep: SeriesKeep {
            if node != nil { return .nothing }
            if hasRows { return .rows }
            if isEarliest { return .earliest }
            if isDraw { return .draw }
            return summed != nil ? .sums : timesMax == 1 ? .time : .times
        }
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
        /// Whether it is judged from rows.
        var isJudged = false

        /// Whether one event makes it true for good.
        var isLasting: Bool {
            !isJudged && bound == nil && count == 1 && span == Instant.distantFuture.milliseconds
        }
    }

    /// How events of some names are read.
    struct Reading: Sendable {
        /// The names by which the event is sent.
        var events: Set<String>
        var object: ObjectReading
    }

    /// What is known of one attribute name.
    struct Attribute: Sendable {
        /// The names by which it is sent, the canonical one first.
        var names: [String]
        /// How entries are read for it; nil where it is taken as sent.
        var reading: ObjectReading?
        /// Tests of it: a leaf's number, the rest of the path, the test.
        var tests: [(leaf: Int, path: [Int], matcher: AttributeMatcher)] = []
        /// Series that keep a row of every setting.
        var timelines: [Int] = []
    }

    /// A test of an attribute's value, made ready to run.
    enum AttributeMatcher: Sendable {
        case value(ValueMatcher)
        /// One or each of the items of a list.
        case items(every: Bool, PropertyMatcher)
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
    var propertyNames = NameTable()
    /// How events are read under a contract; the last one is for all of which nothing is declared.
    var readings: [Reading] = []
    /// Series by the event's name; `anyEvent` holds those that take every event, the patterns those that take
    /// every event whose name is like one.
    var seriesOfEvent: [String: [Int]] = [:]
    var anyEvent: [Int] = []
    var seriesOfPattern: [(pattern: [UInt8], excluded: [String], series: Int)] = []
    /// What is judged by walking rows.
    var nodes: [Node] = []
    var nodeLists: [[Int]] = []
    var sequences: [SequencePlan] = []
    var periods: [PeriodsPlan] = []
    var changes: [ChangePlan] = []
    var rowFilters: [RowFilter] = []
    /// Filters of items that look at the clock.
    var itemMatchers: [PropertyMatcher] = []
    var calendars = Calendars()
    /// The series that keep when a person began, and since when it is known.
    var beginning: Int?
    var knownSince: Int?
    /// The series that keep who was added to a list and removed from it; by symbol -1 for other names.
    var listOfName: [String: Int32] = [:]
    var listOfSymbol: [Int32] = []
    /// The salts of samples, with the series that keep draws.
    var draws: [(salt: String, series: Int)] = []
    /// Per name the series that keep entries into it and exits from it, -1 for none.
    var entriesOfName: [Int32] = []
    var exitsOfName: [Int32] = []
    /// The same by symbol; grown by `define`.
    var seriesOfSymbol: [[Int]] = []
    /// Per symbol, for each of its series, how that reads an event of the name: -1 for as sent.
    var readingsOfSymbol: [[Int]] = []
    /// Attribute numbers by a name by which they are sent, and by symbol.
    var attributesOfName: [String: [Int32]] = [:]
    var attributesOfSymbol: [[Int32]] = []

    /// Takes note of a symbol of the log; all of them in order, each before an entry that uses it.
    mutating func define(_ symbol: SymbolID, _ text: String) {
        let index = Int(symbol.rawValue)
        while seriesOfSymbol.count <= index {
            seriesOfSymbol.append(anyEvent)
            readingsOfSymbol.append([])
            attributesOfSymbol.append([])
            listOfSymbol.append(-1)
        }
        var series = (seriesOfEvent[text] ?? []) + anyEvent
        if !seriesOfPattern.isEmpty {
            let bytes = Array(text.utf8)
            for entry in seriesOfPattern
            where !series.contains(entry.series) && !entry.excluded.contains(text)
                && isLike(bytes.span, pattern: entry.pattern)
            {
                series.append(entry.series)
            }
        }
        seriesOfSymbol[index] = series
        readingsOfSymbol[index] = series.map { reading(of: text, in: $0) }
        attributesOfSymbol[index] = attributesOfName[text] ?? []
        if let list = listOfName[text] { listOfSymbol[index] = list }
        propertyNames.define(symbol, text)
    }

    /// The symbols of names in what a series takes.
    func symbols(of index: Int) -> [SymbolID?] {
        series[index].isRead ? propertyNames.readSymbols : propertyNames.symbols
    }

    /// How a series reads an event of that name; -1 for as sent.
    private func reading(of event: String, in index: Int) -> Int {
        guard series[index].isRead else { return -1 }
        let own = series[index].readings.first { readings[$0].events.contains(event) }
        return own ?? readings.count - 1
    }

    /// Words of 64 bits that hold a bit per leaf, and a bit per name.
    var leafWords: Int { (leaves.count + 63) / 64 }
    var nameWords: Int { (names.count + 63) / 64 }

    /// Makes places within rows of the numbers of times and keys, once it is known what a row holds.
    mutating func resolvePlaces() {
        for index in rowFilters.indices {
            let layout = series[rowFilters[index].series].layout
            rowFilters[index].atoms = rowFilters[index].atoms.map { atom in
                switch atom {
                case .time(let number, let test):
                    .time(place: Int32(layout.timesPlace) + number, test)
                case .items(let number, let every, let matcher):
                    .items(place: Int32(layout.keysPlace) + number, every: every, matcher: matcher)
                case .bit: atom
                }
            }
        }
        func place(_ number: Int32, of index: Int32) -> Int32 {
            number < 0 ? number : number + Int32(series[Int(index)].layout.keysPlace)
        }
        for index in sequences.indices {
            let sequence = sequences[index]
            sequences[index].firstKey = place(sequence.firstKey, of: sequence.first)
            sequences[index].secondKey = place(sequence.secondKey, of: sequence.second)
            if sequence.answer >= 0 {
                let shape = series[Int(sequence.first)].layout.shape
                sequences[index].answer += Int32(shape.answersPlace)
            }
        }
        for index in changes.indices {
            let change = changes[index]
            let layout = series[Int(change.series)].layout
            changes[index].pastBit = Int32(layout.pastBit(Int(change.key)))
            changes[index].key = place(change.key, of: change.series)
        }
    }
}
