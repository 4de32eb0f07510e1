public import EventModel

/// Where a person stands with a segment now.
public struct Standing: Equatable, Sendable {
    /// Whom the person became one with: then nothing else is known of it.
    public var mergedInto: PersonID?
    /// Whether the person is a member.
    public var isMember = false
    /// When the membership ends if nothing but time passes; nil where it never does, or where that is not known.
    public var until: Instant?

    /// A standing with its parts.
    public init(mergedInto: PersonID? = nil, isMember: Bool = false, until: Instant? = nil) {
        self.mergedInto = mergedInto
        self.isMember = isMember
        self.until = until
    }
}

extension ApplyStage {
    /// Where a person stands with a segment.
    ///
    /// - Returns: nil where there is nobody of that id, or no segment of that name in force.
    /// - Complexity: O(steps × leaves of the rule): each step is an instant at which one of its leaves ends.
    public mutating func standing(of person: PersonID, in segment: String) -> Standing? {
        guard let slot = slot(of: person) else { return nil }
        let record = people.record(slot)
        var standing = Standing()
        if record.pointee.isErased { return standing }
        guard !record.pointee.isAbsorbed else {
            standing.mergedInto = people.record(survivor(of: slot)).pointee.id
            return standing
        }
        guard let name = program.names.firstIndex(of: segment), inForce[name] >= 0 else {
            return nil
        }
        standing.isMember = people.members(record)[name >> 6] & (1 << UInt64(name & 63)) != 0
        if standing.isMember { standing.until = end(of: name, record) }
        return standing
    }

    /// A leaf that a rule looks at, with its series' entry in the person's directory.
    private struct Watched {
        var leaf: UnsafePointer<Plan.Leaf>
        var series: UnsafePointer<Plan.Series>
        var entry: UnsafeMutablePointer<DirectoryEntry>
    }

    /// So many ends of leaves are gone through; behind them the end is not known.
    private static let stepsMax = 200

    /// When a membership ends if nothing but time passes: the rule is evaluated at each instant at which one of its
    /// leaves ends, on copies of the person's bits.
    private mutating func end(
        of name: Int,
        _ record: UnsafeMutablePointer<PersonRecord>
    ) -> Instant? {
        let (names, leaves) = everything(that: name)
        guard !keepsTurns || !looksAtTurns(leaves) else { return nil }
        let watched = watched(leaves, record)
        let leafWords = (program.leaves.count + 63) >> 6
        let nameWords = (program.names.count + 63) >> 6
        var words = [UInt64](repeating: 0, count: leafWords + nameWords)
        for index in 0..<leafWords { words[index] = people.now(record)[index] }
        for index in 0..<nameWords { words[leafWords + index] = people.members(record)[index] }
        // Nothing ends before it, so truth just before it is truth since the last evaluation.
        var instant = reached - TimeSpan(milliseconds: 1)
        for _ in 0..<ApplyStage.stepsMax {
            var next = Instant.distantFuture
            for one in watched {
                let found = truth(of: one.leaf, one.series, one.entry, record, at: instant)
                next = min(next, found.until)
            }
            guard next < .latestNamed, next > instant else { return nil }
            instant = next
            for one in watched {
                let isTrue = truth(of: one.leaf, one.series, one.entry, record, at: instant).isTrue
                let word = Int(one.leaf.pointee.word)
                words[word] =
                    words[word] & ~one.leaf.pointee.bit | (isTrue ? one.leaf.pointee.bit : 0)
            }
            let isMember = words.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return false }
                return Standing.decide(names, plan, inForce, base, base + leafWords)
            }
            if !isMember { return instant }
        }
        return nil
    }

    /// The segment and those that its rule refers to, in order of rank, and the leaves that all of them look at.
    private func everything(that name: Int) -> (names: [Int], leaves: Set<Int32>) {
        var names = [name]
        var leaves: Set<Int32> = []
        var index = 0
        while index < names.count {
            let variant = Int(inForce[names[index]])
            index += 1
            guard variant >= 0 else { continue }
            for atom in program.variants[variant].code.atoms {
                if atom < Program.nameAtom {
                    leaves.insert(Int32(atom))
                } else if !names.contains(Int(atom - Program.nameAtom)) {
                    names.append(Int(atom - Program.nameAtom))
                }
            }
        }
        let ranks = names.map { inForce[$0] >= 0 ? program.variants[Int(inForce[$0])].rank : 0 }
        return (zip(ranks, names).sorted { $0 < $1 }.map(\.1), leaves)
    }

    /// Those leaves of which the person has anything: the others stay as they are.
    private mutating func watched(
        _ leaves: Set<Int32>,
        _ record: UnsafeMutablePointer<PersonRecord>
    ) -> [Watched] {
        var watched: [Watched] = []
        let entries = people.directory(record)
        for index in 0..<Int(record.pointee.directoryCount)
        where Int(entries[index].key) < keeps.count {
            let series = plan.series.pointer(Int32(truncatingIfNeeded: entries[index].key))
            for place in series.pointee.leafStart..<series.pointee.leafEnd {
                let leaf = plan.leaves.pointer(place)
                guard leaves.contains(leaf.pointee.number) else { continue }
                watched.append(Watched(leaf: leaf, series: series, entry: entries + index))
            }
        }
        return watched
    }

    /// Whether one of those leaves is what it is by entries into segments or exits from them: these come to pass
    /// while time does, and are not looked ahead at.
    private func looksAtTurns(_ leaves: Set<Int32>) -> Bool {
        for turns in [program.entriesOfName, program.exitsOfName] {
            for series in turns where series >= 0 {
                if hasOne(of: leaves, series) { return true }
                for place in plan.dependents.range(Int(series))
                where hasOne(of: leaves, Int32(plan.dependents.number(at: place))) {
                    return true
                }
            }
        }
        return false
    }

    private func hasOne(of leaves: Set<Int32>, _ series: Int32) -> Bool {
        for place in plan.series[series].leafStart..<plan.series[series].leafEnd
        where leaves.contains(plan.leaves[place].number) {
            return true
        }
        return false
    }
}

extension Standing {
    /// Decides names in order of rank on bits of leaves and of names; gives the last one's truth.
    fileprivate static func decide(
        _ names: [Int],
        _ plan: borrowing Plan,
        _ inForce: borrowing PlainList<Int32>,
        _ leaves: UnsafeMutablePointer<UInt64>,
        _ members: UnsafeMutablePointer<UInt64>
    ) -> Bool {
        var isMember = false
        for name in names {
            let variant = Int(inForce[name])
            isMember = variant >= 0 && plan.holds(variant, leaves: leaves, members: members)
            let bit: UInt64 = 1 << UInt64(name & 63)
            members[name >> 6] = members[name >> 6] & ~bit | (isMember ? bit : 0)
        }
        return isMember
    }
}
