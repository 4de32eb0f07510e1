import Foundation
import SegmentTesting
import Synchronization
import Testing

/// More than the daemon can take is turned away with a reason, and costs nobody else anything.
@Suite struct BackPressureTests {
    private static let rules = "segment carts when added_to_cart"

    /// What clients that never pause were told.
    private final class Told: Sendable {
        struct State: Sendable {
            var accepted: Set<String> = []
            var refused: Set<String> = []
            var odd: [String] = []
        }

        let state = Mutex(State())
    }

    @Test func aFullQueueRefusesWithAReasonAndLosesNothing() async throws {
        try await Bench.use(BackPressureTests.rules) { bench in
            let daemon = try await bench.start(.segmentd, "--queue-entries-max", "50")
            let told = Told()
            await withTaskGroup { group in
                for client in 0..<24 {
                    group.addTask { await BackPressureTests.load(client, daemon.api, told) }
                }
            }
            let (accepted, refused, odd) = told.state.withLock { ($0.accepted, $0.refused, $0.odd) }
            #expect(odd == [])
            #expect(!accepted.isEmpty)
            #expect(!refused.isEmpty)
            // It is well, and takes entries as before.
            #expect(try await daemon.api.send("GET", "/healthz").status == 200)
            #expect(try await daemon.api.send("GET", "/readyz").status == 200)
            let last = #"{"userId":"last","messageId":"last","event":"added_to_cart"}"#
            let reply = try await daemon.api.ingest("/v1/track?wait=evaluated", last)
            #expect(reply.entries.map(\.status) == ["accepted"])
            daemon.kill()
            _ = try await daemon.end()
            let kept = Set(try LogImage(bench.data).messageIDs)
            #expect(kept == accepted.union(["", "last"]))
            #expect(kept.isDisjoint(with: refused))
        }
    }

    /// Sends batches of 40 until both answers were seen often enough, or for long enough.
    private static func load(_ client: Int, _ api: API, _ told: Told) async {
        for round in 0..<400 {
            let isEnough = told.state.withLock {
                $0.accepted.count >= 800 && $0.refused.count >= 800
            }
            if isEnough { return }
            let ids = (0..<40).map { "\(client)-\(round)-\($0)" }
            let entries = ids.map {
                #"{"type":"track","userId":"u\#(client)","messageId":"\#($0)","event":"e"}"#
            }
            let body = "{\"batch\":[\(entries.joined(separator: ","))]}"
            let answer = try? await api.send("POST", "/v1/batch", body)
            told.state.withLock { told in
                switch answer?.status {
                case 200: told.accepted.formUnion(ids)
                case 429 where answer.map(isClearRefusal) == true: told.refused.formUnion(ids)
                default: told.odd.append(answer.map { "\(UnexpectedAnswer(answer: $0))" } ?? "none")
                }
            }
        }
    }

    private static func isClearRefusal(_ answer: Answer) -> Bool {
        guard let refusal = answer.refusal, refusal.code == "overloaded" else { return false }
        return answer.retryAfter == "1" && refusal.message.contains("in 1 second")
            && refusal.message.contains("same messageId")
    }

    @Test(arguments: [
        (name: "nothing", sent: ""),
        (name: "half a header", sent: "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Le"),
        (
            name: "half a body",
            sent: "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n{\"userId\":"
        ),
    ])
    func aClientThatStallsIsDropped(name: String, sent: String) async throws {
        try await Bench.use(BackPressureTests.rules) { bench in
            let daemon = try await bench.start(.segmentd, "--idle-seconds-max", "5")
            let stalled = try await RawConnection(to: daemon)
            if !sent.isEmpty { try await stalled.send(sent) }
            // Others are served while it stands there, and afterwards.
            let cart = #"{"userId":"u1","messageId":"m1","event":"added_to_cart"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", cart)
            try await stalled.end()
            #expect(try await BackPressureTests.isWell(daemon))
            #expect(try await daemon.stop() == .exit(0))
            #expect(try LogImage(bench.data).messageIDs == ["", "m1"])
        }
    }

    /// Asks on a connection that was not there before, and again where a slow machine let it be silent for so long
    /// that it was dropped before it asked.
    private static func isWell(_ daemon: DaemonProcess) async throws -> Bool {
        for _ in 0..<20 {
            let connection = try await RawConnection(to: daemon)
            do { try await connection.askForHealth() } catch { continue }
            let isAnswered = try await eventually("an answer, or the end", on: connection.bell) {
                connection.text.contains(#""status":"ok""#)
                    ? true : connection.isClosed ? false : nil
            }
            if isAnswered { return true }
        }
        return false
    }

    @Test func aBodyThatDripsIsDropped() async throws {
        try await Bench.use(BackPressureTests.rules) { bench in
            let daemon = try await bench.start(.segmentd, "--transfer-seconds-max", "1")
            let slow = try await RawConnection(to: daemon)
            try await slow.send(
                "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n"
            )
            // Never silent for long, and never done.
            while !slow.isClosed { try? await slow.send(" ") }
            #expect(try await daemon.api.send("GET", "/healthz").status == 200)
        }
    }

    @Test func moreConnectionsThanAllowedWaitForTheirTurn() async throws {
        try await Bench.use(BackPressureTests.rules) { bench in
            let daemon = try await bench.start(.segmentd, "--connections-max", "2")
            var served: [RawConnection] = []
            for _ in 0..<2 {
                let connection = try await RawConnection(to: daemon)
                try await connection.askForHealth()
                try await connection.answers(1)
                served.append(connection)
            }
            let waiting = try await RawConnection(to: daemon)
            try await waiting.askForHealth()
            // Those that are in are served on; it is not, until one of them leaves.
            for count in 2...20 {
                try await served[0].askForHealth()
                try await served[0].answers(count)
            }
            #expect(waiting.text.isEmpty)
            #expect(!waiting.isClosed)
            try await served[1].close()
            try await waiting.answers(1)
            // The door of commands has connections of its own.
            let listed = try await bench.run("segments", "--data", bench.data)
            #expect(listed.ending == .exit(0))
            #expect(listed.output.contains("carts"))
        }
    }
}
