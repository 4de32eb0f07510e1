import EventModel
import EventStore
import Foundation
import SegmentTesting
import Synchronization
import Testing
import WebhookDelivery
import WebhookTesting

/// The loop that sends, on a real store and real connections, with a quick schedule.
@Suite struct DelivererTests {
    private let folder: TemporaryDirectory
    // One for all deliverers of a test: LMDB does not take two on a directory in one process.
    private let store: DeliveryStore
    private static let began = ContinuousClock.now
    private static let schedule = RetrySchedule(
        delays: [0, 20, 40, 40, 40].map { TimeSpan(milliseconds: $0) }
    )

    private static var limits: DeliveryLimits {
        var limits = DeliveryLimits()
        limits.probePauseMin = TimeSpan(milliseconds: 20)
        limits.probePauseMax = TimeSpan(milliseconds: 40)
        return limits
    }

    init() throws {
        folder = try TemporaryDirectory()
        store = try DeliveryStore(directory: folder.path, logID: "log")
    }

    private func deliverer(
        _ source: ListSource,
        to url: String,
        lines: Lines = Lines(),
        timeout: Duration = .seconds(20)
    ) throws -> Deliverer {
        let target = WebhookTarget(
            url: try WebhookURL(url),
            secret: try WebhookSecret(
                "whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString(),
                from: "a test"
            ),
            userAgent: "segmentd/test"
        )
        // It goes on from one deliverer to the next: what waits for a retry waits until an instant of it.
        let began = DelivererTests.began
        let wallClock = { @Sendable in
            let elapsed = Int64((ContinuousClock.now - began) / .milliseconds(1))
            return Instant(milliseconds: 1_767_225_600_000 + elapsed)
        }
        let rules = AddressRules(allowing: [try AddressBlock("127.0.0.0/8")])
        return try Deliverer(
            source: source,
            store: store,
            sender: HTTPSender(
                target: target,
                resolver: TargetResolver(rules: rules),
                timeout: timeout,
                wallClock: wallClock
            ),
            target: target.fingerprint,
            schedule: DelivererTests.schedule,
            limits: DelivererTests.limits,
            wallClock: wallClock,
            log: { lines.add($0) }
        )
    }

    /// First arrivals of each person are in order, and all of `expected` were taken.
    private func check(_ received: [ReceivedWebhook], _ expected: [Transition]) throws {
        let taken = received.filter(\.isTaken)
        #expect(Set(taken.map(\.id)) == Set(expected.map { $0.id(log: "log") }))
        var seen: Set<String> = []
        var last: [PersonID: Instant] = [:]
        let byID = Dictionary(uniqueKeysWithValues: expected.map { ($0.id(log: "log"), $0) })
        for webhook in taken where seen.insert(webhook.id).inserted {
            let transition = try #require(byID[webhook.id])
            #expect(last[transition.person].map { $0 < transition.at } ?? true)
            last[transition.person] = transition.at
        }
    }

    @Test func everythingArrivesThroughFaultsAndRestartsInOrderPerPerson() async throws {
        let source = ListSource()
        let receiver = try await WebhookReceiver { webhook, before in
            // Each kind of fault for some, on the first two attempts.
            guard before < 2, let last = webhook.id.utf8.reduce(0, { $0 &+ Int($1) }) as Int?
            else { return .status(200) }
            switch last % 8 {
            case 0: return .status(500)
            case 1: return .status(429, header: ("Retry-After", "0"))
            case 2: return .close
            case 3: return .status(302, header: ("Location", "http://127.0.0.1:1/"))
            case 4: return .closeInBody
            default: return .status(200)
            }
        }
        var expected: [Transition] = []
        for round in 0..<5 {
            let deliverer = try deliverer(source, to: receiver.url)
            let run = Task { try await deliverer.run() }
            let added = ListSource.some(from: round * 400, count: 400)
            source.add(added)
            expected += added.filter(\.isAnnounced)
            // A restart in the midst of it, but for the last round.
            let enough = round == 4 ? expected.count : expected.count - 200
            try await eventually("\(enough) deliveries", on: receiver.bell) {
                Set(receiver.received.filter(\.isTaken).map(\.id)).count >= enough ? true : nil
            }
            deliverer.stop()
            try await run.value
        }
        try check(receiver.received, expected)
        let position = try #require(try store.position(of: .configured))
        #expect(position.held.isEmpty)
        #expect(position.through == source.last)
        #expect(try store.deadLetterCount() == 0)
        try await receiver.close()
    }

    @Test func aPersonWhoseDeliveriesFailIsParkedAndHoldsUpNobody() async throws {
        let source = ListSource()
        let receiver = try await WebhookReceiver { webhook, _ in
            webhook.id.hasPrefix("log-3-") ? .status(500) : .status(200)
        }
        let all = ListSource.some(from: 0, count: 300)
        source.add(all)
        let lines = Lines()
        let deliverer = try deliverer(source, to: receiver.url, lines: lines)
        let run = Task { try await deliverer.run() }
        let poisoned = all.filter { $0.isAnnounced && $0.person == PersonID(3) }
        try await eventually("all dead letters", on: lines.bell) {
            let parked = lines.all.filter { $0.contains("parked as a dead letter") }
            return parked.count == poisoned.count ? true : nil
        }
        deliverer.stop()
        try await run.value
        let letters = try store.deadLetters(of: .configured, after: nil, limit: 1_000)
        #expect(letters.map(\.cursor) == poisoned.map(\.cursor))
        #expect(letters.allSatisfy { $0.attempts == 5 && $0.reason == "it answered 500" })
        try check(receiver.received, all.filter { $0.isAnnounced && $0.person != PersonID(3) })
        #expect(lines.all.filter { $0.contains("parked as a dead letter") }.count == poisoned.count)
        // Nobody else waited for any of it.
        let firstDead = try #require(receiver.received.firstIndex { $0.id.hasPrefix("log-3-") })
        #expect(receiver.received[firstDead...].contains { $0.isTaken })
        try await receiver.close()
    }

