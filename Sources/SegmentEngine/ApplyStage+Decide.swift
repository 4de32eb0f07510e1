internal import EventModel

/// Names whose rules may have turned, and those that follow from them.
extension ApplyStage {
    /// Collects the names that may have changed: those of flipped leaves, for a stranger those that are true
    /// of somebody without history, in a sweep those whose rule changed.
    mutating func gather(
        isStranger: Bool,
        isSwept: Bool
    ) {
        for index in 0..<scratch.flipped.count {
            guard let leaf = scratch.takeFlip(index) else { continue }
            for place in plan.variantsOfLeaf.range(leaf) {
                gather(plan.variantsOfLeaf.number(at: place))
            }
        }
        scratch.flipped.removeAll()
        if isStranger {
            // "At that instant all segments are evaluated": those that are false of a stranger and
            // whose leaves are as a stranger's need no look.
            for index in 0..<strangerVariants.count { gather(Int(strangerVariants[index])) }
        }
        if isSwept {
            for name in sweptNames where !scratch.isCandidate[name] {
                scratch.isCandidate[name] = true
                scratch.candidates.append(Int32(name))
            }
        }
    }

    @inline(__always)
    private mutating func gather(_ variant: Int) {
        let name = plan.variants[variant].name
        guard Int(inForce[name]) == variant, !scratch.isCandidate[name] else { return }
        scratch.isCandidate[name] = true
        scratch.candidates.append(name)
    }

    /// Decides the collected names, those first that others refer to; collects what changes.
    mutating func decide(
        _ person: PersonSlot,
        _ record: UnsafeMutablePointer<PersonRecord>
    ) {
        let leaves = people.now(record)
        let members = people.members(record)
        sortCandidates()
        var index = 0
        while index < scratch.candidates.count {
            let name = scratch.candidates[index]
            index += 1
            let variant = Int(inForce[name])
            let isMember =
                variant >= 0 && plan.holds(variant, leaves: leaves, members: members)
            let bit: UInt64 = 1 << UInt64(name & 63)
            let word = members + Int(name >> 6)
            guard isMember != (word.pointee & bit != 0) else { continue }
            word.pointee ^= bit
            scratch.changed.append(name)
            cascade(from: Int(name))
            if keepsTurns { cascadeTurn(person, record, Int(name), isEntry: isMember) }
        }
        for index in 0..<scratch.candidates.count {
            scratch.isCandidate[scratch.candidates[index]] = false
        }
        scratch.candidates.removeAll()
    }

    /// By rank; written out since the 6.3 compiler crashes on closures over a noncopyable value.
    private mutating func sortCandidates() {
        guard scratch.candidates.count > 1 else { return }
        for index in 1..<scratch.candidates.count {
            let name = scratch.candidates[index]
            let nameRank = rank(name)
            var place = index
            while place > 0, rank(scratch.candidates[place - 1]) > nameRank {
                scratch.candidates[place] = scratch.candidates[place - 1]
                place -= 1
            }
            scratch.candidates[place] = name
        }
    }

    private func rank(_ name: Int32) -> Int32 {
        inForce[name] >= 0 ? plan.variants[inForce[name]].rank : 0
    }

    /// Adds the segments that refer to one that changed; all of them rank above it.
    private mutating func cascade(from name: Int) {
        for dependent in plan.variantsOfName.range(name) {
            cascade(to: plan.variantsOfName.number(at: dependent))
        }
    }

    /// Keeps the turn where rules look at it, and adds the segments that this changes.
    private mutating func cascadeTurn(
        _ person: PersonSlot,
        _ record: UnsafeMutablePointer<PersonRecord>,
        _ name: Int,
        isEntry: Bool
    ) {
        keepTurn(person, record, name, isEntry: isEntry)
        for index in 0..<scratch.flipped.count {
            guard let leaf = scratch.takeFlip(index) else { continue }
            for place in plan.variantsOfLeaf.range(leaf) {
                cascade(to: plan.variantsOfLeaf.number(at: place))
            }
        }
        scratch.flipped.removeAll()
    }

    /// Adds the segment of a variant in force, in its place by rank.
    private mutating func cascade(to variant: Int) {
        let count = scratch.candidates.count
        gather(variant)
        guard scratch.candidates.count > count else { return }
        let added = scratch.candidates[count]
        var place = count
        while place > 0, rank(scratch.candidates[place - 1]) > rank(added) {
            scratch.candidates[place] = scratch.candidates[place - 1]
            place -= 1
        }
        scratch.candidates[place] = added
    }
}
