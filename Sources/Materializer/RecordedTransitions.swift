internal import EventModel
internal import EventStore

/// Recorded transitions, one after the other, read in pages.
struct RecordedTransitions {
    private let state: StateStore
    private var page: ArraySlice<Transition> = []
    private var last: TransitionCursor?
    private var isAtEnd = false

    init(_ state: StateStore) {
        self.state = state
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
