import Foundation
import SegmentTesting
import Testing

/// Senders of other products that have people forgotten: whom they mean, and what comes beside it.
@Suite struct SenderErasureTests {
    @Test func whoIsToBeForgottenIsByAnyName() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            try bench.write("shopify", "shh")
            let daemon = try await bench.start(
                .segmentd,
                "--shopify-secret-file",
                bench.path("shopify")
            )
            for who in [
                #""identifiers":{"email":"h@x.org"}"#, #""userId":"735""#, #""userId":"7""#,
            ] {
                try await daemon.api.ingest("/v1/track", "{\(who),\"event\":\"e\"}")
            }
            let body = #"{"shop_domain":"s","customer":{"id":735,"email":"h@x.org","phone":null}}"#
            let answer = try await daemon.api.send(
                "POST",
                "/webhooks/shopify",
                body,
                headers: [
                    "X-Shopify-Topic": "customers/redact",
                    "X-Shopify-Hmac-Sha256": SenderShop.signature(body, "shh"),
                ]
            )
            #expect(answer.status == 200)
            for (id, status) in [("email:h@x.org", 404), ("735", 404), ("7", 200)] {
                #expect(try await daemon.api.send("GET", "/v1/people/\(id)").status == status)
            }
        }
    }

    /// Whatever comes first, whoever is to be suppressed is.
    @Test func aSuppressionIsNotLostBesideADeletion() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            let api = try await bench.start().api
            for number in 0..<40 {
                let path = "/api/v1/customers/p\(number)"
                _ = try await api.send("PUT", path, #"{"x":1}"#)
                async let suppressed = api.send("POST", path + "/suppress")
                async let deleted = api.send("DELETE", path)
                #expect(try await suppressed.status == 200)
                #expect(try await deleted.status == 200)
                _ = try await api.send("PUT", path, #"{"x":1}"#)
                #expect(try await api.send("GET", "/v1/people/p\(number)").status == 404)
            }
        }
    }

    /// A batch is not told to come again when half of it is done.
    @Test func aBatchWithADeletionCountsOnceBesideAFlood() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            let daemon = try await bench.start(.segmentd, "--queue-entries-max", "6")
            let api = daemon.api
            let flood = Task {
                await withTaskGroup { group in
                    for client in 0..<12 {
                        group.addTask {
                            let entry = #"{"type":"track","userId":"f\#(client)","event":"e"}"#
                            let body = #"{"batch":[\#(entry),\#(entry),\#(entry)]}"#
                            while !Task.isCancelled {
                                _ = try? await api.send("POST", "/v1/batch", body)
                            }
                        }
                    }
                }
            }
            for number in 0..<12 {
                let body = #"""
                    {"batch":[
                    {"type":"person","identifiers":{"id":"b\#(number)"},"action":"event","name":"buy"},
                    {"type":"person","identifiers":{"id":"nobody"},"action":"delete"},
                    {"type":"person","identifiers":{"id":"b\#(number)"},"action":"event","name":"after"}]}
                    """#
                while try await api.send("POST", "/api/v2/batch", body).status == 429 {}
            }
            flood.cancel()
            await flood.value
            struct Page: Decodable {
                struct Entry: Decodable { var event: String? }

                var activity: [Entry]
            }
            for number in 0..<12 {
                let page = try await api.send("GET", "/v1/people/b\(number)").decode(Page.self)
                #expect(page.activity.compactMap(\.event).sorted() == ["after", "buy"])
            }
        }
    }
}
