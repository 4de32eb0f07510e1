import EventModel
import EventWire
import Testing

/// What Customer.io's senders send, and what it is to segmentd.
struct CustomerIODialectTests {
    @Test(arguments: [
        ("5", "user:5"), ("a@x.org", "email:a@x.org"), ("cio_0300", "cio_id:0300"),
        ("cio", "user:cio"),
    ])
    func whomACustomerIOPathMeans(id: String, shown: String) {
        let identifier = CustomerIODecoder.identifier(id)
        #expect("\(identifier.namespace):\(identifier.text)" == shown)
    }

    private static let customers = [
        DialectCase(
            "attributes side by side",
            #"{"email":"Bob@x.org","plan":"basic","anonymous_id":"a1","_timestamp":1772013598,"#
                + #""_update":true,"list":[1,""]}"#,
            #"identify user:5 email:Bob@x.org anonymous:a1 "#
                + #"{"email":"Bob@x.org","plan":"basic","list":[1,""]} at 2026-02-25T09:59:58.000Z"#
        ),
        DialectCase(
            "null and empty text unset",
            #"{"a":null,"b":"","email":""}"#,
            #"identify user:5 {"a":null,"b":null,"email":null}"#
        ),
        DialectCase("nothing", "{}", "identify user:5"),
        DialectCase(
            "another id is no second customer",
            #"{"id":"6","x":1}"#,
            #"identify user:5 {"id":"6","x":1}"#
        ),
        DialectCase(
            "no object",
            "[1]",
            "refused, wrong_shape: the body is a list; send an object"
        ),
        DialectCase(
            "a time that is none",
            #"{"_timestamp":"soon"}"#,
            "refused, invalid_timestamp: _timestamp is the text \"soon\", which is no time; send RFC "
                + "3339 like \"2026-01-31T09:00:00Z\" or whole milliseconds since 1970 like "
                + "1769850000000"
        ),
    ]

    @Test(arguments: customers)
    func customerIOCustomers(_ example: DialectCase) {
        let shown = DialectCase.shown { () throws(WireError) in
            [try CustomerIODecoder().customer("5", DialectCase.bytes(example.body))]
        }
        #expect(shown == example.shown)
    }

