import EventModel
import EventStore
import SegmentTesting
import Testing

/// Answers to requests with idempotency keys: kept, found, and forgotten in time.
@Suite struct KeptAnswerTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func place(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 36) }

    private func answer(_ at: Int64, _ count: UInt64 = 3) -> KeptAnswer {
        let verdicts = (0..<count).map { index in
            KeptAnswer.Verdict(
                sequence: SequenceNumber(1_000 + index * 3),
                duplicateOf: index % 2 == 1 ? SequenceNumber(7) : nil,
                isConflict: index % 4 == 1,
                isSuppressed: index % 5 == 2
            )
        }
        return KeptAnswer(
            givenAt: Instant(milliseconds: at),
            fingerprint: (0..<32).map { UInt8($0) },
            evaluatedThrough: SequenceNumber(999),
            verdicts: verdicts
        )
    }

    private func forgetting(_ at: Int64) -> Instant { Instant(milliseconds: at) }

    @Test func whatWasKeptIsThereAgain() throws {
        do {
            let store = try DeliveryStore(directory: folder.path, logID: "log")
            #expect(try store.answer(place(1)) == nil)
            try store.keep(answer(100), at: place(1), forgettingBefore: forgetting(0))
            try store.keep(answer(200, 0), at: place(2), forgettingBefore: forgetting(0))
            try store.keep(answer(300, 5_000), at: place(3), forgettingBefore: forgetting(0))
        }
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        #expect(try store.answer(place(1)) == answer(100))
        #expect(try store.answer(place(2)) == answer(200, 0))
        #expect(try store.answer(place(3)) == answer(300, 5_000))
        #expect(try store.answer(place(4)) == nil)
    }

    @Test func theOldestAreForgotten() throws {
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        for number in 1...5 as ClosedRange<UInt8> {
            try store.keep(
                answer(Int64(number) * 100),
                at: place(number),
                forgettingBefore: forgetting(0)
            )
        }
        try store.keep(answer(600), at: place(6), forgettingBefore: forgetting(300))
        #expect(
            try (1...6).map { try store.answer(place($0)) != nil } == [
                false, false, true, true, true, true,
            ]
        )
        #expect(try store.answerCount() == 4)
        // One that is kept anew at its old place is as new as its last answer.
        try store.keep(answer(700), at: place(3), forgettingBefore: forgetting(300))
        try store.keep(answer(800), at: place(7), forgettingBefore: forgetting(700))
        #expect(try store.answer(place(3)) == answer(700))
        #expect(try store.answerCount() == 2)
    }

    @Test func manyAreForgottenLittleByLittle() throws {
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        for number in 0..<100 as Range<UInt8> {
            try store.keep(answer(1), at: place(number), forgettingBefore: forgetting(0))
        }
        for (number, left) in [(100, 37), (101, 2), (102, 3)] as [(UInt8, Int)] {
            try store.keep(answer(9), at: place(number), forgettingBefore: forgetting(9))
            #expect(try store.answerCount() == left)
        }
    }
}
