internal import EventModel
internal import EventStore

/// Recorded transitions, one after the other, read in pages: those that must follow from the log.
///
/// Left out are those of people whose entries were scrubbed: the log does not give them any more. So are notices then,
/// since expectations had counted these people.
struct RecordedTransitions {
    private let state: StateStore
    private let scrubbed: Set<PersonID>
    /// The last one when this was made, where notices are left out.
    private let noticesEnd: TransitionCursor?
    private var page: ArraySlice<Transition> = []
    private var last: TransitionCursor?
    private var isAtEnd = false

    /// - Parameter mark: Begin with those after its instant.
    init(_ state: StateStore, _ log: EventLog, after mark: AppliedMark) throws(StoreError) {
        self.state = state
        scrubbed = try log.scrubbedPeople()
        noticesEnd = scrubbed.isEmpty ? nil : try state.lastCursor()
        guard mark.sequence != .zero else { return }
        // Before everything of the next instant: no person has this number, no segment no name.
        last = TransitionCursor(
            at: mark.instant + TimeSpan(milliseconds: 1),
            person: PersonID(0),
            segment: ""
        )
    }

    /// Whether notices are left out.
    var omitsNotices: Bool { !scrubbed.isEmpty }

    /// Whether what the log gives is held against nothing, and was recorded in its way when it came about.
    func omits(_ derived: Transition) -> Bool {
        guard derived.notice != nil, let noticesEnd else { return false }
        return derived.cursor <= noticesEnd
    }

    mutating func next() throws(StoreError) -> Transition? {
        while page.isEmpty, !isAtEnd {
            var fresh: [Transition] = []
            var count = 0
            var through = last
            try state.scan(after: last) { transition in
                let isOmitted =
                    !scrubbed.isEmpty
                    && (transition.notice != nil || scrubbed.contains(transition.person))
                if !isOmitted { fresh.append(transition) }
                count += 1
                through = transition.cursor
                return count < 4_096
            }
            isAtEnd = count < 4_096
            last = through
            page = fresh[...]
        }
        return page.popFirst()
    }
}

extension EventLog {
    /// Everybody whose entries were scrubbed.
    func scrubbedPeople() throws(StoreError) -> Set<PersonID> {
        Set(try erasures().filter { $0.scrubbedAt != nil }.flatMap(\.people))
    }
}
