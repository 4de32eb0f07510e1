internal import EventModel
internal import EventStore

/// Recorded transitions, one after the other, read in pages.
struct RecordedTransitions {
    private let state: StateStore
    private var page: ArraySlice<Transition> = []
    private var last: TransitionCursor?
    private var isAtEnd = false

    /// - Parameter mark: Begin with those after its instant.
    init(_ state: StateStore, after mark: AppliedMark) {
        self.state = state
        guard mark.sequence != .zero else { return }
        // Before everything of the next instant: no person has this number, no segment no name.
        last = TransitionCursor(
            at: mark.instant + TimeSpan(milliseconds: 1),
            person: PersonID(0),
            segment: ""
        )
    }

    mutating func next() throws(StoreError) -> Transition? {
        if page.isEmpty, !isAtEnd {
            var fresh: [Transition] = []
            try state.scan(after: last) { transition in
                fresh.append(transition)
                return fresh.count < 4_096
            }
            isAtEnd = fresh.count < 4_096
            last = fresh.last?.cursor
            page = fresh[...]
        }
        return page.popFirst()
    }
}
