import EventModel
import EventWire
import Testing

/// What Shopify's webhooks say, and what it is to segmentd.
struct ShopifyDialectTests {
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
        let found = DialectCase.shown { () throws(WireError) in
            [
                try ShopifyDecoder().webhook(
                    topic: topic,
                    eventID: "e1",
                    triggeredAt: "2026-05-01T00:00:00Z",
                    DialectCase.bytes(body)
                )
            ]
        }
        #expect(found == shown)
    }

    @Test func aLargeOrderIsNoProblem() throws {
        let lines = (0..<2_000).map { #"{"sku":"S-\#($0)","quantity":1,"price":"600.00"}"# }
        let body = #"{"id":1,"email":"h@x.org","line_items":[\#(lines.joined(separator: ","))]}"#
        let item = try ShopifyDecoder().webhook(
            topic: "orders/create",
            eventID: nil,
            triggeredAt: nil,
            DialectCase.bytes(body)
        )
        guard case .entries(let drafts) = item else {
            Issue.record("no entry")
            return
        }
        #expect(drafts.map(\.event) == ["orders/create"])
        #expect(contentJSON(drafts[0]) == body)
    }
}
