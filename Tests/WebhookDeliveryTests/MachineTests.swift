import EventModel
import EventStore
import SegmentTesting
import Testing
import WebhookDelivery

/// The decisions, step by step, in virtual time.
@Suite struct MachineTests {
    private static let start = Instant(milliseconds: 1_767_225_600_000)
    private let now = MachineTests.start

    private func machine(
        _ transitions: [Transition] = [],
        from position: DeliveryPosition = DeliveryPosition(),
        _ change: (inout DeliveryLimits) -> Void = { _ in }
    ) -> DeliveryMachine {
        var limits = DeliveryLimits()
        change(&limits)
        var machine = DeliveryMachine(
            from: position,
            target: 1,
            now: MachineTests.start,
            limits: limits
        )
        machine.take(transitions)
        return machine
    }

    private func transition(
        _ at: Int,
        _ person: UInt64,
        announced: Bool = true,
        segment: String = "s"
    ) -> Transition {
        Transition(
            at: Instant(milliseconds: Int64(at)),
            person: PersonID(person),
            segment: segment,
            direction: .entered,
            cause: .event,
            sequence: SequenceNumber(1),
            ruleHash: 0,
            isAnnounced: announced,
            entryIsAnnounced: false,
            identifiers: []
        )
    }

    /// So many people with one transition each.
    private func people(_ range: ClosedRange<Int>) -> [Transition] {
        range.map { transition($0, UInt64($0)) }
    }

    private let failure = AttemptOutcome.failed(AttemptFailure("it answered 500"))

    private func places(_ attempts: [DeliveryMachine.Attempt]) -> [Int64] {
        attempts.flatMap(\.cursors).map(\.at.milliseconds)
    }

    private func disk(
        _ machine: inout DeliveryMachine,
        before: DeliveryPosition = DeliveryPosition()
    ) -> DeliveryPosition {
        var position = before
        position.take(machine.progress())
        return position
    }

    // MARK: - Lanes

    @Test func aPersonsNextWaitsAndOthersDoNot() {
        let all = [transition(1, 1), transition(2, 1), transition(3, 2), transition(4, 1)]
        var machine = machine(all)
        #expect(places(machine.starts(at: now)) == [1, 3])
        #expect(machine.starts(at: now).isEmpty)
        #expect(machine.finish([all[2].cursor], .delivered, at: now, jitter: 0.5) == .done)
        #expect(machine.starts(at: now).isEmpty)
        #expect(machine.finish([all[0].cursor], .delivered, at: now, jitter: 0.5) == .done)
        #expect(places(machine.starts(at: now)) == [2])
        #expect(machine.finish([all[1].cursor], .delivered, at: now, jitter: 0.5) == .done)
        #expect(places(machine.starts(at: now)) == [4])
        #expect(machine.nextWakeUp == nil)
    }

    @Test func noticesWaitForThoseOfTheirExpectationAlone() {
        let all = [
            transition(1, 0, segment: "event a: expect"),
            transition(2, 0, segment: "event b: expect"),
            transition(3, 0, segment: "event a: expect"),
        ]
        var machine = machine(all)
        #expect(places(machine.starts(at: now)) == [1, 2])
        #expect(machine.finish([all[1].cursor], .delivered, at: now, jitter: 0) == .done)
        #expect(machine.starts(at: now).isEmpty)
        #expect(machine.finish([all[0].cursor], .delivered, at: now, jitter: 0) == .done)
        #expect(places(machine.starts(at: now)) == [3])
    }

    @Test func oneFailingPersonHoldsUpNobody() {
        var machine = machine([transition(1, 1), transition(2, 1)]) { $0.inFlightMax = 2 }
        #expect(places(machine.starts(at: now)) == [1])
        let first = transition(1, 1).cursor
        let due = now + .seconds(5)
        #expect(machine.finish([first], failure, at: now, jitter: 0.5) == .retry(at: due))
        #expect(machine.nextWakeUp == due)
        // Hundreds of others go by, and the position goes past the one that is held.
        for at in 10..<400 {
            let next = transition(at, UInt64(at))
            machine.take([next])
            #expect(places(machine.starts(at: now)) == [Int64(at)])
            _ = machine.finish([next.cursor], .delivered, at: now, jitter: 0.5)
        }
        let position = disk(&machine)
        #expect(position.through == transition(399, 399).cursor)
        #expect(position.held.map(\.cursor.at.milliseconds) == [1, 2])
        #expect(position.held.map(\.failures) == [1, 0])
        #expect(position.held.map(\.due) == [due, Instant(milliseconds: 0)])
        let again = machine.starts(at: due)
        #expect(again == [DeliveryMachine.Attempt(cursors: [first], number: 2)])
        _ = machine.finish([first], .delivered, at: due, jitter: 0.5)
        #expect(places(machine.starts(at: due)) == [2])
        let later = disk(&machine, before: position)
        #expect(later.held.map(\.cursor.at.milliseconds) == [2])
        #expect(later.through == position.through)
    }

