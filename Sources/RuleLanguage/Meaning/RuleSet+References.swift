import EventModel

extension Condition {
    /// The segments that the condition refers to, in order of appearance, each once.
    package var referredSegments: [String] {
        var names: [String] = []
        var seen: Set<String> = []
        collectReferences(into: &names, &seen)
        return names
    }

    private func collectReferences(into names: inout [String], _ seen: inout Set<String>) {
        switch self {
        case .all(let parts), .any(let parts), .some(_, let parts):
            for part in parts { part.collectReferences(into: &names, &seen) }
        case .not(let part), .held(let part, _): part.collectReferences(into: &names, &seen)
        case .inSegment(let name):
            if seen.insert(name).inserted { names.append(name) }
        case .turned(let turn):
            if seen.insert(turn.segment).inserted { names.append(turn.segment) }
        case .atLeast, .sum, .aggregate, .extreme, .sequence, .periods, .attribute,
            .attributeItems, .changed, .isKnown, .knownFor, .inList, .sample:
            break
        }
    }
}

extension RuleSet {
    /// The places of the segments in `segments`, each behind those that it refers to; of those
    /// that are free, the first by the bytes of their names comes first.
    ///
    /// A checked rule set has no circles. Of an unchecked one, what is in a circle or rests on
    /// one comes last, by name; references to segments that there are not count for nothing.
    /// - Complexity: O(n log n) in the number of segments and references.
    public var evaluationOrder: [Int] {
        let byName = segments.indices.sorted {
            segments[$0].name.utf8.lexicographicallyPrecedes(segments[$1].name.utf8)
        }
        var ranks: [String: Int] = [:]
        for (rank, index) in byName.enumerated() where ranks[segments[index].name] == nil {
            ranks[segments[index].name] = rank
        }
        var waiting = Array(repeating: 0, count: byName.count)
        var dependents: [[Int]] = Array(repeating: [], count: byName.count)
        for (rank, index) in byName.enumerated() {
            for name in segments[index].condition.referredSegments {
                guard let referred = ranks[name] else { continue }
                waiting[rank] += 1
                dependents[referred].append(rank)
            }
        }
        // By rank, the last first, so that the next one is taken off the end.
        var free = Array(waiting.indices.filter { waiting[$0] == 0 }.reversed())
        var order: [Int] = []
        while let rank = free.popLast() {
            order.append(byName[rank])
            for dependent in dependents[rank] {
                waiting[dependent] -= 1
                if waiting[dependent] == 0 { insert(dependent, into: &free) }
            }
        }
        order += waiting.indices.filter { waiting[$0] > 0 }.map { byName[$0] }
        return order
    }

    /// Names what each segment means, with all that it refers to.
    ///
    /// Of a segment without references it is ``SegmentRule/ruleHash``; of one with references,
    /// FNV-1a of its meaning and then, for each segment referred to in order of appearance, of the
    /// name, a zero byte and that segment's hash as 8 bytes, the highest first. So it changes with
    /// the meaning of any segment on the way. Meanings are compared in full, never by this.
    public var ruleHashes: [String: UInt64] {
        var hashes: [String: UInt64] = [:]
        for index in evaluationOrder {
            let rule = segments[index]
            var hash = StableHash()
            hash.feed(rule.meaning)
            for name in rule.condition.referredSegments {
                hash.feed(name)
                hash.feed(0)
                // Nil only in a circle, or where there is no such segment: never when checked.
                let referred = hashes[name] ?? 0
                for shift in stride(from: 56, through: 0, by: -8) {
                    hash.feed(UInt8(truncatingIfNeeded: referred >> UInt64(shift)))
                }
            }
            hashes[rule.name] = hash.value
        }
        return hashes
    }

    /// Inserts a rank into ranks that fall.
    private func insert(_ rank: Int, into ranks: inout [Int]) {
        var low = 0
        var high = ranks.count
        while low < high {
            let middle = (low + high) / 2
            if ranks[middle] > rank { low = middle + 1 } else { high = middle }
        }
        ranks.insert(rank, at: low)
    }
}
