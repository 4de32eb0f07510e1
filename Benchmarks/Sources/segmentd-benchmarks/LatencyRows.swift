import EventModel
import Foundation
import Glibc
import Materializer
import Synchronization

/// The rows "deadline" and "webhook": on an idle daemon, how long after it is due a transition by time is
/// recorded, and how long after an event is posted its webhook is received.
struct LatencyRows {
    let binary: String
    let count: Int

    func run(_ report: inout Report) async throws {
        try await deadline(&report)
        try webhook(&report)
    }

    private func deadline(_ report: inout Report) async throws {
        let folder = try Folder("deadline")
        let partition = try Partition.open(
            PartitionOptions(dataDirectory: folder.path),
            rules: try Shop.proposed("segment now when product_viewed in last 1 second\n")
        )
        let seen = Mutex<[Double]>([])
        let signals = partition.recordings()
        let reader = Task {
            var after: TransitionCursor?
            for await _ in signals {
                let now = ClockSource.system.wall()
                guard let rows = try? partition.transitions(after: after, limit: 1_000) else {
                    return
                }
                after = rows.last?.transition.cursor ?? after
                for row in rows where row.transition.direction == .exited {
                    seen.withLock { $0.append(Double((now - row.transition.at).milliseconds)) }
                }
                if seen.withLock({ $0.count }) >= count { return }
            }
        }
        var commits: [Double] = []
        for index in 0..<count {
            var draft = EntryDraft(kind: .track)
            draft.event = "product_viewed"
            draft.identifiers = [.user("u\(index)")]
            let start = Measure.wallSeconds()
            _ = try await partition.submit([draft], wait: .briefly)
            commits.append((Measure.wallSeconds() - start) * 1_000)
            try await Task.sleep(for: .milliseconds(13))
        }
        await reader.value
        await partition.stop()
        let lags = seen.withLock { $0 }
        guard lags.count >= count else { throw BenchmarkError("exits are missing") }
        let commit = Measure.median(commits)
        report.add(
            Row(
                "deadline",
                "ms beyond a commit, p99, from due to recorded",
                Measure.quantile(lags, 0.99) - commit,
                isAtMost: true,
                [
                    "\(lags.count) exits: median \(Report.text(Measure.median(lags))) ms, p99 "
                        + "\(Report.text(Measure.quantile(lags, 0.99))); a commit takes "
                        + "\(Report.text(commit)) ms"
                ]
            )
        )
    }

    private func webhook(_ report: inout Report) throws {
        let (latencies, commits) = try webhookLatencies(besideDead: false)
        let commit = Measure.median(commits)
        let p99 = Measure.quantile(latencies, 0.99)
        report.add(
            Row(
                "webhook",
                "ms beyond 4 commits, p99, from an event posted to its webhook received",
                p99 - 4 * commit,
                isAtMost: true,
                [
                    "\(latencies.count) events: median \(Report.text(Measure.median(latencies))) ms, p99 "
                        + "\(Report.text(p99)); an answer takes \(Report.text(commit)) ms"
                ]
            )
        )
        // A B A B: the machine has other work.
        var alone = latencies
        var beside = try webhookLatencies(besideDead: true).latencies
        alone += try webhookLatencies(besideDead: false).latencies
        beside += try webhookLatencies(besideDead: true).latencies
        let besideP99 = Measure.quantile(beside, 0.99)
        let aloneP99 = Measure.quantile(alone, 0.99)
        report.add(
            Row(
                "webhook-dead",
                "p99 of a live subscriber beside three dead ones / without them",
                besideP99 / aloneP99,
                isAtMost: true,
                [
                    "\(beside.count) events each: p99 \(Report.text(besideP99)) ms beside one that refuses "
                        + "and two that hang, \(Report.text(aloneP99)) ms without"
                ]
            )
        )
    }

    /// How long after events are posted their webhooks are received, and after how long the answers, in milliseconds.
    private func webhookLatencies(
        besideDead: Bool
    ) throws -> (latencies: [Double], commits: [Double]) {
        let receiver = try WebhookReceiver()
        let hanging = try WebhookReceiver(answers: false)
        let daemon = try Daemon(
            binary: binary,
            rules: "segment now when product_viewed in last 1 hour\n",
            arguments: [
                "--webhook-url", "http://127.0.0.1:\(receiver.port)/", "--allow-webhook-network",
                "127.0.0.0/8",
            ],
            environment: ["SEGMENTD_WEBHOOK_SECRET": "whsec_" + String(repeating: "QUJD", count: 8)]
        )
        guard let connection = HTTPConnection(port: daemon.port) else {
            throw BenchmarkError("nobody listens")
        }
        for port in besideDead ? [9, hanging.port, hanging.port] : [] {
            let body = #"{"url":"http://127.0.0.1:\#(port)/"}"#
            guard connection.post("/v1/subscriptions", Array(body.utf8)) == 201 else {
                throw BenchmarkError("a subscription was not made")
            }
        }
        var commits: [Double] = []
        var latencies: [Double] = []
        for index in 0..<count + 5 {
            let body = #"{"userId":"u\#(index)","event":"product_viewed"}"#
            let start = Measure.wallSeconds()
            guard connection.post("/v1/track", Array(body.utf8)) == 200 else {
                throw BenchmarkError("an event was not taken")
            }
            let answered = Measure.wallSeconds()
            let received = try receiver.next()
            // The first ones open connections.
            if index >= 5 {
                commits.append((answered - start) * 1_000)
                latencies.append((received - start) * 1_000)
            }
            usleep(5_000)
        }
        return (latencies, commits)
    }
}
