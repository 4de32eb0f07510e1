public import EventModel

/// Transitions of a stretch of a replay.
public struct ReplayTransitions: Sendable {
    private var batch = TransitionBatch()
    private var segmentNames: [String] = []
    /// The transitions that were put in order.
    public private(set) var rows: [TransitionBatch.Row] = []
    /// Where each of them stands in the batch.
    private var places: [Int32] = []
    private var order = TransitionOrder()

    /// None yet.
    public init() {}

    /// Gives the batch, which was emptied, for one with transitions.
    mutating func exchange(_ batch: inout TransitionBatch, segmentNames: [String]) {
        swap(&self.batch, &batch)
        self.segmentNames = segmentNames
    }

    /// Puts the transitions in the order of all.
    public mutating func putInOrder() {
        rows.removeAll(keepingCapacity: true)
        rows.reserveCapacity(batch.rows.count)
        order.sort(batch.rows, into: &places)
        for place in places { rows.append(batch.rows[Int(place)]) }
    }

    /// What a row calls its segment.
    public func segment(_ row: TransitionBatch.Row) -> String { segmentNames[Int(row.segment)] }

    /// The transition at a place in order, with names and identifiers.
    public func transition(_ index: Int) -> Transition {
        batch.transition(Int(places[index]), segmentNames: segmentNames)
    }

    /// Forgets all, and keeps the memory.
    public mutating func removeAll() {
        batch.removeAll()
        rows.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }
}
