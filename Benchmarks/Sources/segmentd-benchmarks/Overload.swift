import Foundation
import Synchronization

/// Acknowledged latency under overload, as a ratio to that of an idle daemon.
///
/// Many connections send large batches as fast as they can, more than the daemon takes in; what it
/// does take must be acknowledged within a bounded time, the rest is refused with 429 at once.
struct Overload {
    let binary: String
    let seconds: Double
    let connections: Int
    private static let batchEntries = 1_000

    private struct Tally: Sendable {
        var acknowledged: [Double] = []
        var refused = 0
        var broken = 0
    }

    func run(_ report: inout Report) throws {
        let rules = """
            segment carts when added_to_cart in last 2 hours and no order_completed in last 2 hours
            segment buyers when at least 3 order_completed in last 30 days
            """
        let daemon = try Daemon(binary: binary, rules: rules)
        let idle = measure(daemon, connections: 1)
        let loaded = measure(daemon, connections: connections)
        let sent = idle.acknowledged.count + loaded.acknowledged.count
        let entries = try daemon.stopAndCountEntries()
        let expected = sent * Overload.batchEntries
        // Ticks and the rules are entries too, so the log holds at least what was acknowledged.
        guard entries >= expected else { throw BenchmarkError("acknowledged entries are lost") }
        report.add(
            Row(
                "overload",
                "times the p99 of an idle daemon, of what is acknowledged under overload",
                quantile(loaded, 0.99) / quantile(idle, 0.99),
                isAtMost: true,
                [
                    "\(connections) connections, batches of \(Overload.batchEntries): idle p50 "
                        + "\(ms(idle, 0.5)) ms, p99 \(ms(idle, 0.99)); loaded p50 \(ms(loaded, 0.5)), p99 "
                        + "\(ms(loaded, 0.99)), \(loaded.refused) refused with 429, \(loaded.broken) broken",
                    "\(expected) entries acknowledged, \(entries) in the log after a restart",
                ]
            )
        )
    }

    private func measure(_ daemon: Daemon, connections: Int) -> Tally {
        let tally = Mutex(Tally())
        let port = daemon.port
        let end = ContinuousClock.now.advanced(by: .milliseconds(Int(seconds * 1_000)))
        let group = DispatchGroup()
        for index in 0..<connections {
            group.enter()
            Thread {
                defer { group.leave() }
                let body = Overload.body(index)
                guard let connection = HTTPConnection(port: port) else {
                    tally.withLock { $0.broken += 1 }
                    return
                }
                while ContinuousClock.now < end {
                    let start = ContinuousClock.now
                    let status = connection.post("/v1/batch", body)
                    let took = ContinuousClock.now - start
                    tally.withLock { tally in
                        switch status {
                        case 200: tally.acknowledged.append(took / .milliseconds(1))
                        case 429: tally.refused += 1
                        default: tally.broken += 1
                        }
                    }
                    if status == nil { return }
                    // A refused client waits a little, but far less than it is told to.
                    if status == 429 { usleep(20_000) }
                }
            }.start()
        }
        group.wait()
        return tally.withLock { $0 }
    }

    private static func body(_ connection: Int) -> [UInt8] {
        let events = ["product_viewed", "product_viewed", "added_to_cart", "order_completed"]
        let entries = (0..<batchEntries).map { index in
            #"{"type":"track","userId":"u\#(connection)-\#(index % 200)","event":"\#(events[index % 4])","#
                + #""properties":{"sku":"A-\#(index)","price":30.5,"name":"a product with a name"}}"#
        }
        return Array((#"{"batch":["# + entries.joined(separator: ",") + "]}").utf8)
    }

    private func quantile(_ tally: Tally, _ share: Double) -> Double {
        Measure.quantile(tally.acknowledged, share)
    }

    private func ms(_ tally: Tally, _ share: Double) -> String {
        String(format: "%.1f", quantile(tally, share))
    }
}
