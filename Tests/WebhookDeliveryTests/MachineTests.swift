import EventModel
import EventStore
import Testing
import WebhookDelivery

/// The decisions, step by step, in virtual time.
@Suite struct MachineTests {
    private static let start = Instant(milliseconds: 1_767_225_600_000)

    private func machine(
        _ transitions: [Transition] = [],
        inFlightMax: Int = 8,
        openMax: Int = 1_000,
        from position: DeliveryPosition = DeliveryPosition()
    ) -> DeliveryMachine {
        var limits = DeliveryLimits()
        limits.inFlightMax = inFlightMax
        limits.openMax = openMax
        var machine = DeliveryMachine(
            from: position,
            target: 1,
            now: MachineTests.start,
            limits: limits
        )
        machine.take(transitions)
        return machine
    }

    private func transition(_ at: Int, _ person: UInt64, announced: Bool = true) -> Transition {
        Transition(
            at: Instant(milliseconds: Int64(at)),
            person: PersonID(person),
            segment: "s",
            direction: .entered,
            cause: .event,
            sequence: SequenceNumber(1),
            ruleHash: 0,
            isAnnounced: announced,
            entryIsAnnounced: false,
            identifiers: []
        )
    }

    private let failure = AttemptOutcome.failed(AttemptFailure("it answered 500"))

    private func places(_ attempts: [DeliveryMachine.Attempt]) -> [Int64] {
        attempts.map(\.cursor.at.milliseconds)
    }

    @Test func aPersonsNextWaitsAndOthersDoNot() {
        let now = MachineTests.start
        let all = [transition(1, 1), transition(2, 1), transition(3, 2), transition(4, 1)]
        var machine = machine(all)
        #expect(places(machine.starts(at: now)) == [1, 3])
        #expect(machine.starts(at: now).isEmpty)
        #expect(machine.finish(all[2].cursor, .delivered, at: now, jitter: 0.5) == .done)
        #expect(machine.starts(at: now).isEmpty)
        #expect(machine.finish(all[0].cursor, .delivered, at: now, jitter: 0.5) == .done)
        #expect(places(machine.starts(at: now)) == [2])
        #expect(machine.finish(all[1].cursor, .delivered, at: now, jitter: 0.5) == .done)
        #expect(places(machine.starts(at: now)) == [4])
        #expect(machine.nextWakeUp == nil)
    }

    @Test func oneFailingPersonHoldsUpNobody() {
        var now = MachineTests.start
        var machine = machine([transition(1, 1), transition(2, 1)], inFlightMax: 2)
        #expect(places(machine.starts(at: now)) == [1])
        let first = transition(1, 1).cursor
        let due = now + .seconds(5)
        #expect(machine.finish(first, failure, at: now, jitter: 0.5) == .retry(at: due))
        #expect(machine.nextWakeUp == due)
        // Hundreds of others go by, and the position goes past the one that is held.
        for at in 10..<400 {
            let next = transition(at, UInt64(at))
            machine.take([next])
            #expect(places(machine.starts(at: now)) == [Int64(at)])
            _ = machine.finish(next.cursor, .delivered, at: now, jitter: 0.5)
        }
        let position = machine.position()
        #expect(position.through == transition(399, 399).cursor)
        #expect(position.held.map(\.cursor.at.milliseconds) == [1, 2])
        #expect(position.held.map(\.failures) == [1, 0])
        #expect(position.held.map(\.due) == [due, Instant(milliseconds: 0)])
        now = due
        let again = machine.starts(at: now)
        #expect(again == [DeliveryMachine.Attempt(cursor: first, number: 2)])
        _ = machine.finish(first, .delivered, at: now, jitter: 0.5)
        #expect(places(machine.starts(at: now)) == [2])
        #expect(machine.position().held.map(\.cursor.at.milliseconds) == [2])
        #expect(machine.position().through == position.through)
    }

