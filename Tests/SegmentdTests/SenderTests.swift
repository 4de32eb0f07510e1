import Crypto
import Foundation
import SegmentTesting
import Testing

/// Senders of other products against the real process: what they are answered, by which key, and what becomes of it.
@Suite struct SenderTests {
    private static let rules = """
        event order_completed
          also known as "Order Completed", purchase, "Placed Order", "orders/create"
          unique by order_id
          order_id text required also known as transaction_id, OrderId, id
          total number also known as value, total_price
        event added_to_cart
        event viewed also known as page, view_item
        segment buyers when order_completed where total >= 20
        segment carts when added_to_cart
        segment press when in list press_kit
        """

    private struct Person: Decodable {
        struct Identifier: Decodable {
            var namespace: String
            var value: String
        }

        struct Stay: Decodable { var name: String }

        var identifiers: [Identifier]
        var segments: [Stay]

        var names: Set<String> { Set(identifiers.map { "\($0.namespace):\($0.value)" }) }
    }

    private func person(_ api: API, _ id: String, key: String? = nil) async throws -> Person {
        try await api.send("GET", "/v1/people/\(id)", key: key).decode(Person.self)
    }

    private func signature(_ body: String, _ secret: String) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: key)
        return Data(code).base64EncodedString()
    }

    private static let order =
        #"{"id":577,"email":"shop@x.org","cart_token":"t1","total_price":"600.00","customer":{"id":735}}"#

    /// One order each, by the way of each product, is one order to the rules.
    @Test func ordersByEveryWayAreOrders() async throws {
        try await Bench.use(Self.rules) { bench in
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
                    Self.order,
                    headers: [
                        "X-Shopify-Topic": "orders/create", "X-Shopify-Event-Id": "e1",
                        "X-Shopify-Hmac-Sha256": signature(Self.order, "shh"),
                    ]
                )
                #expect(answer.status == 200)
            }
            #expect(
                try await daemon.api.members(of: "buyers") == [
                    "segment", "customerio", "customerio2", "posthog", "klaviyo", "ga4", "735",
                ]
            )
            let shopper = try await person(daemon.api, "anonymous:t1")
            #expect(shopper.names == ["user:735", "email:shop@x.org", "anonymous:t1"])
        }
    }

    @Test func eachBringsItsKeyInItsOwnPlace() async throws {
        try await Bench.use(Self.rules) { bench in
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
            #expect(try await person(daemon.api, "5", key: admin).names == ["user:5"])
            let erased = try await daemon.api.send(
                "DELETE",
                "/api/v1/customers/5",
                authorization: basic("site:\(admin)")
            )
            #expect(erased.status == 200)
            #expect(try await daemon.api.send("GET", "/v1/people/5", key: admin).status == 404)
        }
    }

    @Test func customerIOSaysWhatWasWrongAndForgetsPeople() async throws {
        try await Bench.use(Self.rules) { bench in
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
            #expect(try await person(api, "42").segments.map(\.name) == ["carts"])

            // Ids come percent-encoded.
            for path in ["/api/v1/customers/a%2Fb%20c", "/api/v1/customers/old%40x.org"] {
                #expect(try await api.send("PUT", path, #"{"x":1}"#).status == 200)
            }
            #expect(try await person(api, "user:a%2Fb%20c").names == ["user:a/b c"])
            let merge = #"{"primary":{"id":"42"},"secondary":{"email":"old@x.org"}}"#
            #expect(try await api.send("POST", "/api/v1/merge_customers", merge).status == 200)
            #expect(try await person(api, "42").names == ["user:42", "email:old@x.org"])
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
            #expect(try await person(api, "a1").names == ["user:a1", "email:shared@x.org"])
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
                #expect(try await person(api, id).names == ["user:\(id)"])
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
        try await Bench.use(Self.rules) { bench in
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
            #expect(try await person(api, "anonymous:c").names == ["anonymous:c"])
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

    @Test func webhooksOfShopifyAreSigned() async throws {
        try await Bench.use(Self.rules) { bench in
            let open = try await bench.start()
            let unset = try await open.api.send("POST", "/webhooks/shopify", Self.order)
            #expect(unset.status == 401)
            #expect(unset.refusal?.code == "no_secret")
            #expect(try await open.stop() == .exit(0))
            try bench.write("shopify", "shh")
            let daemon = try await bench.start(
                .segmentd,
                "--shopify-secret-file",
                bench.path("shopify")
            )
            let signed = signature(Self.order, "shh")
            let cases: [(headers: [String: String], status: Int, code: String?)] = [
                ([:], 401, "missing_signature"),
                (["X-Shopify-Hmac-Sha256": "!"], 401, "missing_signature"),
                (["X-Shopify-Hmac-Sha256": signature(Self.order, "no")], 401, "wrong_signature"),
                (["X-Shopify-Hmac-Sha256": signature("{}", "shh")], 401, "wrong_signature"),
                (["X-Shopify-Hmac-Sha256": signed], 400, "missing_topic"),
                (["X-Shopify-Hmac-Sha256": signed, "X-Shopify-Topic": "orders/create"], 200, nil),
            ]
            for (headers, status, code) in cases {
                let answer = try await daemon.api.send(
                    "POST",
                    "/webhooks/shopify",
                    Self.order,
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

    @Test func whoIsToBeForgottenIsByAnyName() async throws {
        try await Bench.use(Self.rules) { bench in
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
                    "X-Shopify-Hmac-Sha256": signature(body, "shh"),
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
        try await Bench.use(Self.rules) { bench in
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
        try await Bench.use(Self.rules) { bench in
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

    /// A gzip file of one stored block: what it holds stands in it as it is.
    private func gzip(_ text: [UInt8], header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
        -> [UInt8]
    {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in text {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        crc = ~crc
        let count = UInt16(text.count)
        let bytes = { (number: UInt32) in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        let length = [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)]
        return header + [1] + length + length.map { ~$0 } + text + bytes(crc) + bytes(UInt32(count))
    }

    @Test func bodiesMayBeCompressed() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start(.segmentd, "--batch-body-bytes-max", "4096")
            let body = Array(
                #"{"batch":[{"type":"track","userId":"u","event":"added_to_cart"}]}"#.utf8
            )
            func send(_ bytes: [UInt8], _ encoding: String) async throws -> Answer {
                try await daemon.api.send(
                    "POST",
                    "/v1/batch",
                    bytes: bytes,
                    headers: ["Content-Encoding": encoding]
                )
            }
            let small = gzip(body)
            #expect(try await send(small, "gzip").status == 200)
            #expect(try await send(small, "GZIP").status == 200)
            #expect(try await send(small + gzip([0x20]), "gzip").status == 200)
            #expect(try await send(body, "identity").status == 200)
            #expect(try await daemon.api.members(of: "carts") == ["u"])
            // Padded, and inflated by somebody on the way who left the header.
            #expect(try await send(small + [0, 0, 0], "gzip").status == 200)
            #expect(try await send(body, "gzip").status == 200)
            // Damaged, cut off, with something behind.
            var flipped = small
            flipped[20] ^= 1
            for bytes in [
                flipped, Array(small.dropLast(3)), small + [1, 2, 3], Array(small.prefix(5)),
            ] {
                let answer = try await send(bytes, "gzip")
                #expect(answer.status == 400)
                #expect(answer.refusal?.code == "invalid_encoding")
            }
            let other = try await send(body, "br")
            #expect(other.status == 415)
            #expect(other.refusal?.message.contains("gzip") == true)
            // A little that becomes much: 5,000 blanks, and twice 3,000.
            let large = try #require(
                Data(base64Encoded: "H4sIAAAAAAAC/+3BMQEAAADCoCrrn9IUfkABAAAAAG8DYCwLh4gTAAA=")
            )
            #expect(try await send(Array(large), "gzip").status == 413)
            let half = try #require(
                Data(base64Encoded: "H4sIAAAAAAAC/+3BMQEAAADCoCrrn9IaHkABAADvBqyR8Be4CwAA")
            )
            #expect(try await send(Array(half), "gzip").status == 400)
            #expect(try await send(Array(half + half), "gzip").status == 413)
        }
    }

    @Test func connectionsMayUseTLS() async throws {
        guard let openssl = tool("openssl"), let curl = tool("curl") else {
            print("skipped: there is no openssl, or no curl, here")
            return
        }
        try await Bench.use(Self.rules) { bench in
            for (key, certificate) in [("key", "certificate"), ("other-key", "other")] {
                _ = try await run(
                    openssl,
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "2",
                    "-keyout",
                    bench.path(key),
                    "-out",
                    bench.path(certificate),
                    "-subj",
                    "/CN=localhost",
                    "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1"
                )
            }
            let tls = ["--tls-certificate-file", bench.path("certificate"), "--tls-key-file"]
            let daemon = try await bench.start(.segmentd, tls[0], tls[1], tls[2], bench.path("key"))
            #expect(daemon.api.base.hasPrefix("https://127.0.0.1:"))
            let body = #"{"userId":"u","event":"added_to_cart"}"#
            let answer = try await run(
                curl,
                "-sS",
                "--cacert",
                bench.path("certificate"),
                "-d",
                body,
                daemon.api.base + "/v1/track?wait=evaluated"
            )
            #expect(answer.contains("\"accepted\""), "\(answer)")
            // Whoever does not know it is right in not trusting it; and without TLS there is no answer.
            #expect(
                try await run(curl, "-sS", daemon.api.base + "/healthz").contains("certificate")
            )
            let plain = daemon.api.base.replacing("https", with: "http")
            #expect(try await !run(curl, "-sS", plain + "/healthz").contains("ok"))
            let old = try await run(
                curl,
                "-sS",
                "--cacert",
                bench.path("certificate"),
                "--tls-max",
                "1.1",
                daemon.api.base + "/healthz"
            )
            #expect(!old.contains("ok"))
            // Commands find it all the same.
            let listed = try await bench.run("segments", "--data", bench.data)
            #expect(listed.output.contains("carts"))
            #expect(try await daemon.stop() == .exit(0))
            for (arguments, words) in [
                (tls + [bench.path("other-key")], "is not that of the certificate"),
                (tls + [bench.path("none")], "cannot read a private key from"),
                (tls + [bench.path("certificate")], "cannot read a private key from"),
                (Array(tls.prefix(2)), "needs a certificate and its key"),
            ] {
                do {
                    _ = try await bench.start(.segmentd, arguments)
                    Issue.record("it started with \(arguments)")
                } catch let error as StartFailed {
                    #expect(error.errors.contains(words), "\(error.errors)")
                }
            }
        }
    }

    private func tool(_ name: String) -> String? {
        let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return paths.map { "\($0)/\(name)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// Runs a tool of the system, and gives all that it printed.
    private func run(_ path: String, _ arguments: String...) async throws -> String {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try await Task.detached { try output.fileHandleForReading.readToEnd() }.value
        process.waitUntilExit()
        return String(decoding: text ?? Data(), as: UTF8.self)
    }
}
