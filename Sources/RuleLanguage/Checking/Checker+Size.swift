extension Checker {
    /// Refuses conditions that written out are too large to be decided for everybody, behind the last file.
    ///
    /// `at least 50 of (…)` tries its parts in every way that matters, and a segment within `for` is judged again
    /// in its place, with all that it refers to.
    mutating func checkSizes() {
        // Where references are wrong, there is no size.
        guard files.allSatisfy({ $0.complaints.count == 0 }) else { return }
        let rules = RuleSet(segments: segments)
        var sizes: [String: Int] = [:]
        for index in rules.evaluationOrder {
            let rule = rules.segments[index]
            sizes[rule.name] = rule.condition.nodes { sizes[$0] ?? 1 }
            let size = rule.condition.steps { sizes[$0] ?? 1 }
            guard size > Limits.conditionSizeMax, let place = namePlaces[rule.name] else {
                continue
            }
            files[place.file].complaints.error(
                place.range,
                "written out, this condition has more than \(Limits.conditionSizeMax) parts",
                fix: "use smaller lists behind 'at least … of', and fewer segments within 'for'"
            )
        }
    }
}

extension Condition {
    /// Large enough to be refused, and small enough to be added up.
    private static let largest = 1 << 40

    private static func sum(_ sizes: [Int]) -> Int {
        sizes.reduce(0) { min($0 + $1, largest) }
    }

    /// How many tests decide it, with what is judged for them.
    fileprivate func steps(_ segment: (String) -> Int) -> Int {
        switch self {
        case .all(let parts), .any(let parts):
            return Condition.sum(parts.map { $0.steps(segment) })
        case .not(let part): return part.steps(segment)
        case .some(let count, let parts):
            let ways = max(1, min(count, parts.count - count + 1))
            let size = Condition.sum(parts.map { $0.steps(segment) })
            return min(size * ways, Condition.largest)
        case .held(let part, _): return part.nodes(segment)
        default: return 1
        }
    }

    /// How many parts it has where it is judged in its place, segments that it refers to included.
    fileprivate func nodes(_ segment: (String) -> Int) -> Int {
        switch self {
        case .all(let parts), .any(let parts), .some(_, let parts):
            return min(Condition.sum(parts.map { $0.nodes(segment) }) + 1, Condition.largest)
        case .not(let part), .held(let part, _):
            return min(part.nodes(segment) + 1, Condition.largest)
        case .inSegment(let name): return segment(name)
        default: return 1
        }
    }
}
