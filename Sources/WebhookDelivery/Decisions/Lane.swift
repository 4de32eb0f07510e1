internal import DequeModule
internal import EventModel

/// What is delivered in order: a person's transitions, or the notices of one expectation.
struct LaneKey: Hashable {
    var person: PersonID
    var expectation: String
}

/// Deliveries that wait for each other; only the head may be sent.
struct Lane {
    /// One of them.
    struct Row {
        /// Its place in the `FreshWindow`; nil where it is held.
        var serial: Int?
        var cursor: TransitionCursor
    }

    enum Phase: Equatable {
        case ready
        case sending
        case waiting(until: Instant)
    }

    var queue: Deque<Row>
    /// How often the head has failed.
    var failures = 0
    var phase = Phase.ready
}

/// When a lane's head is tried again.
struct LaneTimer: Comparable {
    var due: Instant
    /// Of those due at once the first that was set comes first.
    var number: Int
    var lane: LaneKey

    static func < (left: LaneTimer, right: LaneTimer) -> Bool {
        (left.due, left.number) < (right.due, right.number)
    }
}
