import Foundation
import Testing

/// `segmentd replay`, with a daemon and without one.
@Suite struct ReplayTests {
    private static let before = """
        segment buyers when at least 2 order_placed
        segment carts when added_to_cart
        """
    private static let after = """
        segment buyers when at least 1 order_placed
        segment empty when never_seen
        """

    private struct Row: Decodable {
        var mark: String?
        var id: String
        var segment: String
        var person: String?
        var direction: String
    }

    private func rows(_ output: Finished) throws -> [Row] {
        #expect(output.ending == .exit(0), "\(output.errors)")
        return try output.lines.map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
    }

    @Test(arguments: [true, false]) func theLogGivesWhatWasRecorded(hasDaemon: Bool) async throws {
        try await Bench.use(Self.before) { bench in
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/batch?wait=evaluated", RuleChangeTests.entries)
            let recorded = try await daemon.api.transitions()
            if !hasDaemon { #expect(try await daemon.stop() == .exit(0)) }
            func replay(_ arguments: String...) async throws -> Finished {
                try await bench.run(
                    ["replay", "--data", bench.data] + arguments,
                    environment: [:]
                )
            }
            let all = try rows(try await replay("--format", "ndjson"))
            #expect(all.map(\.id) == recorded.map(\.id) && !all.isEmpty)
            let same = try await replay("--diff")
            #expect(same.lines.isEmpty && same.errors.contains("as recorded"))
            let carts = try rows(try await replay("--format", "ndjson", "--segment", "carts"))
            #expect(carts.map(\.person) == ["c", "d"])
            let none = try await replay("--to", "2001-01-01T00:00:00Z")
            #expect(none.ending == .exit(0) && none.lines.isEmpty)
            let csv = try await replay("--format", "csv")
            #expect(csv.lines.count == recorded.count + 1)
            #expect(
                csv.lines[0]
                    == "at,direction,segment,person,personID,identifiers,cause,sequence,announced"
            )
            #expect(csv.lines[1].contains(",entered,"))
            #expect(try await replay().output.contains("entered"))

            // Under others, as though they had always been in force.
            try bench.write("others/a.seg", Self.after)
            let others = try await replay(
                "--rules",
                bench.path("others"),
                "--count",
                "--format",
                "csv"
            )
            #expect(
                others.lines == [
                    "segment,entered,exited,members", "buyers,3,0,3", "empty,0,0,0",
                ]
            )
            let difference = try rows(
                try await replay("--rules", bench.path("others"), "--diff", "--format", "ndjson")
            )
            func marked(_ mark: String) -> [String] {
                difference.filter { $0.mark == mark }.map { "\($0.person ?? "") \($0.segment)" }
                    .sorted()
            }
            #expect(marked("+") == ["a buyers"])
            #expect(marked("-") == ["c carts", "d carts"])
            let wrong = try await replay("--rules", bench.path("nowhere"))
            #expect(wrong.ending == .exit(1) && wrong.errors.contains("nowhere"))
            let unknown = try await replay("--segment", "cart")
            #expect(unknown.errors.contains("did you mean 'carts'?"))
            let unclear = try await replay("--from", "yesterday")
            #expect(unclear.errors.contains("--from is 'yesterday'"))
        }
    }

    @Test func mistakesAreSaid() async throws {
        try await Bench.use(Self.before) { bench in
            let daemon = try await bench.start()
            for (body, words) in [
                ("[]", "the body is no object"), (#"{"from":"soon"}"#, "from is no instant"),
                (#"{"diff":1}"#, "diff is not true or false"),
                (#"{"segments":"a"}"#, "segments is no list of names"),
                (#"{"files":7}"#, "files is no list"), (#"{"files":[]}"#, "files is empty"),
                (#"{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}"#, "lies behind"),
            ] {
                let answer = try await daemon.api.send("POST", "/v1/replay", body)
                #expect(answer.status == 400 && answer.refusal?.code == "invalid_replay", "\(body)")
                #expect(answer.refusal?.message.contains(words) == true, "\(body)")
            }
        }
    }
}
