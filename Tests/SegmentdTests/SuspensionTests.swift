import EventModel
import EventStore
import Foundation
import Materializer
import SegmentTesting
import Testing
import WebhookTesting

/// Subscriptions that were suspended, on the real process: nothing goes on by itself, and what is left out is named.
@Suite struct SuspensionTests {
    private static let rules = "segment buyers when order_placed"

    private struct View: Decodable {
        var state: String
        var reason: String?
        var cursor: String?
        var deadLetters: Int
    }

    private struct Gaps: Decodable {
        struct Gap: Decodable {
            var after: String?
            var through: String?
            var reason: String
        }

        var gaps: [Gap]
    }

    private func start(_ bench: Bench) async throws -> DaemonProcess {
        try await bench.start(.segmentd, "--allow-webhook-network", "127.0.0.0/8")
    }

    private func track(_ daemon: DaemonProcess, _ user: String) async throws {
        let body = #"{"userId":"\#(user)","event":"order_placed"}"#
        try await daemon.api.ingest("/v1/track?wait=evaluated", body)
    }

    /// A week of failures cannot be waited for: what it leaves on disk is written by hand.
    private func suspend(_ bench: Bench, _ rows: [TransitionRow], heldCount: Int) throws {
        let prepared = try Partition.prepare(bench.data)
        let store = try DeliveryStore(directory: prepared.deliveryFolder, logID: prepared.logID)
        let subscription = try #require(try store.subscriptions().first)
        let cursors = rows.compactMap { TransitionCursor(text: $0.cursor) }
        var progress = DeliveryProgress()
        progress.position.through = cursors[heldCount]
        progress.position.failingSince = Instant(milliseconds: 1)
        progress.position.suspension = Suspension(
            since: Instant(milliseconds: 2),
            reason: "nothing got through"
        )
        for cursor in cursors[..<heldCount] {
            progress.held[cursor] = HeldDelivery(
                cursor: cursor,
                failures: 3,
                due: Instant(milliseconds: 0)
            )
        }
        try store.commit(progress, parking: [], of: subscription.id)
    }

    private func taken(_ count: Int, by receiver: WebhookReceiver) async throws -> [String] {
        try await eventually("\(count) deliveries", on: receiver.bell) {
            receiver.received.count >= count ? receiver.received.map(\.id) : nil
        }
    }

    @Test(arguments: ["missed", "now", "members", "start"])
    func itGoesOnWhereSomebodySays(after place: String) async throws {
        try await Bench.use(Self.rules) { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(204) }
            var daemon = try await start(bench)
            let path = "/v1/subscriptions/x"
            // Nothing is sent until the position is what the test says.
            for (method, url, body) in [
                ("POST", "/v1/subscriptions", #"{"url":"\#(receiver.url)","name":"x"}"#),
                ("POST", "\(path)/pause", ""),
            ] {
                _ = try await daemon.api.send(method, url, body.isEmpty ? nil : body)
            }
            for user in 0..<6 { try await track(daemon, "u\(user)") }
            let rows = try await daemon.api.transitions()
            _ = try await daemon.api.send("POST", "\(path)/pause")
            #expect(try await daemon.stop() == .exit(0))
            #expect(receiver.received.isEmpty)
            try suspend(bench, rows, heldCount: 2)

            daemon = try await start(bench)
            // Not by itself, and not without a word on where.
            let refused = try await daemon.api.send("POST", "\(path)/resume")
            #expect(refused.status == 409)
            #expect(refused.refusal?.code == "suspended")
            #expect(refused.refusal?.message.contains("after=missed") == true)
            let open = try await daemon.api.send("GET", "\(path)/gaps").decode(Gaps.self)
            #expect(open.gaps.map(\.after) == [rows[2].cursor])
            #expect(open.gaps[0].through == nil)

            let resumed = try await daemon.api.send("POST", "\(path)/resume?after=\(place)")
            #expect(resumed.status == 200, "\(resumed.refusal?.message ?? "")")
            try await track(daemon, "last")
            let last = try #require(try await daemon.api.transitions().last)
            let expected: [TransitionRow] =
                switch place {
                case "missed": rows[..<2] + rows[3...] + [last]
                case "now": [last]
                default: rows + [last]
                }
            let ids = try await taken(expected.count, by: receiver)
            #expect(Set(ids) == Set(expected.map(\.id)))
            let gaps = try await daemon.api.send("GET", "\(path)/gaps").decode(Gaps.self).gaps
            let view = try await daemon.api.send("GET", path).decode(View.self)
            #expect(view.state == "active")
            if place == "now" || place == "members" {
                #expect(gaps.map(\.after) == [rows[2].cursor])
                #expect(gaps.map(\.through) == [rows[5].cursor])
                #expect(gaps[0].reason == "nothing got through")
                #expect(view.deadLetters == 2)
                let shown = try await bench.run("subscriptions", "gaps", "x", "--data", bench.data)
                #expect(shown.output.contains("nothing got through"))
            } else {
                #expect(gaps.isEmpty)
                #expect(view.deadLetters == 0)
            }
            #expect(try await daemon.stop() == .exit(0))
            try await receiver.close()
        }
    }

