import Foundation
import SegmentTesting
import Testing

/// By which key, or which signature, senders of other products are let in.
@Suite struct SenderKeyTests {
    @Test func eachBringsItsKeyInItsOwnPlace() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            let daemon = try await bench.start()
            struct Key: Decodable { var key: String? }
            func make(_ scope: String) async throws -> String {
                let made = try await bench.run(
                    ["keys", "create", "--json", "--data", bench.data, "--scope", scope],
                    environment: [:]
                )
                let key = try JSONDecoder().decode(Key.self, from: Data(made.lines[0].utf8))
                return try #require(key.key)
            }
            let (key, read, admin) = (
                try await make("ingest"), try await make("read"), try await make("admin")
            )
            func basic(_ text: String) -> String {
                "Basic " + Data(text.utf8).base64EncodedString()
            }
            let track = { (key: String) in
                #"{"type":"track","userId":"u","event":"added_to_cart","writeKey":"\#(key)"}"#
            }
            let message = { (key: String) in
                #"{"api_key":"\#(key)","event":"added_to_cart","distinct_id":"u"}"#
            }
            let event = #"{"name":"added_to_cart"}"#
            let hit = #"{"client_id":"c","events":[{"name":"view_item"}]}"#
            let profile = #"{"data":{"attributes":{"external_id":"u"}}}"#
            // The key stands for KEY.
            let requests: [(path: String, body: (String) -> String, authorization: String?)] = [
                ("/v1/track", track, nil),
                ("/v1/track", { _ in track("x") }, "Bearer KEY"),
                ("/v1/batch", { _ in #"{"batch":[]}"# }, "KEY:"),
                ("/batch/", message, nil),
                ("/capture/", message, nil),
                ("/api/v1/customers/5/events", { _ in event }, "site:KEY"),
                ("/api/profile-import", { _ in profile }, "Klaviyo-API-Key KEY"),
                ("/mp/collect?api_secret=KEY", { _ in hit }, nil),
            ]
            for (path, body, authorization) in requests {
                for (text, isGood) in [(key, true), (admin, true), (read, false), ("no", false)] {
                    let field = authorization.map { field in
                        let whole = field.replacing("KEY", with: text)
                        return field.contains(" ") ? whole : basic(whole)
                    }
                    let answer = try await daemon.api.send(
                        "POST",
                        path.replacing("KEY", with: text),
                        body(text),
                        authorization: field
                    )
                    let refused = text == read ? 403 : 401
                    #expect(isGood ? answer.status < 300 : answer.status == refused, "\(path)")
                }
            }
            // In a place where nobody looks, it counts for nothing.
            for (path, body) in [
                ("/api/v1/events", track(key)), ("/v1/track?api_secret=\(key)", track("")),
                ("/mp/collect", hit), ("/v1/suppress", #"{"userId":"u"}"#),
                ("/batch", #"{"batch":[]}"#),
            ] {
                let answer = try await daemon.api.send("POST", path, body)
                #expect(answer.status == 401, "\(path)")
            }
            // To erase takes more than to send.
            _ = try await daemon.api.send(
                "PUT",
                "/api/v1/customers/5",
                "{}",
                authorization: basic("site:\(key)")
            )
            for (method, path) in [
                ("DELETE", "/api/v1/customers/5"), ("POST", "/api/v1/customers/5/suppress"),
            ] {
                let refused = try await daemon.api.send(
                    method,
                    path,
                    authorization: basic("site:\(key)")
                )
                #expect(refused.status == 403)
                #expect(refused.refusal?.code == "insufficient_scope")
                #expect(refused.refusal?.message.contains("scope admin") == true)
            }
            #expect(try await SenderShop.person(daemon.api, "5", key: admin).names == ["user:5"])
            let erased = try await daemon.api.send(
                "DELETE",
                "/api/v1/customers/5",
                authorization: basic("site:\(admin)")
            )
            #expect(erased.status == 200)
            #expect(try await daemon.api.send("GET", "/v1/people/5", key: admin).status == 404)
        }
    }

    @Test func webhooksOfShopifyAreSigned() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            let open = try await bench.start()
            let unset = try await open.api.send("POST", "/webhooks/shopify", SenderShop.order)
            #expect(unset.status == 401)
            #expect(unset.refusal?.code == "no_secret")
            #expect(try await open.stop() == .exit(0))
            try bench.write("shopify", "shh")
            let daemon = try await bench.start(
                .segmentd,
                "--shopify-secret-file",
                bench.path("shopify")
            )
            let signed = SenderShop.signature(SenderShop.order, "shh")
            let cases: [(headers: [String: String], status: Int, code: String?)] = [
                ([:], 401, "missing_signature"),
                (["X-Shopify-Hmac-Sha256": "!"], 401, "missing_signature"),
                (
                    ["X-Shopify-Hmac-Sha256": SenderShop.signature(SenderShop.order, "no")], 401,
                    "wrong_signature"
                ),
                (
                    ["X-Shopify-Hmac-Sha256": SenderShop.signature("{}", "shh")], 401,
                    "wrong_signature"
                ),
                (["X-Shopify-Hmac-Sha256": signed], 400, "missing_topic"),
                (["X-Shopify-Hmac-Sha256": signed, "X-Shopify-Topic": "orders/create"], 200, nil),
            ]
            for (headers, status, code) in cases {
                let answer = try await daemon.api.send(
                    "POST",
                    "/webhooks/shopify",
                    SenderShop.order,
                    headers: headers
                )
                #expect(answer.status == status)
                #expect(answer.refusal?.code == code)
            }
            #expect(try await daemon.stop() == .exit(0))
            try bench.write("shopify", "\n \n")
            await #expect(throws: StartFailed.self) {
                try await bench.start(.segmentd, "--shopify-secret-file", bench.path("shopify"))
            }
            await #expect(throws: StartFailed.self) {
                try await bench.start(.segmentd, "--shopify-secret-file", bench.path("none"))
            }
        }
    }
}
