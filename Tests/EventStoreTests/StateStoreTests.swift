import EventModel
import EventStore
import SegmentTesting
import Testing

@Suite struct StateStoreTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private static func transition(_ at: Int64, _ person: UInt64, _ segment: String) -> Transition {
        Transition(
            at: Instant(milliseconds: at),
            person: PersonID(person),
            segment: segment,
            direction: at.isMultiple(of: 2) ? .entered : .exited,
            cause: .event,
            sequence: SequenceNumber(UInt64(at)),
            ruleHash: .max,
            isAnnounced: true,
            entryIsAnnounced: false,
            identifiers: [IdentifierID(3), IdentifierID(.max)]
        )
    }

    @Test func noticesAreKeptWhole() throws {
        let notices = [
            ExpectationNotice(
                subject: .segment,
                name: "carts",
                expectation: "at least 1 entry in 6 hours",
                since: Instant(milliseconds: -5),
                count: 0
            ),
            ExpectationNotice(
                subject: .event,
                name: "Größe, 100 %",
                expectation: "at most 100000 in 1 day",
                since: Instant(milliseconds: 3),
                count: 100_001
            ),
        ]
        let expected = [
            Transition(at: Instant(milliseconds: 7), .broken, notices[0], ruleHash: 9),
            Transition(at: Instant(milliseconds: 8), .met, notices[1], ruleHash: .max),
            Self.transition(8, 1, "a"),
        ]
        let mark = AppliedMark(sequence: SequenceNumber(9), instant: Instant(milliseconds: 8))
        let state = try StateStore(directory: folder.path, logID: "log")
        try state.commit(expected, applied: mark)
        #expect(try all(state) == expected)
        #expect(try state.transition(at: expected[1].cursor) == expected[1])
        #expect(
            expected[1].id(log: "log")
                == "log-0-8-met-event%20Gr%C3%B6%C3%9Fe%2C%20100%20%25%3A%20at%20most%20100000%20in%201%20day"
        )
    }

    private func all(_ state: StateStore, after cursor: TransitionCursor? = nil) throws
        -> [Transition]
    {
        var found: [Transition] = []
        try state.scan(after: cursor) { transition in
            found.append(transition)
            return true
        }
        return found
    }

    @Test func transitionsAndMarkMoveTogetherAndStay() throws {
        let expected = [
            Self.transition(1, 1, "a"), Self.transition(1, 1, "b"), Self.transition(1, 2, "a"),
            Self.transition(2, 1, "a"),
        ]
        let mark = AppliedMark(sequence: SequenceNumber(9), instant: Instant(milliseconds: 2))
        do {
            let state = try StateStore(directory: folder.path, logID: "log")
            #expect(try state.applied() == nil)
            try state.commit(Array(expected.prefix(2)), applied: mark)
            try state.commit(Array(expected.dropFirst(2)), applied: mark)
        }
        let state = try StateStore(directory: folder.path, logID: "log")
        #expect(try state.applied() == mark)
        #expect(try all(state) == expected)
        #expect(try all(state, after: expected[1].cursor) == Array(expected.dropFirst(2)))
        // A cursor need not be a transition's: the next one behind it is given.
        let between = TransitionCursor(
            at: Instant(milliseconds: 1),
            person: PersonID(1),
            segment: "aa"
        )
        #expect(try all(state, after: between) == Array(expected.dropFirst(1)))
        #expect(try all(state, after: expected[3].cursor).isEmpty)
    }

    @Test func aTransitionOutOfOrderIsRefusedWhole() throws {
        let state = try StateStore(directory: folder.path, logID: "log")
        let mark = AppliedMark(sequence: .zero, instant: Instant(milliseconds: 0))
        try state.commit([Self.transition(5, 1, "a")], applied: mark)
        #expect(throws: StoreError.self) {
            try state.commit(
                [Self.transition(6, 1, "a"), Self.transition(4, 1, "a")],
                applied: mark
            )
        }
        #expect(try all(state).count == 1)
    }

    @Test func theStateOfAnotherLogIsRefused() throws {
        do { _ = try StateStore(directory: folder.path, logID: "one") }
        let error = #expect(throws: StoreError.self) {
            _ = try StateStore(directory: folder.path, logID: "other")
        }
        #expect(error?.description.contains("Remove") ?? false)
    }
}
