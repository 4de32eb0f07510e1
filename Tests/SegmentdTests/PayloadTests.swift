import EventModel
import EventStore
import Foundation
import SegmentServer
import SegmentTesting
import Testing
import WebhookTesting

/// What webhooks say, and to whom: of members from before, in batches, with attributes, and by the schema.
@Suite struct PayloadTests {
    private static let rules = """
        event added_to_cart
        event order_placed
        attribute plan text also known as tier
        segment carts "Something in the cart" when added_to_cart in last 2 hours and no order_placed in last 2 hours
        segment buyers when order_placed
          expect at least 1 entries in 1 day
        """

    private struct Message: Decodable {
        struct Cause: Decodable {
            var kind: String
            var event: String?
            var messageID: String?
        }

        struct Said: Decodable {
            var cursor: String
            var id: String
            var segment: String
            var title: String?
            var person: String?
            var personID: UInt64
            var direction: String
            var at: String
            var cause: String
            var causedBy: Cause?
            var until: String?
            var mergedInto: UInt64?
            var snapshot: Bool?
            var attributes: [String: String]?
        }

        var id: String?
        var type: String
        var data: Said
    }

    private struct Batch: Decodable {
        struct Messages: Decodable {
            var messages: [Message]
        }

        var type: String
        var data: Messages
    }

    private func start(_ bench: Bench) async throws -> DaemonProcess {
        try await bench.start(.segmentd, "--allow-webhook-network", "127.0.0.0/8")
    }

    private func create(_ daemon: DaemonProcess, _ body: String) async throws {
        let answer = try await daemon.api.send("POST", "/v1/subscriptions", body)
        #expect(answer.status == 201, "\(answer.refusal?.message ?? "")")
    }

    private func messages(_ count: Int, by receiver: WebhookReceiver) async throws -> [Message] {
        try await eventually("\(count) messages", on: receiver.bell) {
            receiver.received.count >= count ? receiver.received : nil
        }.map { try JSONDecoder().decode(Message.self, from: Data($0.body.utf8)) }
    }

