import EventStore
import Foundation
import Synchronization
import Testing

/// `segmentd backup`: a copy of a directory under load, opened and held against its log.
@Suite struct BackupTests {
    private static let rules = """
        segment carts when added_to_cart in last 2 seconds
        segment buyers when at least 2 order_placed
        """

    private func entries(_ round: Int) -> String {
        let lines = (0..<20).map { place in
            let event = place % 3 == 0 ? "order_placed" : "added_to_cart"
            return
                #"{"type":"track","userId":"u\#((round + place) % 37)","event":"\#(event)","#
                + #""messageId":"m\#(round)-\#(place)"}"#
        }
        return #"{"batch":[\#(lines.joined(separator: ","))]}"#
    }

    @Test func aCopyUnderLoadHasAllThatWasAcknowledged() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            let subscription = #"{"url":"http://example.com/","causes":["merge"]}"#
            let subscribed = try await daemon.api.send("POST", "/v1/subscriptions", subscription)
            #expect(subscribed.status == 201)
            let copy = bench.path("copy")
            for round in 0..<30 { try await daemon.api.ingest("/v1/batch", entries(round)) }
            let isOver = Mutex(false)
            let load = Task {
                var round = 30
                while !isOver.withLock({ $0 }) {
                    try await daemon.api.ingest("/v1/batch", entries(round))
                    round += 1
                }
                return round
            }
            let made = try await bench.run("backup", copy, "--data", bench.data)
            isOver.withLock { $0 = true }
            let rounds = try await load.value
            #expect(made.ending == .exit(0), "\(made.errors)")
            #expect(made.output.contains("entries, through "))
            let again = try await bench.run("backup", copy, "--data", bench.data)
            #expect(again.ending == .exit(1) && again.errors.contains("there is already"))
            #expect(try await daemon.stop() == .exit(0))

            let verified = try await bench.run("verify", "--data", copy)
            #expect(verified.ending == .exit(0), "\(verified.errors)")
            let image = try LogImage(copy)
            let known = Set(image.messageIDs)
            for round in 0..<30 { #expect(known.contains("m\(round)-0")) }
            #expect(image.faults.isEmpty)
            let whole = try LogImage(bench.data)
            #expect(whole.messageIDs.starts(with: image.messageIDs))
            #expect(whole.transitions.starts(with: image.transitions) || !image.transitions.isEmpty)
            // It goes on from where it was, and knows what it was sent.
            let second = try await DaemonProcess(
                bench.launch(.segmentd, bench.serving(data: copy))
            )
            #expect(second.output.contains("unchanged"))
            let reply = try await second.api.ingest("/v1/batch?wait=evaluated", entries(0))
            #expect(reply.entries.allSatisfy { $0.status == "duplicate" })
            let fresh = try await second.api.ingest("/v1/batch?wait=evaluated", entries(rounds))
            #expect(fresh.entries.allSatisfy { $0.status == "accepted" })
            let answer = try await second.api.send("GET", "/v1/subscriptions")
            #expect(String(decoding: answer.body, as: UTF8.self).contains("example.com"))
            #expect(try await second.stop() == .exit(0))
            #expect(try await bench.run("verify", "--data", copy).ending == .exit(0))
        }
    }

    @Test func aDirectoryThatNoDaemonHasIsCopiedToo() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/batch?wait=evaluated", entries(0))
            for (body, code) in [
                ("{}", "invalid_backup"), (#"{"directory":"copy"}"#, "invalid_backup"),
                (#"{"directory":"/nowhere/at/all"}"#, "cannot_back_up"),
            ] {
                let answer = try await daemon.api.send("POST", "/v1/backup", body)
                #expect(answer.refusal?.code == code, "\(body)")
            }
            #expect(try await daemon.stop() == .exit(0))
            let made = try await bench.run("backup", "copy", "--data", bench.data, "--json")
            #expect(made.ending == .exit(0), "\(made.errors)")
            #expect(made.output.contains(bench.path("copy")))
            let copied = try await bench.run("transitions", "--json", "--data", bench.path("copy"))
            let own = try await bench.run("transitions", "--json", "--data", bench.data)
            #expect(copied.lines == own.lines && !own.lines.isEmpty)
        }
    }
}
