import EventModel
import EventStore
import Testing
import WebhookDelivery

/// The decisions, step by step, in virtual time: lanes, restarts, batches.
@Suite struct MachineTests: MachineBench {
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
        var now = Self.start
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
