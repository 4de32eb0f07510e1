import EventModel
import Foundation
import SegmentTesting
import Testing
import WebhookDelivery

/// Signatures by the Standard Webhooks specification.
@Suite struct SignatureTests {
    // The vector of the specification's own libraries.
    @Test func theKnownVectorComesOut() throws {
        let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", from: "a test")
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8)
        )
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func blanksAroundASecretAndItsPaddingDoNotCount() throws {
        let body = Array("{}".utf8)
        let plain = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
        let expected = try WebhookSecret(plain, from: "a test")
            .signature(id: "a", timestamp: 1, body: body)
        for text in [plain + "\n", "  \(plain)\r\n", String(plain.dropLast())] {
            let secret = try WebhookSecret(text, from: "a test")
            #expect(secret.signature(id: "a", timestamp: 1, body: body) == expected)
        }
    }

    @Test(arguments: [
        ("", "is empty"), ("\n", "is empty"), ("hunter2", "does not begin with whsec_"),
        ("whsec_", "has 0 bytes"), ("whsec_hunter2!", "is not base 64"),
        ("whsec_aHVudGVyMg==", "has 7 bytes"),
        ("whsec_" + Data(repeating: 1, count: 23).base64EncodedString(), "24 to 64"),
        ("whsec_" + Data(repeating: 1, count: 65).base64EncodedString(), "has 65 bytes"),
    ]) func aBadSecretIsRefusedAndNotShown(text: String, words: String) {
        let error = #expect(throws: WebhookError.self) {
            _ = try WebhookSecret(text, from: "secret.txt")
        }
        #expect(error?.description.contains(words) == true)
        #expect(error?.description.contains("secret.txt") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func aSecretDescribesItselfWithoutTheKey() throws {
        let text = "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()
        let secret = try WebhookSecret(text, from: "a test")
        var dumped = ""
        dump(secret, to: &dumped)
        for description in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(!description.contains("BwcH"))
            #expect(!description.contains("7"))
        }
    }

    @Test(arguments: [("standardwebhooks", "standardwebhooks"), ("svix", "svix.webhooks")])
    func theOfficialPackageAcceptsWhatIsSigned(package: String, module: String) async throws {
        let text = "whsec_" + Data((0..<32).map { UInt8($0 * 7) }).base64EncodedString()
        let secret = try WebhookSecret(text, from: "a test")
        let transition = Transition(
            at: Instant(milliseconds: 1_767_225_600_123),
            person: PersonID(7),
            segment: "carts",
            direction: .entered,
            cause: .event,
            sequence: SequenceNumber(7),
            ruleHash: 1,
            isAnnounced: true,
            entryIsAnnounced: false,
            identifiers: []
        )
        let message = WebhookMessage(
            transition,
            id: transition.id(log: "00ff"),
            data: Array(#"{"person":"Jörg \"☃\""}"#.utf8)
        )
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        // While one secret takes the other's place, whoever knows either of them is satisfied.
        let other = WebhookSecret.random()
        let headers = message.headers(
            at: now,
            secrets: [try WebhookSecret(other, from: "a test"), secret],
            userAgent: "segmentd/test"
        )
        let python = try await Python(package: package)
        guard let python else {
            print("skipped: neither python3 nor a registry with '\(package)' is here")
            return
        }
        let program = """
            import sys, json
            from \(module) import Webhook, WebhookVerificationError
            call = json.load(sys.stdin)
            Webhook(call["other"]).verify(call["body"].encode(), call["headers"])
            hook = Webhook(call["secret"])
            hook.verify(call["body"].encode(), call["headers"])
            said = json.loads(call["body"])
            assert said["type"] == "segment.entered", said
            assert said["timestamp"] == "2026-01-01T00:00:00.123Z", said
            try:
                hook.verify(call["body"].encode() + b" ", call["headers"])
            except WebhookVerificationError:
                print("verified")
            """
        let call = try JSONSerialization.data(withJSONObject: [
            "secret": text, "other": other, "body": String(decoding: message.body, as: UTF8.self),
            "headers": Dictionary(headers.map { ($0.name, $0.value) }) { first, _ in first },
        ])
        #expect(try await python.run(program, call) == "verified\n")
    }
}
