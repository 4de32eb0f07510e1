import Foundation
import Testing

/// `segmentd explain` and `segmentd person --stays`, with a daemon and without one.
@Suite struct ExplainTests {
    private static let rules = """
        segment carts "Left behind" when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment buyers when at least 2 order_completed where total >= 5
        """
    private static let first = """
        {"batch":[
        {"type":"track","anonymousId":"web-1","event":"added_to_cart","properties":{"sku":"A"}},
        {"type":"identify","userId":"ann","anonymousId":"web-1"}
        ]}
        """
    private static let second =
        #"{"userId":"ann","event":"order_completed","properties":{"total":9.5,"note":"x"}}"#

    private func lines(_ bench: Bench, _ arguments: String...) async throws -> String {
        let found = try await bench.run(arguments + ["--data", bench.data], environment: [:])
        #expect(found.ending == .exit(0), "\(found.errors)")
        return found.output
    }

    @Test func whyIsSaidInWordsAndAsJSON() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/batch?wait=evaluated", Self.first)
            let carts = try await lines(bench, "explain", "ann", "carts")
            for words in [
                "ann is in carts “Left behind” at ", ", since ",
                "✓ added_to_cart in last 2 hours  (1 counts)  until ",
                "added_to_cart, entry 2, by anonymous:web-1, the same person since entry 3",
                "✓ no order_completed in last 2 hours\n", "Leaves at ",
                "With order_completed now: leaves at once.",
            ] {
                #expect(carts.contains(words), "\(words) in \(carts)")
            }
            try await daemon.api.ingest("/v1/track?wait=evaluated", Self.second)
            let after = try await lines(bench, "explain", "ann", "carts")
            for words in [
                "ann is not in carts", "✗ no order_completed in last 2 hours  (1 counts)",
                "order_completed, entry 4", "Time alone changes nothing",
            ] {
                #expect(after.contains(words), "\(words) in \(after)")
            }
            let buyers = try await lines(bench, "explain", "ann", "buyers")
            for words in ["(1 of 2)", "With order_completed (total: 5) now: enters at once."] {
                #expect(buyers.contains(words), "\(words) in \(buyers)")
            }
            let api = try await daemon.api.send("GET", "/v1/people/ann/segments/buyers")
            #expect(api.status == 200)
            let stays = try await lines(bench, "person", "ann", "--stays")
            #expect(stays.contains("carts") && stays.contains("attribute (entry 3)"))
            #expect(try await daemon.stop() == .exit(0))
            // The same without a daemon, and as it was in between.
            let alone = try await lines(bench, "explain", "ann", "buyers", "--json")
            for words in [#""found":1,"asked":2"#, #""member":false"#] {
                #expect(alone.contains(words), "\(alone)")
            }
            let log = try await bench.run("log", "--json", "--data", bench.data)
            struct Entry: Decodable { var receivedAt: String }
            let at = try JSONDecoder().decode(Entry.self, from: Data(log.lines[2].utf8)).receivedAt
            let then = try await lines(bench, "explain", "ann", "carts", "--at", at)
            #expect(then.contains("ann is in carts"))
            let was = try await lines(bench, "person", "ann", "--at", at)
            #expect(was.contains("in it"))
        }
    }

    @Test func mistakesAreSaid() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/batch?wait=evaluated", Self.first)
            for (path, status, code, words) in [
                ("/v1/people/bob/segments/carts", 404, "unknown_person", "'bob'"),
                ("/v1/people/ann/segments/cart", 404, "unknown_segment", "did you mean 'carts'?"),
                ("/v1/people/ann/segments/carts?at=soon", 400, "invalid_at", "'soon'"),
                (
                    "/v1/people/ann/segments/carts?at=2999-01-01T00:00:00Z", 400, "invalid_at",
                    "nothing is known"
                ),
                ("/v1/people/ann/segments?at=2001-01-01T00:00:00Z", 404, "unknown_person", "2001"),
            ] {
                let answer = try await daemon.api.send("GET", path)
                #expect(answer.status == status, "\(path)")
                #expect(answer.refusal?.code == code, "\(path)")
                #expect(answer.refusal?.message.contains(words) == true, "\(answer)")
            }
        }
    }

    @Test(arguments: [true, false]) func everythingAboutSomebodyIsExported(hasDaemon: Bool)
        async throws
    {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/batch?wait=evaluated", Self.first)
            try await daemon.api.ingest("/v1/track?wait=evaluated", Self.second)
            let other = #"{"userId":"bob","event":"added_to_cart"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", other)
            if !hasDaemon { #expect(try await daemon.stop() == .exit(0)) }
            let found = try await bench.run("export", "anonymous:web-1", "--data", bench.data)
            #expect(found.ending == .exit(0), "\(found.errors)")
            #expect(found.lines.count == 5)
            #expect(found.lines[0].hasPrefix(#"{"profile":{"personID":2,"#))
            #expect(found.lines[1].contains(#""segment":"carts""#))
            #expect(found.lines[2].contains(#""sku":"A""#))
            #expect(found.lines[4].contains(#""total":9.5"#))
            #expect(!found.output.contains("bob"))
            let nobody = try await bench.run("export", "zoe", "--data", bench.data)
            #expect(nobody.ending == .exit(1) && nobody.errors.contains("'zoe'"))
        }
    }
}
