package import EventModel
package import EventStore
internal import NIOPosix

/// Delivers transitions to one subscriber until it is told to stop: the hands of `DeliveryMachine`.
package actor Deliverer {
    /// How long progress may be on no disk: what was delivered meanwhile is sent again after a crash.
    private static let persistPause = TimeSpan(milliseconds: 100)
    /// How long attempts on their way may take when it is told to stop.
    private static let stopPatience = TimeSpan.seconds(5)
    /// Transitions of one read.
    private static let readMax = 500
    /// Transitions of one look at how many wait.
    private static let countMax = 2_000

    private let subscriber: SubscriberID
    private let source: any TransitionSource
    private let store: DeliveryStore
    private let sender: any AttemptSender
    private let log: @Sendable (String) -> Void
    private let reached: @Sendable () -> Void
    private let mailbox = Mailbox()
    private let clock: SteadyClock

    private var machine: DeliveryMachine
    private var notes = FailureNotes()
    private var tallies = DeliveryTallies()
    private var attempts: [TransitionCursor: Task<Void, Never>] = [:]
    private var letters: [DeadLetter] = []
    private var hasNews = true
    private var hasUncounted = true
    /// Since when something is to be persisted.
    private var unpersistedSince: Instant?
    private var mustPersist = false
    private var stopBy: Instant?

    /// A deliverer that goes on from the position in the store.
    ///
    /// - Parameters:
    ///   - subscriber: Whose position that is.
    ///   - filter: What the receiver wants.
    ///   - target: The fingerprint of the receiver's URL.
    ///   - log: Takes lines for people.
    ///   - reached: Called around each attempt and each commit: where crash tests step in.
    package init(
        subscriber: SubscriberID = .configured,
        filter: TransitionFilter = .announced,
        source: any TransitionSource,
        store: DeliveryStore,
        sender: any AttemptSender,
        target: UInt64,
        schedule: RetrySchedule = .standard,
        limits: DeliveryLimits = DeliveryLimits(),
        wallClock: @escaping @Sendable () -> Instant,
        log: @escaping @Sendable (String) -> Void,
        reached: @escaping @Sendable () -> Void = {}
    ) throws(WebhookError) {
        self.subscriber = subscriber
        self.source = source
        self.store = store
        self.sender = sender
        self.log = log
        self.reached = reached
        clock = SteadyClock(startingAt: wallClock())
        let position = try WebhookError.wrap { () throws(StoreError) in
            try store.position(of: subscriber)
        }
        machine = DeliveryMachine(
            from: position ?? DeliveryPosition(),
            target: target,
            filter: filter,
            now: clock.now(),
            schedule: schedule,
            limits: limits
        )
        // As one row each, also where a former version wrote them otherwise.
        mustPersist = position.map { !$0.held.isEmpty } ?? false
    }

    /// Delivers until `stop`.
    ///
    /// - Throws: Where transitions cannot be read or progress cannot be written; what the receiver
    ///   does is never a reason.
    package func run() async throws(WebhookError) {
        let wakeUps = source.recordings()
        let listener = Task { [mailbox] in
            for await _ in wakeUps { mailbox.post { $0.hasRecordings = true } }
        }
        defer { listener.cancel() }
        var failure: WebhookError?
        do throws(WebhookError) {
            while try await step() {}
        } catch {
            failure = error
        }
        for attempt in attempts.values { attempt.cancel() }
        await sender.shutDown()
        if let failure { throw failure }
        try await persist()
    }

    /// Has `run` end, when the attempts on their way have, but within 5 seconds.
    package nonisolated func stop() { mailbox.post { $0.isStopping = true } }

    /// One round; false when it was the last one.
    private func step() async throws(WebhookError) -> Bool {
        let now = clock.now()
        if isPersistenceDue(at: now) { try await persist() }
        if let stopBy {
            if machine.inFlight == 0 || now >= stopBy { return false }
        } else {
            try read()
            try count()
            for attempt in machine.starts(at: now) { start(attempt) }
            // There is more to read, but what has happened meanwhile comes first.
            if hasNews, machine.room > 0 { mailbox.post { $0.isTimeUp = true } }
        }
        let happened = await mailbox.take(within: patience(at: now))
        if let failure = happened.failure { throw failure }
        if happened.hasRecordings { (hasNews, hasUncounted) = (true, true) }
        for end in happened.finished { finish(end.cursors, end.outcome) }
        if happened.isStopping, stopBy == nil { stopBy = clock.now() + Deliverer.stopPatience }
        return true
    }

    private func read() throws(WebhookError) {
        let limit = min(machine.room, Deliverer.readMax)
        guard hasNews, limit > 0 else { return }
        let page = try source.page(after: machine.read, limit: limit)
        machine.take(page.transitions, areWanted: page.isSnapshot)
        hasNews = page.hasMore
        if !page.transitions.isEmpty { unpersistedSince = unpersistedSince ?? clock.now() }
    }

    /// Finds out how much waits behind what was read, where nothing more is read for now.
    private func count() throws(WebhookError) {
        guard hasUncounted, machine.room == 0 || machine.circuit != .closed else { return }
        let page = try source.page(after: machine.counted, limit: Deliverer.countMax)
        machine.count(page.transitions, areWanted: page.isSnapshot)
        hasUncounted = page.hasMore
        if hasUncounted { mailbox.post { $0.isTimeUp = true } }
    }

    private func suspended(_ suspension: Suspension) {
        mustPersist = true
        log(
            "suspended: \(suspension.reason). Nothing is sent to it until the subscription is "
                + "resumed, with everything that was missed or from now on."
        )
    }

    private func start(_ attempt: DeliveryMachine.Attempt) {
        let cursors = attempt.cursors
        attempts[cursors[0]] = Task { [source, sender, mailbox, reached] in
            reached()
            let outcome: AttemptOutcome
            do throws(WebhookError) {
                if let message = try await source.message(at: cursors) {
                    outcome = await sender.send(message)
                } else {
                    // Of somebody who was erased: there is nothing left to say.
                    outcome = .delivered
                }
            } catch {
                mailbox.post { $0.failure = error }
                return
            }
            reached()
            mailbox.post { $0.finished.append((cursors, outcome)) }
        }
    }

    private func finish(_ cursors: [TransitionCursor], _ outcome: AttemptOutcome) {
        let now = clock.now()
        attempts[cursors[0]] = nil
        unpersistedSince = unpersistedSince ?? now
        tallies.note(outcome, of: cursors, at: now)
        let (wasClosed, wasHalted) = (machine.circuit == .closed, machine.halt != nil)
        let verdict = machine.finish(cursors, outcome, at: now, jitter: .random(in: 0...1))
        switch verdict {
        case .done: if let note = notes.delivered(at: now) { log(note) }
        case .retry, .stillFailing:
            if case .failed(let failure) = outcome,
                let note = notes.failed(failure.reason, at: now)
            {
                log(note)
            }
        case .parked(let parked):
            letters += parked
            mustPersist = true
            for letter in parked { logParked(letter) }
        case .stale: break
        case .stopped:
            mustPersist = true
            log(
                "the receiver answered 410 Gone: nothing more is sent to it. Restart segmentd, or "
                    + "resume the subscription, to try it again with one delivery; nothing is lost "
                    + "meanwhile."
            )
        }
        if case .suspended(let suspension)? = machine.halt, !wasHalted { suspended(suspension) }
        if wasClosed, machine.circuit != .closed {
            mustPersist = true
            log("nothing gets through: one delivery at a time is tried until it takes one")
        }
    }

    private func logParked(_ letter: DeadLetter) {
        let cursor = letter.cursor
        log(
            "a delivery was given up after \(letter.attempts) attempts and parked as a dead "
                + "letter: \(cursor.segment), person \(cursor.person), \(cursor.at); the last "
                + "one failed: \(letter.reason)"
        )
    }

    /// What there is to know of the deliveries.
    package var status: DeliveryStatus {
        DeliveryStatus(
            halt: machine.halt,
            circuit: machine.circuit,
            backlog: machine.backlog,
            held: machine.held,
            oldest: machine.oldestFresh?.at,
            inFlight: machine.inFlight,
            tallies: tallies
        )
    }

    private func isPersistenceDue(at now: Instant) -> Bool {
        mustPersist || unpersistedSince.map { now >= $0 + Deliverer.persistPause } ?? false
    }

    private func persist() async throws(WebhookError) {
        guard unpersistedSince != nil || mustPersist else { return }
        let (progress, letters) = (machine.progress(), letters)
        unpersistedSince = nil
        mustPersist = false
        self.letters = []
        let result: Result<Void, StoreError>
        do {
            // A thread that may block in a sync.
            result = try await NIOThreadPool.singleton.runIfActive { [store, reached, subscriber] in
                reached()
                defer { reached() }
                do throws(StoreError) {
                    try store.commit(progress, parking: letters, of: subscriber)
                    return .success(())
                } catch { return .failure(error) }
            }
        } catch {
            throw WebhookError("writing the webhook's progress was cut off")
        }
        try WebhookError.wrap { () throws(StoreError) in try result.get() }
    }

    /// How long there is nothing to do by itself.
    private func patience(at now: Instant) -> Duration? {
        if mustPersist { return .zero }
        var next = stopBy == nil ? machine.nextWakeUp : stopBy
        if let since = unpersistedSince {
            next = min(next ?? .distantFuture, since + Deliverer.persistPause)
        }
        // Slept in stretches: a machine that was suspended is noticed.
        return next.map { .milliseconds(max(0, min(($0 - now).milliseconds, 60_000))) }
    }
}

/// Time that no step of the wall clock reaches: an anchor plus elapsed time.
private struct SteadyClock: Sendable {
    private let anchor: Instant
    private let start = ContinuousClock.now

    init(startingAt anchor: Instant) {
        self.anchor = anchor
    }

    func now() -> Instant {
        anchor + TimeSpan(milliseconds: Int64((ContinuousClock.now - start) / .milliseconds(1)))
    }
}

extension WebhookError {
    /// What storage says as an error of deliveries.
    package static func wrap<Value>(
        _ body: () throws(StoreError) -> Value
    ) throws(WebhookError) -> Value {
        do throws(StoreError) { return try body() } catch { throw WebhookError(error.description) }
    }
}
