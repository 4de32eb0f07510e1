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

/// Takes webhooks on one connection after the other and says when each came.
private final class WebhookReceiver: @unchecked Sendable {
    // The listening socket is the accepting thread's; `arrivals` has a lock.
    private let listener: Int32
    let port: UInt16
    private let arrivals = Mutex<[Double]>([])
    private var taken = 0
    private let answers: Bool

    /// - Parameter answers: Whether it does, or takes what comes and says nothing.
    init(answers: Bool = true) throws {
        self.answers = answers
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound, listen(listener, 8) == 0 else { throw BenchmarkError("no port to listen on") }
        port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread { [self] in serve(connection) }.start()
            }
        }.start()
    }

    private func serve(_ connection: Int32) {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let answer = Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            pending += buffer[..<count]
            while let end = Self.requestEnd(pending) {
                arrivals.withLock { $0.append(Measure.wallSeconds()) }
                pending.removeFirst(end)
                guard answers else { continue }
                _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
            }
        }
        close(connection)
    }

    /// Where the first request ends, if all of it is there.
    private static func requestEnd(_ bytes: [UInt8]) -> Int? {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        guard let head = text.range(of: "\r\n\r\n") else { return nil }
        let size = text.utf8.distance(from: text.startIndex, to: head.upperBound)
        let line = text[..<head.lowerBound].components(separatedBy: "\r\n")
            .first { $0.hasPrefix("content-length:") }
        let length = line.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        return bytes.count >= size + length ? size + length : nil
    }

    /// When the next webhook came.
    func next() throws -> Double {
        for _ in 0..<100_000 {
            let found = arrivals.withLock { $0.count > taken ? $0[taken] : nil }
            if let found {
                taken += 1
                return found
            }
            usleep(100)
        }
        throw BenchmarkError("a webhook did not come within ten seconds")
    }
}
