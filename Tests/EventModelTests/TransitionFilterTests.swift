import EventModel
import Testing

/// Which transitions and notices a filter takes.
@Suite struct TransitionFilterTests {
    private static func transition(
        _ direction: TransitionDirection,
        _ cause: TransitionCause,
        isAnnounced: Bool = true,
        entryIsAnnounced: Bool = true
    ) -> Transition {
        Transition(
            at: Instant(milliseconds: 1),
            person: PersonID(1),
            segment: "carts",
            direction: direction,
            cause: cause,
            sequence: SequenceNumber(1),
            ruleHash: 1,
            isAnnounced: isAnnounced,
            entryIsAnnounced: entryIsAnnounced,
            identifiers: []
        )
    }

    private static func notice(_ subject: ExpectationNotice.Subject, _ name: String) -> Transition {
        let notice = ExpectationNotice(
            subject: subject,
            name: name,
            expectation: "at least 1 in 1 hour",
            since: Instant(milliseconds: 0),
            count: 0
        )
        return Transition(at: Instant(milliseconds: 1), .broken, notice, ruleHash: 1)
    }

    /// Entered by an event, exited by time, quiet, exit of a quiet entry, notice of the segment, of an event.
    private static let all = [
        transition(.entered, .event), transition(.exited, .time),
        transition(.entered, .rules, isAnnounced: false),
        transition(.exited, .event, entryIsAnnounced: false), notice(.segment, "carts"),
        notice(.event, "carts"),
    ]

    private func taken(_ change: (inout TransitionFilter) -> Void) -> [Int] {
        var filter = TransitionFilter()
        change(&filter)
        return Self.all.indices.filter { filter.takes(Self.all[$0]) }
    }

    @Test func eachPartChooses() {
        #expect(taken { _ in } == [0, 1, 2, 3, 4, 5])
        #expect(taken { $0 = .announced } == [0, 1, 3, 4, 5])
        #expect(taken { $0.takesExitsOfUnannounced = false } == [0, 1, 2, 4, 5])
        #expect(taken { $0.kinds = [.entered] } == [0, 2])
        #expect(taken { $0.kinds = [.exited, .expectation] } == [1, 3, 4, 5])
        #expect(taken { $0.segments = ["carts"] } == [0, 1, 2, 3, 4])
        #expect(taken { $0.segments = ["others"] } == [])
        #expect(taken { $0.causes = [.event] } == [0, 3])
        #expect(taken { $0.causes = [.time] } == [1, 4, 5])
    }
}