    @Test func goneStopsUntilARestart() async throws {
        let source = ListSource()
        let isBack = Mutex(false)
        let receiver = try await WebhookReceiver { _, _ in
            isBack.withLock { $0 } ? .status(200) : .status(410)
        }
        let all = ListSource.some(from: 0, count: 100)
        source.add(all)
        let lines = Lines()
        let first = try deliverer(source, to: receiver.url, lines: lines)
        let run = Task { try await first.run() }
        try await eventually("the note", on: lines.bell) {
            lines.all.contains { $0.contains("410 Gone") } ? true : nil
        }
        #expect(receiver.received.count <= 8)
        first.stop()
        try await run.value
        #expect(try store.position(of: .configured)?.gone != nil)
        // A restart tries one, and one only.
        let before = receiver.received.count
        let second = try deliverer(source, to: receiver.url, lines: lines)
        let secondRun = Task { try await second.run() }
        try await eventually("the second note", on: lines.bell) {
            lines.all.filter { $0.contains("410 Gone") }.count == 2 ? true : nil
        }
        second.stop()
        try await secondRun.value
        #expect(receiver.received.count == before + 1)
        isBack.withLock { $0 = true }
        let third = try deliverer(source, to: receiver.url)
        let thirdRun = Task { try await third.run() }
        let expected = all.filter(\.isAnnounced)
        try await eventually("everything", on: receiver.bell) {
            let taken = Set(receiver.received.filter(\.isTaken).map(\.id))
            return taken.count == expected.count ? true : nil
        }
        third.stop()
        try await thirdRun.value
        try check(receiver.received, expected)
        #expect(try store.position(of: .configured)?.gone == nil)
        try await receiver.close()
    }

    @Test func stoppingDoesNotWaitForAReceiverThatHangs() async throws {
        let source = ListSource()
        let receiver = try await WebhookReceiver { _, _ in .hang }
        source.add(ListSource.some(from: 0, count: 20))
        let deliverer = try deliverer(source, to: receiver.url, timeout: .seconds(3_600))
        let run = Task { try await deliverer.run() }
        try await eventually("requests that hang", on: receiver.bell) {
            receiver.received.count == 8 ? true : nil
        }
        let began = ContinuousClock.now
        deliverer.stop()
        try await run.value
        #expect(ContinuousClock.now - began < .seconds(30))
        try await receiver.close()
    }
}

/// Lines that were logged.
private final class Lines: Sendable {
    let bell = Bell()
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
        bell.ring()
    }
}

/// Transitions from a list in memory.
private final class ListSource: TransitionSource {
    private struct State {
        var transitions: [Transition] = []
        var listeners: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    var last: TransitionCursor? { state.withLock { $0.transitions.last?.cursor } }

    func add(_ transitions: [Transition]) {
        let listeners = state.withLock { state in
            state.transitions += transitions
            return state.listeners
        }
        for listener in listeners { listener.yield() }
    }

    func page(after cursor: TransitionCursor?, limit: Int) throws(WebhookError) -> SourcePage {
        let found = state.withLock { state in
            let index = cursor.flatMap { cursor in
                state.transitions.firstIndex { $0.cursor == cursor }
            }
            return Array(state.transitions[(index.map { $0 + 1 } ?? 0)...].prefix(limit))
        }
        return SourcePage(found, hasMore: found.count == limit)
    }

    func message(at cursors: [TransitionCursor]) async throws(WebhookError) -> WebhookMessage? {
        let all = state.withLock { state in
            cursors.compactMap { cursor in state.transitions.first { $0.cursor == cursor } }
        }
        let messages = all.map {
            WebhookMessage($0, id: $0.id(log: "log"), data: Array("{}".utf8))
        }
        guard messages.count > 1, let last = all.last else { return messages.first }
        return WebhookMessage(batch: messages, at: last.at)
    }

    func recordings() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        state.withLock { $0.listeners.append(continuation) }
        return stream
    }

    /// Transitions of 40 people, of which every seventh is not announced.
    static func some(from first: Int, count: Int) -> [Transition] {
        (first..<first + count).map { (index: Int) -> Transition in
            let person = UInt64(index * 7 % 40 + 1)
            return Transition(
                at: Instant(milliseconds: Int64(index)),
                person: PersonID(person),
                segment: "carts",
                direction: .entered,
                cause: .event,
                sequence: SequenceNumber(1),
                ruleHash: 0,
                isAnnounced: index % 7 != 0,
                entryIsAnnounced: false,
                identifiers: []
            )
        }
    }
}
