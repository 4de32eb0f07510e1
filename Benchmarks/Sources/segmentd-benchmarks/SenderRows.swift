import Foundation
import Synchronization

/// The rows "http-…": the same events as other products' senders send them, against the native API's form of them
/// in the same run; how many times as long an event takes.
struct SenderRows {
    let binary: String
    let seconds: Double
    let rounds: Int
    private static let connections = 16
    private static let batchEvents = 100
    private static let secret = "secret"

    /// A body that is sent again and again.
    private struct Load {
        var path: String
        var body: [UInt8]
        var events: Int
        var headers = ""
    }

    func run(_ report: inout Report) throws {
        let folder = try Folder("senders")
        let secretFile = folder.path + "/shopify.secret"
        try SenderRows.secret.write(toFile: secretFile, atomically: true, encoding: .utf8)
        let daemon = try Daemon(
            binary: binary,
            rules: Shop.rules,
            arguments: ["--shopify-secret-file", secretFile]
        )
        var acknowledged = 0
        for (name, load, native) in try loads(folder) {
            var counts = (sender: 0, native: 0)
            for _ in 0..<rounds {
                counts.native += try send(native, daemon)
                counts.sender += try send(load, daemon)
            }
            acknowledged += counts.native + counts.sender
            let time = seconds * Double(rounds)
            report.add(
                Row(
                    "http-\(name)",
                    "times as long for an event as in the native API",
                    Double(counts.native) / Double(counts.sender),
                    isAtMost: true,
                    [
                        "\(load.path), \(load.events) events in \(load.body.count) bytes: "
                            + "\(Measure.rate(counts.sender, time)) events/s; native, "
                            + "\(native.body.count) bytes: \(Measure.rate(counts.native, time))"
                    ]
                )
            )
        }
        let inLog = try daemon.stopAndCountEntries()
        guard inLog >= acknowledged else {
            throw BenchmarkError(
                "\(acknowledged) events were acknowledged, \(inLog) are in the log"
            )
        }
    }

    private func send(_ load: Load, _ daemon: Daemon) throws -> Int {
        let count = Mutex(0)
        let (port, load) = (daemon.port, load)
        let end = ContinuousClock.now.advanced(by: .milliseconds(Int(seconds * 1_000)))
        let refused = Mutex<Int?>(nil)
        let group = DispatchGroup()
        for _ in 0..<SenderRows.connections {
            group.enter()
            Thread {
                defer { group.leave() }
                guard let connection = HTTPConnection(port: port) else { return }
                while ContinuousClock.now < end {
                    let status = connection.post(load.path, load.body, headers: load.headers)
                    guard let status, (200..<300).contains(status), status != 207 else {
                        refused.withLock { $0 = status ?? 0 }
                        return
                    }
                    count.withLock { $0 += load.events }
                }
            }.start()
        }
        group.wait()
        if let status = refused.withLock({ $0 }) {
            throw BenchmarkError("\(load.path) answered \(status)")
        }
        return count.withLock { $0 }
    }

    // MARK: - What is sent

    private static let names = [
        "product_viewed", "product_viewed", "added_to_cart", "order_completed",
    ]

    private func properties(_ index: Int) -> String {
        #"{"sku":"A-\#(index)","price":30.5,"name":"a product with a name"}"#
    }

    private func batch(_ event: (Int, String) -> String, in frame: (String) -> String) -> [UInt8] {
        let events = (0..<SenderRows.batchEvents).map { event($0, SenderRows.names[$0 % 4]) }
        return Array(frame(events.joined(separator: ",")).utf8)
    }

