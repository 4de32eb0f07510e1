import Testing

/// Bad requests get one clear answer each, and cost nothing that was accepted.
@Suite struct BadRequestTests {
    @Test func aBadRequestIsRefusedClearlyAndCostsNothing() async throws {
        try await Bench.use("segment carts when added_to_cart") { bench in
            let daemon = try await bench.start()
            var accepted: [String] = []
            for bad in BadRequest.all {
                accepted.append(try await send("good-\(accepted.count)", daemon.api))
                try await check(bad, daemon.api)
            }
            try await checkOneOfMany(daemon.api)
            accepted += ["beside-1", "beside-2"]
            accepted.append(try await send("last", daemon.api))
            let users = try await daemon.api.members(of: "carts")
            #expect(users == accepted)
            #expect(try await daemon.stop() == .exit(0))
            // The first entry is the rules; what was refused took no place.
            #expect(try LogImage(bench.data).messageIDs == [""] + accepted)
        }
    }

    private func send(_ name: String, _ api: API) async throws -> String {
        let reply = try await api.ingest(
            "/v1/track?wait=evaluated",
            #"{"userId":"\#(name)","messageId":"\#(name)","event":"added_to_cart"}"#
        )
        #expect(reply.entries.map(\.status) == ["accepted"])
        return name
    }

    private func check(_ bad: BadRequest, _ api: API) async throws {
        let answer = try await api.send(bad.method, bad.path, bad.body, type: bad.type)
        let comment = Comment(rawValue: bad.name)
        #expect(answer.status == bad.status, comment)
        var (code, message) = (answer.refusal?.code, answer.refusal?.message)
        if bad.status == 200 {
            let verdict = try answer.decode(IngestReply.self).entries.first
            #expect(verdict?.status == "invalid", comment)
            #expect(verdict?.sequence == nil, comment)
            (code, message) = (verdict?.code, verdict?.message)
        }
        #expect(code == bad.code, comment)
        for word in bad.words {
            #expect(message?.contains(word) == true, "\(bad.name): \(message ?? "")")
        }
    }

    /// One bad entry of a batch never costs the others.
    private func checkOneOfMany(_ api: API) async throws {
        let long = String(repeating: "x", count: 32 << 10)
        let entries = [
            #"{"type":"track","userId":"beside-1","messageId":"beside-1","event":"added_to_cart"}"#,
            #"{"type":"track","userId":"u","event":"e","properties":{"p":"\#(long)"}}"#,
            #"{"type":"track","userId":7,"event":false}"#,
            #"{"type":"track","userId":"beside-2","messageId":"beside-2","event":"added_to_cart"}"#,
        ]
        let reply = try await api.ingest(
            "/v1/batch?wait=evaluated",
            "{\"batch\":[\(entries.joined(separator: ","))]}"
        )
        #expect(reply.entries.map(\.status) == ["accepted", "invalid", "invalid", "accepted"])
        #expect(reply.entries[1].message?.contains("batch[1]") == true)
        #expect(reply.entries[2].message?.contains("batch[2].event") == true)
    }
}
