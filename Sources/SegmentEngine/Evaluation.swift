internal import EventModel

/// An instant that is being evaluated, person by person in order of `PersonID`; its lists are used again.
struct Evaluation: ~Copyable {
    /// Whether one is under way.
    var isOpen = false
    var instant = Instant.distantPast
    /// What to look at, sorted; for a sweep over all people only those with something of their own.
    var work = PlainList<WorkItem>()
    var workIndex = 0
    /// The entries' marks, sorted by person, then sequence.
    var touches = PlainList<ApplyStage.Touch>()
    var touchIndex = 0
    /// The next person of a sweep over all, where rules changed.
    var sweepNext: UInt32?
}

/// Memory that evaluations use again and again.
struct EvaluationScratch: ~Copyable {
    /// Leaves that have turned, some of them twice; and a bit for each that is not as it was.
    var flipped = PlainList<Int32>()
    var flips: PlainList<UInt64>
    /// Names to decide, each once.
    var candidates = PlainList<Int32>()
    /// Names whose membership changed.
    var changed = PlainList<Int32>()
    var isCandidate: PlainList<Bool>

    @inline(__always)
    mutating func flip(_ leaf: Int) {
        flips[leaf >> 6] ^= 1 << UInt64(leaf & 63)
        flipped.append(Int32(truncatingIfNeeded: leaf))
    }

    /// The leaf at a place among those that flipped, once; nil where it has flipped back.
    @inline(__always)
    mutating func takeFlip(_ index: Int) -> Int? {
        let leaf = Int(flipped[index])
        let bit: UInt64 = 1 << UInt64(leaf & 63)
        guard flips[leaf >> 6] & bit != 0 else { return nil }
        flips[leaf >> 6] ^= bit
        return leaf
    }

    /// Forgets what has turned.
    mutating func forgetFlips() {
        for index in 0..<flipped.count { flips[Int(flipped[index]) >> 6] = 0 }
        flipped.removeAll()
    }

    init(names: Int, leafWords: Int) {
        flips = PlainList(repeating: 0, count: leafWords)
        isCandidate = PlainList(repeating: false, count: names)
    }
}
