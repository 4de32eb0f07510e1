import EventModel
import EventWire
import Testing

/// What Klaviyo's senders send, and what it is to segmentd.
struct KlaviyoDialectTests {
    private static let klaviyo = [
        DialectCase(
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
        DialectCase(
            "of somebody of whom nothing is said",
            #"{"data":{"attributes":{"metric":{"data":{"attributes":{"name":"e"}}},"#
                + #""profile":{"data":{"attributes":{"external_id":"7"}}}}}}"#,
            "track 'e' user:7"
        ),
        DialectCase(
            "history",
            #"{"data":{"attributes":{"backfill":true,"metric":{"data":{"attributes":{"name":"e"}}},"#
                + #""profile":{"data":{"id":"01G","attributes":{"properties":{"vip":true}}}}}}}"#,
            """
            identify klaviyo_id:01G {"vip":true} backfill
            track 'e' klaviyo_id:01G backfill
            """
        ),
        DialectCase(
            "nobody",
            #"{"data":{"attributes":{"metric":{"data":{"attributes":{"name":"e"}}}}}}"#,
            "refused, missing_identifier: attributes.profile.data.attributes.external_id, "
                + "attributes.profile.data.id, attributes.profile.data.attributes.email, "
                + "attributes.profile.data.attributes.phone_number and "
                + "attributes.profile.data.attributes.anonymous_id are missing; send at least one of "
                + "them"
        ),
        DialectCase(
            "no data",
            "{}",
            #"refused, wrong_shape: the body has no "data"; send {"data":{"type":"event","attributes":{…}}}"#
        ),
    ]

    @Test(arguments: klaviyo)
    func klaviyoEvents(_ example: DialectCase) {
        let shown = DialectCase.shown { () throws(WireError) in
            [try KlaviyoDecoder().event(DialectCase.bytes(example.body))]
        }
        #expect(shown == example.shown)
    }

    @Test func klaviyoProfilesAndBulkJobs() throws {
        let profile = try KlaviyoDecoder().profile(
            DialectCase.bytes(
                #"{"data":{"type":"profile","id":"01G","attributes":{"email":"k@x.org","title":"","#
                    + #""phone_number":"+1500","location":{"city":"B"},"properties":{"tier":"gold"}}}}"#
            )
        )
        #expect(
            DialectCase.shown([profile])
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
            DialectCase.shown(
                try KlaviyoDecoder().events(DialectCase.bytes(bulk(#""email":"k@x.org""#)))
            )
                == refused
                + #"identify email:k@x.org {"email":"k@x.org"} at 2026-03-04T00:00:00.000Z"# + "\n"
                + tracks("email:k@x.org")
        )
        #expect(
            DialectCase.shown(
                try KlaviyoDecoder().events(DialectCase.bytes(bulk(#""external_id":"7""#)))
            )
                == refused + tracks("user:7")
        )
        // One without events does not cost the others.
        let whole = bulk(#""external_id":"7""#).replacing(
            #""events-bulk-create":{"data":["#,
            with: #""events-bulk-create":{"data":[{"attributes":{}},"#
        )
        let some = try KlaviyoDecoder().events(DialectCase.bytes(whole))
        #expect(some.count == 5)
        #expect(DialectCase.shown(Array(some.prefix(1))).hasPrefix("wrong_shape"))
        // A profile that is nobody costs its events.
        let nobody = try KlaviyoDecoder().events(DialectCase.bytes(bulk("")))
        #expect(nobody.count == 4)
        #expect(
            DialectCase.shown(nobody).split(separator: "\n").allSatisfy {
                $0.hasPrefix("missing_id")
            }
        )
        for wrong in ["{}", #"{"data":{"attributes":{"events-bulk-create":{"data":7}}}}"#] {
            #expect(throws: WireError.self) {
                try KlaviyoDecoder().events(DialectCase.bytes(wrong))
            }
        }
    }
}
