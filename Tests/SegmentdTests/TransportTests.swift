import Foundation
import SegmentTesting
import Testing

/// How bodies and connections may come: compressed, and encrypted.
@Suite struct TransportTests {
    /// A gzip file of one stored block: what it holds stands in it as it is.
    private func gzip(_ text: [UInt8], header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
        -> [UInt8]
    {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in text {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        crc = ~crc
        let count = UInt16(text.count)
        let bytes = { (number: UInt32) in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        let length = [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)]
        return header + [1] + length + length.map { ~$0 } + text + bytes(crc) + bytes(UInt32(count))
    }

    @Test func bodiesMayBeCompressed() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            let daemon = try await bench.start(.segmentd, "--batch-body-bytes-max", "4096")
            let body = Array(
                #"{"batch":[{"type":"track","userId":"u","event":"added_to_cart"}]}"#.utf8
            )
            func send(_ bytes: [UInt8], _ encoding: String) async throws -> Answer {
                try await daemon.api.send(
                    "POST",
                    "/v1/batch",
                    bytes: bytes,
                    headers: ["Content-Encoding": encoding]
                )
            }
            let small = gzip(body)
            #expect(try await send(small, "gzip").status == 200)
            #expect(try await send(small, "GZIP").status == 200)
            #expect(try await send(small + gzip([0x20]), "gzip").status == 200)
            #expect(try await send(body, "identity").status == 200)
            #expect(try await daemon.api.members(of: "carts") == ["u"])
            // Padded, and inflated by somebody on the way who left the header.
            #expect(try await send(small + [0, 0, 0], "gzip").status == 200)
            #expect(try await send(body, "gzip").status == 200)
            // Damaged, cut off, with something behind.
            var flipped = small
            flipped[20] ^= 1
            for bytes in [
                flipped, Array(small.dropLast(3)), small + [1, 2, 3], Array(small.prefix(5)),
            ] {
                let answer = try await send(bytes, "gzip")
                #expect(answer.status == 400)
                #expect(answer.refusal?.code == "invalid_encoding")
            }
            let other = try await send(body, "br")
            #expect(other.status == 415)
            #expect(other.refusal?.message.contains("gzip") == true)
            // A little that becomes much: 5,000 blanks, and twice 3,000.
            let large = try #require(
                Data(base64Encoded: "H4sIAAAAAAAC/+3BMQEAAADCoCrrn9IUfkABAAAAAG8DYCwLh4gTAAA=")
            )
            #expect(try await send(Array(large), "gzip").status == 413)
            let half = try #require(
                Data(base64Encoded: "H4sIAAAAAAAC/+3BMQEAAADCoCrrn9IaHkABAADvBqyR8Be4CwAA")
            )
            #expect(try await send(Array(half), "gzip").status == 400)
            #expect(try await send(Array(half + half), "gzip").status == 413)
        }
    }

    @Test func connectionsMayUseTLS() async throws {
        guard let openssl = tool("openssl"), let curl = tool("curl") else {
            print("skipped: there is no openssl, or no curl, here")
            return
        }
        try await Bench.use(SenderShop.rules) { bench in
            for (key, certificate) in [("key", "certificate"), ("other-key", "other")] {
                _ = try await run(
                    openssl,
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "2",
                    "-keyout",
                    bench.path(key),
                    "-out",
                    bench.path(certificate),
                    "-subj",
                    "/CN=localhost",
                    "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1"
                )
            }
            let tls = ["--tls-certificate-file", bench.path("certificate"), "--tls-key-file"]
            let daemon = try await bench.start(.segmentd, tls[0], tls[1], tls[2], bench.path("key"))
            #expect(daemon.api.base.hasPrefix("https://127.0.0.1:"))
            let body = #"{"userId":"u","event":"added_to_cart"}"#
            let answer = try await run(
                curl,
                "-sS",
                "--cacert",
                bench.path("certificate"),
                "-d",
                body,
                daemon.api.base + "/v1/track?wait=evaluated"
            )
            #expect(answer.contains("\"accepted\""), "\(answer)")
            // Whoever does not know it is right in not trusting it; and without TLS there is no answer.
            #expect(
                try await run(curl, "-sS", daemon.api.base + "/healthz").contains("certificate")
            )
            let plain = daemon.api.base.replacing("https", with: "http")
            #expect(try await !run(curl, "-sS", plain + "/healthz").contains("ok"))
            let old = try await run(
                curl,
                "-sS",
                "--cacert",
                bench.path("certificate"),
                "--tls-max",
                "1.1",
                daemon.api.base + "/healthz"
            )
            #expect(!old.contains("ok"))
            // Commands find it all the same.
            let listed = try await bench.run("segments", "--data", bench.data)
            #expect(listed.output.contains("carts"))
            #expect(try await daemon.stop() == .exit(0))
            for (arguments, words) in [
                (tls + [bench.path("other-key")], "is not that of the certificate"),
                (tls + [bench.path("none")], "cannot read a private key from"),
                (tls + [bench.path("certificate")], "cannot read a private key from"),
                (Array(tls.prefix(2)), "needs a certificate and its key"),
            ] {
                do {
                    _ = try await bench.start(.segmentd, arguments)
                    Issue.record("it started with \(arguments)")
                } catch let error as StartFailed {
                    #expect(error.errors.contains(words), "\(error.errors)")
                }
            }
        }
    }

    private func tool(_ name: String) -> String? {
        let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return paths.map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Runs a tool of the system, and gives all that it printed.
    private func run(_ path: String, _ arguments: String...) async throws -> String {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try await Task.detached { try output.fileHandleForReading.readToEnd() }.value
        process.waitUntilExit()
        return String(decoding: text ?? Data(), as: UTF8.self)
    }
}
