import Foundation
import SegmentTesting
import Synchronization
import Testing
import WebhookTesting

/// The receivers of the page for subscribers, as they stand there, against the real daemon.
@Suite struct ReceiverTests {
    private static let rules = """
        segment carts when added_to_cart and no order_placed in last 1 hour
        segment buyers when order_placed
        """

    /// The code of the page in that language.
    private static func code(_ language: String) throws -> String {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
                "Sources/WebhookDelivery/WebhookDelivery.docc/Subscribers.md"
            )
        let text = try String(contentsOf: page, encoding: .utf8)
        let parts = text.components(separatedBy: "```\(language)\n")
        return parts.count == 2 ? parts[1].components(separatedBy: "```\n")[0] : ""
    }

    @Test(arguments: [("python", "python3", "receiver.py"), ("javascript", "node", "receiver.js")])
    func theReceiverOfThePageTakesWhatIsSigned(
        language: String,
        interpreter: String,
        file: String
    ) async throws {
        let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard
            let path = paths.map({ "\($0)/\(interpreter)" }).first(where: {
                FileManager.default.isExecutableFile(atPath: $0)
            })
        else {
            print("skipped: there is no \(interpreter) here")
            return
        }
        try await Bench.use(Self.rules) { bench in
            let code = try Self.code(language)
            #expect(code.split(separator: "\n").count < 40)
            try bench.write(file, code)
            let port = try await freePort()
            let output = Pipe()
            let receiver = Process()
            receiver.executableURL = URL(fileURLWithPath: path)
            receiver.arguments = [bench.path(file)]
            receiver.environment = ["WEBHOOK_SECRET": Bench.secret, "PORT": "\(port)"]
            let printed = Printed()
            output.fileHandleForReading.readabilityHandler = { printed.add($0.availableData) }
            receiver.standardOutput = output
            receiver.standardError = FileHandle.nullDevice
            try receiver.run()
            defer { kill(receiver.processIdentifier, SIGKILL) }
            let api = API(base: "http://127.0.0.1:\(port)")
            // What is not signed is refused, and so is what is signed and old; also how one knows that it listens.
            let deadline = ContinuousClock.now + .seconds(120)
            var status = 0
            while status == 0, ContinuousClock.now < deadline {
                status = (try? await forged(api)) ?? 0
            }
            #expect(status == 401)

            let daemon = try await bench.start(.segmentd, "--allow-webhook-network", "127.0.0.0/8")
            let made = try await daemon.api.send(
                "POST",
                "/v1/subscriptions",
                #"{"url":"http://127.0.0.1:\#(port)/","secret":"\#(Bench.secret)","concurrency":1}"#
            )
            #expect(made.status == 201)
            for event in ["added_to_cart", "order_placed"] {
                let body = #"{"userId":"u","event":"\#(event)"}"#
                try await daemon.api.ingest("/v1/track?wait=evaluated", body)
            }
            // Each is printed once, in order.
            let lines = try await eventually("three lines", on: printed.bell) {
                let lines = printed.text.split(separator: "\n")
                return lines.count >= 3 && printed.text.hasSuffix("\n") ? lines : nil
            }
            #expect(lines == ["entered carts u", "entered buyers u", "exited carts u"])
            #expect(try await daemon.stop() == .exit(0))
        }
    }

    private func forged(_ api: API) async throws -> Int {
        try await api.send(
            "POST",
            "/",
            #"{"data":{"cursor":"x"}}"#,
            headers: [
                "webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA",
            ]
        ).status
    }

    /// A port that nobody listens on; somebody may take it in the meantime, which is unlikely.
    private func freePort() async throws -> Int {
        let receiver = try await WebhookReceiver { _, _ in .close }
        let port = receiver.port
        try await receiver.close()
        return port
    }
}

/// What a program has printed.
private final class Printed: Sendable {
    let bell = Bell()
    private let bytes = Mutex(Data())

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    func add(_ data: Data) {
        bytes.withLock { $0 += data }
        bell.ring()
    }
}
