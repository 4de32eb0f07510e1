internal import DequeModule
package import EventModel
package import EventStore
internal import HeapModule

/// Decides what is sent when: without I/O, clock or randomness, which come in as values.
///
/// Each person has a lane, and only its head may be sent. What was read and has not failed is *fresh*; what failed,
/// and what waits behind that, is *held*: named one by one on disk, so that the position goes past it. A circuit
/// breaker (M. Nygard, Release It!, 2007) opens where nobody's deliveries get through any more; while it is open one
/// attempt at a time is made as a probe, no lane's timer counts, and no probe counts against what it carries.
package struct DeliveryMachine: Sendable {
    /// An attempt to be made now.
    package struct Attempt: Equatable, Sendable {
        /// The transitions, of as many lanes; more than one only where the subscriber takes batches.
        package var cursors: [TransitionCursor]
        /// 1 for the first attempt.
        package var number: Int

        /// The attempt of that number.
        package init(cursors: [TransitionCursor], number: Int) {
            self.cursors = cursors
            self.number = number
        }
    }

    /// What an attempt's end came to.
    package enum Verdict: Equatable, Sendable {
        /// It is done.
        case done
        /// It is tried again then.
        case retry(at: Instant)
        /// Some were given up; others of it may be tried again.
        case parked([DeadLetter])
        /// It was a probe, and the next one is made then.
        case stillFailing(until: Instant)
        /// Nothing more is sent from now on.
        case stopped
        /// Nobody waits for it.
        case stale
    }

    /// What the breaker says.
    package enum Circuit: Equatable, Sendable {
        /// Deliveries go on.
        case closed
        /// Nothing got through; a probe is made then.
        case open(probe: Instant)
    }

    /// Why nothing is sent.
    package enum Halt: Equatable, Sendable {
        /// The receiver said that it wants no more; until the next start.
        case gone
        /// It failed for too long, or too much waits; until somebody resumes it.
        case suspended(Suspension)
    }

    /// A transition that was read and has not failed.
    private struct Fresh {
        var serial: Int
        var cursor: TransitionCursor
        /// The one before it in the order of all; `through` stops there at the latest.
        var previous: TransitionCursor?
        /// Whether it is delivered, given up or held.
        var isDone = false
    }

    private struct Row {
        /// Its place among the fresh ones; nil where it is held.
        var serial: Int?
        var cursor: TransitionCursor
    }

    private struct Lane {
        var queue: Deque<Row>
        /// How often the head has failed.
        var failures = 0
        var phase = Phase.ready
    }

    private enum Phase: Equatable {
        case ready
        case sending
        case waiting(until: Instant)
    }

    /// What is delivered in order: a person's transitions, or the notices of one expectation.
    private struct LaneKey: Hashable {
        var person: PersonID
        var expectation: String
    }

    private struct Timer: Comparable {
        var due: Instant
        /// Of those due at once the first that was set comes first.
        var number: Int
        var lane: LaneKey

        static func < (left: Timer, right: Timer) -> Bool {
            (left.due, left.number) < (right.due, right.number)
        }
    }

    private let schedule: RetrySchedule
    private let limits: DeliveryLimits
    private let target: UInt64
    private let filter: TransitionFilter

    private var fresh: Deque<Fresh> = []
    private var nextSerial = 0
    private var freshDone = 0
    private var heldCount = 0
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
    private var timers = Heap<Timer>()
    private var timersSet = 0
    private var through: TransitionCursor?
    private var gone: GoneSubscriber?
    private var failingSince: Instant?
    private var changes: [TransitionCursor: HeldDelivery?] = [:]

    /// Lanes whose first attempts failed since anything went well: what fails again says nothing new.
    private var failedInARow: Set<LaneKey> = []
    /// Lanes that were probed since the breaker opened: others come first.
    private var probed: Deque<LaneKey> = []
    private var probePause = TimeSpan.seconds(0)
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
    /// Whether deliveries go on, or are probed.
    package private(set) var circuit = Circuit.closed

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
        failingSince = position.failingSince.map { min($0, now) }
        if gone != nil || failingSince != nil { circuit = .open(probe: now) }
        for held in position.held.sorted(by: { isBefore($0.cursor, $1.cursor) }) {
            if isBefore(through, held.cursor) { heldBehind.insert(held.cursor) }
            hold(Row(serial: nil, cursor: held.cursor), failures: held.failures, due: held.due)
            let key = lane(of: held.cursor)
            enqueue(Row(serial: nil, cursor: held.cursor))
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
        guard halt == nil, heldCount < limits.heldMax else { return 0 }
        return max(0, limits.freshMax - freshCount)
    }

    /// How many were read and neither delivered nor held.
    private var freshCount: Int { fresh.count - freshDone }

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
                    let row = Row(serial: nil, cursor: cursor)
                    hold(row, failures: 0, due: Instant(milliseconds: 0))
                    enqueue(row)
                } else {
                    fresh.append(Fresh(serial: nextSerial, cursor: cursor, previous: read))
                    enqueue(Row(serial: nextSerial, cursor: cursor))
                    nextSerial += 1
                }
            }
            read = cursor
        }
    }

    /// Behind which transitions are still to be counted, where they are not read for now.
    package var counted: TransitionCursor? {
        guard let lastCounted, isBefore(read, lastCounted) else { return read }
        return lastCounted
    }

    /// Takes note of transitions behind `counted` that are not read yet.
    package mutating func count(_ transitions: [Transition], areWanted: Bool = false) {
        if counted == read { beyond = 0 }
        for transition in transitions where areWanted || filter.takes(transition) { beyond += 1 }
        lastCounted = transitions.last?.cursor ?? lastCounted
    }

    /// How many wanted transitions are not delivered, as far as they were counted.
    package var backlog: Int { freshCount + heldCount + beyond }

    /// How many failed, or wait behind one that did.
    package var held: Int { heldCount }

    /// The place of the first transition that is read and not done, and not held; nil without any.
    package var oldestFresh: TransitionCursor? { fresh.first { !$0.isDone }?.cursor }

    private func lane(of cursor: TransitionCursor) -> LaneKey {
        if limits.skipsLanes {
            return LaneKey(person: cursor.person, expectation: cursor.text)
        }
        let isNotice = cursor.person == .nobody
        return LaneKey(person: cursor.person, expectation: isNotice ? cursor.segment : "")
    }

    private mutating func enqueue(_ row: Row) {
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
        if isFirst, let key = keys.first { failedInARow.insert(key) }
        if circuit == .closed, failedInARow.count >= limits.failuresInARowMax, halt == nil {
            open(failure, at: now, jitter: jitter)
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
        timers.insert(Timer(due: due, number: timersSet, lane: key))
    }

    // MARK: - The breaker

    private mutating func open(_ failure: AttemptFailure, at now: Instant, jitter: Double) {
        failingSince = now
        probePause = .seconds(0)
        pauseProbes(failure, at: now, jitter: jitter)
    }

    private mutating func close() {
        circuit = .closed
        failedInARow.removeAll()
        while let key = probed.popLast() { makeReady(key) }
        failingSince = nil
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
        if failingSince == nil { failingSince = now }
        suspendIfDue(at: now)
        pauseProbes(failure, at: now, jitter: jitter)
        guard case .open(let due) = circuit else { return .stale }
        return .stillFailing(until: due)
    }

    /// Twice as long each time, from 5 to 30 seconds, a tenth more or less; or as long as was asked for, up to an hour.
    ///
    /// No longer: where it was the deliveries of some people that failed and not the receiver, others' wait so long.
    private mutating func pauseProbes(
        _ failure: AttemptFailure,
        at now: Instant,
        jitter: Double
    ) {
        let doubled = TimeSpan(milliseconds: probePause.milliseconds * 2)
        probePause = min(max(doubled, limits.probePauseMin), limits.probePauseMax)
        let pause = RetrySchedule(delays: [.seconds(0), probePause]).delay(
            afterFailures: 1,
            jitter: jitter,
            retryAfterSeconds: failure.retryAfterSeconds.map { min($0, 3_600) }
        )
        circuit = .open(probe: now + (pause ?? probePause))
    }

    /// Suspends where the receiver failed for too long, or too much waits while it fails: when a probe says that it
    /// still does, so that nobody is suspended for what happened before a start.
    private mutating func suspendIfDue(at now: Instant) {
        guard let since = failingSince else { return }
        if now >= since + limits.failingMax {
            let reason = "nothing got through since \(since)"
            halt = .suspended(Suspension(since: now, reason: reason))
        } else if now >= since + limits.backlogPatience, backlog > limits.backlogMax {
            let reason = "\(backlog) transitions wait, and nothing got through since \(since)"
            halt = .suspended(Suspension(since: now, reason: reason))
        }
    }

    // MARK: - What is on disk

    /// Names a row on disk.
    private mutating func hold(_ row: Row, failures: Int, due: Instant) {
        if let serial = row.serial { finishFresh(serial) }
        heldCount += 1
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
    private mutating func drop(_ row: Row) {
        if let serial = row.serial { return finishFresh(serial) }
        heldCount -= 1
        changes[row.cursor] = .some(nil)
    }

    private mutating func finishFresh(_ serial: Int) {
        // Serials ascend.
        var (low, high) = (0, fresh.count)
        while low < high {
            let middle = (low + high) / 2
            if fresh[middle].serial < serial { low = middle + 1 } else { high = middle }
        }
        guard low < fresh.count, fresh[low].serial == serial, !fresh[low].isDone else { return }
        fresh[low].isDone = true
        freshDone += 1
        trim()
    }

    /// Drops what is done from the front, and from the middle where that is most of it.
    private mutating func trim() {
        while let first = fresh.first, first.isDone {
            fresh.removeFirst()
            freshDone -= 1
        }
        if freshDone > 64, freshDone * 2 > fresh.count {
            fresh.removeAll(where: \.isDone)
            freshDone = 0
        }
    }

    /// What to write; after it, what is done is not sent again.
    ///
    /// The position goes past what is held, and stops before the first transition that is merely on its way. It
    /// never goes back.
    package mutating func progress() -> DeliveryProgress {
        // One that takes its time must not keep the position back for ever: it is named.
        while nextSerial - (fresh.first?.serial ?? nextSerial) - freshCount > limits.repeatsMax,
            let slow = fresh.first
        {
            holdSlow(slow)
        }
        through = fresh.isEmpty ? read : fresh[0].previous
        var progress = DeliveryProgress()
        progress.position.through = through
        progress.position.gone = gone
        progress.position.failingSince = failingSince
        if case .suspended(let suspension)? = halt { progress.position.suspension = suspension }
        progress.held = changes
        changes = [:]
        return progress
    }

    private mutating func holdSlow(_ slow: Fresh) {
        let key = lane(of: slow.cursor)
        guard var lane = lanes[key] else { return finishFresh(slow.serial) }
        for place in lane.queue.indices where lane.queue[place].serial == slow.serial {
            lane.queue[place].serial = nil
        }
        lanes[key] = lane
        hold(
            Row(serial: slow.serial, cursor: slow.cursor),
            failures: 0,
            due: Instant(milliseconds: 0)
        )
    }
}

/// Whether one place comes before another; nil is before all.
private func isBefore(_ left: TransitionCursor?, _ right: TransitionCursor?) -> Bool {
    guard let right else { return false }
    guard let left else { return true }
    if left.at != right.at { return left.at < right.at }
    if left.person != right.person { return left.person.rawValue < right.person.rawValue }
    return left.segment.utf8.lexicographicallyPrecedes(right.segment.utf8)
}

/// Bounds of one subscriber's deliveries.
package struct DeliveryLimits: Equatable, Sendable {
    /// Attempts on their way at the same time.
    package var inFlightMax = 8
    /// Transitions of one attempt, where the receiver takes several.
    package var batchMax = 1
    /// Transitions read that have not failed; behind so many nothing more is read.
    package var freshMax = 1_000
    /// Transitions that failed or wait behind one that did; behind so many nothing more is read.
    package var heldMax = 100_000
    /// People whose first attempts fail, and nobody's goes well between, until the breaker opens.
    package var failuresInARowMax = 10
    /// How long after the breaker opened the first probe is made.
    package var probePauseMin = TimeSpan.seconds(5)
    /// The longest time between two probes, but for what the receiver asks for.
    package var probePauseMax = TimeSpan.seconds(30)
    /// How long nothing may get through until the subscriber is suspended.
    package var failingMax = TimeSpan.days(7)
    /// How many transitions may wait while nothing gets through until the subscriber is suspended.
    package var backlogMax = 1_000_000
    /// How long nothing gets through until it matters how many wait.
    package var backlogPatience = TimeSpan.hours(1)
    /// How many that were delivered may be sent again after a crash because one before them takes its time.
    package var repeatsMax = 1_000
    /// Gives every transition a lane of its own: a fault that tests must find.
    package var skipsLanes = false
    /// The longest that a delivery waits for its next attempt: 24 hours, and a tenth.
    package static let waitMax = TimeSpan.minutes(1_584)

    /// The bounds of the product.
    package init() {}
}
