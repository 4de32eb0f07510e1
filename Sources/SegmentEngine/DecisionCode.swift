/// A boolean formula as tests with two ways on: no stack, and it stops as soon as it knows.
struct DecisionCode: Sendable {
    /// Where the code ends with false or true.
    static let no: Int32 = -1
    static let yes: Int32 = -2

    struct Step: BitwiseCopyable, Sendable {
        var atom: UInt32
        var onTrue: Int32
        var onFalse: Int32
    }

    /// A formula over numbered atoms.
    indirect enum Formula {
        case atom(UInt32)
        case not(Formula)
        case all([Formula])
        case any([Formula])
        /// At least so many of them.
        case some(Int, [Formula])
    }

    private(set) var steps: [Step] = []
    private(set) var entry: Int32 = DecisionCode.yes

    init(_ formula: Formula) {
        entry = emit(formula, onTrue: DecisionCode.yes, onFalse: DecisionCode.no)
    }

    /// Writes the code from its end to its beginning, so that every way on is known.
    private mutating func emit(_ formula: Formula, onTrue: Int32, onFalse: Int32) -> Int32 {
        switch formula {
        case .atom(let atom):
            steps.append(Step(atom: atom, onTrue: onTrue, onFalse: onFalse))
            return Int32(steps.count - 1)
        case .not(let part):
            return emit(part, onTrue: onFalse, onFalse: onTrue)
        case .all(let parts):
            var next = onTrue
            for part in parts.reversed() { next = emit(part, onTrue: next, onFalse: onFalse) }
            return next
        case .any(let parts):
            var next = onFalse
            for part in parts.reversed() { next = emit(part, onTrue: onTrue, onFalse: next) }
            return next
        case .some(let wanted, let parts):
            return emitSome(wanted, of: parts, onTrue: onTrue, onFalse: onFalse)
        }
    }

    /// A way through the parts for each number that is still wanted: from the last part to the first.
    private mutating func emitSome(
        _ wanted: Int,
        of parts: [Formula],
        onTrue: Int32,
        onFalse: Int32
    ) -> Int32 {
        guard wanted > 0 else { return onTrue }
        // By how many are still wanted, where the code behind a part goes on.
        var ways = [onTrue] + Array(repeating: onFalse, count: wanted)
        for (index, part) in parts.enumerated().reversed() {
            let former = ways
            // Before this part no more can have been found than there are parts.
            for missing in max(1, wanted - index)...wanted {
                let (found, other) = (former[missing - 1], former[missing])
                ways[missing] =
                    found == other ? found : emit(part, onTrue: found, onFalse: other)
            }
        }
        return ways[wanted]
    }

    /// The formula's truth, given that of its atoms.
    @inline(__always)
    func evaluate(_ truth: (UInt32) -> Bool) -> Bool {
        var at = entry
        while at >= 0 {
            let step = steps[Int(at)]
            at = truth(step.atom) ? step.onTrue : step.onFalse
        }
        return at == DecisionCode.yes
    }

    /// The atoms that occur, each once, in ascending order.
    var atoms: [UInt32] { Array(Set(steps.map(\.atom))).sorted() }
}
