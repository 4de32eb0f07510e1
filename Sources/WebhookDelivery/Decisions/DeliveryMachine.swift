internal import DequeModule
package import EventModel
package import EventStore
internal import HeapModule

/// Decides what is sent when: without I/O, clock or randomness, which come in as values.
///
/// Each person has a lane, and only its head may be sent. What was read and has not failed is *fresh*; what failed,
/// and what waits behind that, is *held*: named one by one on disk, so that the position goes past it. A
/// `CircuitBreaker` opens where nobody's deliveries get through any more; while it is open one attempt at a time is made
/// as a probe, no lane's timer counts, and no probe counts against what it carries.
package struct DeliveryMachine: Sendable {
    private let schedule: RetrySchedule
    private let limits: DeliveryLimits
    private let target: UInt64
    private let filter: TransitionFilter

    private var breaker: CircuitBreaker

    private var fresh = FreshWindow()
    private var lanes: [LaneKey: Lane] = [:]
    /// Lanes whose heads may be sent and have not failed, in the order in which they came to that.
    private var ready: Deque<LaneKey> = []
    /// Those whose heads failed and are due again.
    private var retries: Deque<LaneKey> = []
    private var retriesInFlight = 0
    private var isRetryNext = false
    /// Held deliveries behind `read`: they are known, and not to be taken again.
    private var heldBehind: Set<TransitionCursor> = []
    /// Lanes whose heads wait.
    private var timers = Heap<LaneTimer>()
    private var timersSet = 0
    private var through: TransitionCursor?
    private var gone: GoneSubscriber?
    private var changes: [TransitionCursor: HeldDelivery?] = [:]

    /// Lanes that were probed since the breaker opened: others come first.
    private var probed: Deque<LaneKey> = []
    private var probe: LaneKey?
    /// How many wanted transitions were counted behind `read`, up to `counted`.
    private var beyond = 0
    private var lastCounted: TransitionCursor?

    /// The last transition that was read; read on behind it.
    package private(set) var read: TransitionCursor?
    /// How many attempts are on their way.
    package private(set) var inFlight = 0
    /// Why nothing is sent; nil while something may be.
    package private(set) var halt: Halt?
    /// How many failed, or wait behind one that did.
    package private(set) var held = 0
    /// Whether deliveries go on, or are probed.
    package var circuit: Circuit { breaker.circuit }

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
        if let suspension = position.suspension { halt = .suspended(suspension) }
        gone = position.gone.flatMap { $0.target == target ? $0 : nil }
        breaker = CircuitBreaker(
            limits,
            since: position.failingSince,
            isOpen: gone != nil,
            at: now
        )
        for held in position.held.sorted(by: { $0.cursor < $1.cursor }) {
            if through.comesBefore(held.cursor) { heldBehind.insert(held.cursor) }
            hold(Lane.Row(serial: nil, cursor: held.cursor), failures: held.failures, due: held.due)
            let key = lane(of: held.cursor)
            enqueue(Lane.Row(serial: nil, cursor: held.cursor))
            // Only heads have failed, or have a time to wait for.
            guard lanes[key]?.queue.count == 1, held.failures > 0 else { continue }
            lanes[key]?.failures = held.failures
            ready.removeLast()
            wait(key, until: min(held.due, now + DeliveryLimits.waitMax))
        }
    }

    // MARK: - Reading

    /// How many more transitions may be read now.
    package var room: Int {
        guard halt == nil, held < limits.heldMax else { return 0 }
        return max(0, limits.freshMax - fresh.count)
    }

    /// Takes in what was read behind `read`, in order.
    ///
    /// - Parameter areWanted: Whether all are, whatever the filter says.
    package mutating func take(_ transitions: [Transition], areWanted: Bool = false) {
        for transition in transitions {
            let cursor = transition.cursor
            if heldBehind.remove(cursor) != nil {
                if beyond > 0 { beyond -= 1 }
            } else if areWanted || filter.takes(transition) {
                if beyond > 0 { beyond -= 1 }
                if lanes[lane(of: cursor)].map({ $0.failures > 0 }) ?? false {
                    let row = Lane.Row(serial: nil, cursor: cursor)
                    hold(row, failures: 0, due: Instant(milliseconds: 0))
                    enqueue(row)
                } else {
                    let serial = fresh.append(cursor, behind: read)
                    enqueue(Lane.Row(serial: serial, cursor: cursor))
                }
            }
            read = cursor
        }
    }

    /// Behind which transitions are still to be counted, where they are not read for now.
    package var counted: TransitionCursor? {
        guard let lastCounted, read.comesBefore(lastCounted) else { return read }
        return lastCounted
    }

    /// Takes note of transitions behind `counted` that are not read yet.
    package mutating func count(_ transitions: [Transition], areWanted: Bool = false) {
        if counted == read { beyond = 0 }
        for transition in transitions where areWanted || filter.takes(transition) { beyond += 1 }
        lastCounted = transitions.last?.cursor ?? lastCounted
    }

    /// How many wanted transitions are not delivered, as far as they were counted.
    package var backlog: Int { fresh.count + held + beyond }

    /// The place of the first transition that is read and not done, and not held; nil without any.
    package var oldestFresh: TransitionCursor? { fresh.first?.cursor }

    private func lane(of cursor: TransitionCursor) -> LaneKey {
        if limits.skipsLanes {
            return LaneKey(person: cursor.person, expectation: cursor.text)
        }
        let isNotice = cursor.person == .nobody
        return LaneKey(person: cursor.person, expectation: isNotice ? cursor.segment : "")
    }

    private mutating func enqueue(_ row: Lane.Row) {
        let key = lane(of: row.cursor)
        if lanes[key]?.queue.append(row) == nil {
            lanes[key] = Lane(queue: [row])
            ready.append(key)
        }
    }

    // MARK: - Sending

    /// The attempts to start now; each must be answered by `finish`.
    package mutating func starts(at now: Instant) -> [Attempt] {
        guard halt == nil else { return [] }
        if case .open(let due) = circuit { return startProbe(due, at: now) }
        while let timer = timers.min, timer.due <= now {
            timers.removeMin()
            lanes[timer.lane]?.phase = .ready
            retries.append(timer.lane)
        }
        var attempts: [Attempt] = []
        while inFlight < limits.inFlightMax, let first = nextLane() {
            guard let attempt = start(first) else { continue }
            attempts.append(attempt)
            guard attempt.number == 1 else { continue }
            // What has failed goes by itself: it must not make others fail with it.
            while attempts[attempts.count - 1].cursors.count < limits.batchMax,
                let next = ready.first, lanes[next]?.failures == 0
            {
                ready.removeFirst()
                guard let more = start(next) else { continue }
                inFlight -= 1
                attempts[attempts.count - 1].cursors += more.cursors
            }
        }
        return attempts
    }

    /// In turn one that has not failed and one that has; of these at most half of what may be on its way, so that
    /// requests that hang, however many, leave room for the others.
    private mutating func nextLane() -> LaneKey? {
        let mayRetry = retriesInFlight < max(1, limits.inFlightMax / 2)
        let isRetry = mayRetry && !retries.isEmpty && (isRetryNext || ready.isEmpty)
        isRetryNext = !isRetry
        return isRetry ? retries.popFirst() : ready.popFirst()
    }

    private mutating func start(_ key: LaneKey) -> Attempt? {
        guard let lane = lanes[key], let head = lane.queue.first else { return nil }
        lanes[key]?.phase = .sending
        inFlight += 1
        if lane.failures > 0 { retriesInFlight += 1 }
        return Attempt(cursors: [head.cursor], number: lane.failures + 1)
    }

    /// One at a time, with what has waited longest; each time with another lane, and first with one that was not
    /// tried: the receiver may refuse one person's for good and take the others'.
    private mutating func startProbe(_ due: Instant, at now: Instant) -> [Attempt] {
        guard now >= due, probe == nil, inFlight == 0 else { return [] }
        let next =
            ready.popFirst() ?? retries.popFirst() ?? probed.popFirst() ?? timers.popMin()?.lane
        guard let next, let attempt = start(next) else { return [] }
        probe = next
        return [attempt]
    }

    /// When `starts` next gives something without anything else happening.
    package var nextWakeUp: Instant? {
        guard halt == nil else { return nil }
        guard case .open(let due) = circuit else { return timers.min?.due }
        let isAnyoneThere =
            !(ready.isEmpty && retries.isEmpty && probed.isEmpty && timers.isEmpty)
        return probe == nil && inFlight == 0 && isAnyoneThere ? due : nil
    }

    /// Takes note of how an attempt ended.
    ///
    /// - Parameter jitter: 0 to 1, drawn anew for each call.
    package mutating func finish(
        _ cursors: [TransitionCursor],
        _ outcome: AttemptOutcome,
        at now: Instant,
        jitter: Double
    ) -> Verdict {
        let keys = cursors.map { lane(of: $0) }
        let isAwaited = zip(keys, cursors).allSatisfy { key, cursor in
            lanes[key].map { $0.phase == .sending && $0.queue.first?.cursor == cursor } ?? false
        }
        guard isAwaited, let first = keys.first else { return .stale }
        inFlight -= 1
        if (lanes[first]?.failures ?? 0) > 0 { retriesInFlight -= 1 }
        let wasProbe = probe == first
        if wasProbe { probe = nil }
        switch outcome {
        case .delivered:
            if halt == nil { close() }
            for key in keys { complete(key) }
            return .done
        case .gone:
            for key in keys.reversed() {
                lanes[key]?.phase = .ready
                makeReady(key)
            }
            if halt != nil { return .stale }
            halt = .gone
            gone = GoneSubscriber(target: target, since: now)
            return .stopped
        case .failed(let failure):
            if wasProbe { return probeFailed(first, failure, at: now, jitter: jitter) }
            return failed(keys, failure, at: now, jitter: jitter)
        }
    }

    private mutating func failed(
        _ keys: [LaneKey],
        _ failure: AttemptFailure,
        at now: Instant,
        jitter: Double
    ) -> Verdict {
        var letters: [DeadLetter] = []
        var due = now
        var isFirst = false
        for key in keys {
            guard let lane = lanes[key], let head = lane.queue.first else { continue }
            isFirst = isFirst || lane.failures == 0
            let delay = schedule.delay(
                afterFailures: lane.failures + 1,
                jitter: jitter,
                retryAfterSeconds: failure.retryAfterSeconds
            )
            guard let delay else {
                letters.append(
                    DeadLetter(
                        cursor: head.cursor,
                        attempts: lane.failures + 1,
                        since: now,
                        reason: failure.reason
                    )
                )
                complete(key)
                continue
            }
            due = now + delay
            lanes[key]?.failures += 1
            holdAll(key, failures: lane.failures + 1, due: due)
            wait(key, until: due)
        }
        // A person's delivery that failed before says nothing of the receiver when it fails again.
        if isFirst, let key = keys.first, halt == nil {
            breaker.firstFailed(key, failure, at: now, jitter: jitter)
        }
        return letters.isEmpty ? .retry(at: due) : .parked(letters)
    }

    private mutating func complete(_ key: LaneKey) {
        guard var lane = lanes.removeValue(forKey: key) else { return }
        drop(lane.queue.removeFirst())
        guard !lane.queue.isEmpty else { return }
        lane.failures = 0
        lane.phase = .ready
        lanes[key] = lane
        ready.append(key)
    }

    private mutating func wait(_ key: LaneKey, until due: Instant) {
        lanes[key]?.phase = .waiting(until: due)
        timersSet += 1
        timers.insert(LaneTimer(due: due, number: timersSet, lane: key))
    }

    // MARK: - The breaker

    private mutating func close() {
        breaker.close()
        while let key = probed.popLast() { makeReady(key) }
        gone = nil
    }

    /// Puts a lane back, before the others.
    private mutating func makeReady(_ key: LaneKey) {
        if (lanes[key]?.failures ?? 0) > 0 { retries.prepend(key) } else { ready.prepend(key) }
    }

    private mutating func probeFailed(
        _ key: LaneKey,
        _ failure: AttemptFailure,
        at now: Instant,
        jitter: Double
    ) -> Verdict {
        lanes[key]?.phase = .ready
        probed.append(key)
        let next = breaker.probeFailed(failure, at: now, jitter: jitter)
        if let suspension = breaker.suspension(at: now, backlog: backlog) {
            halt = .suspended(suspension)
        }
        return .stillFailing(until: next)
    }

    // MARK: - What is on disk

    /// Names a row on disk.
    private mutating func hold(_ row: Lane.Row, failures: Int, due: Instant) {
        if let serial = row.serial { fresh.finish(serial) }
        held += 1
        changes[row.cursor] = HeldDelivery(cursor: row.cursor, failures: failures, due: due)
    }

    /// Holds a lane whose head failed.
    private mutating func holdAll(_ key: LaneKey, failures: Int, due: Instant) {
        guard var lane = lanes[key] else { return }
        for place in lane.queue.indices {
            let row = lane.queue[place]
            if row.serial != nil {
                let isHead = place == lane.queue.startIndex
                hold(
                    row,
                    failures: isHead ? failures : 0,
                    due: isHead ? due : Instant(milliseconds: 0)
                )
                lane.queue[place].serial = nil
            } else if place == lane.queue.startIndex {
                changes[row.cursor] = HeldDelivery(cursor: row.cursor, failures: failures, due: due)
            }
        }
        lanes[key] = lane
    }

    /// Forgets a row that is done.
    private mutating func drop(_ row: Lane.Row) {
        if let serial = row.serial { return fresh.finish(serial) }
        held -= 1
        changes[row.cursor] = .some(nil)
    }

    /// What to write; after it, what is done is not sent again.
    ///
    /// The position goes past what is held, and stops before the first transition that is merely on its way. It
    /// never goes back.
    package mutating func progress() -> DeliveryProgress {
        // One that takes its time must not keep the position back for ever: it is named.
        while fresh.doneBehindFirst > limits.repeatsMax, let slow = fresh.first {
            holdSlow(slow.serial, slow.cursor)
        }
        through = fresh.through(read)
        var progress = DeliveryProgress()
        progress.position.through = through
        progress.position.gone = gone
        progress.position.failingSince = breaker.failingSince
        if case .suspended(let suspension)? = halt { progress.position.suspension = suspension }
        progress.held = changes
        changes = [:]
        return progress
    }

    private mutating func holdSlow(_ serial: Int, _ cursor: TransitionCursor) {
        let key = lane(of: cursor)
        guard var lane = lanes[key] else { return fresh.finish(serial) }
        for place in lane.queue.indices where lane.queue[place].serial == serial {
            lane.queue[place].serial = nil
        }
        lanes[key] = lane
        hold(
            Lane.Row(serial: serial, cursor: cursor),
            failures: 0,
            due: Instant(milliseconds: 0)
        )
    }
}
