/// One `in segment name`, as written.
struct SegmentReference {
    /// The name of the segment that is meant.
    var name: String
    /// The file, by its place among the checker's files.
    var file: Int
    /// Where the name stands in the file.
    var range: Range<Int>
    /// The line of the name, from 1.
    var line = 0
}

/// Which segment refers to which, across all files.
struct SegmentGraph {
    /// What is wrong with references.
    enum Finding {
        /// No segment has the name.
        case unknown(SegmentReference)
        /// A way that comes back to where it began, the last reference closing it; with the names
        /// of the segments on it.
        case circle([String], [SegmentReference])
        /// A reference from which more than the bound would nest.
        case tooDeep(SegmentReference)
    }

    private struct Node {
        var name: String
        var references: [SegmentReference]
    }

    /// A segment on the way that is being followed.
    private struct Step {
        var node: Int
        /// The next reference to follow.
        var next = 0
        /// How many references lead on from here at most; nil where a way ends in a circle.
        var depth: Int? = 0
        /// The segments to which a reference from here closed a circle.
        var closed: Set<Int> = []
        /// The reference that leads the farthest.
        var deepest: SegmentReference?
    }

    private enum State {
        case unseen
        case onWay(Int)
        case done(depth: Int?)
    }

    private var nodes: [Node] = []
    private var indices: [String: Int] = [:]

    /// The names of all segments, in order of appearance.
    var names: [String] { nodes.map(\.name) }

    /// Takes a segment with all references in its condition; of two with one name the first counts.
    mutating func add(_ name: String, references: [SegmentReference]) {
        nodes.append(Node(name: name, references: references))
        guard indices[name] == nil else { return }
        indices[name] = nodes.count - 1
    }

    /// Everything that is wrong, found by following the references in order of appearance.
    ///
    /// Each reference that closes a circle gives one; whoever mends all of them has none left.
    /// - Complexity: O(n) in segments and references, and in the lengths of the circles.
    func findings() -> [Finding] {
        var findings: [Finding] = []
        var states: [State] = Array(repeating: .unseen, count: nodes.count)
        for start in nodes.indices {
            guard case .unseen = states[start] else { continue }
            states[start] = .onWay(0)
            // By hand and not by recursion: a way may be as long as there are segments.
            var way = [Step(node: start)]
            while let step = way.last {
                let references = nodes[step.node].references
                if step.next < references.count {
                    way[way.count - 1].next += 1
                    follow(references[step.next], &way, &states, &findings)
                } else {
                    way.removeLast()
                    finish(step, &way, &states, &findings)
                }
            }
        }
        return findings
    }

    private func follow(
        _ reference: SegmentReference,
        _ way: inout [Step],
        _ states: inout [State],
        _ findings: inout [Finding]
    ) {
        guard let target = indices[reference.name] else {
            findings.append(.unknown(reference))
            return
        }
        switch states[target] {
        case .unseen:
            states[target] = .onWay(way.count)
            way.append(Step(node: target))
        case .onWay(let place):
            way[way.count - 1].depth = nil
            guard way[way.count - 1].closed.insert(target).inserted else { return }
            let circle = way[place...]
            findings.append(
                .circle(
                    circle.map { nodes[$0.node].name },
                    circle.map { nodes[$0.node].references[$0.next - 1] }
                )
            )
        case .done(let depth):
            lead(by: reference, to: depth, &way)
        }
    }

    /// Marks a segment whose references were all followed, and tells the one before it.
    private func finish(
        _ step: Step,
        _ way: inout [Step],
        _ states: inout [State],
        _ findings: inout [Finding]
    ) {
        states[step.node] = .done(depth: step.depth)
        // Whatever rests on it is deeper still, and would be the same error again.
        if step.depth == Limits.segmentDepthMax + 1, let deepest = step.deepest {
            findings.append(.tooDeep(deepest))
        }
        guard let before = way.last else { return }
        lead(by: nodes[before.node].references[before.next - 1], to: step.depth, &way)
    }

    private func lead(by reference: SegmentReference, to depth: Int?, _ way: inout [Step]) {
        let last = way.count - 1
        guard let depth, let known = way[last].depth else {
            way[last].depth = nil
            return
        }
        guard depth >= known else { return }
        way[last].depth = depth + 1
        way[last].deepest = reference
    }
}
