import Foundation
import SegmentTesting
import Testing

/// Senders of other products against the real process: what they are answered, and what becomes of it.
@Suite struct SenderTests {
    /// One order each, by the way of each product, is one order to the rules.
    @Test func ordersByEveryWayAreOrders() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            try bench.write("shopify", "other\nshh \n")
            let daemon = try await bench.start(
                .segmentd,
                "--shopify-secret-file",
                bench.path("shopify")
            )
            let requests: [(path: String, body: String, status: Int)] = [
                (
                    "/v1/batch",
                    #"{"batch":[{"type":"track","userId":"segment","event":"Order Completed","#
                        + #""properties":{"order_id":"1","total":27.5}}],"writeKey":"k"}"#, 200
                ),
                (
                    "/api/v1/customers/customerio/events",
                    #"{"name":"order_completed","data":{"order_id":"1","total":49.5}}"#, 200
                ),
                (
                    "/api/v2/entity",
                    #"{"type":"person","identifiers":{"id":"customerio2"},"action":"event","#
                        + #""name":"purchase","attributes":{"order_id":"1","total":20}}"#, 200
                ),
                (
                    "/batch/",
                    #"{"api_key":"k","batch":[{"event":"purchase","distinct_id":"posthog","#
                        + #""properties":{"order_id":"1","value":30}}]}"#, 200
                ),
                (
                    "/api/events",
                    #"{"data":{"attributes":{"properties":{"OrderId":"1"},"value":99,"#
                        + #""metric":{"data":{"attributes":{"name":"Placed Order"}}},"#
                        + #""profile":{"data":{"attributes":{"external_id":"klaviyo"}}}}}}"#, 202
                ),
                (
                    "/mp/collect?measurement_id=G-1&api_secret=k",
                    #"{"client_id":"c","user_id":"ga4","events":[{"name":"purchase","#
                        + #""params":{"transaction_id":"1","value":99.99}}]}"#, 204
                ),
            ]
            for (path, body, status) in requests {
                let answer = try await daemon.api.send("POST", path, body)
                #expect(answer.status == status, "\(path): \(answer.refusal?.message ?? "")")
            }
            for _ in 0..<2 {
                let answer = try await daemon.api.send(
                    "POST",
                    "/webhooks/shopify",
                    SenderShop.order,
                    headers: [
                        "X-Shopify-Topic": "orders/create", "X-Shopify-Event-Id": "e1",
                        "X-Shopify-Hmac-Sha256": SenderShop.signature(SenderShop.order, "shh"),
                    ]
                )
                #expect(answer.status == 200)
            }
            #expect(
                try await daemon.api.members(of: "buyers") == [
                    "segment", "customerio", "customerio2", "posthog", "klaviyo", "ga4", "735",
                ]
            )
            let shopper = try await SenderShop.person(daemon.api, "anonymous:t1")
            #expect(shopper.names == ["user:735", "email:shop@x.org", "anonymous:t1"])
        }
    }

    @Test func customerIOSaysWhatWasWrongAndForgetsPeople() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            let api = try await bench.start().api
            let batch = #"""
                {"batch":[
                {"type":"person","identifiers":{"id":"42"},"action":"identify","attributes":{"x":1}},
                {"type":"person","identifiers":{},"action":"event","name":"e"},
                {"type":"person","identifiers":{"id":"42"},"action":"event","name":"added_to_cart"},
                {"type":"person","identifiers":{"id":"42"},"action":"nonsense"},
                {"type":"object","identifiers":{"object_id":"1"},"action":"identify"}]}
                """#
            let answer = try await api.send("POST", "/api/v2/batch", batch)
            #expect(answer.status == 207)
            struct Errors: Decodable {
                struct One: Decodable {
                    var batch_index: Int
                    var reason: String
                    var message: String
                }

                var errors: [One]
            }
            let errors = try JSONDecoder().decode(Errors.self, from: answer.body).errors
            #expect(errors.map(\.batch_index) == [1, 3])
            #expect(errors.map(\.reason) == ["missing_identifier", "unknown_type"])
            #expect(try await SenderShop.person(api, "42").segments.map(\.name) == ["carts"])

            // Ids come percent-encoded.
            for path in ["/api/v1/customers/a%2Fb%20c", "/api/v1/customers/old%40x.org"] {
                #expect(try await api.send("PUT", path, #"{"x":1}"#).status == 200)
            }
            #expect(try await SenderShop.person(api, "user:a%2Fb%20c").names == ["user:a/b c"])
            for (id, body) in [("42", #"{"plan":"pro"}"#), ("old@x.org", #"{"plan":"free"}"#)] {
                let path = "/api/v1/customers/\(id)"
                #expect(try await api.send("PUT", path, body).status == 200)
            }
            let merge = #"{"primary":{"id":"42"},"secondary":{"email":"old@x.org"}}"#
            #expect(try await api.send("POST", "/api/v1/merge_customers", merge).status == 200)
            #expect(try await SenderShop.person(api, "42").names == ["user:42", "email:old@x.org"])
            for (path, members) in [("add", ["42"]), ("remove", [])] {
                let path = "/api/v1/segments/press_kit/\(path)_customers"
                #expect(try await api.send("POST", path, #"{"ids":["42"]}"#).status == 200)
                #expect(try await api.members(of: "press") == members)
            }
            for (method, path, body) in [
                ("PUT", "/api/v1/customers/42/devices", #"{"device":{"id":"d"}}"#),
                ("DELETE", "/api/v1/customers/42/devices/d", nil),
                ("GET", "/api/v1/accounts/region", nil),
                ("DELETE", "/api/v1/customers/nobody", nil),
            ] as [(String, String, String?)] {
                #expect(try await api.send(method, path, body).status == 200, "\(path)")
            }
            // Of several identifiers the customer id says who is meant, whatever comes first.
            for id in ["a1", "a2"] {
                let body = #"{"email":"shared@x.org"}"#
                #expect(try await api.send("PUT", "/api/v1/customers/\(id)", body).status == 200)
            }
            let erased =
                #"{"type":"person","action":"delete","identifiers":{"email":"shared@x.org","id":"a2"}}"#
            #expect(try await api.send("POST", "/api/v2/entity", erased).status == 200)
            #expect(
                try await SenderShop.person(api, "a1").names == ["user:a1", "email:shared@x.org"]
            )
            #expect(try await api.send("GET", "/v1/people/a2").status == 404)
            // A list takes all or none.
            let some = try await api.send(
                "POST",
                "/api/v1/segments/press_kit/add_customers",
                #"{"ids":["a1",null]}"#
            )
            #expect(some.status == 400)
            #expect(try await api.members(of: "press") == [])
            // Whoever is suppressed is gone, and stays away until that is taken back; known or not.
            for id in ["42", "stranger"] {
                let path = "/api/v1/customers/\(id)"
                #expect(try await api.send("POST", path + "/suppress").status == 200)
                #expect(try await api.send("PUT", path, #"{"x":1}"#).status == 200)
                #expect(try await api.send("GET", "/v1/people/\(id)").status == 404)
                #expect(try await api.send("POST", path + "/unsuppress").status == 200)
                #expect(try await api.send("PUT", path, #"{"x":1}"#).status == 200)
                #expect(try await SenderShop.person(api, id).names == ["user:\(id)"])
            }
            for (path, body) in [
                ("/api/v1/customers/5/events", "{}"), ("/api/v1/merge_customers", "{}"),
                ("/api/v1/events", #"{"name":"e"}"#), ("/api/v2/batch", "{}"),
                ("/api/v1/segments/press_kit/add_customers?id_type=x", #"{"ids":["1"]}"#),
            ] {
                let refused = try await api.send("POST", path, body)
                #expect(refused.status == 400, "\(path)")
                #expect(refused.refusal?.message.isEmpty == false)
            }
        }
    }

    @Test func whatIsWrongIsSaidInEachOnesWords() async throws {
        try await Bench.use(SenderShop.rules) { bench in
            let api = try await bench.start().api
            let klaviyo = try await api.send("POST", "/api/events", "{}")
            #expect(klaviyo.status == 400)
            struct Errors: Decodable {
                struct One: Decodable { var detail: String }

                var errors: [One]
            }
            let said = try JSONDecoder().decode(Errors.self, from: klaviyo.body).errors
            #expect(said.map { $0.detail.contains("no \"data\"") } == [true])

            struct Validation: Decodable {
                struct Message: Decodable { var description: String }

                var validationMessages: [Message]
            }
            let hit = #"{"client_id":"c","events":[{"name":"view_item"},{}]}"#
            let checked = try await api.send("POST", "/debug/mp/collect", hit)
                .decode(Validation.self)
            #expect(
                checked.validationMessages.map { $0.description.contains("events[1].name") } == [
                    true
                ]
            )
            #expect(try await api.send("GET", "/v1/people/anonymous:c").status == 404)
            #expect(try await api.send("POST", "/mp/collect", hit).status == 204)
            #expect(try await SenderShop.person(api, "anonymous:c").names == ["anonymous:c"])
            #expect(try await api.send("POST", "/mp/collect", "{").status == 400)

            struct PostHog: Decodable {
                struct One: Decodable {
                    var index: Int
                    var code: String
                }

                var errors: [One]?
            }
            let messages = #"{"batch":[{"event":"e","distinct_id":"u"},{"event":"e"}]}"#
            let posted = try await api.send("POST", "/batch/", messages).decode(PostHog.self)
            #expect(posted.errors?.map(\.index) == [1])
            #expect(posted.errors?.map(\.code) == ["missing_identifier"])
        }
    }
}
