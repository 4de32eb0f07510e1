import EventWire
import Testing

/// What PostHog's senders send, and what it is to segmentd.
struct PostHogDialectTests {
    private static let postHog = [
        DialectCase(
            "an event",
            #"{"event":"purchase","distinct_id":"u3","uuid":"0c","timestamp":"2026-03-01T00:00:00.5Z","#
                + #""properties":{"order_id":"p1"}}"#,
            #"track 'purchase' user:u3 {"order_id":"p1"} at 2026-03-01T00:00:00.500Z id 0c"#
        ),
        DialectCase(
            "with attributes",
            #"{"event":"e","distinct_id":"u","uuid":"0c","properties":{"$set":{"email":"c@x.org"}}}"#,
            """
            identify user:u email:c@x.org {"email":"c@x.org"}
            track 'e' user:u {"$set":{"email":"c@x.org"}} id 0c
            """
        ),
        DialectCase(
            "attributes alone",
            #"{"event":"$set","distinct_id":"u","uuid":"0c","$set":{"plan":"x"},"properties":{}}"#,
            #"identify user:u {"plan":"x"} id 0c"#
        ),
        DialectCase(
            "who signs in was a visitor",
            #"{"event":"$identify","distinct_id":"u","properties":{"$anon_distinct_id":"d"},"#
                + #""$set":{"plan":"x"}}"#,
            #"identify user:u anonymous:d {"plan":"x"}"#
        ),
        DialectCase(
            "an alias",
            #"{"event":"$create_alias","distinct_id":"old","#
                + #""properties":{"distinct_id":"old","alias":"u"}}"#,
            "merge user:u user:old anonymous:old alias"
        ),
        DialectCase(
            "a visitor",
            #"{"event":"e","distinct_id":"d","properties":{"$is_identified":false}}"#,
            #"track 'e' anonymous:d {"$is_identified":false}"#
        ),
        DialectCase(
            "an event without a person",
            #"{"event":"e","distinct_id":"d","properties":{"$process_person_profile":false}}"#,
            #"track 'e' anonymous:d {"$process_person_profile":false}"#
        ),
        DialectCase(
            "what belongs to a company",
            #"{"event":"$groupidentify","distinct_id":"x","properties":{}}"#,
            "nothing"
        ),
        DialectCase(
            "the id among the properties",
            #"{"event":"e","properties":{"distinct_id":"u"}}"#,
            #"track 'e' user:u {"distinct_id":"u"}"#
        ),
        DialectCase(
            "nobody",
            #"{"event":"e","properties":{}}"#,
            "missing_identifier: batch[0].distinct_id, properties.distinct_id and "
                + "properties.$anon_distinct_id are missing; send at least one of them"
        ),
    ]

    @Test(arguments: postHog)
    func postHogMessages(_ example: DialectCase) throws {
        let body = DialectCase.bytes(#"{"api_key":"k","batch":[\#(example.body)]}"#)
        let decoder = PostHogDecoder()
        #expect(DialectCase.shown(try decoder.messages(body)) == example.shown)
        #expect(try decoder.key(body) == "k")
    }

    @Test func postHogBatchesAndSingleMessages() throws {
        let message = #"{"event":"e","distinct_id":"u"}"#
        let whole =
            #"{"token":"t","sent_at":"2026-03-01T00:00:00Z","historical_migration":true,"batch":[\#(message)]}"#
        let items = try PostHogDecoder().messages(DialectCase.bytes(whole))
        #expect(
            DialectCase.shown(items) == "track 'e' user:u sent 2026-03-01T00:00:00.000Z backfill"
        )
        #expect(try PostHogDecoder().key(DialectCase.bytes(whole)) == "t")
        #expect(try PostHogDecoder().key(DialectCase.bytes(#"{"api_key":7}"#)) == nil)
        let single = try PostHogDecoder().messages(
            DialectCase.bytes(#"{"api_key":"k","event":"e","distinct_id":"u"}"#)
        )
        #expect(DialectCase.shown(single) == "track 'e' user:u")
        #expect(throws: WireError.self) { try PostHogDecoder().messages(DialectCase.bytes("[]")) }
        // A clock that nobody can read corrects nothing, and costs nothing.
        let unclear = #"{"sent_at":"garbage","batch":[\#(message)]}"#
        #expect(
            DialectCase.shown(try PostHogDecoder().messages(DialectCase.bytes(unclear)))
                == "track 'e' user:u"
        )
    }
}
