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

    private static var subscription: Subscription {
        var filter = TransitionFilter()
        filter.segments = ["b", "Größe"]
        filter.kinds = [.entered, .expectation]
        filter.causes = [.time, .merge]
        filter.takesUnannounced = false
        filter.takesExitsOfUnannounced = false
        return Subscription(
            name: "mail",
            url: "https://example.com/h?x=1",
            filter: filter,
            secrets: ["one", "two"],
            headers: [.init(name: "A", value: ""), .init(name: "B", value: "c d")],
            createdAt: Instant(milliseconds: -7)
        )
    }

    @Test func subscriptionsAreKeptWholeAndNumbersNotGivenAgain() throws {
        var plain = Self.subscription
        plain.filter = TransitionFilter()
        plain.headers = []
        var expected: [Subscription] = []
        do {
            let store = try DeliveryStore(directory: folder.path, logID: "log")
            expected.append(try store.add(Self.subscription, behind: cursor(3)))
            expected.append(try store.add(plain, behind: nil))
            expected[1].isPaused = true
            try store.update(expected[1])
            // One is that of flags and settings.
            #expect(expected.map(\.id.rawValue) == [2, 3])
        }
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        #expect(try store.subscriptions() == expected)
        #expect(try store.position(of: expected[0].id)?.through == cursor(3))
        let letter = DeadLetter(
            cursor: cursor(1),
            attempts: 1,
            since: Instant(milliseconds: 0),
            reason: ""
        )
        try store.commit(position, parking: [letter], of: expected[1].id)
        try store.remove(expected[1].id)
        #expect(try store.subscriptions() == [expected[0]])
        #expect(try store.deadLetterCount(of: expected[1].id) == 0)
        #expect(try store.add(plain, behind: nil).id == SubscriberID(4))
    }

    @Test func redrivenLettersAreHeldInOrder() throws {
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        let id = try store.add(Self.subscription, behind: nil).id
        let letters = [4, 8, -9].map { at in
            DeadLetter(
                cursor: cursor(at),
                attempts: 10,
                since: Instant(milliseconds: 5),
                reason: "it answered 500"
            )
        }
        try store.commit(position, parking: letters, of: id)
        try store.commit(position, parking: letters, of: SubscriberID(9))
        #expect(try store.redrive(id, limit: 2) == 2)
        let held = try #require(try store.position(of: id)).held
        #expect(held.map(\.cursor) == [cursor(-9), cursor(-5), cursor(4), cursor(6)])
        #expect(held.map(\.failures) == [0, 3, 0, 0])
        #expect(try store.deadLetters(of: id, after: nil, limit: 9).map(\.cursor) == [cursor(8)])
        #expect(try store.redrive(id, limit: 2) == 1)
        #expect(try store.redrive(id, limit: 2) == 0)
        #expect(try store.deadLetterCount(of: SubscriberID(9)) == 3)
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