    /// However many people's deliveries fail, others' go on; the first that is slow keeps nobody back either.
    @Test func manyFailingPeopleHoldUpNobody() {
        var machine = machine { $0.freshMax = 10 }
        var delivered = 0
        for at in 1...5_000 {
            let next = transition(at, UInt64(at))
            #expect(machine.room > 0)
            machine.take([next])
            for attempt in machine.starts(at: now) where attempt.cursors[0] == next.cursor {
                let outcome = at % 3 == 0 ? failure : .delivered
                if at % 3 != 0 { delivered += 1 }
                // The very first stays on its way.
                if at > 1 { _ = machine.finish(attempt.cursors, outcome, at: now, jitter: 0.5) }
            }
        }
        #expect(delivered == 3_334)
        #expect(machine.circuit == .closed)
        #expect(machine.held == 1_666)
        let position = disk(&machine)
        // It is named, so that little is sent again after a crash.
        #expect(position.through == transition(5_000, 5_000).cursor)
        #expect(position.held.count == 1_667)
        #expect(
            position.held[0]
                == HeldDelivery(
                    cursor: transition(1, 1).cursor,
                    failures: 0,
                    due: Instant(milliseconds: 0)
                )
        )
        #expect(machine.finish([transition(1, 1).cursor], .delivered, at: now, jitter: 0) == .done)
        #expect(disk(&machine, before: position).held.count == 1_666)
    }

    @Test func theScheduleRunsOutAndTheLaneGoesOn() throws {
        var now = MachineTests.start
        var machine = machine([transition(1, 1), transition(2, 1)])
        var waits: [Int64] = []
        let cursor = transition(1, 1).cursor
        for number in 1...10 {
            #expect(machine.starts(at: now).map(\.number) == [number])
            let verdict = machine.finish([cursor], failure, at: now, jitter: 0.5)
            if case .retry(let due) = verdict {
                waits.append((due - now).milliseconds / 1_000)
                #expect(machine.starts(at: due - TimeSpan(milliseconds: 1)).isEmpty)
                now = due
            } else {
                let letter = DeadLetter(
                    cursor: cursor,
                    attempts: 10,
                    since: now,
                    reason: "it answered 500"
                )
                #expect(verdict == .parked([letter]))
            }
        }
        #expect(waits == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
        let next = machine.starts(at: now)
        #expect(next == [DeliveryMachine.Attempt(cursors: [transition(2, 1).cursor], number: 1)])
    }

    @Test func unannouncedOnesAreDoneAtOnce() {
        var machine = machine([
            transition(1, 1, announced: false), transition(2, 2),
            transition(3, 3, announced: false),
        ])
        #expect(places(machine.starts(at: now)) == [2])
        #expect(disk(&machine).through == transition(1, 1).cursor)
        let cursor = transition(2, 2).cursor
        _ = machine.finish([cursor], .delivered, at: now, jitter: 0)
        #expect(disk(&machine).through == transition(3, 3).cursor)
        #expect(machine.room == 1_000)
        // Members of a snapshot are sent whatever the filter says.
        machine.take([transition(4, 4, announced: false)], areWanted: true)
        #expect(places(machine.starts(at: now)) == [4])
    }

    @Test func whatIsInFlightAndReadIsBounded() {
        var machine = machine(people(1...20)) {
            $0.freshMax = 20
            $0.heldMax = 30
        }
        #expect(machine.room == 0)
        let attempts = machine.starts(at: now)
        #expect(attempts.count == 8)
        #expect(machine.inFlight == 8)
        for attempt in attempts {
            _ = machine.finish(attempt.cursors, .delivered, at: now, jitter: 0)
        }
        #expect(machine.room == 8)
        machine.take((100..<160).map { transition($0, 20) })
        #expect(machine.room == 0)
        // One person's that fail are held, and give the room to others; but not without end.
        for attempt in machine.starts(at: now) + machine.starts(at: now) {
            let isLast = attempt.cursors[0].person == PersonID(20)
            _ = machine.finish(attempt.cursors, isLast ? failure : .delivered, at: now, jitter: 0)
        }
        while case let more = machine.starts(at: now), !more.isEmpty {
            for attempt in more {
                let isLast = attempt.cursors[0].person == PersonID(20)
                _ = machine.finish(
                    attempt.cursors,
                    isLast ? failure : .delivered,
                    at: now,
                    jitter: 0
                )
            }
        }
        #expect(machine.held == 61)
        #expect(machine.room == 0)
        #expect(machine.backlog == 61)
    }

    @Test func anEndThatNobodyWaitsForChangesNothing() {
        var machine = machine([transition(1, 1)])
        #expect(machine.finish([transition(1, 1).cursor], .gone, at: now, jitter: 0) == .stale)
        #expect(machine.finish([transition(9, 9).cursor], failure, at: now, jitter: 0) == .stale)
        #expect(machine.halt == nil)
        #expect(machine.inFlight == 0)
    }

    // MARK: - Restarts

    @Test func goneStopsEverythingUntilARestartThatProbes() {
        let all = people(1...4)
        var machine = machine(all) { $0.inFlightMax = 3 }
        #expect(places(machine.starts(at: now)) == [1, 2, 3])
        #expect(machine.finish([all[0].cursor], .gone, at: now, jitter: 0) == .stopped)
        #expect(machine.halt == .gone)
        #expect(machine.finish([all[2].cursor], .gone, at: now, jitter: 0) == .stale)
        // What was on its way counts; it does not mean that the receiver is back.
        #expect(machine.finish([all[1].cursor], .delivered, at: now, jitter: 0) == .done)
        #expect(machine.starts(at: now + .days(2)).isEmpty)
        #expect(machine.nextWakeUp == nil)
        #expect(machine.room == 0)
        let position = disk(&machine)
        #expect(position.gone == GoneSubscriber(target: 1, since: now))
        #expect(position.through == nil)

        var again = self.machine(all, from: position) { $0.inFlightMax = 2 }
        #expect(again.circuit == .open(probe: now))
        #expect(places(again.starts(at: now)) == [1])
        #expect(again.starts(at: now).isEmpty)
        #expect(again.finish([all[0].cursor], .delivered, at: now, jitter: 0) == .done)
        #expect(again.circuit == .closed)
        #expect(places(again.starts(at: now)) == [2, 3])
        #expect(disk(&again).gone == nil)

        let elsewhere = DeliveryMachine(from: position, target: 2, now: now)
        #expect(elsewhere.circuit == .closed)
    }

    @Test func aRestartGoesOnWithTheSchedule() {
        let all = [transition(1, 1), transition(2, 1), transition(3, 2)]
        var machine = machine(all)
        _ = machine.starts(at: now)
        _ = machine.finish([all[0].cursor], failure, at: now, jitter: 0.5)
        _ = machine.finish([all[2].cursor], .delivered, at: now, jitter: 0.5)
        let position = disk(&machine)
        #expect(position.through == all[2].cursor)
        var again = self.machine(from: position)
        #expect(again.read == all[2].cursor)
        #expect(again.starts(at: now).isEmpty)
        #expect(again.nextWakeUp == now + .seconds(5))
        #expect(again.starts(at: now + .seconds(5)).map(\.number) == [2])
        _ = again.finish([all[0].cursor], failure, at: now + .seconds(5), jitter: 0.5)
        #expect(disk(&again, before: position).held.map(\.failures) == [2, 0])
        // A clock that was wrong does not hold a delivery for ever.
        var far = position
        far.held[0].due = now + .days(4_000)
        #expect(self.machine(from: far).nextWakeUp == now + .minutes(1_584))
    }

    /// What is held behind the position is read again after a restart, and is not taken twice.
    @Test func whatIsHeldBehindThePositionIsTakenOnce() {
        let all = [transition(1, 1), transition(2, 2), transition(3, 2)]
        var machine = machine(all)
        #expect(places(machine.starts(at: now)) == [1, 2])
        _ = machine.finish([all[1].cursor], failure, at: now, jitter: 0.5)
        let position = disk(&machine)
        #expect(position.through == nil)
        #expect(position.held.map(\.failures) == [1, 0])
        var again = self.machine(all, from: position)
        #expect(again.held == 2)
        #expect(again.backlog == 3)
        #expect(places(again.starts(at: now + .seconds(5))) == [1, 2])
        #expect(disk(&again, before: position).held.map(\.failures) == [1, 0])
        for cursor in [all[0].cursor, all[1].cursor] {
            _ = again.finish([cursor], .delivered, at: now, jitter: 0)
        }
        #expect(places(again.starts(at: now)) == [3])
        _ = again.finish([all[2].cursor], .delivered, at: now, jitter: 0)
        #expect(again.starts(at: now + .days(1)).isEmpty)
        #expect(again.backlog == 0)
        #expect(disk(&again, before: position).held.isEmpty)
    }

    @Test func retriesThatHangLeaveRoom() {
        var machine = machine(people(1...6)) { $0.failuresInARowMax = 99 }
        for attempt in machine.starts(at: now) {
            _ = machine.finish(attempt.cursors, failure, at: now, jitter: 0.5)
        }
        let due = now + .seconds(5)
        // They hang now: four of them, and as many of the others as there are slots.
        #expect(machine.starts(at: due).count == 4)
        machine.take(people(11...30))
        #expect(places(machine.starts(at: due)) == [11, 12, 13, 14])
        for at in 11...30 {
            let cursor = transition(at, UInt64(at)).cursor
            #expect(machine.finish([cursor], .delivered, at: due, jitter: 0) == .done)
            _ = machine.starts(at: due)
        }
        #expect(machine.inFlight == 4)
        #expect(machine.backlog == 6)
    }

    // MARK: - The breaker

    /// A machine whose receiver fails everything until the breaker opens.
    private func broken(_ all: [Transition]) -> DeliveryMachine {
        var machine = machine(all) { $0.failuresInARowMax = 4 }
        for attempt in machine.starts(at: now).prefix(4) {
            _ = machine.finish(attempt.cursors, failure, at: now, jitter: 0.5)
        }
        return machine
    }

    @Test func nothingThatGetsThroughOpensTheBreakerAndOneProbeIsMade() {
        var machine = broken(people(1...20))
        #expect(machine.circuit == .open(probe: now + .seconds(5)))
        // Four are still on their way; no probe is made beside them, and nothing else either.
        #expect(machine.inFlight == 4)
        #expect(machine.starts(at: now + .days(1)).isEmpty)
        for at in 5...8 {
            let cursor = transition(at, UInt64(at)).cursor
            _ = machine.finish([cursor], failure, at: now, jitter: 0.5)
        }
        #expect(machine.held == 8)
        #expect(machine.starts(at: now + .seconds(4)).isEmpty)
        #expect(machine.nextWakeUp == now + .seconds(5))
        // Twice as long each time, up to half a minute; each time another person, and none counts as failed for it.
        var at = now
        var pauses: [Int64] = []
        var probed: [Int64] = []
        for _ in 0..<9 {
            guard let due = machine.nextWakeUp else { break }
            pauses.append((due - at).milliseconds / 1_000)
            at = due
            let probe = machine.starts(at: at)
            probed += places(probe)
            #expect(probe.count == 1)
            #expect(machine.starts(at: at + .days(1)).isEmpty)
            let verdict = machine.finish(probe[0].cursors, failure, at: at, jitter: 0.5)
            guard case .stillFailing = verdict else {
                Issue.record("\(verdict)")
                return
            }
        }
        #expect(pauses == [5, 10, 20, 30, 30, 30, 30, 30, 30])
        #expect(probed == [9, 10, 11, 12, 13, 14, 15, 16, 17])
        #expect(machine.held == 8)
        let position = disk(&machine)
        #expect(position.failingSince == now)
        #expect(position.held.map(\.failures) == Array(repeating: 1, count: 8))
        // One that is taken closes it, and everything goes on.
        at = machine.nextWakeUp ?? at
        let probe = machine.starts(at: at)
        #expect(machine.finish(probe[0].cursors, .delivered, at: at, jitter: 0) == .done)
        #expect(machine.circuit == .closed)
        #expect(machine.starts(at: at).count == 8)
        #expect(disk(&machine, before: position).failingSince == nil)
    }

    @Test func aRestartStaysOpenAndProbesAtOnce() {
        var machine = broken(people(1...20))
        let position = disk(&machine)
        #expect(position.failingSince == now)
        var again = DeliveryMachine(from: position, target: 1, now: now + .hours(1))
        #expect(again.circuit == .open(probe: now + .hours(1)))
        again.take(people(5...20))
        #expect(again.starts(at: now + .hours(1)).count == 1)
    }

    @Test func whoFailsForGoodDoesNotOpenTheBreakerForOthers() {
        // Three people whose deliveries always fail, tried again and again, and more and more of them; nobody else.
        var machine = machine(people(1...3)) { $0.failuresInARowMax = 4 }
        var at = now
        for round in 0..<12 {
            machine.take((1...3).map { transition(round * 10 + 100 + $0, UInt64($0)) })
            for attempt in machine.starts(at: at) {
                _ = machine.finish(attempt.cursors, failure, at: at, jitter: 0.5)
            }
            at = machine.nextWakeUp ?? at
        }
        #expect(machine.circuit == .closed)
    }

    @Test func aProbeObeysRetryAfter() {
        var machine = machine(people(1...4)) { $0.failuresInARowMax = 4 }
        let asked = AttemptOutcome.failed(AttemptFailure("it answered 429", retryAfterSeconds: 700))
        for attempt in machine.starts(at: now) {
            _ = machine.finish(attempt.cursors, asked, at: now, jitter: 0.5)
        }
        #expect(machine.circuit == .open(probe: now + .seconds(700)))
    }

    // MARK: - Suspension

    @Test func whatFailsForAWeekIsSuspended() {
        var machine = broken(people(1...8))
        for at in 5...8 {
            let cursor = transition(at, UInt64(at)).cursor
            _ = machine.finish([cursor], failure, at: now, jitter: 0.5)
        }
        var at = now
        while machine.halt == nil, let due = machine.nextWakeUp, at < now + .days(30) {
            at = due
            for attempt in machine.starts(at: at) {
                _ = machine.finish(attempt.cursors, failure, at: at, jitter: 0.5)
            }
        }
        #expect(at >= now + .days(7) && at < now + .days(7) + .minutes(1))
        let suspension = Suspension(since: at, reason: "nothing got through since \(now)")
        #expect(machine.halt == .suspended(suspension))
        #expect(machine.room == 0)
        #expect(machine.nextWakeUp == nil)
        #expect(machine.starts(at: at + .days(1)).isEmpty)
        let position = disk(&machine)
        #expect(position.suspension == suspension)
        // Nobody is suspended for what happened before a start, and without an attempt.
        var failing = position
        failing.suspension = nil
        var late = DeliveryMachine(from: failing, target: 1, now: now + .days(30))
        let probe = late.starts(at: now + .days(30))
        #expect(probe.count == 1)
        #expect(late.finish(probe[0].cursors, .delivered, at: now + .days(30), jitter: 0) == .done)
        #expect(late.halt == nil && late.circuit == .closed)
        // A restart does not end it.
        #expect(self.machine(from: position).halt == .suspended(suspension))
    }

    @Test func tooMuchThatWaitsBehindADeadReceiverIsSuspended() {
        var machine = machine(people(1...10)) {
            $0.failuresInARowMax = 4
            $0.backlogMax = 25
        }
        // While deliveries go well any number may wait.
        machine.count(people(11...60))
        #expect(machine.backlog == 60)
        for attempt in machine.starts(at: now) {
            _ = machine.finish(attempt.cursors, .delivered, at: now, jitter: 0.5)
        }
        #expect(machine.halt == nil)
        machine.take(people(11...30))
        #expect(machine.backlog == 52)
        for attempt in machine.starts(at: now) {
            _ = machine.finish(attempt.cursors, failure, at: now, jitter: 0.5)
        }
        // Not for a blip: only what lasts an hour.
        var at = now
        while machine.halt == nil, let due = machine.nextWakeUp, at < now + .days(1) {
            at = due
            for attempt in machine.starts(at: at) {
                _ = machine.finish(attempt.cursors, failure, at: at, jitter: 0.5)
            }
        }
        #expect(at >= now + .hours(1) && at < now + .hours(1) + .minutes(1))
        let reason = "52 transitions wait, and nothing got through since \(now)"
        #expect(machine.halt == .suspended(Suspension(since: at, reason: reason)))
    }

    // MARK: - Batches

    @Test func batchesTakeOneOfEachAndWhatFailedGoesAlone() {
        let all = [transition(1, 1), transition(2, 2), transition(3, 1)] + people(4...9)
        var machine = machine(all) {
            $0.batchMax = 4
            $0.inFlightMax = 2
        }
        let first = machine.starts(at: now)
        #expect(first.map { places([$0]) } == [[1, 2, 4, 5], [6, 7, 8, 9]])
        #expect(machine.inFlight == 2)
        #expect(machine.finish(first[1].cursors, .delivered, at: now, jitter: 0.5) == .done)
        let due = now + .seconds(5)
        #expect(machine.finish(first[0].cursors, failure, at: now, jitter: 0.5) == .retry(at: due))
        #expect(machine.held == 5)
        // Retries have half of the slots.
        let next = machine.starts(at: due)
        #expect(next.map { places([$0]) } == [[1]])
        #expect(next.map(\.number) == [2])
        #expect(machine.finish(next[0].cursors, .delivered, at: due, jitter: 0.5) == .done)
        // What waited behind one of them goes together with others again.
        machine.take([transition(20, 20)])
        #expect(machine.starts(at: due).map { places([$0]) } == [[2], [3, 20]])
    }
}

