import Foundation
import SegmentTesting
import Testing

/// Who was in a segment at a past instant, over HTTP and by the command.
@Suite struct AsOfTests {
    private static let rules = "segment carts when added_to_cart and no order_placed\n"

    private struct Page: Decodable {
        struct Member: Decodable {
            var person: String?
        }

        var members: [Member]
        var next: UInt64?
    }

    private func members(_ daemon: DaemonProcess, _ query: String) async throws -> [String?] {
        let path = "/v1/segments/carts/members?\(query)"
        let page = try await daemon.api.send("GET", path).decode(Page.self)
        return page.members.map(\.person)
    }

    @Test func membersOfAPastInstant() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            for (user, event) in [
                ("ann", "added_to_cart"), ("bob", "added_to_cart"), ("ann", "order_placed"),
            ] {
                let body = #"{"userId":"\#(user)","event":"\#(event)"}"#
                try await daemon.api.ingest("/v1/track?wait=evaluated", body)
            }
            let at = try await daemon.api.transitions().map(\.at)
            #expect(try await members(daemon, "at=\(at[0])") == ["ann"])
            #expect(try await members(daemon, "at=\(at[1])") == ["ann", "bob"])
            #expect(try await members(daemon, "at=\(at[1])&limit=1") == ["ann"])
            #expect(try await members(daemon, "at=\(at[2])") == ["bob"])
            #expect(try await members(daemon, "at=2020-01-01T00:00:00Z") == [])
            for (query, words) in [
                ("at=yesterday", "such as 2026-01-31T12:00:00Z"),
                ("at=2999-01-01T00:00:00Z", "send an instant that is over"),
            ] {
                let answer = try await daemon.api.send("GET", "/v1/segments/carts/members?\(query)")
                #expect(answer.refusal?.code == "invalid_at")
                #expect(answer.refusal?.message.contains(words) == true)
            }
            let unknown = try await daemon.api.send("GET", "/v1/segments/cart/members?at=\(at[0])")
            #expect(unknown.refusal?.message.contains("did you mean 'carts'?") == true)
            // With a daemon, and without one.
            for stops in [true, false] {
                let shown = try await bench.run(
                    "members",
                    "carts",
                    "--at",
                    at[1],
                    "--data",
                    bench.data
                )
                #expect(shown.output.contains("ann") && shown.output.contains("bob"))
                let wrong = try await bench.run(
                    "members",
                    "carts",
                    "--at",
                    "2999-01-01T00:00:00Z",
                    "--data",
                    bench.data
                )
                #expect(wrong.ending == .exit(1))
                #expect(wrong.errors.contains("nothing is known of what comes after"))
                if stops { #expect(try await daemon.stop() == .exit(0)) }
            }
        }
    }
}
