public import EventModel
internal import EventStore

extension Partition {
    /// How many members a segment had at instants, under the rules in force at each.
    ///
    /// - Parameters:
    ///   - instants: In order; none behind `knownThrough`.
    /// - Complexity: O(n) in the transitions recorded up to the last of them.
    public func sizes(
        of segment: String,
        at instants: [Instant]
    ) async throws(PartitionError) -> [SegmentSize] {
        guard let last = instants.last else { return [] }
        try await settle(last)
        let state = state
        return try await besides { _ throws(StoreError) in
            var sizes: [SegmentSize] = []
            var members = 0
            var left = instants[...]
            try state.scan(after: nil) { transition in
                while let next = left.first, next < transition.at {
                    sizes.append(SegmentSize(at: next, members: members))
                    left.removeFirst()
                }
                if transition.notice == nil, transition.segment == segment {
                    members += transition.direction == .entered ? 1 : -1
                }
                return !left.isEmpty
            }
            return sizes + left.map { SegmentSize(at: $0, members: members) }
        }
    }
}
