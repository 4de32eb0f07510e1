import EventModel
import EventStore
import SegmentEngine
import SegmentTesting
import Testing

/// Many idempotency keys over many horizons, against a dictionary.
@Suite struct IdempotencyKeyTests {
    private static let count = 60_000
    private static let step = TimeSpan.minutes(1)

    /// Keys of a few senders; one in four is one that was used before, lately or long ago.
    private static func group() throws -> AppendedGroup {
        var random = SeededGenerator(seed: 11)
        var drafts: [EntryDraft] = []
        var instants: [Instant] = []
        var keys: [(id: String, source: String)] = []
        for index in 0..<count {
            var draft = EntryDraft(kind: .track)
            draft.event = "viewed"
            draft.identifiers = [.user("\(index % 50)")]
            if index > 0, Int.random(in: 0..<4, using: &random) == 0 {
                let place = Int.random(in: max(0, index - 20_000)..<index, using: &random)
                (draft.messageID, draft.source) = keys[place]
            } else {
                draft.messageID = "message-\(index)"
                draft.source = "sender \(index % 3)"
            }
            keys.append((draft.messageID, draft.source))
            drafts.append(draft)
            instants.append(
                EngineWorld.epoch + TimeSpan(milliseconds: step.milliseconds * Int64(index))
            )
        }
        return try MemoryLog().append(drafts, receivedAt: instants)
    }

    /// Which earlier entry each one repeats: the accepted one with its key less than a week ago.
    private static func expected(_ group: AppendedGroup) -> [SequenceNumber?] {
        let horizon = EngineSettings().duplicateHorizon
        let bytes = group.bytes
        var accepted: [String: (sequence: SequenceNumber, at: Instant)] = [:]
        return group.heads.indices.map { index in
            let head = group.heads[index]
            let start = group.record(index).lowerBound
            let text = String(
                decoding: bytes[
                    start + head.messageID.lowerBound..<start + head.messageID.upperBound
                ],
                as: UTF8.self
            )
            let key = "\(head.source.rawValue) \(text)"
            if let first = accepted[key], head.receivedAt < first.at + horizon {
                return first.sequence
            }
            accepted[key] = (head.sequence, head.receivedAt)
            return nil
        }
    }

    private static func repeated(_ admitted: Admitted) -> SequenceNumber? {
        if case .duplicate(let original) = admitted.verdict { return original }
        return nil
    }

    /// In blocks of several sizes, and one by one.
    @Test(arguments: [1, 7, 1_000, 60_000])
    func repeatsAreFoundForAsLongAsTheHorizon(blockSize: Int) throws {
        let group = try Self.group()
        let expected = Self.expected(group)
        #expect(expected.count { $0 != nil } > 5_000)
        #expect(expected.count { $0 == nil } > 40_000)
        var stage = AdmitStage(settings: EngineSettings())
        for (symbol, text) in group.newSymbols { stage.define(symbol, text) }
        var admitted: [Admitted] = []
        let bytes = group.bytes
        for first in stride(from: 0, to: Self.count, by: blockSize) {
            let end = min(Self.count, first + blockSize)
            stage.admit(
                Array(group.heads[first..<end]),
                bytes.span,
                Array(group.recordStarts[first...end]),
                into: &admitted
            )
            for index in first..<end where Self.repeated(admitted[index - first]) != expected[index]
            {
                Issue.record(
                    "entry \(index): \(admitted[index - first].verdict), not \(String(describing: expected[index]))"
                )
                return
            }
        }
    }

    /// A checkpoint in the middle, after many keys have left.
    @Test func aCheckpointKeepsThem() throws {
        let group = try Self.group()
        let expected = Self.expected(group)
        var stage = AdmitStage(settings: EngineSettings())
        for (symbol, text) in group.newSymbols { stage.define(symbol, text) }
        var admitted: [Admitted] = []
        let bytes = group.bytes
        let half = Self.count / 2
        stage.admit(
            Array(group.heads[..<half]),
            bytes.span,
            Array(group.recordStarts[...half]),
            into: &admitted
        )
        var restored = AdmitStage(settings: EngineSettings())
        for (symbol, text) in group.newSymbols { restored.define(symbol, text) }
        var failure: CheckpointError?
        stage.checkpoint().blocks { block in
            let kind = block.kind
            unsafe block.words.withUnsafeBufferPointer { words in
                do throws(CheckpointError) { try unsafe restored.restore(kind, words) } catch {
                    failure = error
                }
            }
        }
        #expect(failure == nil)
        restored.finishRestoringKeys()
        #expect(restored.keyCount == stage.keyCount)
        restored.admit(
            Array(group.heads[half...]),
            bytes.span,
            Array(group.recordStarts[half...]),
            into: &admitted
        )
        #expect(admitted.map(Self.repeated) == Array(expected[half...]))
    }
}