    @Test func theScheduleRunsOutAndTheLaneGoesOn() throws {
        var now = MachineTests.start
        var machine = machine([transition(1, 1), transition(2, 1)])
        var waits: [Int64] = []
        let cursor = transition(1, 1).cursor
        for number in 1...10 {
            #expect(machine.starts(at: now).map(\.number) == [number])
            let verdict = machine.finish(cursor, failure, at: now, jitter: 0.5)
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
                #expect(verdict == .parked(letter))
            }
        }
        #expect(waits == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
        let next = machine.starts(at: now)
        #expect(next == [DeliveryMachine.Attempt(cursor: transition(2, 1).cursor, number: 1)])
    }

    @Test func unannouncedOnesAreDoneAtOnce() {
        var machine = machine([
            transition(1, 1, announced: false), transition(2, 2),
            transition(3, 3, announced: false),
        ])
        #expect(places(machine.starts(at: MachineTests.start)) == [2])
        #expect(machine.position().through == transition(1, 1).cursor)
        let cursor = transition(2, 2).cursor
        _ = machine.finish(cursor, .delivered, at: MachineTests.start, jitter: 0)
        #expect(machine.position().through == transition(3, 3).cursor)
        #expect(machine.room == 1_000)
    }

    @Test func whatIsInFlightAndReadIsBounded() {
        let now = MachineTests.start
        var machine = machine((1...20).map { transition($0, UInt64($0)) }, openMax: 20)
        #expect(machine.room == 0)
        let attempts = machine.starts(at: now)
        #expect(attempts.count == 8)
        #expect(machine.inFlight == 8)
        for attempt in attempts {
            _ = machine.finish(attempt.cursor, .delivered, at: now, jitter: 0)
        }
        #expect(machine.room == 8)
        // Failing lanes fill the window, and free it when they are given up.
        for _ in 0..<10 {
            while true {
                let more = machine.starts(at: machine.nextWakeUp ?? now)
                if more.isEmpty { break }
                for attempt in more {
                    _ = machine.finish(
                        attempt.cursor,
                        failure,
                        at: machine.nextWakeUp ?? now,
                        jitter: 0
                    )
                }
            }
        }
        #expect(machine.room == 20)
        #expect(machine.position().through?.at.milliseconds == 20)
    }

    @Test func goneStopsEverythingUntilARestartThatProbes() {
        let now = MachineTests.start
        let all = (1...4).map { transition($0, UInt64($0)) }
        var machine = machine(all, inFlightMax: 3)
        #expect(places(machine.starts(at: now)) == [1, 2, 3])
        #expect(machine.finish(all[0].cursor, .gone, at: now, jitter: 0) == .stopped)
        #expect(machine.isStopped)
        #expect(machine.finish(all[2].cursor, .gone, at: now, jitter: 0) == .stoppedBefore)
        // What was on its way counts; it does not mean that the receiver is back.
        #expect(machine.finish(all[1].cursor, .delivered, at: now, jitter: 0) == .done)
        #expect(machine.starts(at: now + .days(2)).isEmpty)
        #expect(machine.nextWakeUp == nil)
        #expect(machine.room == 0)
        let position = machine.position()
        #expect(position.gone == GoneSubscriber(target: 1, since: now))
        #expect(position.through == nil)

        var again = self.machine(all, inFlightMax: 2, from: position)
        #expect(again.isProbing)
        #expect(places(again.starts(at: now)) == [1])
        #expect(again.starts(at: now).isEmpty)
        #expect(again.finish(all[0].cursor, .delivered, at: now, jitter: 0) == .done)
        #expect(!again.isProbing)
        #expect(places(again.starts(at: now)) == [2, 3])
        #expect(again.position().gone == nil)

        let elsewhere = DeliveryMachine(from: position, target: 2, now: now)
        #expect(!elsewhere.isProbing)
    }

    @Test func aRestartGoesOnWithTheSchedule() {
        let now = MachineTests.start
        let all = [transition(1, 1), transition(2, 1), transition(3, 2)]
        var machine = machine(all)
        _ = machine.starts(at: now)
        _ = machine.finish(all[0].cursor, failure, at: now, jitter: 0.5)
        _ = machine.finish(all[2].cursor, .delivered, at: now, jitter: 0.5)
        let position = machine.position()
        #expect(position.through == all[2].cursor)
        var again = self.machine(from: position)
        #expect(again.read == all[2].cursor)
        #expect(again.starts(at: now).isEmpty)
        #expect(again.nextWakeUp == now + .seconds(5))
        #expect(again.starts(at: now + .seconds(5)).map(\.number) == [2])
        _ = again.finish(all[0].cursor, failure, at: now + .seconds(5), jitter: 0.5)
        #expect(again.position().held.map(\.failures) == [2, 0])
        // A clock that was wrong does not hold a delivery for ever.
        var far = position
        far.held[0].due = now + .days(4_000)
        #expect(self.machine(from: far).nextWakeUp == now + .minutes(1_584))
    }

    @Test func anEndThatNobodyWaitsForChangesNothing() {
        let now = MachineTests.start
        var machine = machine([transition(1, 1)])
        #expect(machine.finish(transition(1, 1).cursor, .gone, at: now, jitter: 0) == .done)
        #expect(machine.finish(transition(9, 9).cursor, failure, at: now, jitter: 0) == .done)
        #expect(!machine.isStopped)
        #expect(machine.inFlight == 0)
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