    private static let customerEvents = [
        DialectCase(
            "an event",
            #"{"name":" order_completed ","id":"01BX","type":"event","timestamp":1613063089,"#
                + #""data":{"order_id":"A-1","items":[{"sku":"S1","qty":1}]}}"#,
            #"track 'order_completed' user:5 {"order_id":"A-1","items":[{"sku":"S1","qty":1}]} "#
                + "at 2021-02-11T17:04:49.000Z id 01BX"
        ),
        DialectCase("without a type", #"{"name":"e","data":{}}"#, "track 'e' user:5"),
        DialectCase(
            "a page",
            #"{"type":"page","name":"https://shop/p/1","data":{"a":1}}"#,
            #"track 'page' user:5 {"name":"https://shop/p/1","a":1}"#
        ),
        DialectCase(
            "the recipient is not the customer",
            #"{"name":"e","data":{"recipient":"r@x.org"}}"#,
            #"track 'e' user:5 {"recipient":"r@x.org"}"#
        ),
        DialectCase(
            "without a name",
            #"{"data":{}}"#,
            "refused, missing_event: name is missing; send the event's name, for example \"Order "
                + "Completed\""
        ),
        DialectCase(
            "an unknown type",
            #"{"type":"x","name":"e"}"#,
            "refused, unknown_type: type is the text \"x\"; send \"page\", \"screen\" or \"event\""
        ),
        DialectCase(
            "data that is none",
            #"{"name":"e","data":"x"}"#,
            "refused, invalid_properties: data is the text \"x\"; send an object or leave it out"
        ),
    ]

    @Test(arguments: customerEvents)
    func customerIOEvents(_ example: DialectCase) {
        let shown = DialectCase.shown { () throws(WireError) in
            [try CustomerIODecoder().event("5", DialectCase.bytes(example.body))]
        }
        #expect(shown == example.shown)
    }

    @Test(arguments: [
        DialectCase("a visitor", #"{"name":"e","anonymous_id":"a"}"#, "track 'e' anonymous:a"),
        DialectCase(
            "somebody who was invited",
            #"{"name":"invite","data":{"recipient":"r@x.org"}}"#,
            #"track 'invite' email:r@x.org {"recipient":"r@x.org"}"#
        ),
        DialectCase(
            "nobody",
            #"{"name":"e"}"#,
            "refused, missing_identifier: anonymous_id and data.recipient are missing; send at least "
                + "one of them"
        ),
    ])
    func customerIOAnonymousEvents(_ example: DialectCase) {
        let shown = DialectCase.shown { () throws(WireError) in
            [try CustomerIODecoder().event(nil, DialectCase.bytes(example.body))]
        }
        #expect(shown == example.shown)
    }

    private static let entities = [
        DialectCase(
            "identify",
            #"{"type":"person","identifiers":{"id":"42"},"action":"identify","timestamp":1772013598,"#
                + #""attributes":{"first_name":"Jane","anonymous_id":"a1","_update":false,"email":"j@x.org"}}"#,
            #"identify user:42 email:j@x.org anonymous:a1 {"first_name":"Jane","email":"j@x.org"} "#
                + "at 2026-02-25T09:59:58.000Z"
        ),
        DialectCase(
            "event",
            #"{"type":"person","identifiers":{"email":"j@x.org"},"action":"event","id":"01B","#
                + #""name":"purchase","attributes":{"price":29.99,"email":"other@x.org"}}"#,
            #"track 'purchase' email:j@x.org {"price":29.99,"email":"other@x.org"} id 01B"#
        ),
        DialectCase(
            "page",
            #"{"type":"person","identifiers":{"cio_id":"03"},"action":"page","name":"/p"}"#,
            #"track 'page' cio_id:03 {"name":"/p"}"#
        ),
        DialectCase(
            "merge",
            #"{"type":"person","action":"merge","primary":{"id":"42"},"secondary":{"email":"o@x.org"}}"#,
            "merge user:42 email:o@x.org on"
        ),
        DialectCase(
            "suppress",
            #"{"type":"person","identifiers":{"id":"42"},"action":"suppress"}"#,
            "erase user:42 suppressed"
        ),
        DialectCase(
            "unsuppress",
            #"{"type":"person","identifiers":{"id":"42"},"action":"unsuppress"}"#,
            "suppress user:42"
        ),
        DialectCase(
            "delete",
            #"{"type":"person","identifiers":{"id":"42"},"action":"delete"}"#,
            "erase user:42"
        ),
        DialectCase(
            "whom the highest one means is deleted",
            #"{"type":"person","identifiers":{"email":"j@x.org","id":"42"},"action":"delete"}"#,
            "erase user:42"
        ),
        DialectCase(
            "nobody is deleted by a device or a recipient",
            #"{"type":"person","identifiers":{"anonymous_id":"a"},"action":"delete","#
                + #""attributes":{"recipient":"r@x.org"}}"#,
            "missing_identifier: batch[0].identifiers, attributes.anonymous_id and "
                + "attributes.recipient are missing; send at least one of them"
        ),
        DialectCase(
            "a type that is none",
            #"{"type":"Person","identifiers":{"id":"42"},"action":"event","name":"e"}"#,
            "unknown_type: batch[0].type is the text \"Person\"; send \"person\""
        ),
        DialectCase(
            "blank identifiers are none",
            #"{"type":"person","identifiers":{"id":" ","email":"j@x.org"},"action":"event","name":"e"}"#,
            "track 'e' email:j@x.org"
        ),
        DialectCase(
            "parts of seconds, and numbers that are text",
            #"{"type":"person","identifiers":{"id":"42"},"action":"event","name":"e","#
                + #""timestamp":"1613063089.5"}"#,
            "track 'e' user:42 at 2021-02-11T17:04:49.500Z"
        ),
        DialectCase(
            "devices",
            #"{"type":"person","identifiers":{"id":"42"},"action":"add_device"}"#,
            "nothing"
        ),
        DialectCase("objects", #"{"type":"object","action":"identify"}"#, "nothing"),
        DialectCase(
            "an empty identifier is none",
            #"{"type":"person","identifiers":{"id":"","email":"j@x.org"},"action":"event","name":"e"}"#,
            "track 'e' email:j@x.org"
        ),
        DialectCase(
            "an identifier that is none",
            #"{"type":"person","identifiers":{"name":"x"},"action":"event","name":"e"}"#,
            "invalid_identifier: batch[0].identifiers has \"name\", by which nobody is known; send "
                + "anonymous_id, cio_id, email, id"
        ),
        DialectCase(
            "an action that is none",
            #"{"type":"person","identifiers":{"id":"42"},"action":"x"}"#,
            "unknown_type: batch[0].action is the text \"x\"; send \"identify\", \"page\", "
                + "\"screen\", \"merge\", \"suppress\", \"unsuppress\", \"add_device\", "
                + "\"add_relationships\", \"delete\", \"delete_anonymous\", \"delete_device\", "
                + "\"delete_relationships\", \"event\" or \"identify_anonymous\""
        ),
        DialectCase("no object", "7", "not_an_object: batch[0] is the number 7; send an object"),
    ]

    @Test(arguments: entities)
    func customerIOEntities(_ example: DialectCase) throws {
        let body = DialectCase.bytes(#"{"batch":[\#(example.body)]}"#)
        #expect(DialectCase.shown(try CustomerIODecoder().batch(body)) == example.shown)
    }

    @Test func customerIOLists() throws {
        let body = DialectCase.bytes(#"{"ids":["1",2,"",true]}"#)
        let items = try CustomerIODecoder().list("7", adds: true, idType: "id", body)
        #expect(
            DialectCase.shown(items) == """
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
            DialectCase.bytes(#"{"ids":["a@x.org"]}"#)
        )
        #expect(DialectCase.shown(mails) == "list 'press' email:a@x.org")
        #expect(throws: WireError.self) {
            try CustomerIODecoder().list("7", adds: true, idType: "x", body)
        }
        #expect(throws: WireError.self) {
            try CustomerIODecoder().list("7", adds: true, idType: "id", DialectCase.bytes("{}"))
        }
    }
}
