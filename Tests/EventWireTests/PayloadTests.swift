import EventModel
import EventWire
import Testing

/// Bodies as senders' documentation shows them.
struct PayloadTests {
    private static let properties =
        #"{"order_id":"50314b8e9bcf000000000000","affiliation":"Google Store","total":27.5,"#
        + #""revenue":25.0,"shipping":3,"coupon":"hasbros","currency":"USD","products":["#
        + #"{"product_id":"507f1f77bcf86cd799439011","sku":"45790-32","price":19,"quantity":1},"#
        + #"{"product_id":"505bd76785ebb509fc183733","sku":"46493-32","price":3,"quantity":2}]}"#

    @Test func trackOfTheBrowserLibrary() throws {
        let source = """
            {
              "anonymousId": "23adfd82-aa0f-45a7-a756-24f2a7a4c895",
              "context": {
                "library": { "name": "analytics.js", "version": "2.11.1" },
                "page": { "path": "/academy/", "referrer": "", "title": "Analytics Academy" },
                "ip": "108.0.78.21"
              },
              "event": "Course Clicked",
              "integrations": {},
              "messageId": "ajs-f8ca1e4de5024d9430b3928bd8ac6b96",
              "properties": \(PayloadTests.properties),
              "receivedAt": "2015-12-12T19:11:01.266Z",
              "sentAt": "2015-12-12T19:11:01.169Z",
              "timestamp": "2015-12-12T19:11:01.249Z",
              "type": "track",
              "userId": "AiUGstSDIg",
              "originalTimestamp": "2015-12-12T19:11:01.152Z"
            }
            """
        let draft = try decode(.track, Array(source.utf8)).get()
        #expect(draft.kind == .track)
        #expect(draft.event == "Course Clicked")
        #expect(draft.messageID == "ajs-f8ca1e4de5024d9430b3928bd8ac6b96")
        #expect(draft.timestamp == Instant(rfc3339: "2015-12-12T19:11:01.249Z"))
        #expect(draft.sentAt == Instant(rfc3339: "2015-12-12T19:11:01.169Z"))
        #expect(
            draft.identifiers == [
                .user("AiUGstSDIg"), .anonymous("23adfd82-aa0f-45a7-a756-24f2a7a4c895"),
            ]
        )
        #expect(contentJSON(draft) == PayloadTests.properties)
    }

    @Test func identify() throws {
        let traits =
            #"{"name":"Peter Gibbons","email":"peter@example.com","plan":"premium","logins":5,"#
            + #""address":{"street":"6th St","postalCode":"94103"}}"#
        let source = """
            {"anonymousId":"507f191e810c19729de860ea","channel":"browser","context":{"ip":"8.8.8.8"},
            "integrations":{"All":false},"messageId":"022bb90c-bbac-11e4-8dfc-aa07a5b093db",
            "timestamp":"2015-02-23T22:28:55.111Z","traits":\(traits),"type":"identify",
            "userId":"97980cfea0067","version":"1.1"}
            """
        let draft = try decode(.identify, Array(source.utf8)).get()
        #expect(draft.kind == .identify)
        #expect(draft.event.isEmpty)
        #expect(contentJSON(draft) == traits)
    }

    @Test func batchOfTheServerLibrary() throws {
        let source = """
            {"batch": [{"integrations": {}, "anonymousId": null, "properties":
            \(PayloadTests.properties), "timestamp": "2026-01-31T14:30:00.123000+05:30",
            "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
            "userId": "42", "type": "track", "event": "Order Completed", "messageId": "m1"},
            {"type": "alias", "userId": "u", "previousId": "a", "messageId": "m2"}],
            "sentAt": "2026-01-31T09:00:01.5+00:00", "writeKey": "k"}
            """
        let entries = try NativeDecoder()
            .decodeBatch(body: Array(source.utf8), contentType: "application/json")
        #expect(entries.map(\.code) == [nil, nil])
        let alias = try entries[1].get()
        #expect(alias.isAlias)
        #expect(alias.identifiers == [.user("u"), .user("a"), .anonymous("a")])
        let draft = try entries[0].get()
        #expect(draft.identifiers == [.user("42")])
        #expect(draft.timestamp == Instant(milliseconds: 1_769_850_000_123))
        #expect(draft.sentAt == Instant(milliseconds: 1_769_850_001_500))
        #expect(contentJSON(draft) == PayloadTests.properties)
    }
}
