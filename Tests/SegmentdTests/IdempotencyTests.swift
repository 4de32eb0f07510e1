import Foundation
import SegmentTesting
import Testing

/// Requests that are sent again with the same `Idempotency-Key` get the first answer again, and count once.
@Suite struct IdempotencyTests {
    private static let rules = "segment carts when added_to_cart"

    private static let batch =
        #"{"batch":[{"type":"track","userId":"u1","event":"added_to_cart"},{"type":"nonsense"},"#
        + #"{"type":"track","userId":"u2","messageId":"m","event":"added_to_cart"},"#
        + #"{"type":"track","userId":"u3","messageId":"m","event":"added_to_cart"}]}"#

    private func send(
        _ api: API,
        _ key: String,
        _ body: String = batch,
        path: String = "/v1/batch",
        apiKey: String? = nil
    ) async throws -> Answer {
        try await api.send("POST", path, body, key: apiKey, headers: ["Idempotency-Key": key])
    }

    private func log(_ api: API) async throws -> String {
        String(decoding: try await api.send("GET", "/v1/log?limit=1000").body, as: UTF8.self)
    }

    @Test func theFirstAnswerIsGivenAgain() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            let first = try await send(daemon.api, "k-1")
            let reply = try first.decode(IngestReply.self)
            #expect(
                reply.entries.map(\.status) == ["accepted", "invalid", "accepted", "duplicate"]
            )
            let log = try await log(daemon.api)
            #expect(try await send(daemon.api, "k-1").body == first.body)
            #expect(try await self.log(daemon.api) == log)
            // Also after a crash.
            daemon.kill()
            _ = try await daemon.end()
            let again = try await bench.start()
            #expect(try await send(again.api, "k-1").body == first.body)
            #expect(try await self.log(again.api) == log)
            // Without the key, or with another, it is another request.
            let bare = try await again.api.ingest("/v1/batch", Self.batch)
            #expect(
                bare.entries.map(\.status) == ["accepted", "invalid", "duplicate", "duplicate"]
            )
            let other = try await send(again.api, "k-2").decode(IngestReply.self)
            #expect(
                other.entries.map(\.status) == ["accepted", "invalid", "duplicate", "duplicate"]
            )
        }
    }

    @Test func whatIsNotTheSameRequestIsNotTakenForIt() async throws {
        try await Bench.use(Self.rules) { bench in
            let api = try await bench.start().api
            #expect(try await send(api, "k-1").status == 200)
            let reused = try await send(api, "k-1", #"{"batch":[]}"#)
            #expect(reused.status == 422)
            #expect(reused.refusal?.code == "idempotency_key_reused")
            #expect(reused.refusal?.message.contains("new key") == true)
            // The same key on another path.
            let track = #"{"userId":"u9","event":"added_to_cart"}"#
            let single = try await send(api, "k-1", track, path: "/v1/track")
            #expect(try single.decode(IngestReply.self).entries.map(\.status) == ["accepted"])
            // What could not be read was never done: mended, it may have the same key.
            #expect(try await send(api, "k-3", "{").status == 400)
            #expect(try await send(api, "k-3", #"{"batch":[]}"#).status == 200)
            for key in ["", String(repeating: "k", count: 201)] {
                let refused = try await send(api, key)
                #expect(refused.status == 400)
                #expect(refused.refusal?.code == "invalid_idempotency_key")
            }
            #expect(try await send(api, String(repeating: "k", count: 200)).status == 200)
        }
    }

    /// Nothing of another body is done, not even what comes before that is found out.
    @Test func anotherBodyErasesNobody() async throws {
        try await Bench.use(Self.rules) { bench in
            let api = try await bench.start().api
            let event = { (id: String) in
                #"{"type":"person","identifiers":{"id":"\#(id)"},"action":"event","name":"e"}"#
            }
            let delete = #"{"type":"person","identifiers":{"id":"victim"},"action":"delete"}"#
            func batch(_ key: String, _ items: String...) async throws -> Int {
                let body = #"{"batch":[\#(items.joined(separator: ","))]}"#
                return try await send(api, key, body, path: "/api/v2/batch").status
            }
            #expect(try await batch("k0", event("victim")) == 200)
            // The first body had entries, an erasure alone, or nothing that could be taken.
            #expect(try await batch("k1", event("a")) == 200)
            #expect(try await batch("k1", delete, event("b")) == 422)
            #expect(try await batch("k2", delete.replacing("victim", with: "nobody")) == 200)
            #expect(try await batch("k2", event("b")) == 422)
            #expect(try await batch("k3", "{}") == 207)
            #expect(try await batch("k3", delete) == 422)
            #expect(try await api.send("GET", "/v1/people/victim").status == 200)
            #expect(try await api.send("GET", "/v1/people/b").status == 404)
            #expect(try await batch("k2", delete.replacing("victim", with: "nobody")) == 200)
        }
    }

    /// Where the daemon dies between the commit and the keeping of the answer, the entries are in the log under
    /// ids that are made of the key.
    @Test func entriesAreKnownAgainWithoutTheKeptAnswer() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            _ = try await send(daemon.api, "k-1")
            daemon.kill()
            _ = try await daemon.end()
            try FileManager.default.removeItem(atPath: bench.data + "/delivery")
            let again = try await bench.start()
            let reply = try await send(again.api, "k-1").decode(IngestReply.self)
            #expect(
                reply.entries.map(\.status) == ["duplicate", "invalid", "duplicate", "duplicate"]
            )
            #expect(try await again.api.members(of: "carts") == ["u1", "u2"])
        }
    }

    @Test func sentAtOnceTheyCountOnce() async throws {
        try await Bench.use(Self.rules) { bench in
            let api = try await bench.start().api
            let answers = try await withThrowingTaskGroup { group in
                for _ in 0..<16 {
                    group.addTask { try await send(api, "k-1") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let taken = Set(answers.filter { $0.status == 200 }.map(\.body))
            #expect(taken.count == 1)
            for answer in answers where answer.status != 200 {
                #expect(answer.status == 409)
                #expect(answer.refusal?.code == "request_under_way")
                #expect(answer.retryAfter == "1")
            }
            #expect(try await api.members(of: "carts") == ["u1", "u2", "u3"].prefix(2).map { $0 })
        }
    }

    @Test func callersDoNotGetEachOthersAnswers() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            struct Key: Decodable { var key: String }
            var keys: [String] = []
            for name in ["one", "two"] {
                let made = try await bench.run(
                    "keys",
                    "create",
                    "--json",
                    "--data",
                    bench.data,
                    "--scope",
                    "ingest",
                    "--name",
                    name
                )
                keys.append(try JSONDecoder().decode(Key.self, from: Data(made.lines[0].utf8)).key)
            }
            let body = #"{"batch":[{"type":"track","userId":"u1","messageId":"m","event":"e"}]}"#
            let first = try await send(daemon.api, "k", body, apiKey: keys[0])
            let second = try await send(daemon.api, "k", body, apiKey: keys[1])
            #expect(try first.decode(IngestReply.self).entries.map(\.status) == ["accepted"])
            #expect(try second.decode(IngestReply.self).entries.map(\.status) == ["duplicate"])
            #expect(try await send(daemon.api, "k", body, apiKey: keys[0]).body == first.body)
        }
    }

    @Test func batchesOfOthersHaveKeysToo() async throws {
        try await Bench.use(Self.rules) { bench in
            let api = try await bench.start().api
            let requests = [
                (
                    "/api/v2/batch",
                    #"{"batch":[{"type":"person","identifiers":{"id":"a"},"action":"event","name":"e"},"#
                        + #"{"type":"person","identifiers":{"id":"b"},"action":"delete"},"#
                        + #"{"type":"person","identifiers":{"id":"b"},"action":"event","name":"e"},"#
                        + #"{"action":"nonsense"}]}"#, 207
                ),
                ("/batch/", #"{"batch":[{"event":"e","distinct_id":"c"}]}"#, 200),
                (
                    "/api/event-bulk-create-jobs",
                    #"{"data":{"attributes":{"events-bulk-create":{"data":[{"attributes":{"#
                        + #""profile":{"data":{"attributes":{"email":"k@x.org"}}},"#
                        + #""events":{"data":[{"attributes":{"metric":{"data":{"attributes":{"name":"e"}}}}}]}}}]}}}}"#,
                    202
                ),
            ]
            var first: [Data] = []
            for (path, body, status) in requests {
                let answer = try await send(api, "k", body, path: path)
                #expect(answer.status == status)
                first.append(answer.body)
            }
            let log = try await log(api)
            #expect(log.split(separator: "\"messageId\":\"k/").count == 6)
            for ((path, body, status), first) in zip(requests, first) {
                let again = try await send(api, "k", body, path: path)
                #expect(again.status == status)
                #expect(again.body == first)
            }
            // Whoever was deleted, and came again behind that, is still there.
            #expect(try await self.log(api) == log)
            #expect(try await api.send("GET", "/v1/people/b").status == 200)
        }
    }
}
