import EventModel
import Foundation
import Materializer
import Synchronization

/// The row "http": batches of 100 over HTTP, answered when durable, against the same entries handed to the
/// partition in the process.
struct IngestRow {
    let binary: String
    let seconds: Double
    private static let connections = 16
    private static let batchEntries = 100

    func run(_ report: inout Report) async throws {
        let daemon = try Daemon(binary: binary, rules: Shop.rules)
        let overHTTP = try http(daemon)
        let inLog = try daemon.stopAndCountEntries()
        guard inLog >= overHTTP else {
            throw BenchmarkError("\(overHTTP) entries were acknowledged, \(inLog) are in the log")
        }
        let direct = try await direct()
        report.add(
            Row(
                "http",
                "of the entries per second that the same appends without HTTP take",
                Double(overHTTP) / Double(direct),
                [
                    "\(Self.connections) connections, batches of \(Self.batchEntries), "
                        + "\(seconds) s each: \(Measure.rate(overHTTP, seconds)) entries/s and "
                        + Measure.rate(direct, seconds),
                    "the client and the daemon share the two cores",
                ]
            )
        )
    }

    private func http(_ daemon: Daemon) throws -> Int {
        let count = Mutex(0)
        let port = daemon.port
        let end = ContinuousClock.now.advanced(by: .milliseconds(Int(seconds * 1_000)))
        let group = DispatchGroup()
        for index in 0..<Self.connections {
            group.enter()
            Thread {
                defer { group.leave() }
                guard let connection = HTTPConnection(port: port) else { return }
                let body = Self.body(index)
                while ContinuousClock.now < end {
                    let status = connection.post("/v1/batch", body)
                    if status == 200 { count.withLock { $0 += Self.batchEntries } }
                    if status == nil { return }
                }
            }.start()
        }
        group.wait()
        return count.withLock { $0 }
    }

    private func direct() async throws -> Int {
        let folder = try Folder("ingest")
        let options = PartitionOptions(dataDirectory: folder.path)
        let partition = try Partition.open(options, rules: try Shop.proposed())
        let end = ContinuousClock.now.advanced(by: .milliseconds(Int(seconds * 1_000)))
        let count = await withTaskGroup(of: Int.self) { group in
            for index in 0..<Self.connections {
                group.addTask {
                    let drafts = Self.drafts(index)
                    var count = 0
                    while ContinuousClock.now < end {
                        let taken = try? await partition.submit(drafts, wait: .briefly)
                        if taken != nil { count += drafts.count }
                    }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        await partition.stop()
        return count
    }

    private static let events = [
        "product_viewed", "product_viewed", "added_to_cart", "order_completed",
    ]

    private static func body(_ connection: Int) -> [UInt8] {
        let entries = (0..<batchEntries).map { index in
            #"{"type":"track","userId":"u\#(connection)-\#(index % 50)","event":"\#(events[index % 4])","#
                + #""properties":{"sku":"A-\#(index)","price":30.5,"name":"a product with a name"}}"#
        }
        return Array((#"{"batch":["# + entries.joined(separator: ",") + "]}").utf8)
    }

    private static func drafts(_ connection: Int) -> [EntryDraft] {
        (0..<batchEntries).map { index in
            var draft = EntryDraft(kind: .track)
            draft.identifiers = [.user("u\(connection)-\(index % 50)")]
            draft.event = events[index % 4]
            var writer = ValueWriter()
            let object = writer.begin(.object)
            writer.name("sku")
            writer.text("A-\(index)")
            writer.name("price")
            writer.number(Array("30.5".utf8).span)
            writer.name("name")
            writer.text("a product with a name")
            writer.end(object)
            draft.content = writer.bytes
            return draft
        }
    }
}