    /// Those of the settings file are made, changed where they stand, and kept when they are no longer declared.
    @Test func declaredOnesFollowTheFile() async throws {
        try await Bench.use(Self.rules) { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(204) }
            func declare(_ list: String) throws {
                try bench.write(
                    "segmentd.json",
                    #"{"allowWebhookNetwork":"127.0.0.0/8","subscriptions":[\#(list)]}"#
                )
            }
            try bench.write("secret", Bench.secret)
            let good = #"{"name":"mail","url":"\#(receiver.url)","secretFile":"secret"}"#
            try declare(good)
            var daemon = try await bench.start()
            #expect(daemon.output.contains("subscriptions: 1\n"))
            try await track(daemon, "a")
            _ = try await taken(1, by: receiver)
            let changed = try await daemon.api.send("DELETE", "/v1/subscriptions/mail")
            #expect(changed.refusal?.code == "configured_subscription")
            #expect(try await daemon.stop() == .exit(0))

            // No longer declared, it is sent nothing and forgets nothing.
            try declare("")
            daemon = try await bench.start()
            try await track(daemon, "b")
            let view = try await daemon.api.send("GET", "/v1/subscriptions/mail").decode(View.self)
            #expect(view.state == "undeclared")
            let resumed = try await daemon.api.send("POST", "/v1/subscriptions/mail/resume")
            #expect(resumed.refusal?.code == "undeclared_subscription")
            #expect(try await daemon.stop() == .exit(0))
            #expect(receiver.received.count == 1)

            try declare(good.dropLast() + #","headers":{"X-Shop":"1"}}"#)
            daemon = try await bench.start()
            _ = try await taken(2, by: receiver)
            #expect(receiver.received[1].headers["x-shop"] == "1")
            #expect(try await daemon.stop() == .exit(0))

            for (list, words) in [
                (#"{"url":"http://x.example/"}"#, "number 1: name is missing"),
                (good + "," + good, "number 2: its name is given to another one"),
                (#"{"name":"a","url":"http://x.example/"}"#, "secretFile is missing"),
                (
                    good.replacing("secretFile\":\"secret", with: "secret\":\"whsec_"),
                    "no field 'secret'"
                ),
                (
                    good.replacing("\"secret\"}", with: "\"none\"}"),
                    "cannot read the webhook secret"
                ),
                (good.dropLast() + #","segments":["buyer"]}"#, "did you mean 'buyers'"),
                (#""mail""#, "it is no object"),
            ] {
                try declare(String(list))
                let finished = try await bench.run(bench.serving(), environment: [:])
                #expect(finished.ending == .exit(1))
                #expect(finished.errors.contains(words), "\(words) in \(finished.errors)")
            }
            try await receiver.close()
        }
    }
}
