import Foundation
import SegmentTesting
import Testing
import WebhookTesting

/// Subscriptions of the real process: made and changed while it runs, each served by itself.
@Suite struct SubscriptionTests {
    private static let rules = """
        segment carts when added_to_cart
        segment buyers when order_placed
        segment seen_now when seen in last 1 second
        """

    private struct View: Decodable {
        var name: String
        var url: String
        var state: String
        var cursor: String?
        var held: Int
        var deadLetters: Int
        var secret: String?
        var secrets: Int
    }

    private struct List: Decodable {
        var subscriptions: [View]
    }

    private func start(_ bench: Bench) async throws -> DaemonProcess {
        try await bench.start(.segmentd, "--allow-webhook-network", "127.0.0.0/8")
    }

    private func create(_ daemon: DaemonProcess, _ body: String) async throws -> View {
        let answer = try await daemon.api.send("POST", "/v1/subscriptions", body)
        #expect(answer.status == 201)
        return try JSONDecoder().decode(View.self, from: answer.body)
    }

    private func list(_ daemon: DaemonProcess) async throws -> [View] {
        try await daemon.api.send("GET", "/v1/subscriptions").decode(List.self).subscriptions
    }

    private func track(_ daemon: DaemonProcess, _ event: String, _ user: String) async throws {
        let body = #"{"userId":"\#(user)","event":"\#(event)"}"#
        try await daemon.api.ingest("/v1/track?wait=evaluated", body)
    }

    /// Waits until so many different ones were taken; gives the last parts of their ids.
    private func taken(_ count: Int, by receiver: WebhookReceiver) async throws -> [String] {
        try await eventually("\(count) deliveries", on: receiver.bell) {
            let taken = receiver.received.filter(\.isTaken)
            return Set(taken.map(\.id)).count >= count ? taken : nil
        }.map { $0.id.split(separator: "-").suffix(2).joined(separator: " ") }
    }

    @Test func theDeadHoldUpNobodyAndEachGetsItsOwn() async throws {
        try await Bench.use(Self.rules) { bench in
            let good = try await WebhookReceiver { _, _ in .status(204) }
            let all = try await WebhookReceiver { _, _ in .status(200) }
            let dead = [500, 503].map { status in { @Sendable in ReceiverAnswer.status(status) } }
            let failing = try await WebhookReceiver { _, _ in dead[0]() }
            let hanging = try await WebhookReceiver { _, _ in .hang }
            var daemon = try await start(bench)
            try await track(daemon, "order_placed", "early")
            for receiver in [failing, hanging] {
                _ = try await create(daemon, #"{"url":"\#(receiver.url)"}"#)
            }
            let buyers = try await create(
                daemon,
                #"{"url":"\#(good.url)","name":"buyers","segments":["buyers"],"headers":{"X-Shop":"1"}}"#
            )
            #expect(buyers.secret?.hasPrefix("whsec_") == true)
            let everything = try await create(
                daemon,
                #"{"url":"\#(all.url)","kinds":["entered","exited"],"start":"start"}"#
            )
            #expect(everything.name == "sub-4")
            for user in ["a", "b"] {
                try await track(daemon, "added_to_cart", user)
                try await track(daemon, "order_placed", user)
            }
            #expect(try await taken(2, by: good) == ["entered buyers", "entered buyers"])
            #expect(try await taken(5, by: all).count == 5)
            #expect(good.received.allSatisfy { $0.headers["x-shop"] == "1" })
            try await eventually("attempts at the dead", on: hanging.bell) {
                hanging.received.isEmpty ? nil : true
            }

            // Whatever kills it, each goes on where it was.
            try await track(daemon, "seen", "c")
            daemon.kill()
            _ = try await daemon.end()
            daemon = try await start(bench)
            #expect(daemon.output.contains("subscriptions: 4\n"))
            try await track(daemon, "order_placed", "d")
            _ = try await taken(3, by: good)
            _ = try await taken(8, by: all)
            #expect(Set(good.received.map(\.id)).count == 3)
            // Nobody's secret is shown again.
            let shown = try await daemon.api.send("GET", "/v1/subscriptions")
            #expect(!String(decoding: shown.body, as: UTF8.self).contains("whsec_"))
            #expect(!daemon.output.contains("whsec_"))
            #expect(try await daemon.stop() == .exit(0))
            for receiver in [good, all, failing, hanging] { try await receiver.close() }
        }
    }

    @Test func pausedResumedRotatedAndDeleted() async throws {
        try await Bench.use(Self.rules) { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(200) }
            let daemon = try await start(bench)
            let made = try await bench.run(
                "subscriptions",
                "create",
                receiver.url + "?token=hidden",
                "--name",
                "mail",
                "--segment",
                "carts",
                "--data",
                bench.data
            )
            #expect(made.output.contains("secret, shown this once: whsec_"))
            #expect(!made.output.contains("hidden"))
            try await track(daemon, "added_to_cart", "a")
            _ = try await taken(1, by: receiver)
            let path = "/v1/subscriptions/mail"
            _ = try await daemon.api.send("POST", "\(path)/pause").decode(View.self)
            try await track(daemon, "added_to_cart", "b")
            let rotated = try await daemon.api.send("POST", "\(path)/rotate-secret")
                .decode(View.self)
            #expect(rotated.secrets == 2 && rotated.state == "paused")
            #expect(receiver.received.count == 1)
            _ = try await daemon.api.send("POST", "\(path)/resume").decode(View.self)
            _ = try await taken(2, by: receiver)
            let signatures = receiver.received.map { $0.headers["webhook-signature"] ?? "" }
            #expect(signatures.map { $0.split(separator: " ").count } == [1, 2])
            let retired = try await bench.run(
                "subscriptions",
                "retire-secret",
                "mail",
                "--data",
                bench.data
            )
            #expect(retired.ending == .exit(0))
            #expect(try await list(daemon).map(\.secrets) == [1])
            let table = try await bench.run("subscriptions", "--data", bench.data)
            #expect(table.output.contains("mail") && table.output.contains("active"))
            #expect(try await daemon.api.send("DELETE", path).status == 204)
            try await track(daemon, "added_to_cart", "c")
            #expect(try await list(daemon).isEmpty)
            #expect(try await daemon.api.send("GET", path).status == 404)
            #expect(try await daemon.stop() == .exit(0))
            #expect(receiver.received.count == 2)
            try await receiver.close()
        }
    }