    @Test func messagesSayWhyUntilWhenAndIntoWhom() async throws {
        try await Bench.use(Self.rules) { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(204) }
            let daemon = try await start(bench)
            try await create(
                daemon,
                #"{"url":"\#(receiver.url)","attributes":["plan","email","missing"]}"#
            )
            let api = daemon.api
            for (path, body) in [
                ("track", #"{"anonymousId":"a","event":"added_to_cart","messageId":"m-7"}"#),
                ("identify", #"{"userId":"u","traits":{"tier":"pro","email":"ü@x.example"}}"#),
                ("track", #"{"userId":"u","event":"added_to_cart"}"#),
                ("identify", #"{"userId":"u","anonymousId":"a"}"#),
                ("track", #"{"userId":"u","event":"order_placed"}"#),
            ] {
                try await api.ingest("/v1/\(path)?wait=evaluated", body)
            }
            let said = try await messages(5, by: receiver).map(\.data)
            let told = said.map { "\($0.person ?? "-") \($0.direction) \($0.segment) \($0.cause)" }
            #expect(
                Set(told) == [
                    "- entered carts event", "u entered carts event", "- exited carts merge",
                    "u exited carts event", "u entered buyers event",
                ]
            )
            let first = try #require(said.first { $0.person == nil && $0.direction == "entered" })
            #expect(first.title == "Something in the cart")
            #expect(first.causedBy?.kind == "track")
            #expect(first.causedBy?.event == "added_to_cart")
            #expect(first.causedBy?.messageID == "m-7")
            let user = try #require(said.first { $0.segment == "buyers" })
            #expect(user.attributes == ["plan": "pro", "email": "ü@x.example"])
            #expect(user.until == nil && user.title == nil)
            let gone = try #require(said.first { $0.cause == "merge" })
            #expect(gone.mergedInto == user.personID)
            #expect(gone.personID == first.personID)
            // Sent at once, or after the merge: until is two hours later, or nothing.
            for entry in said where entry.segment == "carts" && entry.direction == "entered" {
                guard let until = entry.until.flatMap({ Instant(rfc3339: $0) }),
                    let at = Instant(rfc3339: entry.at)
                else { continue }
                #expect(abs((until - at).milliseconds - 7_200_000) < 60_000)
            }
            #expect(try await daemon.stop() == .exit(0))
            try await receiver.close()
            try await checkSchema(receiver.received.map(\.body))
        }
    }

    @Test func membersFromBeforeComeFirstThenWhatChanges() async throws {
        try await Bench.use(Self.rules) { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(204) }
            var daemon = try await start(bench)
            for user in ["a", "b", "c"] {
                let body = #"{"userId":"\#(user)","event":"added_to_cart"}"#
                try await daemon.api.ingest("/v1/track?wait=evaluated", body)
            }
            let left = #"{"userId":"b","event":"order_placed"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", left)
            let before = try await daemon.api.transitions()
            try await create(
                daemon,
                #"{"url":"\#(receiver.url)","name":"s","segments":["carts"],"includeMembers":true}"#
            )
            for body in [
                #"{"userId":"a","event":"order_placed"}"#,
                #"{"userId":"d","event":"added_to_cart"}"#,
            ] {
                try await daemon.api.ingest("/v1/track?wait=evaluated", body)
            }
            let all = try await messages(4, by: receiver)
            let told = all.map { "\($0.data.person ?? "") \($0.data.direction)" }
            #expect(Set(told) == ["a entered", "c entered", "a exited", "d entered"])
            #expect(told.firstIndex(of: "a entered")! < told.firstIndex(of: "a exited")!)
            let members = all.filter { $0.data.snapshot == true }
            #expect(Set(members.map(\.data.person)) == ["a", "c"])
            // They are the entries themselves, with their ids: nothing is told twice under two names.
            let entered = before.filter { $0.segment == "carts" && $0.direction == "entered" }
            #expect(Set(members.map(\.data.id)).isSubset(of: Set(entered.map(\.id))))
            #expect(try await daemon.stop() == .exit(0))

            // Once sent, they are not sent again; resumed with members, they are.
            daemon = try await start(bench)
            let e = #"{"userId":"e","event":"added_to_cart"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", e)
            #expect(try await messages(5, by: receiver).last?.data.person == "e")
            let resumed = try await daemon.api.send(
                "POST",
                "/v1/subscriptions/s/resume?after=members"
            )
            #expect(resumed.status == 200)
            let again = try await messages(8, by: receiver)[5...]
            #expect(Set(again.map(\.data.person)) == ["c", "d", "e"])
            #expect(again.allSatisfy { $0.data.snapshot == true })
            #expect(try await daemon.stop() == .exit(0))
            try await receiver.close()
            try await checkSchema(receiver.received.map(\.body))
        }
    }

    @Test func batchesKeepOrderAndEachMessageItsID() async throws {
        try await Bench.use(Self.rules) { bench in
            // Some batches fail; what was in them then comes one by one.
            let receiver = try await WebhookReceiver { webhook, _ in
                let count = webhook.body.matches(of: /"cursor"/).count
                return count > 1 && webhook.id.hasSuffix("0")
                    || count > 9 && webhook.id.hasSuffix("1")
                    ? .status(500) : .status(204)
            }
            let daemon = try await start(bench)
            let entries = (0..<60).map { index in
                let event = index < 30 ? "added_to_cart" : "order_placed"
                return #"{"type":"track","userId":"u\#(index % 30)","event":"\#(event)"}"#
            }
            for part in [entries[..<30], entries[30...]] {
                let body = #"{"batch":[\#(part.joined(separator: ","))]}"#
                try await daemon.api.ingest("/v1/batch?wait=evaluated", body)
            }
            try await create(
                daemon,
                #"{"url":"\#(receiver.url)","batch":10,"concurrency":2,"start":"start","kinds":["entered","exited"]}"#
            )
            // In batches first; what failed with one of them then comes by itself, and in order.
            let messages = try await eventually("90 messages", on: receiver.bell) {
                let taken = receiver.received.filter(\.isTaken).compactMap {
                    try? JSONDecoder().decode(Batch.self, from: Data($0.body.utf8))
                }
                let all = taken.flatMap(\.data.messages)
                return Set(all.compactMap(\.id)).count >= 90 ? all : nil
            }
            let rows = try await daemon.api.transitions()
            let known = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0.cursor) })
            var last: [UInt64: String] = [:]
            for message in messages {
                #expect(known[message.id ?? ""] == message.data.cursor)
                #expect(last[message.data.personID] ?? "" <= message.data.cursor)
                last[message.data.personID] = message.data.cursor
            }
            let first = try JSONDecoder().decode(
                Batch.self,
                from: Data(receiver.received[0].body.utf8)
            )
            #expect(first.type == "segmentd.batch")
            #expect(first.data.messages.count == 10)
            #expect(receiver.received[0].id.hasPrefix("batch-"))
            #expect(try await daemon.stop() == .exit(0))
            try await receiver.close()
            try await checkSchema(receiver.received.map(\.body))
        }
    }

    /// Has a validator of others hold bodies against the schema that is served, and refuse spoilt ones.
    private func checkSchema(_ bodies: [String]) async throws {
        guard let python = try await Python(package: "jsonschema") else {
            print("skipped: neither python3 nor a registry with 'jsonschema' is here")
            return
        }
        let program = """
            import sys, json, jsonschema
            call = json.load(sys.stdin)
            schema = json.loads(call["schema"])
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            for body in call["bodies"]:
                validator.validate(json.loads(body))
            said = json.loads(call["bodies"][0])
            for spoil in [lambda m: m.pop("type"), lambda m: m["data"].clear(),
                          lambda m: m.update(type="segment.left"), lambda m: m.update(timestamp=5)]:
                spoilt = json.loads(call["bodies"][0])
                spoil(spoilt)
                assert not validator.is_valid(spoilt), spoilt
            print("valid")
            """
        let call = try JSONSerialization.data(withJSONObject: [
            "schema": WebhookSchema.text, "bodies": bodies,
        ])
        #expect(try await python.run(program, call) == "valid\n")
    }
}
