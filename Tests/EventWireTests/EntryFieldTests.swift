import EventModel
import EventWire
import Testing

/// One member of a track, good and bad.
struct EntryFieldTests {
    private static let rfc3339 = "send RFC 3339 like \"2026-01-31T09:00:00Z\""
    private static let noTime =
        "which is no time; \(rfc3339) or whole milliseconds since 1970 like 1769850000000"
    private static let ok = "send a text of at most 255 bytes"

    static let bad: [(members: String, code: WireCode, message: String)] = [
        (#""userId":true"#, .invalidIdentifier, "userId is true; \(ok)"),
        (#""userId":["a"]"#, .invalidIdentifier, "userId is a list; \(ok)"),
        (#""userId":{}"#, .invalidIdentifier, "userId is an object; \(ok)"),
        (#""userId":1e99"#, .invalidIdentifier, "userId is the number 1e99; \(ok)"),
        (
            #""userId":"""#, .invalidIdentifier,
            "userId is empty; send 1 to 255 bytes, or leave it out"
        ),
        (
            #""anonymousId":"""#, .invalidIdentifier,
            "anonymousId is empty; send 1 to 255 bytes, or leave it out"
        ),
        (#""anonymousId":false"#, .invalidIdentifier, "anonymousId is false; \(ok)"),
        (
            #""userId":null"#, .missingIdentifier,
            "userId and anonymousId are missing; send at least one of them"
        ),
        (
            #""event":null"#, .missingEvent,
            "event is missing; send the event's name, for example \"Order Completed\""
        ),
        (#""event":7"#, .invalidEvent, "event is the number 7; send a text of at most 150 bytes"),
        (
            #""event":"""#, .invalidEvent,
            "event is blank; send the event's name, for example \"Order Completed\""
        ),
        (
            #""event":" \t\u00a0\u2003""#, .invalidEvent,
            "event is blank; send the event's name, for example \"Order Completed\""
        ),
        (
            #""properties":[1]"#, .invalidProperties,
            "properties is a list; send an object or leave it out"
        ),
        (
            #""properties":"a\u0007\u202e\n\"""#, .invalidProperties,
            #"properties is the text "a\u{7}\u{202E}\n\""; send an object or leave it out"#
        ),
        (
            #""timestamp":"yesterday""#, .invalidTimestamp,
            "timestamp is the text \"yesterday\", \(noTime)"
        ),
        (#""timestamp":"""#, .invalidTimestamp, "timestamp is the text \"\", \(noTime)"),
        (#""timestamp":1.5"#, .invalidTimestamp, "timestamp is the number 1.5, \(noTime)"),
        (#""timestamp":true"#, .invalidTimestamp, "timestamp is true, \(noTime)"),
        (#""timestamp":1e99"#, .invalidTimestamp, "timestamp is the number 1e99, \(noTime)"),
        (
            #""timestamp":"2026-02-30T00:00:00Z""#, .invalidTimestamp,
            "timestamp is the text \"2026-02-30T00:00:00Z\", \(noTime)"
        ),
        (
            #""timestamp":"0001-01-01T00:00:00+01:00""#, .invalidTimestamp,
            "timestamp is the text \"0001-01-01T00:00:00+01:00\", outside the years 1 to 9999; "
                + rfc3339
        ),
        (
            #""sentAt":253402300800000"#, .invalidTimestamp,
            "sentAt is the number 253402300800000, outside the years 1 to 9999; \(rfc3339)"
        ),
        (#""messageId":{}"#, .invalidMessageID, "messageId is an object; \(ok)"),
        (
            #""backfill":"yes""#, .invalidBackfill,
            "backfill is the text \"yes\"; send true or false"
        ),
        (#""backfill":1"#, .invalidBackfill, "backfill is the number 1; send true or false"),
    ]

    @Test(arguments: bad)
    func refuses(members: String, code: WireCode, message: String) throws {
        let found = try problem(members)
        #expect(found == EntryProblem(code, message, index: 0))
    }

    @Test func refusesAnEntryThatNamesNobody() throws {
        let entry = try decode(.track, body(#""event":"E""#))
        #expect(entry.code == .missingIdentifier)
    }

    @Test func cutsWhatItQuotes() throws {
        let name = String(repeating: "é", count: 61)
        let found = try problem("\"timestamp\":\"\(name)\"")
        let quoted = "\"" + String(repeating: "é", count: 60) + "…\""
        #expect(found?.message == "timestamp is the text \(quoted), \(EntryFieldTests.noTime)")
    }

    static let identifiers: [(json: String, text: String)] = [
        (#""u1""#, "u1"), (#"" a b ""#, " a b "), ("42", "42"), ("1e3", "1000"), ("1.50", "1.5"),
        ("-0", "0"), ("12345678901234567890", "12345678901234567890"), (#""\u0000é""#, "\u{0}é"),
        (String(repeating: "9", count: 255), String(repeating: "9", count: 255)),
    ]

    @Test(arguments: identifiers)
    func readsIdentifiers(json: String, text: String) throws {
        let user = try decode(.track, body("\"userId\":\(json)", #""event":"E""#)).get()
        #expect(user.identifiers == [.user(text)])
        let anonymous = try decode(.identify, body("\"anonymousId\":\(json)")).get()
        #expect(anonymous.identifiers == [.anonymous(text)])
        let both = body("\"anonymousId\":\"a\"", "\"userId\":\(json)", "\"messageId\":\(json)")
        let draft = try decode(.identify, both).get()
        #expect(draft.identifiers == [.user(text), .anonymous("a")])
        #expect(draft.messageID == text)
    }

    static let instants: [(json: String, milliseconds: Int64)] = [
        (#""1970-01-01T00:00:00Z""#, 0), (#""2012-12-02T00:30:08.276Z""#, 1_354_408_208_276),
        (#""2026-01-31T14:30:00.123456+05:30""#, 1_769_850_000_123),
        (#""2026-01-31 09:00:00z""#, 1_769_850_000_000), (#""2026-01-31""#, 1_769_817_600_000),
        (#""0001-01-01T00:00:00Z""#, -62_135_596_800_000),
        (#""9999-12-31T23:59:59.999Z""#, 253_402_300_799_999),
        ("1769850000000", 1_769_850_000_000), ("1769850000", 1_769_850_000_000),
        ("99999999999", 99_999_999_999_000), ("100000000000", 100_000_000_000),
        ("0", 0), ("-1", -1_000),
        ("1.76985e9", 1_769_850_000_000), ("1769850000.0", 1_769_850_000_000),
        ("253402300799999", 253_402_300_799_999),
    ]

    @Test(arguments: instants)
    func readsInstants(json: String, milliseconds: Int64) throws {
        let members = body(#""userId":"u""#, "\"timestamp\":\(json)", "\"sentAt\":\(json)")
        let draft = try decode(.identify, members).get()
        #expect(draft.timestamp == Instant(milliseconds: milliseconds))
        #expect(draft.sentAt == Instant(milliseconds: milliseconds))
    }

    @Test func nullCountsAsAbsent() throws {
        let members = body(
            #""userId":"u","anonymousId":null,"traits":null,"timestamp":null,"sentAt":null"#,
            #""messageId":null,"backfill":null,"context":null,"type":null"#
        )
        let draft = try decode(.identify, members).get()
        #expect(draft.identifiers == [.user("u")])
        #expect(draft.timestamp == nil)
        #expect(draft.sentAt == nil)
        #expect(draft.messageID.isEmpty)
        #expect(!draft.isBackfill)
        #expect(contentJSON(draft) == "{}")
    }

    @Test func theLastOfTwoMembersCounts() throws {
        let members = body(
            #""userId":"a","userId":"b","event":7,"event":"E","backfill":false,"backfill":true"#,
            #""properties":7,"properties":{"x":1,"x":2}"#
        )
        let draft = try decode(.track, members).get()
        #expect(draft.identifiers == [.user("b")])
        #expect(draft.event == "E")
        #expect(draft.isBackfill)
        #expect(contentJSON(draft) == #"{"x":1,"x":2}"#)
    }

    @Test func unknownMembersAreIgnored() throws {
        let members = body(
            #""userId":"u","event":" E ","context":{"\u0000":[[[]]]},"integrations":3"#,
            #""originalTimestamp":"never","type":"page","traits":7,"writeKey":"k","\u0000":1"#
        )
        let draft = try decode(.track, members).get()
        #expect(draft.kind == .track)
        #expect(draft.event == " E ")
        #expect(draft.messageID.isEmpty)
        #expect(draft.source.isEmpty)
    }

    @Test func aNullTraitIsKept() throws {
        let draft = try decode(.identify, body(#""userId":"u","traits":{"plan":null}"#)).get()
        #expect(draft.kind == .identify)
        #expect(contentJSON(draft) == #"{"plan":null}"#)
    }
}