/// What answers mean, and how long to wait.
@Suite struct ScheduleTests {
    @Test(
        arguments: [
            (200, nil, AttemptOutcome.delivered), (204, nil, .delivered), (299, "5", .delivered),
            (410, nil, .gone), (500, nil, .failed(AttemptFailure("it answered 500"))),
            (199, nil, .failed(AttemptFailure("it answered 199"))),
            (301, nil, .failed(AttemptFailure("it answered 301; redirects are not followed"))),
            (429, "7", .failed(AttemptFailure("it answered 429", retryAfterSeconds: 7))),
            (
                503, "99999999999999999999",
                .failed(AttemptFailure("it answered 503", retryAfterSeconds: 86_400))
            ),
            (503, "Wed, 21 Oct 2026 07:28:00 GMT", .failed(AttemptFailure("it answered 503"))),
            (503, "-7", .failed(AttemptFailure("it answered 503"))),
            (503, "", .failed(AttemptFailure("it answered 503"))),
        ] as [(Int, String?, AttemptOutcome)]
    )
    func onlySuccessIsSuccess(status: Int, retryAfter: String?, outcome: AttemptOutcome) {
        #expect(AttemptOutcome(status: status, retryAfter: retryAfter) == outcome)
    }

    @Test(
        arguments: [
            (1, 0.0, nil, 4_500), (1, 0.5, nil, 5_000), (1, 1.0, nil, 5_500), (1, 7.0, nil, 5_500),
            (1, -3.0, nil, 4_500), (1, Double.nan, nil, 4_500), (1, 0.5, 60, 60_000),
            (1, 0.5, 1, 5_000),
            (2, 0.5, 86_400, 86_400_000), (2, 0.5, Int.max, 86_400_000), (2, 0.5, -1, 300_000),
            (9, 0.0, nil, 77_760_000), (9, 1.0, nil, 95_040_000), (10, 0.5, nil, nil),
            (10, 0.5, 60, nil), (-1, 0.5, nil, nil), (Int.max, 0.5, nil, nil),
        ] as [(Int, Double, Int?, Int64?)]
    )
    func waitsAreTheSchedulesOrLonger(
        failures: Int,
        jitter: Double,
        retryAfter: Int?,
        milliseconds: Int64?
    ) {
        let delay = RetrySchedule.standard.delay(
            afterFailures: failures,
            jitter: jitter,
            retryAfterSeconds: retryAfter
        )
        #expect(delay?.milliseconds == milliseconds)
        #expect(RetrySchedule.standard.attemptsMax == 10)
    }

    @Test func aReceiverThatIsDownDoesNotFillTheLog() {
        var notes = FailureNotes()
        var now = Instant(milliseconds: 0)
        var lines: [String] = []
        for _ in 0..<1_000 {
            if let line = notes.failed("it answered 500", at: now) { lines.append(line) }
            now = now + TimeSpan(milliseconds: 100)
        }
        #expect(lines.count == 2)
        #expect(lines[0] == "a delivery failed: it answered 500; it is tried again")
        #expect(lines[1].hasPrefix("600 deliveries failed"))
        #expect(notes.delivered(at: now) == nil)
        #expect(notes.delivered(at: now + .minutes(1)) == "deliveries go well again")
        #expect(notes.delivered(at: now + .minutes(5)) == nil)
    }
}