    private func loads(_ folder: Folder) throws -> [(String, Load, native: Load)] {
        let count = SenderRows.batchEvents
        let native = Load(
            path: "/v1/batch",
            body: batch { index, name in
                #"{"type":"track","userId":"u\#(index % 50)","event":"\#(name)","properties":\#(properties(index))}"#
            } in: {
                #"{"batch":[\#($0)]}"#
            },
            events: count
        )
        let single = Load(
            path: "/v1/track",
            body: Array(
                #"{"userId":"u1","event":"added_to_cart","properties":\#(properties(1))}"#.utf8
            ),
            events: 1
        )
        let order = try Self.order()
        let customerIO = batch { index, name in
            #"{"type":"person","identifiers":{"id":"u\#(index % 50)"},"action":"event","name":"\#(name)","#
                + #""attributes":\#(properties(index))}"#
        } in: {
            #"{"batch":[\#($0)]}"#
        }
        let postHog = batch { index, name in
            #"{"event":"\#(name)","distinct_id":"u\#(index % 50)","properties":\#(properties(index))}"#
        } in: {
            #"{"api_key":"k","batch":[\#($0)]}"#
        }
        let analytics = batch { index, name in
            #"{"name":"\#(name)","params":\#(properties(index))}"#
        } in: {
            #"{"client_id":"c","user_id":"u1","events":[\#($0)]}"#
        }
        let klaviyoEvents = batch { index, name in
            #"{"attributes":{"metric":{"data":{"attributes":{"name":"\#(name)"}}},"properties":\#(properties(index))}}"#
        } in: {
            #"{"data":{"attributes":{"events-bulk-create":{"data":[{"attributes":{"profile":{"data":{"attributes":"#
                + #"{"external_id":"u1"}}},"events":{"data":[\#($0)]}}}]}}}}"#
        }
        let klaviyoEvent =
            #"{"data":{"attributes":{"metric":{"data":{"attributes":{"name":"added_to_cart"}}},"#
            + #""profile":{"data":{"attributes":{"external_id":"u1"}}},"properties":\#(properties(1))}}}"#
        return [
            (
                "gzip",
                Load(
                    path: native.path,
                    body: try gzip(native.body, folder),
                    events: count,
                    headers: "Content-Encoding: gzip\r\n"
                ), native
            ),
            ("customerio", Load(path: "/api/v2/batch", body: customerIO, events: count), native),
            ("posthog", Load(path: "/batch/", body: postHog, events: count), native),
            ("ga4", Load(path: "/mp/collect", body: analytics, events: count), native),
            (
                "klaviyo",
                Load(path: "/api/event-bulk-create-jobs", body: klaviyoEvents, events: count),
                native
            ),
            (
                "customerio-event",
                Load(
                    path: "/api/v1/customers/u1/events",
                    body: Array(#"{"name":"added_to_cart","data":\#(properties(1))}"#.utf8),
                    events: 1
                ), single
            ),
            (
                "klaviyo-event",
                Load(path: "/api/events", body: Array(klaviyoEvent.utf8), events: 1), single
            ),
            (
                "shopify",
                Load(
                    path: "/webhooks/shopify",
                    body: order,
                    events: 1,
                    headers: "X-Shopify-Topic: orders/create\r\nX-Shopify-Hmac-Sha256: "
                        + "\(try signature(order, folder))\r\n"
                ),
                Load(
                    path: "/v1/track",
                    body: Array(
                        (#"{"userId":"735","event":"orders/create","properties":"#
                            + String(decoding: order, as: UTF8.self) + "}").utf8
                    ),
                    events: 1
                )
            ),
        ]
    }

    /// An order of Shopify's with eight lines, some 4 KB.
    private static func order() throws -> [UInt8] {
        let line = { (index: Int) in
            #"{"id":\#(14_234_727_743_601 + index),"product_id":7234590408817,"variant_id":41327142600817,"sku":"S-\#(index)","#
                + #""name":"a product with a name","title":"a product with a title","vendor":"shop","#
                + #""price":"600.00","quantity":1,"total_discount":"0.00","taxable":true,"properties":[],"#
                + #""tax_lines":[{"title":"VAT","price":"95.80","rate":0.19}],"gift_card":false}"#
        }
        let lines = (0..<8).map(line).joined(separator: ",")
        return Array(
            (#"{"id":5778367414385,"name":"\#("#1017")","email":"henry@example.org","cart_token":"c1","#
                + #""created_at":"2024-11-05T21:54:49-05:00","currency":"USD","total_price":"600.00","#
                + #""subtotal_price":"600.00","total_discounts":"0.00","total_tax":"0.00","note_attributes":[],"#
                + #""customer":{"id":735,"email":"henry@example.org","first_name":"Henry","tags":""},"#
                + #""shipping_address":{"country_code":"US","city":"Boston","zip":"02110"},"refunds":[],"#
                + #""line_items":[\#(lines)]}"#).utf8
        )
    }

    private func gzip(_ bytes: [UInt8], _ folder: Folder) throws -> [UInt8] {
        Array(try output(["gzip", "-c"], bytes, folder))
    }

    private func signature(_ bytes: [UInt8], _ folder: Folder) throws -> String {
        try output(
            ["openssl", "dgst", "-sha256", "-hmac", SenderRows.secret, "-binary"],
            bytes,
            folder
        )
        .base64EncodedString()
    }

    /// What a tool makes of bytes.
    private func output(_ arguments: [String], _ bytes: [UInt8], _ folder: Folder) throws -> Data {
        let file = URL(filePath: folder.path + "/input")
        try Data(bytes).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkError("\(arguments[0]) failed")
        }
        return data
    }
}
