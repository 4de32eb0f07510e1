import EventModel
import EventWire
import Testing

/// What other products' senders send, and what it is to segmentd, by table.
struct DialectTests {
    /// Entries on one line each: kind, event, who, what, and what else is said.
    private static func shown(_ items: [SenderItem]) -> String {
        items.map { item in
            switch item {
            case .entries(let drafts): drafts.map { shown($0) }.joined(separator: "\n")
            case .erase(let identifiers, let suppresses):
                "erase " + identifiers.map { "\($0.namespace):\($0.text)" }.joined(separator: " ")
                    + (suppresses ? " suppressed" : "")
            case .nothing: "nothing"
            case .problem(let problem): "\(problem.code.rawValue): \(problem.message)"
            }
        }.joined(separator: "\n")
    }

    private static func shown(_ draft: EntryDraft) -> String {
        var words = [draft.kind.name]
        if !draft.event.isEmpty { words.append("'\(draft.event)'") }
        words += draft.identifiers.map { "\($0.namespace):\($0.text)" }
        let content = contentJSON(draft)
        if content != "{}" { words.append(content) }
        if let time = draft.timestamp { words.append("at \(time)") }
        if let time = draft.sentAt { words.append("sent \(time)") }
        if !draft.messageID.isEmpty { words.append("id \(draft.messageID)") }
        if draft.isBackfill { words.append("backfill") }
        if draft.isOn { words.append("on") }
        if draft.isAlias { words.append("alias") }
        return words.joined(separator: " ")
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// What a decoding gives, or what it refuses the whole body for.
    private static func shown(_ decode: () throws(WireError) -> [SenderItem]) -> String {
        do throws(WireError) { return shown(try decode()) } catch {
            return "refused, \(error.code.rawValue): \(error.message)"
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var body: String
        var shown: String

        init(_ name: String, _ body: String, _ shown: String) {
            (self.name, self.body, self.shown) = (name, body, shown)
        }

        var testDescription: String { name }
    }

    // MARK: - Segment and RudderStack

    private static let segment = [
        Case(
            "page",
            #"{"type":"page","userId":"u","category":"Docs","name":"Home","properties":{"url":"x"}}"#,
            #"track 'page' user:u {"category":"Docs","name":"Home","url":"x"}"#
        ),
        Case(
            "screen without a name",
            #"{"type":"screen","anonymousId":"a","properties":{"n":1}}"#,
            #"track 'screen' anonymous:a {"n":1}"#
        ),
        Case(
            "group",
            #"{"type":"group","userId":"u","groupId":"g1","traits":{"name":"ACME"}}"#,
            #"track 'group' user:u {"groupId":"g1","name":"ACME"}"#
        ),
        Case(
            "a group is nobody's e-mail address",
            #"{"type":"group","userId":"u","groupId":7,"traits":{"email":"info@acme.org"}}"#,
            #"track 'group' user:u {"groupId":7,"email":"info@acme.org"}"#
        ),
        Case(
            "RudderStack's traits stand in the context",
            #"{"type":"identify","userId":"u","context":{"traits":{"email":"a@x.org","n":null}}}"#,
            #"identify user:u email:a@x.org {"email":"a@x.org","n":null}"#
        ),
        Case(
            "traits win over those in the context",
            #"{"type":"identify","userId":"u","traits":{"email":"b@x.org"},"#
                + #""context":{"traits":{"email":"a@x.org"},"library":{"name":"x"}}}"#,
            #"identify user:u email:b@x.org {"email":"a@x.org","email":"b@x.org"}"#
        ),
        Case(
            "a track's context says nothing of attributes",
            #"{"type":"track","userId":"u","event":"E","context":{"traits":{"email":"a@x.org"}}}"#,
            "track 'E' user:u"
        ),
        Case(
            "a track's name is none",
            #"{"type":"track","userId":"u","event":"E","name":"n","category":"c"}"#,
            "track 'E' user:u"
        ),
        Case(
            "the zone of a time",
            #"{"type":"track","userId":"u","event":"E","timestamp":"2026-03-01T05:30:00.5+05:30"}"#,
            "track 'E' user:u at 2026-03-01T00:00:00.500Z"
        ),
        Case(
            "microseconds",
            #"{"type":"track","userId":"u","event":"E","timestamp":"2026-03-01T00:00:00.123456+00:00"}"#,
            "track 'E' user:u at 2026-03-01T00:00:00.123Z"
        ),
        Case(
            "an unknown type",
            #"{"type":"nonsense","userId":"u"}"#,
            "unknown_type: batch[0].type is the text \"nonsense\"; send \"track\", \"identify\", "
                + "\"page\", \"screen\", \"group\", \"alias\", \"merge\", \"suppress\", "
                + "\"unsuppress\", \"add_to_list\" or \"remove_from_list\""
        ),
        Case(
            "traits that are none",
            #"{"type":"identify","userId":"u","traits":[1]}"#,
            "invalid_traits: batch[0].traits is a list; send an object or leave it out"
        ),
        Case(
            "what else stands in a context",
            #"{"type":"identify","userId":"u","context":{"traits":[1]},"traits":{"a":1}}"#,
            #"identify user:u {"a":1}"#
        ),
    ]

    @Test(arguments: segment)
    func nativeAndItsLikes(_ example: Case) throws {
        let body = Self.bytes(#"{"batch":[\#(example.body)]}"#)
        let items = try NativeDecoder().decodeBatch(body: body).map { entry -> SenderItem in
            switch entry {
            case .success(let draft): .entries([draft])
            case .failure(let problem): .problem(problem)
            }
        }
        #expect(Self.shown(items) == example.shown)
    }

    @Test func theKeyInABody() {
        let decoder = NativeDecoder()
        #expect(decoder.writeKey(Self.bytes(#"{"batch":[],"writeKey":"k"}"#)) == "k")
        for none in [#"{"batch":[]}"#, #"{"writeKey":7}"#, "[]", "", "{"] {
            #expect(decoder.writeKey(Self.bytes(none)) == nil)
        }
    }

    // MARK: - Customer.io

    @Test(arguments: [
        ("5", "user:5"), ("a@x.org", "email:a@x.org"), ("cio_0300", "cio_id:0300"),
        ("cio", "user:cio"),
    ])
    func whomACustomerIOPathMeans(id: String, shown: String) {
        let identifier = CustomerIODecoder.identifier(id)
        #expect("\(identifier.namespace):\(identifier.text)" == shown)
    }

    private static let customers = [
        Case(
            "attributes side by side",
            #"{"email":"Bob@x.org","plan":"basic","anonymous_id":"a1","_timestamp":1772013598,"#
                + #""_update":true,"list":[1,""]}"#,
            #"identify user:5 email:Bob@x.org anonymous:a1 "#
                + #"{"email":"Bob@x.org","plan":"basic","list":[1,""]} at 2026-02-25T09:59:58.000Z"#
        ),
        Case(
            "null and empty text unset",
            #"{"a":null,"b":"","email":""}"#,
            #"identify user:5 {"a":null,"b":null,"email":null}"#
        ),
        Case("nothing", "{}", "identify user:5"),
        Case(
            "another id is no second customer",
            #"{"id":"6","x":1}"#,
            #"identify user:5 {"id":"6","x":1}"#
        ),
        Case(
            "no object",
            "[1]",
            "refused, wrong_shape: the body is a list; send an object"
        ),
        Case(
            "a time that is none",
            #"{"_timestamp":"soon"}"#,
            "refused, invalid_timestamp: _timestamp is the text \"soon\", which is no time; send RFC "
                + "3339 like \"2026-01-31T09:00:00Z\" or whole milliseconds since 1970 like "
                + "1769850000000"
        ),
    ]

    @Test(arguments: customers)
    func customerIOCustomers(_ example: Case) {
        let shown = Self.shown { () throws(WireError) in
            [try CustomerIODecoder().customer("5", Self.bytes(example.body))]
        }
        #expect(shown == example.shown)
    }

    private static let customerEvents = [
        Case(
            "an event",
            #"{"name":" order_completed ","id":"01BX","type":"event","timestamp":1613063089,"#
                + #""data":{"order_id":"A-1","items":[{"sku":"S1","qty":1}]}}"#,
            #"track 'order_completed' user:5 {"order_id":"A-1","items":[{"sku":"S1","qty":1}]} "#
                + "at 2021-02-11T17:04:49.000Z id 01BX"
        ),
        Case("without a type", #"{"name":"e","data":{}}"#, "track 'e' user:5"),
        Case(
            "a page",
            #"{"type":"page","name":"https://shop/p/1","data":{"a":1}}"#,
            #"track 'page' user:5 {"name":"https://shop/p/1","a":1}"#
        ),
        Case(
            "the recipient is not the customer",
            #"{"name":"e","data":{"recipient":"r@x.org"}}"#,
            #"track 'e' user:5 {"recipient":"r@x.org"}"#
        ),
        Case(
            "without a name",
            #"{"data":{}}"#,
            "refused, missing_event: name is missing; send the event's name, for example \"Order "
                + "Completed\""
        ),
        Case(
            "an unknown type",
            #"{"type":"x","name":"e"}"#,
            "refused, unknown_type: type is the text \"x\"; send \"page\", \"screen\" or \"event\""
        ),
        Case(
            "data that is none",
            #"{"name":"e","data":"x"}"#,
            "refused, invalid_properties: data is the text \"x\"; send an object or leave it out"
        ),
    ]

    @Test(arguments: customerEvents)
    func customerIOEvents(_ example: Case) {
        let shown = Self.shown { () throws(WireError) in
            [try CustomerIODecoder().event("5", Self.bytes(example.body))]
        }
        #expect(shown == example.shown)
    }

    @Test(arguments: [
        Case("a visitor", #"{"name":"e","anonymous_id":"a"}"#, "track 'e' anonymous:a"),
        Case(
            "somebody who was invited",
            #"{"name":"invite","data":{"recipient":"r@x.org"}}"#,
            #"track 'invite' email:r@x.org {"recipient":"r@x.org"}"#
        ),
        Case(
            "nobody",
            #"{"name":"e"}"#,
            "refused, missing_identifier: anonymous_id and data.recipient are missing; send at least "
                + "one of them"
        ),
    ])
    func customerIOAnonymousEvents(_ example: Case) {
        let shown = Self.shown { () throws(WireError) in
            [try CustomerIODecoder().event(nil, Self.bytes(example.body))]
        }
        #expect(shown == example.shown)
    }

    private static let entities = [
        Case(
            "identify",
            #"{"type":"person","identifiers":{"id":"42"},"action":"identify","timestamp":1772013598,"#
                + #""attributes":{"first_name":"Jane","anonymous_id":"a1","_update":false,"email":"j@x.org"}}"#,
            #"identify user:42 email:j@x.org anonymous:a1 {"first_name":"Jane","email":"j@x.org"} "#
                + "at 2026-02-25T09:59:58.000Z"
        ),
        Case(
            "event",
            #"{"type":"person","identifiers":{"email":"j@x.org"},"action":"event","id":"01B","#
                + #""name":"purchase","attributes":{"price":29.99,"email":"other@x.org"}}"#,
            #"track 'purchase' email:j@x.org {"price":29.99,"email":"other@x.org"} id 01B"#
        ),
        Case(
            "page",
            #"{"type":"person","identifiers":{"cio_id":"03"},"action":"page","name":"/p"}"#,
            #"track 'page' cio_id:03 {"name":"/p"}"#
        ),
        Case(
            "merge",
            #"{"type":"person","action":"merge","primary":{"id":"42"},"secondary":{"email":"o@x.org"}}"#,
            "merge user:42 email:o@x.org"
        ),
        Case(
            "suppress",
            #"{"type":"person","identifiers":{"id":"42"},"action":"suppress"}"#,
            "erase user:42 suppressed"
        ),
        Case(
            "unsuppress",
            #"{"type":"person","identifiers":{"id":"42"},"action":"unsuppress"}"#,
            "suppress user:42"
        ),
        Case(
            "delete",
            #"{"type":"person","identifiers":{"id":"42"},"action":"delete"}"#,
            "erase user:42"
        ),
        Case(
            "whom the highest one means is deleted",
            #"{"type":"person","identifiers":{"email":"j@x.org","id":"42"},"action":"delete"}"#,
            "erase user:42"
        ),
        Case(
            "nobody is deleted by a device or a recipient",
            #"{"type":"person","identifiers":{"anonymous_id":"a"},"action":"delete","#
                + #""attributes":{"recipient":"r@x.org"}}"#,
            "missing_identifier: batch[0].identifiers, attributes.anonymous_id and "
                + "attributes.recipient are missing; send at least one of them"
        ),
        Case(
            "a type that is none",
            #"{"type":"Person","identifiers":{"id":"42"},"action":"event","name":"e"}"#,
            "unknown_type: batch[0].type is the text \"Person\"; send \"person\""
        ),
        Case(
            "blank identifiers are none",
            #"{"type":"person","identifiers":{"id":" ","email":"j@x.org"},"action":"event","name":"e"}"#,
            "track 'e' email:j@x.org"
        ),
        Case(
            "parts of seconds, and numbers that are text",
            #"{"type":"person","identifiers":{"id":"42"},"action":"event","name":"e","#
                + #""timestamp":"1613063089.5"}"#,
            "track 'e' user:42 at 2021-02-11T17:04:49.500Z"
        ),
        Case(
            "devices",
            #"{"type":"person","identifiers":{"id":"42"},"action":"add_device"}"#,
            "nothing"
        ),
        Case("objects", #"{"type":"object","action":"identify"}"#, "nothing"),
        Case(
            "an empty identifier is none",
            #"{"type":"person","identifiers":{"id":"","email":"j@x.org"},"action":"event","name":"e"}"#,
            "track 'e' email:j@x.org"
        ),
        Case(
            "an identifier that is none",
            #"{"type":"person","identifiers":{"name":"x"},"action":"event","name":"e"}"#,
            "invalid_identifier: batch[0].identifiers has \"name\", by which nobody is known; send "
                + "anonymous_id, cio_id, email, id"
        ),
        Case(
            "an action that is none",
            #"{"type":"person","identifiers":{"id":"42"},"action":"x"}"#,
            "unknown_type: batch[0].action is the text \"x\"; send \"identify\", \"page\", "
                + "\"screen\", \"merge\", \"suppress\", \"unsuppress\", \"add_device\", "
                + "\"add_relationships\", \"delete\", \"delete_anonymous\", \"delete_device\", "
                + "\"delete_relationships\", \"event\" or \"identify_anonymous\""
        ),
        Case("no object", "7", "not_an_object: batch[0] is the number 7; send an object"),
    ]

    @Test(arguments: entities)
    func customerIOEntities(_ example: Case) throws {
        let body = Self.bytes(#"{"batch":[\#(example.body)]}"#)
        #expect(Self.shown(try CustomerIODecoder().batch(body)) == example.shown)
    }

    @Test func customerIOLists() throws {
        let body = Self.bytes(#"{"ids":["1",2,"",true]}"#)
        let items = try CustomerIODecoder().list("7", adds: true, idType: "id", body)
        #expect(
            Self.shown(items) == """
                list '7' user:1 on
                list '7' user:2 on
                invalid_identifier: an id is blank, or has 0 bytes; send 1 to 255
                invalid_identifier: ids[3].id is true; send a text of at most 255 bytes
                """
        )
        let mails = try CustomerIODecoder().list(
            "press",
            adds: false,
            idType: "email",
            Self.bytes(#"{"ids":["a@x.org"]}"#)
        )
        #expect(Self.shown(mails) == "list 'press' email:a@x.org")
        #expect(throws: WireError.self) {
            try CustomerIODecoder().list("7", adds: true, idType: "x", body)
        }
        #expect(throws: WireError.self) {
            try CustomerIODecoder().list("7", adds: true, idType: "id", Self.bytes("{}"))
        }
    }

    // MARK: - PostHog

    private static let postHog = [
        Case(
            "an event",
            #"{"event":"purchase","distinct_id":"u3","uuid":"0c","timestamp":"2026-03-01T00:00:00.5Z","#
                + #""properties":{"order_id":"p1"}}"#,
            #"track 'purchase' user:u3 {"order_id":"p1"} at 2026-03-01T00:00:00.500Z id 0c"#
        ),
        Case(
            "with attributes",
            #"{"event":"e","distinct_id":"u","uuid":"0c","properties":{"$set":{"email":"c@x.org"}}}"#,
            """
            identify user:u email:c@x.org {"email":"c@x.org"}
            track 'e' user:u {"$set":{"email":"c@x.org"}} id 0c
            """
        ),
        Case(
            "attributes alone",
            #"{"event":"$set","distinct_id":"u","uuid":"0c","$set":{"plan":"x"},"properties":{}}"#,
            #"identify user:u {"plan":"x"} id 0c"#
        ),
        Case(
            "who signs in was a visitor",
            #"{"event":"$identify","distinct_id":"u","properties":{"$anon_distinct_id":"d"},"#
                + #""$set":{"plan":"x"}}"#,
            #"identify user:u anonymous:d {"plan":"x"}"#
        ),
        Case(
            "an alias",
            #"{"event":"$create_alias","distinct_id":"old","#
                + #""properties":{"distinct_id":"old","alias":"u"}}"#,
            "merge user:u user:old anonymous:old alias"
        ),
        Case(
            "a visitor",
            #"{"event":"e","distinct_id":"d","properties":{"$is_identified":false}}"#,
            #"track 'e' anonymous:d {"$is_identified":false}"#
        ),
        Case(
            "an event without a person",
            #"{"event":"e","distinct_id":"d","properties":{"$process_person_profile":false}}"#,
            #"track 'e' anonymous:d {"$process_person_profile":false}"#
        ),
        Case(
            "what belongs to a company",
            #"{"event":"$groupidentify","distinct_id":"x","properties":{}}"#,
            "nothing"
        ),
        Case(
            "the id among the properties",
            #"{"event":"e","properties":{"distinct_id":"u"}}"#,
            #"track 'e' user:u {"distinct_id":"u"}"#
        ),
        Case(
            "nobody",
            #"{"event":"e","properties":{}}"#,
            "missing_identifier: batch[0].distinct_id, properties.distinct_id and "
                + "properties.$anon_distinct_id are missing; send at least one of them"
        ),
    ]

    @Test(arguments: postHog)
    func postHogMessages(_ example: Case) throws {
        let body = Self.bytes(#"{"api_key":"k","batch":[\#(example.body)]}"#)
        let decoder = PostHogDecoder()
        #expect(Self.shown(try decoder.messages(body)) == example.shown)
        #expect(try decoder.key(body) == "k")
    }

    @Test func postHogBatchesAndSingleMessages() throws {
        let message = #"{"event":"e","distinct_id":"u"}"#
        let whole =
            #"{"token":"t","sent_at":"2026-03-01T00:00:00Z","historical_migration":true,"batch":[\#(message)]}"#
        let items = try PostHogDecoder().messages(Self.bytes(whole))
        #expect(Self.shown(items) == "track 'e' user:u sent 2026-03-01T00:00:00.000Z backfill")
        #expect(try PostHogDecoder().key(Self.bytes(whole)) == "t")
        #expect(try PostHogDecoder().key(Self.bytes(#"{"api_key":7}"#)) == nil)
        let single = try PostHogDecoder().messages(
            Self.bytes(#"{"api_key":"k","event":"e","distinct_id":"u"}"#)
        )
        #expect(Self.shown(single) == "track 'e' user:u")
        #expect(throws: WireError.self) { try PostHogDecoder().messages(Self.bytes("[]")) }
        // A clock that nobody can read corrects nothing, and costs nothing.
        let unclear = #"{"sent_at":"garbage","batch":[\#(message)]}"#
        #expect(
            Self.shown(try PostHogDecoder().messages(Self.bytes(unclear))) == "track 'e' user:u"
        )
    }

    // MARK: - Klaviyo

    private static let klaviyo = [
        Case(
            "an event",
            #"{"data":{"type":"event","attributes":{"properties":{"OrderId":"A-1"},"#
                + #""time":"2022-11-08T00:00:00+00:00","value":9.99,"value_currency":"USD","#
                + #""unique_id":"A-1","metric":{"data":{"attributes":{"name":"Placed Order"}}},"#
                + #""profile":{"data":{"attributes":{"email":"s@k.org","external_id":"7","#
                + #""anonymous_id":"a","_kx":"x"}}}}}}"#,
            """
            identify user:7 email:s@k.org anonymous:a {"email":"s@k.org"} at 2022-11-08T00:00:00.000Z
            track 'Placed Order' user:7 email:s@k.org anonymous:a \
            {"unique_id":"A-1","value":9.99,"value_currency":"USD","OrderId":"A-1"} \
            at 2022-11-08T00:00:00.000Z id Placed Order A-1 7
            """
        ),
        Case(
            "of somebody of whom nothing is said",
            #"{"data":{"attributes":{"metric":{"data":{"attributes":{"name":"e"}}},"#
                + #""profile":{"data":{"attributes":{"external_id":"7"}}}}}}"#,
            "track 'e' user:7"
        ),
        Case(
            "history",
            #"{"data":{"attributes":{"backfill":true,"metric":{"data":{"attributes":{"name":"e"}}},"#
                + #""profile":{"data":{"id":"01G","attributes":{"properties":{"vip":true}}}}}}}"#,
            """
            identify klaviyo_id:01G {"vip":true} backfill
            track 'e' klaviyo_id:01G backfill
            """
        ),
        Case(
            "nobody",
            #"{"data":{"attributes":{"metric":{"data":{"attributes":{"name":"e"}}}}}}"#,
            "refused, missing_identifier: attributes.profile.data.attributes.external_id, "
                + "attributes.profile.data.id, attributes.profile.data.attributes.email, "
                + "attributes.profile.data.attributes.phone_number and "
                + "attributes.profile.data.attributes.anonymous_id are missing; send at least one of "
                + "them"
        ),
        Case(
            "no data",
            "{}",
            #"refused, wrong_shape: the body has no "data"; send {"data":{"type":"event","attributes":{…}}}"#
        ),
    ]

    @Test(arguments: klaviyo)
    func klaviyoEvents(_ example: Case) {
        let shown = Self.shown { () throws(WireError) in
            [try KlaviyoDecoder().event(Self.bytes(example.body))]
        }
        #expect(shown == example.shown)
    }

    @Test func klaviyoProfilesAndBulkJobs() throws {
        let profile = try KlaviyoDecoder().profile(
            Self.bytes(
                #"{"data":{"type":"profile","id":"01G","attributes":{"email":"k@x.org","title":"","#
                    + #""phone_number":"+1500","location":{"city":"B"},"properties":{"tier":"gold"}}}}"#
            )
        )
        #expect(
            Self.shown([profile])
                == #"identify klaviyo_id:01G email:k@x.org phone:+1500 "#
                + #"{"email":"k@x.org","title":null,"phone_number":"+1500","location":{"city":"B"},"#
                + #""tier":"gold"}"#
        )
        let event = { (name: String, day: Int) in
            #"{"attributes":{"time":"2026-03-0\#(day)T00:00:00Z","metric":{"data":{"attributes":{"name":\#(name)}}}}}"#
        }
        let bulk = { (profile: String) in
            #"{"data":{"attributes":{"events-bulk-create":{"data":[{"attributes":{"#
                + #""profile":{"data":{"attributes":{\#(profile)}}},"events":{"data":["#
                + [event("7", 1), event("\"a\"", 2), event("\"b\"", 4), event("\"c\"", 3)]
                .joined(separator: ",") + "]}}}]}}}}"
        }
        let tracks = { (who: String) in
            """
            track 'a' \(who) at 2026-03-02T00:00:00.000Z
            track 'b' \(who) at 2026-03-04T00:00:00.000Z
            track 'c' \(who) at 2026-03-03T00:00:00.000Z
            """
        }
        let refused =
            "invalid_event: events[0].attributes.metric.data.attributes.name is the number 7; send a "
            + "text of at most 150 bytes\n"
        // What is said of the profile stands there once, and is as new as the latest event.
        #expect(
            Self.shown(try KlaviyoDecoder().events(Self.bytes(bulk(#""email":"k@x.org""#))))
                == refused
                + #"identify email:k@x.org {"email":"k@x.org"} at 2026-03-04T00:00:00.000Z"# + "\n"
                + tracks("email:k@x.org")
        )
        #expect(
            Self.shown(try KlaviyoDecoder().events(Self.bytes(bulk(#""external_id":"7""#))))
                == refused + tracks("user:7")
        )
        // One without events does not cost the others.
        let whole = bulk(#""external_id":"7""#).replacing(
            #""events-bulk-create":{"data":["#,
            with: #""events-bulk-create":{"data":[{"attributes":{}},"#
        )
        let some = try KlaviyoDecoder().events(Self.bytes(whole))
        #expect(some.count == 5)
        #expect(Self.shown(Array(some.prefix(1))).hasPrefix("wrong_shape"))
        // A profile that is nobody costs its events.
        let nobody = try KlaviyoDecoder().events(Self.bytes(bulk("")))
        #expect(nobody.count == 4)
        #expect(Self.shown(nobody).split(separator: "\n").allSatisfy { $0.hasPrefix("missing_id") })
        for wrong in ["{}", #"{"data":{"attributes":{"events-bulk-create":{"data":7}}}}"#] {
            #expect(throws: WireError.self) { try KlaviyoDecoder().events(Self.bytes(wrong)) }
        }
    }

    // MARK: - GA4

    private static let analytics = [
        Case(
            "a purchase",
            #"{"client_id":"c.7","user_id":"u1","timestamp_micros":"1700000000000000","#
                + #""user_properties":{"tier":{"value":"gold"},"odd":1},"#
                + #""events":[{"name":"purchase","params":{"transaction_id":"T","value":99.99}}]}"#,
            """
            identify user:u1 anonymous:c.7 {"tier":"gold","odd":1} at 2023-11-14T22:13:20.000Z
            track 'purchase' user:u1 anonymous:c.7 {"transaction_id":"T","value":99.99} \
            at 2023-11-14T22:13:20.000Z
            """
        ),
        Case(
            "an event's own time",
            #"{"app_instance_id":"i","timestamp_micros":1,"events":[{"name":"e"},"#
                + #"{"name":"f","timestamp_micros":1700000000000999}]}"#,
            """
            track 'e' anonymous:i at 1970-01-01T00:00:00.000Z
            track 'f' anonymous:i at 2023-11-14T22:13:20.000Z
            """
        ),
        Case(
            "one bad event",
            #"{"client_id":"c","events":[{"name":"e"},{},7]}"#,
            """
            track 'e' anonymous:c
            missing_event: events[1].name is missing; send the event's name, for example "Order \
            Completed"
            not_an_object: events[2] is the number 7; send an object
            """
        ),
        Case(
            "attributes that are none do not cost the events",
            #"{"client_id":"c","user_properties":"x","events":[{"name":"e"}]}"#,
            """
            invalid_traits: user_properties is the text "x"; send an object or leave it out
            track 'e' anonymous:c
            """
        ),
        Case(
            "nobody",
            #"{"events":[]}"#,
            "refused, missing_identifier: user_id, client_id and app_instance_id are missing; send "
                + "at least one of them"
        ),
        Case(
            "no events",
            #"{"client_id":"c"}"#,
            "refused, wrong_shape: events is missing; send a list"
        ),
        Case(
            "a time that is none",
            #"{"client_id":"c","timestamp_micros":"soon","events":[]}"#,
            "refused, invalid_timestamp: timestamp_micros is the text \"soon\", which is no time; "
                + "send whole millionths of seconds since 1970 like 1769850000000000"
        ),
    ]

    @Test(arguments: analytics)
    func analyticsRequests(_ example: Case) {
        let shown = Self.shown { () throws(WireError) in
            try AnalyticsDecoder().collect(Self.bytes(example.body))
        }
        #expect(shown == example.shown)
    }

    // MARK: - Shopify

    private static let shopify: [(topic: String, body: String, shown: String)] = [
        (
            "orders/create",
            #"{"id":577,"email":"","contact_email":"h@x.org","cart_token":"t1","token":"o","#
                + #""created_at":"2024-11-05T21:54:49-05:00","updated_at":"2026-01-01T00:00:00Z","#
                + #""total_price":"600.00","customer":{"id":735,"email":"h@x.org"},"#
                + #""line_items":[{"sku":"S","quantity":1,"price":"600.00"}]}"#,
            #"track 'orders/create' user:735 email:h@x.org anonymous:t1 {"id":577,"email":"","#
                + #""contact_email":"h@x.org","cart_token":"t1","token":"o","#
                + #""created_at":"2024-11-05T21:54:49-05:00","updated_at":"2026-01-01T00:00:00Z","#
                + #""total_price":"600.00","customer":{"id":735,"email":"h@x.org"},"#
                + #""line_items":[{"sku":"S","quantity":1,"price":"600.00"}]} "#
                + "at 2024-11-06T02:54:49.000Z id orders/create e1"
        ),
        (
            "orders/cancelled",
            #"{"id":1,"cart_token":"t","created_at":"2026-01-01T00:00:00Z","cancelled_at":"2026-01-02T00:00:00Z"}"#,
            #"track 'orders/cancelled' anonymous:t {"id":1,"cart_token":"t","#
                + #""created_at":"2026-01-01T00:00:00Z","cancelled_at":"2026-01-02T00:00:00Z"} "#
                + "at 2026-01-02T00:00:00.000Z id orders/cancelled e1"
        ),
        (
            "carts/update", #"{"token":"t1"}"#,
            #"track 'carts/update' anonymous:t1 {"token":"t1"} at 2026-05-01T00:00:00.000Z "#
                + "id carts/update e1"
        ),
        (
            "customers/update",
            #"{"id":735,"email":"h@x.org","first_name":"H","note":"","updated_at":"2026-01-01T00:00:00Z"}"#,
            #"identify user:735 email:h@x.org {"email":"h@x.org","first_name":"H","note":null,"#
                + #""updated_at":"2026-01-01T00:00:00Z"} at 2026-01-01T00:00:00.000Z "#
                + "id customers/update e1"
        ),
        (
            "customers/redact",
            #"{"shop_domain":"s","customer":{"id":735,"email":"h@x.org","phone":"+15"}}"#,
            "erase user:735 email:h@x.org phone:+15"
        ),
        (
            "customers/redact", #"{"id":577,"customer":{"id":735}}"#,
            "refused, wrong_shape: the body is no request to redact a customer: it has no shop_domain, "
                + "or no customer"
        ),
        ("shop/update", #"{"id":1,"email":"owner@x.org"}"#, "nothing"),
        (
            "orders/paid", #"{"id":1,"email":"","customer":null,"phone":"+15"}"#,
            #"track 'orders/paid' phone:+15 {"id":1,"email":"","customer":null,"phone":"+15"} "#
                + "at 2026-05-01T00:00:00.000Z id orders/paid e1"
        ),
        (
            String(repeating: "x", count: 121), "{}",
            "refused, invalid_event: the topic or the event id has more than 120 bytes"
        ),
        ("customers/data_request", #"{"customer":{"id":735}}"#, "nothing"),
        ("shop/redact", "{}", "nothing"),
        ("products/update", #"{"id":1,"title":"Tee"}"#, "nothing"),
    ]

    @Test(arguments: shopify)
    func shopifyWebhooks(topic: String, body: String, shown: String) {
        let found = Self.shown { () throws(WireError) in
            [
                try ShopifyDecoder().webhook(
                    topic: topic,
                    eventID: "e1",
                    triggeredAt: "2026-05-01T00:00:00Z",
                    Self.bytes(body)
                )
            ]
        }
        #expect(found == shown)
    }

    @Test func manyEventsBesideAttributesAreNoProblem() throws {
        let event = #"{"name":"e","params":{"p":"\#(String(repeating: "x", count: 4_000))"}}"#
        let events = [String](repeating: event, count: 25).joined(separator: ",")
        let body = #"{"client_id":"c","user_properties":{"a":{"value":1}},"events":[\#(events)]}"#
        #expect(try AnalyticsDecoder().collect(Self.bytes(body)).count == 26)
    }

    @Test func aLargeOrderIsNoProblem() throws {
        let lines = (0..<2_000).map { #"{"sku":"S-\#($0)","quantity":1,"price":"600.00"}"# }
        let body = #"{"id":1,"email":"h@x.org","line_items":[\#(lines.joined(separator: ","))]}"#
        let item = try ShopifyDecoder().webhook(
            topic: "orders/create",
            eventID: nil,
            triggeredAt: nil,
            Self.bytes(body)
        )
        guard case .entries(let drafts) = item else {
            Issue.record("no entry")
            return
        }
        #expect(drafts.map(\.event) == ["orders/create"])
        #expect(contentJSON(drafts[0]) == body)
    }
}
