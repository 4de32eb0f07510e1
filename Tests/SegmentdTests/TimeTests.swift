import EventModel
import Foundation
import Testing

/// Time alone moves people, exactly when it is due, and needs no traffic for that.
@Suite struct TimeTests {
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
            let daemon = try await bench.start()
            let cart = #"{"userId":"u1","event":"added_to_cart"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", cart)
            // Questions append nothing: what moves time on is the daemon's own tick.
            let rows = try await eventually("the exit") {
                let rows = try await daemon.api.transitions()
                return rows.count > 1 ? rows : nil
            }
            try isLeft(rows, after: TimeSpan(milliseconds: 400))
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
            let taken = ContinuousClock.now
            if signal == SIGKILL {
                daemon.kill()
                #expect(try await daemon.end() == .signal(SIGKILL))
            } else {
                #expect(try await daemon.stop() == .exit(0))
            }
            try await eventually("the deadline's passing") {
                ContinuousClock.now > taken.advanced(by: .milliseconds(800)) ? true : nil
            }
            let again = try await bench.start()
            let rows = try await eventually("the exit") {
                let rows = try await again.api.transitions()
                return rows.count > 1 ? rows : nil
            }
            try isLeft(rows, after: TimeSpan(milliseconds: 700))
        }
    }
}
