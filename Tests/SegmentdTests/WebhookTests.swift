import Foundation
import SegmentTesting
import Testing
import WebhookTesting

/// Webhooks of the real process: nothing lost, in order, through faults, stops and kills.
@Suite struct WebhookTests {
    private static let rules = """
        segment carts when added_to_cart and no order_placed in last 1 second
        segment buyers when at least 1 order_placed
        """

    /// Announced transitions and no others, each with its id, each person's in order.
    private func audit(_ rows: [TransitionRow], _ received: [ReceivedWebhook]) throws {
        let announced = rows.filter(\.announced)
        let taken = received.filter(\.isTaken)
        #expect(Set(taken.map(\.id)) == Set(announced.map(\.id)))
        let known = Set(announced.map(\.id))
        #expect(received.allSatisfy { known.contains($0.id) })
        var order: [UInt64: [String]] = [:]
        var seen: Set<String> = []
        for webhook in taken where seen.insert(webhook.id).inserted {
            let payload = try JSONDecoder().decode(Payload.self, from: Data(webhook.body.utf8))
            #expect(payload.type == "segment.\(payload.data.direction)")
            #expect(payload.timestamp == payload.data.at)
            #expect(payload.data.id == webhook.id)
            order[payload.data.personID, default: []].append(payload.data.cursor)
        }
        let expected = Dictionary(grouping: announced, by: \.personID).mapValues {
            $0.map(\.cursor)
        }
        #expect(order == expected)
        // Every attempt of an id says the same but for what is known when it is made, and has its own signature.
        let bodies = Dictionary(grouping: received, by: \.id).mapValues { attempts in
            Set(attempts.map { $0.body.replacing(/"until":(null|"[^"]*")/, with: "") })
        }
        #expect(bodies.values.allSatisfy { $0.count == 1 })
        #expect(received.allSatisfy { $0.headers["webhook-signature"]?.hasPrefix("v1,") == true })
    }

    private struct Payload: Decodable {
        var type: String
        var timestamp: String
        var data: TransitionRow
    }

    private func batch(_ round: Int) -> String {
        let entries = (0..<100).map { index in
            let event = (index + round) % 3 == 0 ? "order_placed" : "added_to_cart"
            let isBackfill = index % 10 == 9
            let backfill = isBackfill ? #","backfill":true"# : ""
            let user = isBackfill ? "b\(index)" : "u\(index % 25)-\(round % 2)"
            return #"{"type":"track","userId":"\#(user)","messageId":"#
                + #""m\#(round)-\#(index)","event":"\#(event)"\#(backfill)}"#
        }
        return "{\"batch\":[\(entries.joined(separator: ","))]}"
    }

    @Test func nothingIsLostThroughFaultsStopsAndKills() async throws {
        try await Bench.use(WebhookTests.rules) { bench in
            let receiver = try await WebhookReceiver { webhook, before in
                guard before == 0 else { return .status(200) }
                switch webhook.id.utf8.reduce(0, { $0 &+ Int($1) }) % 40 {
                case 0: return .status(500)
                case 1: return .close
                case 2: return .closeInBody
                default: return .status(200)
                }
            }
            for round in 0..<12 {
                // Counted before anything is sent: a busy machine may deliver all of it within the next line.
                let before = receiver.received.count
                let daemon = try await bench.start(deliveringTo: receiver)
                try await daemon.api.ingest("/v1/batch", batch(round))
                try await eventually("some deliveries", on: receiver.bell) {
                    receiver.received.count > before + 3 ? true : nil
                }
                if round % 3 == 2 {
                    #expect(try await daemon.stop() == .exit(0))
                } else {
                    daemon.kill()
                    _ = try await daemon.end()
                }
            }
            let daemon = try await bench.start(deliveringTo: receiver)
            let rows = try await eventually("all deliveries", on: receiver.bell) {
                let rows = try await daemon.api.transitions()
                let announced = Set(rows.filter(\.announced).map(\.id))
                let taken = Set(receiver.received.filter(\.isTaken).map(\.id))
                return announced.isSubset(of: taken) ? rows : nil
            }
            try audit(rows, receiver.received)
            #expect(rows.contains { !$0.announced })
            #expect(receiver.received.contains { !$0.isTaken })
            #expect(try await daemon.stop() == .exit(0))
            let count = receiver.received.count
            // Stopped in order, it sends nothing twice.
            let again = try await bench.start(deliveringTo: receiver)
            try await again.api.ingest("/v1/track?wait=evaluated", WebhookTests.last)
            try await eventually("the last one", on: receiver.bell) {
                receiver.received.count > count ? true : nil
            }
            let known = Set(receiver.received.prefix(count).filter(\.isTaken).map(\.id))
            #expect(receiver.received.dropFirst(count).allSatisfy { !known.contains($0.id) })
            #expect(again.output.contains("webhook: \(receiver.url) (from "))
            #expect(!again.output.contains("from the first transition"))
            #expect(try await again.stop() == .exit(0))
            try await receiver.close()
        }
    }

    private static let last = #"{"userId":"last","event":"order_placed"}"#

    @Test func aDeadReceiverStopsNeitherIngestNorTheDaemon() async throws {
        try await Bench.use("segment buyers when order_placed") { bench in
            let receiver = try await WebhookReceiver { _, _ in .hang }
            let url = receiver.url
            try await receiver.close()
            let arguments = try bench.serving() + bench.delivering(to: url)
            let daemon = try await DaemonProcess(bench.launch(.segmentd, arguments))
            for round in 0..<20 {
                let body = #"{"userId":"u\#(round)","event":"order_placed"}"#
                let reply = try await daemon.api.ingest("/v1/track?wait=evaluated", body)
                #expect(reply.entries.map(\.status) == ["accepted"])
            }
            #expect(try await daemon.api.transitions().count == 20)
            #expect(daemon.output.contains("(from the first transition)"))
            #expect(try await daemon.stop() == .exit(0))
        }
    }

    @Test(
        arguments: [
            ("no URL", ["--webhook-secret-file", "SECRET"], ["--webhook-url"]),
            (
                "no secret", ["--webhook-url", "https://1.1.1.1/"],
                ["--webhook-secret-file", "SEGMENTD"]
            ),
            (
                "no file", ["--webhook-url", "https://1.1.1.1/", "--webhook-secret-file", "none"],
                ["cannot read", "none"]
            ),
            (
                "a folder", ["--webhook-url", "https://1.1.1.1/", "--webhook-secret-file", "."],
                ["cannot read"]
            ),
            (
                "a bad secret",
                ["--webhook-url", "https://1.1.1.1/", "--webhook-secret-file", "BAD"],
                ["does not begin with whsec_"]
            ),
            (
                "a bad URL",
                ["--webhook-url", "htps://1.1.1.1/", "--webhook-secret-file", "SECRET"],
                ["http://"]
            ),
            (
                "this machine",
                ["--webhook-url", "http://2130706433/x", "--webhook-secret-file", "SECRET"],
                ["127.0.0.1 is a loopback address", "--allow-webhook-network"]
            ),
            (
                "this machine by name",
                ["--webhook-url", "http://localhost./", "--webhook-secret-file", "SECRET"],
                ["a loopback address"]
            ),
            (
                "metadata",
                [
                    "--webhook-url", "http://169.254.169.254/", "--webhook-secret-file", "SECRET",
                    "--allow-webhook-network", "127.0.0.0/8",
                ], ["a link-local address"]
            ),
            (
                "a bad network",
                [
                    "--webhook-url", "https://1.1.1.1/", "--webhook-secret-file", "SECRET",
                    "--allow-webhook-network", "127.0.0.1/8",
                ], ["did you mean 127.0.0.0/8?"]
            ),
        ] as [(String, [String], [String])]
    )
    func aBadConfigurationIsRefused(
        name: String,
        options: [String],
        words: [String]
    ) async throws {
        try await Bench.use("segment buyers when order_placed") { bench in
            try Data(Bench.secret.utf8)
                .write(to: URL(fileURLWithPath: bench.path("SECRET")))
            try Data("hunter2".utf8).write(to: URL(fileURLWithPath: bench.path("BAD")))
            let running = try bench.launch(.segmentd, bench.serving() + options)
            #expect(try await running.end() == .exit(1))
            #expect(running.errors.split(separator: "\n").count == 1, "\(running.errors)")
            for word in words { #expect(running.errors.contains(word), "\(running.errors)") }
            #expect(!running.errors.contains("hunter2"))
            #expect(!running.errors.contains(Bench.secret))
            #expect(!FileManager.default.fileExists(atPath: bench.data))
        }
    }
}
