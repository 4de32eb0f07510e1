import Foundation
import SegmentTesting
import Testing

/// API keys of the real process: who is let in, and what is on disk.
@Suite struct KeyTests {
    private struct Key: Decodable {
        var id: String
        var name: String
        var scopes: [String]
        var key: String?
    }

    private func make(_ bench: Bench, _ arguments: String...) async throws -> Key {
        let finished = try await bench.run(
            ["keys", "create", "--json", "--data", bench.data] + arguments,
            environment: [:]
        )
        #expect(finished.ending == .exit(0), "\(finished.errors)")
        return try JSONDecoder().decode(Key.self, from: Data(finished.lines[0].utf8))
    }

    @Test func eachScopeIsGoodForItsOwn() async throws {
        try await Bench.use("segment buyers when order_placed") { bench in
            let daemon = try await bench.start()
            // Without a key everybody on this machine is let in.
            #expect(try await daemon.api.send("GET", "/v1/status").status == 200)
            let ingest = try #require(try await make(bench, "--scope", "ingest").key)
            let read = try #require(try await make(bench, "--scope", "read").key)
            let admin = try #require(try await make(bench, "--scope", "admin", "--name", "ops").key)
            let track = #"{"userId":"u","event":"order_placed"}"#
            let requests: [(method: String, path: String, body: String?, allowed: [String])] = [
                ("POST", "/v1/track", track, [ingest, admin]),
                ("GET", "/v1/status", nil, [read, admin]),
                ("HEAD", "/v1/status", nil, [read, admin]),
                ("GET", "/metrics", nil, [read, admin]),
                ("GET", "/v1/keys", nil, [admin]),
                ("POST", "/v1/verify", nil, [admin]),
                ("POST", "/v1/subscriptions/x/pause", nil, [admin]),
                ("GET", "/v1/nothing", nil, [ingest, read, admin]),
            ]
            for (method, path, body, allowed) in requests {
                let bare = try await daemon.api.send(method, path, body)
                #expect(bare.status == 401, "\(method) \(path)")
                for key in [ingest, read, admin] {
                    let answer = try await daemon.api.send(method, path, body, key: key)
                    let isRefused = answer.status == 401 || answer.status == 403
                    #expect(isRefused == !allowed.contains(key), "\(method) \(path)")
                }
            }
            for path in ["/healthz", "/readyz"] {
                #expect(try await daemon.api.send("GET", path).status == 200)
            }
            // One letter more or less, another's id, no secret.
            let parts = read.split(separator: "_")
            for wrong in [
                read + "x", String(read.dropLast()), "sd_\(parts[1])_", "sd__\(parts[2])", "x", "",
                "sd_\(ingest.split(separator: "_")[1])_\(parts[2])", read.uppercased(),
            ] {
                let answer = try await daemon.api.send("GET", "/v1/status", key: wrong)
                #expect(answer.status == 401, "\(wrong)")
            }
            let refused = try await daemon.api.send("GET", "/v1/status", key: ingest)
            #expect(refused.refusal?.code == "insufficient_scope")
            #expect(refused.refusal?.message.contains("scope read") == true)
            // SDKs of others send their keys as the user of basic authentication.
            let basic = "Basic " + Data("\(read):".utf8).base64EncodedString()
            let asUser = try await daemon.api.send("GET", "/v1/status", authorization: basic)
            #expect(asUser.status == 200)

            // Commands on this machine need none; a revoked key is good for nothing, at once.
            let revoked = try await bench.run("keys", "revoke", "read", "--data", bench.data)
            #expect(revoked.ending == .exit(0), "\(revoked.errors)")
            #expect(try await daemon.api.send("GET", "/v1/status", key: read).status == 401)
            #expect(try await daemon.stop() == .exit(0))
            let again = try await bench.start()
            #expect(again.output.contains("API keys: 2"))
            #expect(try await again.api.send("GET", "/v1/status", key: admin).status == 200)
            #expect(try await again.api.send("GET", "/v1/status", key: read).status == 401)
            let shown = try await again.api.send("GET", "/v1/keys", key: admin)
            #expect(!String(decoding: shown.body, as: UTF8.self).contains(admin.suffix(44)))
            #expect(try await again.stop() == .exit(0))
            // Nothing on disk or on the terminal is enough to be let in.
            let files = try FileManager.default.subpathsOfDirectory(atPath: bench.data)
            for file in files where file.hasSuffix(".mdb") {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: bench.data + "/" + file))
                for key in [ingest, read, admin] {
                    #expect(bytes.range(of: Data(key.suffix(44).utf8)) == nil, "\(file)")
                }
            }
            #expect(!(daemon.output + again.output).contains("sd_"))
        }
    }

    @Test func otherMachinesAreServedOnlyWithKeys() async throws {
        try await Bench.use("segment buyers when order_placed") { bench in
            let refused = try await bench.refuse(listen: "0.0.0.0:0")
            #expect(refused.ending == .exit(1))
            #expect(refused.errors.contains("segmentd keys create"))
            #expect(!FileManager.default.fileExists(atPath: bench.data))
            // Made without a daemon, on a directory that is not there yet.
            let key = try await make(bench, "--scope", "read", "--scope", "ingest")
            #expect(key.name == "ingest-read")
            let running = try bench.launch(.segmentd, bench.serving(listen: "0.0.0.0:0"))
            let daemon = try await DaemonProcess(running)
            let port = daemon.api.base.split(separator: ":").last ?? ""
            let api = API(base: "http://127.0.0.1:\(port)")
            #expect(try await api.send("GET", "/v1/segments").status == 401)
            #expect(try await api.send("GET", "/v1/segments", key: key.key).status == 200)
            // The last key gone, nobody is let in.
            _ = try await bench.run("keys", "revoke", key.id, "--data", bench.data)
            #expect(try await api.send("GET", "/v1/segments").status == 401)
            #expect(try await daemon.stop() == .exit(0))
        }
    }

    @Test func mistakesAreNamed() async throws {
        try await Bench.use { bench in
            _ = try await make(bench, "--scope", "read", "--name", "a")
            _ = try await make(bench, "--scope", "read", "--name", "a")
            for (arguments, words) in [
                (["create", "--scope", "write"], "there is no scope 'write'"),
                (["create", "--scope", "read", "--name", "\u{1B}[1m"], "control characters"),
                (["revoke", "b"], "no key is called 'b'; there are: a, a"),
                (["revoke", "a"], "2 keys are called 'a'; say which by its id"),
            ] {
                let finished = try await bench.run(
                    ["keys"] + arguments + ["--data", bench.data],
                    environment: [:]
                )
                #expect(finished.ending == .exit(1))
                #expect(finished.errors.contains(words), "\(finished.errors)")
            }
            let list = try await bench.run("keys", "--data", bench.data)
            #expect(list.lines.count == 3)
        }
    }
}
