import Foundation
import Testing

/// `segmentd compact`: old entries in compressed files, and everything as before.
@Suite struct CompactTests {
    private static let rules = """
        segment carts when added_to_cart in last 30 days
        segment buyers when at least 2 order_placed
        """

    private func entries(_ round: Int) -> String {
        let lines = (0..<100).map { place in
            let event = place % 3 == 0 ? "order_placed" : "added_to_cart"
            return
                #"{"type":"track","userId":"u\#((round * 7 + place) % 37)","event":"\#(event)","#
                + #""messageId":"m\#(round)-\#(place)","properties":{"note":"n \#(round) \#(place)"}}"#
        }
        return #"{"batch":[\#(lines.joined(separator: ","))]}"#
    }

    private struct View: Decodable {
        var sealedThrough: UInt64
        var sealed: UInt64
        var bytesBefore: Int
        var bytesAfter: Int
    }

    private func replayed(_ bench: Bench) async throws -> [String] {
        let replay = try await bench.run("replay", "--format", "ndjson", "--data", bench.data)
        #expect(replay.ending == .exit(0), "\(replay.errors)")
        return replay.lines.map(String.init)
    }

    @Test func everythingIsAsBefore() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            for round in 0..<20 {
                _ = try await daemon.api.ingest("/v1/batch?wait=evaluated", entries(round))
            }
            let old = try await daemon.api.send("POST", "/v1/compact").decode(View.self)
            #expect(old.sealed == 0 && old.sealedThrough == 0)
            let mistaken = try await daemon.api.send("POST", "/v1/compact?before=yesterday")
            #expect(mistaken.status == 400 && mistaken.refusal?.code == "invalid_before")
            let before = try await replayed(bench)
            let person = try await daemon.api.send("GET", "/v1/people/u3").body
            let view = try await daemon.api.send("POST", "/v1/compact?before=2100-01-01T00:00:00Z")
                .decode(View.self)
            #expect(view.sealed == 2_000 && view.bytesAfter < view.bytesBefore)
            #expect(try await replayed(bench) == before)
            #expect(try await daemon.api.send("GET", "/v1/people/u3").body == person)
            // Entries go on; a person is scrubbed out of the sealed ones too.
            _ = try await daemon.api.ingest("/v1/batch?wait=evaluated", entries(20))
            #expect(try await daemon.api.send("DELETE", "/v1/people/u3").status == 200)
            #expect(try await daemon.api.send("POST", "/v1/scrub").status == 200)
            let logged = try await daemon.api.send("GET", "/v1/log?from=5&to=5").body
            #expect(String(decoding: logged, as: UTF8.self).contains(#""erased":true"#))
            let copy = bench.path("copy")
            #expect(try await bench.run("backup", copy, "--data", bench.data).ending == .exit(0))
            #expect(try await daemon.stop() == .exit(0))
            let again = try await bench.run(
                "compact",
                "--before",
                "2100-01-01T00:00:00Z",
                "--data",
                bench.data
            )
            #expect(again.ending == .exit(0) && again.output.contains("entries sealed"))
            for data in [bench.data, copy] {
                let verified = try await bench.run("verify", "--data", data)
                #expect(verified.ending == .exit(0), "\(verified.errors)")
            }
            try FileManager.default.removeItem(atPath: bench.data + "/state")
            let next = try await bench.start()
            #expect(try await next.api.members(of: "carts").count == 36)
            #expect(try await next.stop() == .exit(0))
        }
    }
}
