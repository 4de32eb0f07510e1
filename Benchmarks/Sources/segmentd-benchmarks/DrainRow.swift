import Foundation
import Glibc

/// The row "mass-webhooks": by how much the memory of a daemon grows while as many people as there are leave a
/// segment at one instant and a subscriber is told of each.
struct DrainRow {
    let binary: String
    let people: Int

    private static let entriesOfBatch = 2_000

    func run(_ report: inout Report) throws {
        let receiver = try WebhookReceiver()
        // Long enough to send everybody's event before the first one leaves.
        let seconds = 10 + people / 10_000
        let daemon = try Daemon(
            binary: binary,
            rules: "segment lookers when product_viewed in last \(seconds) seconds\n",
            arguments: ["--allow-webhook-network", "127.0.0.0/8"]
        )
        guard let connection = HTTPConnection(port: daemon.port) else {
            throw BenchmarkError("nobody listens")
        }
        let wanted =
            #"{"url":"http://127.0.0.1:\#(receiver.port)/","kinds":["exited"],"batch":100}"#
        guard connection.post("/v1/subscriptions", Array(wanted.utf8)) == 201 else {
            throw BenchmarkError("a subscription was not made")
        }
        let began = Measure.wallSeconds()
        try send(connection, at: Date())
        let due = began + Double(seconds)
        guard Measure.wallSeconds() < due else {
            throw BenchmarkError("the machine is too busy to send \(people) events in \(seconds) s")
        }
        while Measure.wallSeconds() < due - 1 { usleep(10_000) }
        let before = daemon.privateBytes()
        var peak = before
        var last = (count: 0, at: Measure.wallSeconds())
        while receiver.count < people {
            usleep(20_000)
            peak = max(peak, daemon.privateBytes())
            if receiver.count > last.count { last = (receiver.count, Measure.wallSeconds()) }
            guard Measure.wallSeconds() < last.at + 60 else {
                throw BenchmarkError("after \(receiver.count) deliveries nothing more comes")
            }
        }
        let took = Measure.wallSeconds() - due
        report.add(
            Row(
                "mass-webhooks",
                "bytes an exit that a daemon's memory grows by while all are evaluated and delivered",
                Double(peak - before) / Double(people),
                isAtMost: true,
                [
                    "\(people) exits of one instant, delivered within \(Report.text(took)) s, in batches of 100: "
                        + "\(before >> 20) MiB before, \(peak >> 20) MiB at most"
                ]
            )
        )
    }

    /// One event of each person, all of one time.
    private func send(_ connection: HTTPConnection, at time: Date) throws {
        let text = time.ISO8601Format(.init(includingFractionalSeconds: true))
        for first in stride(from: 0, to: people, by: Self.entriesOfBatch) {
            let entries = (first..<min(people, first + Self.entriesOfBatch)).map { index in
                #"{"type":"track","userId":"u\#(index)","event":"product_viewed","timestamp":"\#(text)"}"#
            }
            let body = #"{"batch":[\#(entries.joined(separator: ","))]}"#
            // Told to come again later, it does.
            var answer = connection.post("/v1/batch", Array(body.utf8))
            while answer == 429 {
                usleep(50_000)
                answer = connection.post("/v1/batch", Array(body.utf8))
            }
            guard answer == 200 else { throw BenchmarkError("events were not taken") }
        }
    }
}
