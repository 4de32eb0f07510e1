package import EventModel
package import EventStore

/// Decides what is sent when: without I/O, clock or randomness, which come in as values.
///
/// Each person has a lane, and only its head may be sent; `open` holds everything that was read and
/// is not done, in order, so memory is bounded by `openMax`.
package struct DeliveryMachine: Sendable {
    /// An attempt to be made now.
    package struct Attempt: Equatable, Sendable {
        /// The transition.
        package var cursor: TransitionCursor
        /// 1 for the first attempt.
        package var number: Int

        /// The attempt of that number.
        package init(cursor: TransitionCursor, number: Int) {
            self.cursor = cursor
            self.number = number
        }
    }

    /// What an attempt's end came to.
    package enum Verdict: Equatable, Sendable {
        /// It is done.
        case done
        /// It is tried again then.
        case retry(at: Instant)
        /// It was given up.
        case parked(DeadLetter)
        /// Nothing more is sent from now on.
        case stopped
        /// It came back with the same news as another one before it.
        case stoppedBefore
    }

    /// A transition that is not done.
    private struct Open {
        var cursor: TransitionCursor
        /// The one before it in the order of all; `through` stops there at the latest.
        var previous: TransitionCursor?
        /// Whether `through` has gone past it: it is held by name then.
        var isHeld = false
    }

    private struct Lane {
        var queue: [TransitionCursor]
        /// How often the head has failed.
        var failures = 0
        var phase = Phase.ready
    }

    private enum Phase: Equatable {
        case ready
        case sending
        case waiting(until: Instant)
    }

    private let schedule: RetrySchedule
    private let limits: DeliveryLimits
    private let target: UInt64
    private let filter: TransitionFilter

    private var open: [Open] = []
    private var lanes: [PersonID: Lane] = [:]
    /// Lanes whose heads may be sent, in the order in which they came to that.
    private var ready: [PersonID] = []
    /// Lanes whose heads wait, the next one last.
    private var timers: [(due: Instant, person: PersonID)] = []
    private var through: TransitionCursor?
    private var gone: GoneSubscriber?

    /// The last transition that was read; read on behind it.
    package private(set) var read: TransitionCursor?
    /// How many attempts are on their way.
    package private(set) var inFlight = 0
    /// Whether the receiver wants no more; until the next start.
    package private(set) var isStopped = false
    /// Whether one attempt at a time is made, since the receiver had said that it wants no more.
    package var isProbing: Bool { gone != nil && !isStopped }

    /// Goes on from a position.
    ///
    /// - Parameters:
    ///   - target: A hash of the URL; what another one said does not count.
    ///   - filter: What the receiver wants; the others are passed over.
    ///   - now: No delivery that is held waits longer from now than the schedule ever asks for, so
    ///     that a wall clock that was wrong does no harm for long.
    package init(
        from position: DeliveryPosition,
        target: UInt64,
        filter: TransitionFilter = .announced,
        now: Instant,
        schedule: RetrySchedule = .standard,
        limits: DeliveryLimits = DeliveryLimits()
    ) {
        self.filter = filter
        self.schedule = schedule
        self.limits = limits
        self.target = target
        through = position.through
        read = position.through
        gone = position.gone.flatMap { $0.target == target ? $0 : nil }
        for held in position.held {
            open.append(Open(cursor: held.cursor, previous: nil, isHeld: true))
            enqueue(held.cursor)
            // Only heads have failed, or have a time to wait for.
            guard lanes[held.cursor.person]?.queue.count == 1, held.failures > 0 else { continue }
            lanes[held.cursor.person]?.failures = held.failures
            ready.removeAll { $0 == held.cursor.person }
            wait(held.cursor.person, until: min(held.due, now + DeliveryLimits.waitMax))
        }
    }

    /// How many more transitions may be read now.
    package var room: Int { isStopped ? 0 : max(0, limits.openMax - open.count) }

    /// Takes in what was read behind `read`, in order.
    package mutating func take(_ transitions: [Transition]) {
        for transition in transitions {
            let cursor = transition.cursor
            if filter.takes(transition) {
                open.append(Open(cursor: cursor, previous: read))
                enqueue(cursor)
            }
            read = cursor
        }
    }

    private mutating func enqueue(_ cursor: TransitionCursor) {
        if lanes[cursor.person]?.queue.append(cursor) == nil {
            lanes[cursor.person] = Lane(queue: [cursor])
            ready.append(cursor.person)
        }
    }

    /// The attempts to start now; each must be answered by `finish`.
    package mutating func starts(at now: Instant) -> [Attempt] {
        while let timer = timers.last, timer.due <= now {
            timers.removeLast()
            lanes[timer.person]?.phase = .ready
            ready.append(timer.person)
        }
        var attempts: [Attempt] = []
        let most = isStopped ? 0 : isProbing ? 1 : limits.inFlightMax
        while inFlight < most, let person = ready.first {
            ready.removeFirst()
            guard let lane = lanes[person], let head = lane.queue.first else { continue }
            lanes[person]?.phase = .sending
            inFlight += 1
            attempts.append(Attempt(cursor: head, number: lane.failures + 1))
        }
        return attempts
    }

    /// When `starts` next gives something without anything else happening.
    package var nextWakeUp: Instant? { isStopped ? nil : timers.last?.due }

    /// Takes note of how an attempt ended.
    ///
    /// - Parameter jitter: 0 to 1, drawn anew for each call.
    package mutating func finish(
        _ cursor: TransitionCursor,
        _ outcome: AttemptOutcome,
        at now: Instant,
        jitter: Double
    ) -> Verdict {
        let person = cursor.person
        guard let lane = lanes[person], lane.phase == .sending, lane.queue.first == cursor else {
            return .done
        }
        inFlight -= 1
        switch outcome {
        case .delivered:
            if !isStopped { gone = nil }
            complete(cursor)
            return .done
        case .gone:
            lanes[person]?.phase = .ready
            ready.insert(person, at: 0)
            if isStopped { return .stoppedBefore }
            isStopped = true
            gone = GoneSubscriber(target: target, since: now)
            return .stopped
        case .failed(let failure):
            let delay = schedule.delay(
                afterFailures: lane.failures + 1,
                jitter: jitter,
                retryAfterSeconds: failure.retryAfterSeconds
            )
            guard let delay else {
                complete(cursor)
                return .parked(
                    DeadLetter(
                        cursor: cursor,
                        attempts: lane.failures + 1,
                        since: now,
                        reason: failure.reason
                    )
                )
            }
            lanes[person]?.failures += 1
            wait(person, until: now + delay)
            return .retry(at: now + delay)
        }
    }

    private mutating func complete(_ cursor: TransitionCursor) {
        if let index = open.firstIndex(where: { $0.cursor == cursor }) { open.remove(at: index) }
        guard var lane = lanes.removeValue(forKey: cursor.person) else { return }
        lane.queue.removeFirst()
        guard !lane.queue.isEmpty else { return }
        lane.failures = 0
        lane.phase = .ready
        lanes[cursor.person] = lane
        ready.append(cursor.person)
    }

    private mutating func wait(_ person: PersonID, until due: Instant) {
        lanes[person]?.phase = .waiting(until: due)
        let index = timers.firstIndex { $0.due <= due } ?? timers.count
        timers.insert((due, person), at: index)
    }

    /// What to persist: after it, what is done is not sent again.
    ///
    /// `through` goes past what failed and what waits behind that, naming it, and stops before the
    /// first transition that is merely on its way. It never goes back.
    package mutating func position() -> DeliveryPosition {
        var position = DeliveryPosition()
        position.gone = gone
        var isComplete = true
        for index in open.indices {
            let cursor = open[index].cursor
            let lane = lanes[cursor.person]
            guard open[index].isHeld || (lane?.failures ?? 0) > 0 else {
                through = open[index].previous
                isComplete = false
                break
            }
            open[index].isHeld = true
            let isHead = lane?.queue.first == cursor
            var due = Instant(milliseconds: 0)
            if isHead, case .waiting(let until)? = lane?.phase { due = until }
            position.held.append(
                HeldDelivery(cursor: cursor, failures: isHead ? lane?.failures ?? 0 : 0, due: due)
            )
        }
        if isComplete { through = read }
        position.through = through
        return position
    }
}

/// Bounds of one subscriber's deliveries.
package struct DeliveryLimits: Equatable, Sendable {
    /// Attempts on their way at the same time.
    package var inFlightMax = 8
    /// Transitions read and not done; behind so many nothing more is read.
    package var openMax = 1_000
    /// The longest that a delivery waits for its next attempt: 24 hours, and a tenth.
    package static let waitMax = TimeSpan.minutes(1_584)

    /// The bounds of the product.
    package init() {}
}