    @Test func aGoneReceiverIsTriedAgainWhenResumed() async throws {
        try await Bench.use(Self.rules) { bench in
            let receiver = try await WebhookReceiver { _, before in
                before == 0 ? .status(410) : .status(200)
            }
            let daemon = try await start(bench)
            _ = try await create(daemon, #"{"url":"\#(receiver.url)","name":"x"}"#)
            try await track(daemon, "order_placed", "a")
            try await eventually("the receiver's answer", on: receiver.bell) {
                receiver.received.isEmpty ? nil : true
            }
            // Each question is asked when the one before is answered.
            let deadline = ContinuousClock.now + .seconds(180)
            var state = ""
            while state != "gone", ContinuousClock.now < deadline {
                state = try await list(daemon)[0].state
            }
            #expect(state == "gone")
            _ = try await daemon.api.send("POST", "/v1/subscriptions/x/resume").decode(View.self)
            _ = try await taken(1, by: receiver)
            try await receiver.close()
        }
    }

    @Test func mistakesAreNamed() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await start(bench)
            let good = #""url":"http://127.0.0.1:9/h""#
            _ = try await create(daemon, "{\(good),\"name\":\"taken\"}")
            for (body, code, words) in [
                ("[]", "invalid_subscription", "no object"),
                ("{", "malformed_json", ""),
                ("{}", "invalid_subscription", "url is missing"),
                (#"{"url":5}"#, "invalid_subscription", "url is no text"),
                (#"{"url":"ftp://x"}"#, "invalid_subscription", "https://"),
                (#"{"url":"http://10.0.0.1/"}"#, "refused_address", "--allow-webhook-network"),
                (#"{"url":"http://[::ffff:169.254.169.254]/"}"#, "refused_address", ""),
                ("{\(good),\"segment\":[\"carts\"]}", "invalid_subscription", "'segments'"),
                ("{\(good),\"segments\":[\"cart\"]}", "unknown_segment", "'carts'"),
                ("{\(good),\"segments\":[]}", "invalid_subscription", "leave it out"),
                ("{\(good),\"kinds\":[\"left\"]}", "invalid_kind", "exited"),
                ("{\(good),\"start\":\"x\"}", "invalid_cursor", "after=start"),
                ("{\(good),\"name\":\"a b\"}", "invalid_subscription", "letters"),
                ("{\(good),\"name\":\"configured\"}", "invalid_subscription", "configured"),
                ("{\(good),\"name\":\"taken\"}", "name_taken", "another name"),
                ("{\(good),\"secret\":\"x\"}", "invalid_subscription", "whsec_"),
                ("{\(good),\"headers\":{\"Host\":\"x\"}}", "invalid_subscription", "leave it out"),
                ("{\(good),\"headers\":{\"A\":\"x\\r\\nB: y\"}}", "invalid_subscription", "ASCII"),
                ("{\(good),\"unannounced\":1}", "invalid_subscription", "true nor false"),
            ] {
                let answer = try await daemon.api.send("POST", "/v1/subscriptions", body)
                #expect((400..<500).contains(answer.status), "\(body)")
                #expect(answer.refusal?.code == code, "\(body): \(answer.refusal?.message ?? "")")
                #expect(words.isEmpty || answer.refusal?.message.contains(words) == true, "\(body)")
            }
            #expect(try await list(daemon).map(\.name) == ["taken"])
            let unknown = try await daemon.api.send("POST", "/v1/subscriptions/x/pause")
            #expect(unknown.refusal?.code == "unknown_subscription")
        }
    }
}
