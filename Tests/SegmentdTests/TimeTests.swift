import EventModel
import Foundation
import SegmentTesting
import Testing
import WebhookTesting

/// Time alone moves people, exactly when it is due, and needs no traffic for that.
@Suite struct TimeTests {
    private func exit(_ receiver: WebhookReceiver) async throws {
        try await eventually("the exit", on: receiver.bell) {
            receiver.received.contains { $0.body.contains("exited") } ? true : nil
        }
        try await receiver.close()
    }

    private func exitOfALaterCart(_ cart: String) async throws {
        try await Bench.use("segment live_cart when added_to_cart in last 700ms") { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(200) }
            let daemon = try await bench.start(deliveringTo: receiver)
            try await daemon.api.ingest("/v1/track?wait=evaluated", cart)
            try await exit(receiver)
        }
    }

    private func isLeft(_ rows: [TransitionRow], after window: TimeSpan) throws {
        try #require(rows.count == 2)
        #expect(rows.map(\.direction) == ["entered", "exited"])
        #expect(rows.map(\.cause) == ["event", "time"])
        #expect(rows.map(\.person) == ["u1", "u1"])
        #expect(rows[1].sequence == nil)
        #expect(rows.map(\.announced) == [true, true])
        let entered = try #require(Instant(rfc3339: rows[0].at))
        #expect(Instant(rfc3339: rows[1].at) == entered + window)
    }

    @Test func aWindowEndsWithoutAnyRequest() async throws {
        try await Bench.use("segment live_cart when added_to_cart in last 400ms") { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(200) }
            let daemon = try await bench.start(deliveringTo: receiver)
            let cart = #"{"userId":"u1","event":"added_to_cart"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", cart)
            // Nothing comes in: what moves time on is the daemon's own tick.
            try await exit(receiver)
            try await isLeft(daemon.api.transitions(), after: TimeSpan(milliseconds: 400))
            #expect(try await daemon.stop() == .exit(0))
            #expect(try LogImage(bench.data).ticks == 1)
        }
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func aDeadlineInDowntimeKeepsItsInstant(signal: Int32) async throws {
        try await Bench.use("segment live_cart when added_to_cart in last 700ms") { bench in
            let daemon = try await bench.start()
            let cart = #"{"userId":"u1","event":"added_to_cart"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", cart)
            if signal == SIGKILL {
                daemon.kill()
                #expect(try await daemon.end() == .signal(SIGKILL))
            } else {
                #expect(try await daemon.stop() == .exit(0))
            }
            // Where another daemon has seen the exit of a later cart, the deadline is over.
            try await exitOfALaterCart(cart)
            let receiver = try await WebhookReceiver { _, _ in .status(200) }
            let again = try await bench.start(deliveringTo: receiver)
            try await exit(receiver)
            try await isLeft(again.api.transitions(), after: TimeSpan(milliseconds: 700))
        }
    }
}
