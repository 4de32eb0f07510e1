import EventModel
import EventStore
import SegmentTesting
import WebhookDelivery

/// Machines and transitions for tests of decisions, in virtual time.
protocol MachineBench {}

extension MachineBench {
    static var start: Instant { Instant(milliseconds: 1_767_225_600_000) }
    var now: Instant { Self.start }

    func machine(
        _ transitions: [Transition] = [],
        from position: DeliveryPosition = DeliveryPosition(),
        _ change: (inout DeliveryLimits) -> Void = { _ in }
    ) -> DeliveryMachine {
        var limits = DeliveryLimits()
        change(&limits)
        var machine = DeliveryMachine(
            from: position,
            target: 1,
            now: Self.start,
            limits: limits
        )
        machine.take(transitions)
        return machine
    }

    func transition(
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
    func people(_ range: ClosedRange<Int>) -> [Transition] {
        range.map { transition($0, UInt64($0)) }
    }

    var failure: AttemptOutcome { .failed(AttemptFailure("it answered 500")) }

    func places(_ attempts: [DeliveryMachine.Attempt]) -> [Int64] {
        attempts.flatMap(\.cursors).map(\.at.milliseconds)
    }

    func disk(
        _ machine: inout DeliveryMachine,
        before: DeliveryPosition = DeliveryPosition()
    ) -> DeliveryPosition {
        var position = before
        position.take(machine.progress())
        return position
    }

    /// A machine whose receiver fails everything until the breaker opens.
    func broken(_ all: [Transition]) -> DeliveryMachine {
        var machine = machine(all) { $0.failuresInARowMax = 4 }
        for attempt in machine.starts(at: now).prefix(4) {
            _ = machine.finish(attempt.cursors, failure, at: now, jitter: 0.5)
        }
        return machine
    }
}
