import EventModel
import EventStore
import Foundation
import SegmentTesting
import Testing

/// Positions and dead letters, reopened and damaged.
@Suite struct DeliveryStoreTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func cursor(_ at: Int64, _ segment: String = "carts") -> TransitionCursor {
        TransitionCursor(at: Instant(milliseconds: at), person: PersonID(7), segment: segment)
    }

    private var position: DeliveryPosition {
        var position = DeliveryPosition()
        position.through = cursor(9, "")
        position.held = [
            HeldDelivery(cursor: cursor(-5), failures: 3, due: Instant(milliseconds: 1 << 41)),
            HeldDelivery(cursor: cursor(6), failures: 0, due: Instant(milliseconds: 0)),
        ]
        position.gone = GoneSubscriber(target: .max, since: Instant(milliseconds: -1))
        return position
    }

    @Test func whatWasCommittedIsThereAgain() throws {
        let letters = [5, 1, 3].map { at in
            DeadLetter(
                cursor: cursor(at),
                attempts: 10,
                since: Instant(milliseconds: at * 2),
                reason: "it answered 50\(at) ☃"
            )
        }
        do {
            let store = try DeliveryStore(directory: folder.path, logID: "log")
            #expect(try store.position(of: .configured) == nil)
            try store.commit(DeliveryPosition(), parking: [], of: .configured)
            #expect(try store.position(of: .configured) == DeliveryPosition())
            try store.commit(position, parking: letters, of: .configured)
            try store.commit(DeliveryPosition(), parking: letters, of: SubscriberID(2))
        }
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        #expect(try store.position(of: .configured) == position)
        #expect(try store.position(of: SubscriberID(3)) == nil)
        #expect(try store.deadLetterCount() == 6)
        let sorted = [letters[1], letters[2], letters[0]]
        let found = try store.deadLetters(of: .configured, after: nil, limit: 10)
        #expect(found == sorted)
        let rest = try store.deadLetters(of: .configured, after: cursor(1), limit: 1)
        #expect(rest == [letters[2]])
        #expect(try store.deadLetters(of: SubscriberID(3), after: nil, limit: 10).isEmpty)
    }

    @Test func deliveriesOfAnotherLogAreRefused() throws {
        do { _ = try DeliveryStore(directory: folder.path, logID: "one") }
        let error = #expect(throws: StoreError.self) {
            _ = try DeliveryStore(directory: folder.path, logID: "two")
        }
        #expect(error?.description.contains("belongs to log one") == true)
    }

    @Test func aDamagedPositionIsNotBelieved() throws {
        do {
            let store = try DeliveryStore(directory: folder.path, logID: "log")
            try store.commit(position, parking: [], of: .configured)
        }
        let file = URL(fileURLWithPath: folder.path + "/data.mdb")
        var bytes = try Data(contentsOf: file)
        let needle = Data(cursor(6).bytes)
        while let range = bytes.range(of: needle) { bytes[range.upperBound - 1] ^= 0x20 }
        try bytes.write(to: file)
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        let error = #expect(throws: StoreError.self) { _ = try store.position(of: .configured) }
        #expect(error?.description.contains("checksum") == true)
    }
}
