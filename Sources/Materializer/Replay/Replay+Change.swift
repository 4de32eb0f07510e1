internal import EventModel
internal import SegmentEngine

/// What a change of the rules does to a segment, and how it is then.
struct ReplayedChange {
    struct Segment {
        var entered = 0
        var exited = 0
        /// Of those, whose entry was not announced.
        var exitedUnannounced = 0
        /// How many members it has then.
        var members = 0
        /// The first ones of each direction.
        var samples: [Transition] = []
        /// Other segments that have members in common with it; of those that it was asked for.
        var overlaps: [SegmentOverlap] = []

        mutating func count(_ row: TransitionBatch.Row) {
            if row.direction == .entered {
                entered += 1
            } else {
                exited += 1
                if !row.entryIsAnnounced { exitedUnannounced += 1 }
            }
        }

        /// Whether a transition is one of the first of its direction that were seen, by `PersonID`.
        func wantsSample(_ row: TransitionBatch.Row, max: Int) -> Bool {
            let others = samples.filter { $0.direction == row.direction }
            return others.count < max || others.contains { $0.person > row.person }
        }

        mutating func add(_ sample: Transition, max: Int) {
            let others = samples.filter { $0.direction != sample.direction }
            let same = (samples.filter { $0.direction == sample.direction } + [sample])
                .sorted { $0.person < $1.person }.prefix(max)
            samples = others + same
        }
    }

    var segments: [String: Segment] = [:]
    /// How many people there are.
    var people = 0
    /// Who enters or leaves a segment by the change; and who leaves one.
    var (moved, left) = (Set<PersonID>(), Set<PersonID>())
}

extension Replay {
    /// Folds everything and then the change of the rules that it was made with.
    ///
    /// - Parameters:
    ///   - names: The segments of which overlaps are wanted.
    ///   - samplesMax: How many transitions of each segment and direction are wanted.
    ///   - progress: Called now and then with entries done.
    func change(
        overlapsOf names: [String],
        samplesMax: Int,
        progress: (UInt64) -> Void
    ) throws(PartitionError) -> ReplayedChange {
        var change = ReplayedChange()
        let at = changesAt
        try run(
            progress: progress,
            { found, places in
                for place in places where found.rows[place].at == at {
                    let row = found.rows[place]
                    // What falls due at that very instant is the change's too, in any order of people.
                    let name = found.segment(row)
                    change.segments[name, default: ReplayedChange.Segment()].count(row)
                    if row.cause == .rules {
                        change.moved.insert(row.person)
                        if row.direction == .exited { change.left.insert(row.person) }
                    }
                    let wants =
                        change.segments[name]?.wantsSample(row, max: samplesMax) ?? false
                    if wants {
                        change.segments[name]?.add(found.transition(place), max: samplesMax)
                    }
                }
            },
            end: { workers in
                let all = workers[0].stage.segmentNames
                let wanted = names.compactMap { all.firstIndex(of: $0) }
                var members = Array(repeating: 0, count: all.count)
                var overlaps = wanted.map { _ in members }
                for worker in workers {
                    change.people += worker.stage.livingCount
                    for (name, count) in worker.stage.memberCounts.enumerated() {
                        members[name] += count
                    }
                    worker.stage.addOverlaps(of: wanted, into: &overlaps)
                }
                for (place, name) in all.enumerated() {
                    change.segments[name, default: ReplayedChange.Segment()].members =
                        members[place]
                }
                for (row, place) in wanted.enumerated() {
                    change.segments[all[place]]?.overlaps = all.indices.compactMap { other in
                        guard other != place, overlaps[row][other] > 0 else { return nil }
                        return SegmentOverlap(segment: all[other], members: overlaps[row][other])
                    }
                }
            }
        )
        return change
    }
}
