import EventModel
import EventStore
import Testing
import WebhookDelivery

/// The decisions where nothing gets through: probes, and the end of it.
@Suite struct BreakerTests: MachineBench {
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
}
