import Foundation
import SegmentTesting
import Testing
import WebhookTesting

/// `segmentd plan`, with a daemon and without one, from the rules to what a start with them then does.
@Suite struct PlanTests {
    static let before = """
        segment buyers when at least 2 order_placed
        segment carts when added_to_cart
        segment kept when order_placed
        """
    static let after = """
        segment buyers "Buyers" when at least 1 order_placed and no added_to_cart
        segment kept when order_placed # as it was
        segment pros when person.plan = "pro"
        """
    private struct Plan: Decodable, Equatable {
        struct Segment: Decodable, Equatable {
            struct Part: Decodable, Equatable {
                var text: String
                var holds: Bool
            }

            struct Size: Decodable, Equatable {
                var members: Int
            }

            struct Move: Decodable, Equatable {
                var direction: String
                var person: String?
                var parts: [Part]
            }

            var name: String
            var kind: String
            var clausesRemoved: [String]
            var clausesAdded: [String]
            var before: Int
            var entered: Int
            var exited: Int
            var after: Int
            var samples: [Move]
            var sizes: [Size]
        }

        struct Subscriber: Decodable, Equatable {
            var name: String
            var none: Int
            var exits: Int
            var all: Int
        }

        var hash: String
        var segments: [Segment]
        var subscribers: [Subscriber]?
    }

    private static func parts(_ orders: Bool, _ carts: Bool) -> [Plan.Segment.Part] {
        [
            Plan.Segment.Part(text: "at least 1 order_placed", holds: orders),
            Plan.Segment.Part(text: "no added_to_cart", holds: carts),
        ]
    }

    private func planned(_ bench: Bench) async throws -> Plan {
        let found = try await bench.run(
            "plan",
            "--rules",
            bench.rules,
            "--data",
            bench.data,
            "--json",
            "--days",
            "2"
        )
        #expect(found.ending == .exit(0), "\(found.errors)")
        return try JSONDecoder().decode(Plan.self, from: Data((found.lines.first ?? "").utf8))
    }

    @Test func whatIsPlannedThenHappens() async throws {
        try await Bench.use(Self.before) { bench in
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/batch?wait=evaluated", RuleChangeTests.entries)
            let body = #"{"url":"http://example.com/","segments":["buyers"],"kinds":["exited"]}"#
            #expect(try await daemon.api.send("POST", "/v1/subscriptions", body).status == 201)
            let same = try await planned(bench)
            #expect(same.segments.allSatisfy { $0.kind == "unchanged" })
            let recorded = try await daemon.api.transitions().map(\.cursor)

            try bench.writeRules(Self.after)
            let remote = try await planned(bench)
            let buyers = try #require(remote.segments.first { $0.name == "buyers" })
            #expect(buyers.kind == "changed")
            #expect(buyers.clausesRemoved == ["at least 2 order_placed"])
            #expect(buyers.clausesAdded == ["at least 1 order_placed", "no added_to_cart"])
            let counts = [buyers.before, buyers.entered, buyers.exited, buyers.after]
            #expect(counts == [2, 1, 1, 2])
            #expect(
                buyers.samples == [
                    Plan.Segment.Move(
                        direction: "entered",
                        person: "a",
                        parts: Self.parts(true, true)
                    ),
                    Plan.Segment.Move(
                        direction: "exited",
                        person: "c",
                        parts: Self.parts(true, false)
                    ),
                ]
            )
            #expect(buyers.sizes.map(\.members) == [0, 2])
            #expect(remote.segments.map(\.kind) == ["changed", "removed", "unchanged", "new"])
            let subscribers = try #require(remote.subscribers)
            #expect(subscribers == [Plan.Subscriber(name: "sub-1", none: 0, exits: 1, all: 1)])
            // Nothing was changed, and nobody was told of anything.
            #expect(try await daemon.api.transitions().map(\.cursor) == recorded)
            #expect(try await daemon.api.members(of: "buyers") == ["b", "c"])
            #expect(try await daemon.stop() == .exit(0))

            var local = try await planned(bench)
            #expect(local.subscribers == nil)
            local.subscribers = remote.subscribers
            #expect(local == remote)
            let text = try await bench.run("plan", "--rules", bench.rules, "--data", bench.data)
            let shown = text.lines.joined(separator: "\n")
            for words in [
                "3 of 4 segments would change", "~ buyers “Buyers”: changed",
                "    - at least 2 order_placed\n", "    + no added_to_cart\n",
                "    2 members now, 2 then: 1 enter, 1 leave, 1 stay\n", "    enter: a\n",
                "    leave: c\n", "c: ✓ at least 1 order_placed  ✗ no added_to_cart",
                "- carts: removed", "+ pros: new",
            ] {
                #expect(shown.contains(words), "\(words) in \(shown)")
            }

            let second = try await bench.start()
            #expect(second.output.contains("changed buyers: 1 in, 1 out"))
            #expect(try await second.api.members(of: "buyers") == ["a", "b"])
            #expect(try await second.stop() == .exit(0))
        }
    }

    @Test func mistakesAreSaid() async throws {
        try await Bench.use(Self.before) { bench in
            let daemon = try await bench.start()
            for (body, status, code, words) in [
                ("[]", 400, "invalid_plan", "the body is no object"),
                ("{", 400, "malformed_json", " "), ("{}", 400, "invalid_plan", "files is no list"),
                (#"{"files":[{"path":"a"}]}"#, 400, "invalid_plan", "files[0]"),
                (#"{"files":[],"days":400}"#, 400, "invalid_plan", "from 0 to 365"),
                (
                    #"{"files":[{"path":"a.seg","text":"segment x when no"}]}"#, 422,
                    "invalid_rules", "a.seg:1"
                ),
            ] {
                let answer = try await daemon.api.send("POST", "/v1/rules/plan", body)
                #expect(answer.status == status, "\(body)")
                #expect(answer.refusal?.code == code, "\(body)")
                #expect(answer.refusal?.message.contains(words) == true, "\(body)")
            }
            try bench.writeRules("segment x when no")
            let found = try await bench.run("plan", "--rules", bench.rules, "--data", bench.data)
            #expect(found.ending == .exit(1))
            #expect(found.errors.contains("1 error in 1 file; nothing was planned"))
        }
    }
}
