internal import EventModel

/// The program as evaluation runs it: plain tables, in which nothing is counted or copied.
struct Plan: ~Copyable {
    struct Series: BitwiseCopyable {
        var keep: SeriesKeep
        /// Whether every event of its names counts, whatever it says: no filter, no figure, no declared key.
        var isPlain: Bool
        /// How many of the latest times its leaves need.
        var timesMax: Int32
        /// Its leaves, in `leaves`.
        var leafStart: Int32
        var leafEnd: Int32
        /// Where those begin that can change once the series was looked at: one event that ever was stays.
        var turningStart: Int32
        /// The longest window of a sum.
        var spanMax: Int64
    }

    struct Leaf: BitwiseCopyable {
        /// The leaf's bit, within the word of that number.
        var bit: UInt64
        var word: Int32
        /// How many times must lie in the window; 0 for sums.
        var count: Int32
        /// The window; the distant future for `ever`.
        var span: Int64
        /// For a sum, its place in `bounds`; else -1.
        var bound: Int32
        /// The leaf's number.
        var number: Int32
        /// For one that is judged from rows, its node; else -1.
        var node: Int32
    }

    struct Variant: BitwiseCopyable {
        var name: Int32
        var rank: Int32
        /// Where its code begins in `steps`.
        var entry: Int32
        var ruleHash: UInt64
    }

    let series: PlainList<Series>
    /// By series: those of one stand side by side.
    let leaves: PlainList<Leaf>
    let bounds: PlainList<Program.SumBound>
    let variants: PlainList<Variant>
    private let steps: PlainList<DecisionCode.Step>
    /// Per leaf, by its number, the variants that look at it.
    let variantsOfLeaf: NumberLists
    /// Per name the variants that refer to the segment.
    let variantsOfName: NumberLists
    /// By series, whether it has rows or not.
    let rows: PlainList<RowShape>
    let nodes: PlainList<Node>
    let nodeLists: NumberLists
    let sequences: PlainList<SequencePlan>
    /// Per series the sequences that keep what is answered, of which it is the first or the second.
    let answering: NumberLists
    let periods: PlainList<PeriodsPlan>
    let changes: PlainList<ChangePlan>
    /// Per series those whose leaf is judged from it.
    let dependents: NumberLists
    /// Per symbol the series that take events of that name; grown by `define`.
    private(set) var seriesOfSymbol = NumberLists()
    /// At the same places: how each of these series reads such an event, -1 for as sent.
    private(set) var readingsOfSymbol = NumberLists()

    init(_ program: Program) {
        var series = PlainList<Series>(capacity: program.series.count)
        var leaves = PlainList<Leaf>(capacity: program.leaves.count)
        var bounds = PlainList<Program.SumBound>()
        for one in program.series {
            let start = Int32(leaves.count)
            let lasting = one.leaves.filter { program.leaves[$0].isLasting }
            for number in lasting + one.leaves.filter({ !program.leaves[$0].isLasting }) {
                let leaf = program.leaves[number]
                if let bound = leaf.bound { bounds.append(bound) }
                leaves.append(
                    Leaf(
                        bit: 1 << UInt64(number & 63),
                        word: Int32(number >> 6),
                        count: Int32(leaf.count),
                        span: leaf.span,
                        bound: leaf.bound == nil ? -1 : Int32(bounds.count - 1),
                        number: Int32(number),
                        node: one.node ?? -1
                    )
                )
            }
            series.append(
                Series(
                    keep: one.keep,
                    isPlain: one.filter == nil && one.uniqueKeys.isEmpty && !one.hasRows
                        && one.summed == nil,
                    timesMax: Int32(one.timesMax),
                    leafStart: start,
                    leafEnd: Int32(leaves.count),
                    turningStart: start + Int32(lasting.count),
                    spanMax: one.spanMax
                )
            )
        }
        var variants = PlainList<Variant>(capacity: program.variants.count)
        var steps = PlainList<DecisionCode.Step>()
        for variant in program.variants {
            variants.append(
                Variant(
                    name: Int32(variant.name),
                    rank: Int32(variant.rank),
                    entry: Plan.append(variant.code, to: &steps),
                    ruleHash: variant.ruleHash
                )
            )
        }
        self.series = series
        self.leaves = leaves
        self.bounds = bounds
        self.variants = variants
        self.steps = steps
        variantsOfLeaf = NumberLists(program.variantsOfLeaf)
        variantsOfName = NumberLists(program.variantsOfName)
        rows = PlainList(program.series.map(\.layout.shape))
        nodes = PlainList(program.nodes)
        nodeLists = NumberLists(program.nodeLists)
        sequences = PlainList(program.sequences)
        var answering: [[Int]] = Array(repeating: [], count: program.series.count)
        for (index, sequence) in program.sequences.enumerated() where sequence.answer >= 0 {
            // Those that share the place are kept once.
            let isKept = answering[Int(sequence.first)].contains { other in
                program.sequences[other].hasSameAnswers(sequence)
            }
            if isKept { continue }
            answering[Int(sequence.first)].append(index)
            if sequence.second != sequence.first { answering[Int(sequence.second)].append(index) }
        }
        self.answering = NumberLists(answering)
        periods = PlainList(program.periods)
        changes = PlainList(program.changes)
        dependents = NumberLists(program.series.map(\.dependents))
    }

    /// Adds code behind the code so far; gives where it begins.
    private static func append(
        _ code: DecisionCode,
        to steps: inout PlainList<DecisionCode.Step>
    ) -> Int32 {
        let start = Int32(steps.count)
        func moved(_ place: Int32) -> Int32 { place < 0 ? place : place + start }
        for step in code.steps {
            steps.append(
                DecisionCode.Step(
                    atom: step.atom,
                    onTrue: moved(step.onTrue),
                    onFalse: moved(step.onFalse)
                )
            )
        }
        return moved(code.entry)
    }

    /// Takes note of the series of a symbol that the program has just defined.
    mutating func define(_ symbol: SymbolID, _ program: Program) {
        let index = Int(symbol.rawValue)
        while seriesOfSymbol.count <= index {
            readingsOfSymbol.append(
                program.seriesOfSymbol[seriesOfSymbol.count].map { _ in -1 }
            )
            seriesOfSymbol.append(program.seriesOfSymbol[seriesOfSymbol.count])
        }
        seriesOfSymbol.replace(index, with: program.seriesOfSymbol[index])
        readingsOfSymbol.replace(index, with: program.readingsOfSymbol[index])
    }

    /// The truth of a variant, given that of its atoms: leaves by number, names with `Program.nameAtom`.
    @inline(__always)
    func holds(
        _ variant: Int,
        leaves: UnsafeMutablePointer<UInt64>,
        members: UnsafeMutablePointer<UInt64>
    ) -> Bool {
        var at = variants[variant].entry
        while at >= 0 {
            let step = steps[at]
            let isName = step.atom >= Program.nameAtom
            let bit = isName ? step.atom - Program.nameAtom : step.atom
            let words = isName ? members : leaves
            let isTrue = words[Int(bit >> 6)] & (1 << UInt64(bit & 63)) != 0
            at = isTrue ? step.onTrue : step.onFalse
        }
        return at == DecisionCode.yes
    }
}
