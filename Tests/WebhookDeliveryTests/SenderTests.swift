import EventModel
import Foundation
import Testing
import WebhookDelivery
import WebhookTesting

/// Single attempts on a real connection.
@Suite struct SenderTests {
    private static let secret =
        "whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString()

    private func sender(
        _ url: String,
        timeout: Duration = .seconds(30),
        allowing: [String] = ["127.0.0.0/8"],
        resolving: [String: String] = [:]
    ) throws -> HTTPSender {
        let rules = AddressRules(allowing: try allowing.map { try AddressBlock($0) })
        let resolver = TargetResolver(rules: rules) { name throws(WebhookError) in
            guard let address = resolving[name].flatMap({ IPAddress($0) }) else {
                throw WebhookError("cannot look up \(name)")
            }
            return [address]
        }
        let target = WebhookTarget(
            url: try WebhookURL(url),
            secret: try WebhookSecret(SenderTests.secret, from: "a test"),
            userAgent: "segmentd/test"
        )
        return HTTPSender(target: target, resolver: resolver, timeout: timeout) {
            Instant(milliseconds: 1_767_225_600_999)
        }
    }

    private func message(_ number: Int = 1) -> WebhookMessage {
        let transition = Transition(
            at: Instant(milliseconds: 1_767_225_600_000),
            person: PersonID(UInt64(number)),
            segment: "carts",
            direction: .exited,
            cause: .time,
            sequence: SequenceNumber(1),
            ruleHash: 0,
            isAnnounced: true,
            entryIsAnnounced: true,
            identifiers: []
        )
        return WebhookMessage(transition, id: "id-\(number)", data: Array(#"{"a":1}"#.utf8))
    }

    /// Sends once to a receiver that gives that answer.
    private func send(
        _ answer: ReceiverAnswer,
        timeout: Duration = .seconds(30)
    ) async throws -> AttemptOutcome {
        let receiver = try await WebhookReceiver { _, _ in answer }
        let sender = try sender(receiver.url, timeout: timeout)
        let outcome = await sender.send(message())
        await sender.shutDown()
        try await receiver.close()
        return outcome
    }

    @Test func aRequestHasWhatTheSpecificationAsksFor() async throws {
        let receiver = try await WebhookReceiver { _, _ in .status(204) }
        let sender = try sender(receiver.url + "?token=x")
        #expect(await sender.send(message()) == .delivered)
        let got = try #require(receiver.received.first)
        #expect(got.id == "id-1")
        #expect(got.headers["webhook-timestamp"] == "1767225600")
        #expect(got.headers["content-type"] == "application/json")
        #expect(got.headers["user-agent"] == "segmentd/test")
        #expect(got.headers["host"] == "127.0.0.1:\(receiver.port)")
        #expect(
            got.body
                == #"{"type":"segment.exited","timestamp":"2026-01-01T00:00:00.000Z","data":{"a":1}}"#
        )
        let signature = try WebhookSecret(SenderTests.secret, from: "a test").signature(
            id: "id-1",
            timestamp: 1_767_225_600,
            body: Array(got.body.utf8)
        )
        #expect(got.headers["webhook-signature"] == signature)
        await sender.shutDown()
        try await receiver.close()
    }

    @Test func whatIsNoSuccessHasFailed() async throws {
        #expect(try await send(.status(500)) == .failed(AttemptFailure("it answered 500")))
        #expect(try await send(.status(410)) == .gone)
        let busy = try await send(.status(429, header: ("Retry-After", "9")))
        #expect(busy == .failed(AttemptFailure("it answered 429", retryAfterSeconds: 9)))
        let redirect = try await send(.status(307, header: ("Location", "http://127.0.0.1:9/")))
        #expect(
            redirect == .failed(AttemptFailure("it answered 307; redirects are not followed"))
        )
        guard case .failed(let cut) = try await send(.close) else {
            Issue.record("a closed connection is no success")
            return
        }
        #expect(!cut.reason.isEmpty)
        let late = try await send(.hang, timeout: .milliseconds(200))
        guard case .failed(let failure) = late else {
            Issue.record("no answer is no success")
            return
        }
        #expect(failure.reason.hasPrefix("it did not answer within"), "\(failure.reason)")
    }

    @Test func theStatusIsTheAnswerWhateverTheBodyDoes() async throws {
        #expect(try await send(.closeInBody) == .delivered)
        #expect(try await send(.endlessBody) == .delivered)
    }

    @Test func aReceiverThatIsNotThereIsNamedAndComesBack() async throws {
        let receiver = try await WebhookReceiver { _, _ in .status(200) }
        let port = receiver.port
        let sender = try sender(receiver.url)
        #expect(await sender.send(message(1)) == .delivered)
        try await receiver.close()
        let refused = await sender.send(message(2))
        guard case .failed(let failure) = refused else {
            Issue.record("nobody listens there")
            return
        }
        #expect(failure.reason.contains("connection"), "\(failure.reason)")
        let again = try await WebhookReceiver(port: port) { _, _ in .status(200) }
        #expect(await sender.send(message(2)) == .delivered)
        #expect(again.received.map(\.id) == ["id-2"])
        await sender.shutDown()
        try await again.close()
    }

    @Test func theCheckedAddressIsTheOneConnectedTo() async throws {
        let receiver = try await WebhookReceiver { _, _ in .status(200) }
        let url = "http://hooks.example:\(receiver.port)/"
        let good = try sender(url, resolving: ["hooks.example": "127.0.0.1"])
        #expect(await good.send(message()) == .delivered)
        #expect(receiver.received.first?.headers["host"] == "hooks.example:\(receiver.port)")
        await good.shutDown()
        let refused = try sender(url, allowing: [], resolving: ["hooks.example": "127.0.0.1"])
        let expected = AttemptFailure(
            "hooks.example (127.0.0.1) is a loopback address, which webhooks are not sent to"
        )
        #expect(await refused.send(message()) == .failed(expected))
        await refused.shutDown()
        let unknown = try sender(url)
        #expect(
            await unknown.send(message())
                == .failed(
                    AttemptFailure("cannot look up hooks.example")
                )
        )
        await unknown.shutDown()
        #expect(receiver.received.count == 1)
        try await receiver.close()
    }
}
