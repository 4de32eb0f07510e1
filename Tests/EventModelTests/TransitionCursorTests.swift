import EventModel
import Testing

@Suite struct TransitionCursorTests {
    @Test func textsSortAsTransitionsDo() {
        var cursors: [TransitionCursor] = []
        for at in [Int64.min / 4, -1, 0, 1, 1_700_000_000_000] {
            for person in [1, 255, 256, UInt64.max] as [UInt64] {
                for segment in ["", "a", "a_", "ab", "b", "segment with a long name", "ä"] {
                    cursors.append(
                        TransitionCursor(
                            at: Instant(milliseconds: at),
                            person: PersonID(person),
                            segment: segment
                        )
                    )
                }
            }
        }
        let texts = cursors.map(\.text)
        #expect(
            texts.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
                == texts.map { Array($0.utf8) }
        )
        for (cursor, text) in zip(cursors, texts) {
            #expect(TransitionCursor(text: text) == cursor)
        }
        for (left, before) in cursors.enumerated() {
            for (right, after) in cursors.enumerated() {
                #expect((before < after) == (left < right))
            }
        }
    }

    @Test func nonePrecedesAll() {
        let some = TransitionCursor(at: .distantPast, person: .nobody, segment: "")
        let none: TransitionCursor? = nil
        #expect(none.comesBefore(some))
        #expect(!Optional(some).comesBefore(none))
        #expect(!none.comesBefore(nil))
        #expect(!Optional(some).comesBefore(some))
    }

    @Test(arguments: ["", "x", "!!!!", "0", String(repeating: "-", count: 21), "a b"])
    func refusesWhatIsNone(_ text: String) {
        #expect(TransitionCursor(text: text) == nil)
    }

    @Test func idsAreReadableAndEncodeOddNames() {
        let transition = Transition(
            at: Instant(milliseconds: 5),
            person: PersonID(7),
            segment: "Big spenders-ä",
            direction: .entered,
            cause: .event,
            sequence: SequenceNumber(9),
            ruleHash: 1,
            isAnnounced: true,
            entryIsAnnounced: true,
            identifiers: []
        )
        #expect(transition.id(log: "ab") == "ab-7-5-entered-Big%20spenders%2D%C3%A4")
    }
}
