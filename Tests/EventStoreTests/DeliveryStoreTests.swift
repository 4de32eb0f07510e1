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
        position.failingSince = Instant(milliseconds: 77)
        position.suspension = Suspension(since: Instant(milliseconds: 5), reason: "☃ down")
        return position
    }

    private var progress: DeliveryProgress { DeliveryProgress(of: position) }

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
            try store.commit(DeliveryProgress(), parking: [], of: .configured)
            #expect(try store.position(of: .configured) == DeliveryPosition())
            try store.commit(progress, parking: letters, of: .configured)
            try store.commit(DeliveryProgress(), parking: letters, of: SubscriberID(2))
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

    @Test func whatIsHeldIsWrittenByItself() throws {
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        try store.commit(progress, parking: [], of: .configured)
        try store.commit(DeliveryProgress(of: position), parking: [], of: SubscriberID(2))
        var change = DeliveryProgress()
        change.position.through = cursor(12)
        change.held[cursor(6)] = .some(nil)
        let fresh = HeldDelivery(cursor: cursor(10), failures: 1, due: Instant(milliseconds: 4))
        change.held[cursor(10)] = fresh
        try store.commit(change, parking: [], of: .configured)
        let found = try #require(try store.position(of: .configured))
        #expect(found.held == [position.held[0], fresh])
        #expect(found.through == cursor(12))
        #expect(found.suspension == nil)
        #expect(try store.position(of: SubscriberID(2)) == position)
    }

    @Test func movingForwardsLeavesAGapAndDeadLettersAndBackwardsNeither() throws {
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        let added = try store.add(Self.subscription, behind: nil)
        let now = Instant(milliseconds: 1_000)
        try store.commit(progress, parking: [], of: added.id)
        try store.move(added, behind: cursor(20), at: now)
        var position = try #require(try store.position(of: added.id))
        #expect(position.through == cursor(20))
        #expect(position.held.isEmpty)
        #expect(position.suspension == nil)
        let gap = DeliveryGap(
            after: cursor(9, ""),
            through: cursor(20),
            recordedAt: now,
            reason: "☃ down"
        )
        #expect(try store.gaps(of: added.id) == [gap])
        let letters = try store.deadLetters(of: added.id, after: nil, limit: 9)
        #expect(letters.map(\.cursor) == [cursor(-5), cursor(6)])
        #expect(letters.map(\.attempts) == [3, 0])
        // Back behind one that is held again: that one stays so, later ones are read anew.
        #expect(try store.redrive(added.id, limit: 9) == 2)
        try store.move(added, behind: cursor(0), at: now)
        position = try #require(try store.position(of: added.id))
        #expect(position.through == cursor(0))
        #expect(position.held.map(\.cursor) == [cursor(-5)])
        #expect(try store.gaps(of: added.id) == [gap])
        try store.move(added, behind: cursor(3), at: now)
        #expect(try store.gaps(of: added.id).map(\.through) == [cursor(20), cursor(3)])
        try store.remove(added.id)
        #expect(try store.gaps(of: added.id).isEmpty)
        #expect(try store.deadLetters(of: added.id, after: nil, limit: 9).isEmpty)
    }

    @Test func membersOfASnapshotAreReadInOrderAndReplaced() throws {
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        var wanted = Self.subscription
        wanted.snapshotThrough = cursor(50)
        wanted.batchMax = 20
        wanted.inFlightMax = 3
        wanted.attributes = ["plan", "größe"]
        wanted.origin = .declared
        let members = [-3, 4, 8].map { cursor($0) }
        let added = try store.add(wanted, behind: nil, members: members)
        _ = try store.add(wanted, behind: nil, members: [cursor(99)])
        #expect(try store.subscriptions().first == added)
        #expect(try store.members(of: added.id, after: nil, limit: 2) == Array(members[..<2]))
        #expect(try store.members(of: added.id, after: members[1], limit: 2) == [members[2]])
        #expect(try store.members(of: added.id, after: cursor(60), limit: 2).isEmpty)
        var moved = added
        moved.snapshotThrough = cursor(70)
        try store.move(
            moved,
            behind: cursor(70),
            members: [cursor(5)],
            at: Instant(milliseconds: 0)
        )
        #expect(try store.members(of: added.id, after: nil, limit: 9) == [cursor(5)])
        #expect(try store.position(of: added.id)?.through == nil)
        #expect(try store.subscriptions().first == moved)
    }

    @Test func keysAreKeptUntilTheyAreRevoked() throws {
        func key(_ id: String, _ scopes: APIKey.Scopes) -> APIKey {
            APIKey(
                id: id,
                name: "shop ☃",
                scopes: scopes,
                hash: (0..<32).map { UInt8($0) },
                createdAt: Instant(milliseconds: -9)
            )
        }
        let keys = [key("a1", .ingest), key("b2", [.read, .admin])]
        do {
            let store = try DeliveryStore(directory: folder.path, logID: "log")
            for key in keys.reversed() { try store.put(key) }
        }
        let store = try DeliveryStore(directory: folder.path, logID: "log")
        #expect(try store.keys() == keys)
        try store.removeKey("a1")
        #expect(try store.keys() == [keys[1]])
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
        try store.commit(progress, parking: [letter], of: expected[1].id)
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
        try store.commit(progress, parking: letters, of: id)
        try store.commit(progress, parking: letters, of: SubscriberID(9))
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
            try store.commit(progress, parking: [], of: .configured)
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
