import EventWire
import Testing

/// What GA4's Measurement Protocol sends, and what it is to segmentd.
struct AnalyticsDialectTests {
    private static let analytics = [
        DialectCase(
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
        DialectCase(
            "an event's own time",
            #"{"app_instance_id":"i","timestamp_micros":1,"events":[{"name":"e"},"#
                + #"{"name":"f","timestamp_micros":1700000000000999}]}"#,
            """
            track 'e' anonymous:i at 1970-01-01T00:00:00.000Z
            track 'f' anonymous:i at 2023-11-14T22:13:20.000Z
            """
        ),
        DialectCase(
            "one bad event",
            #"{"client_id":"c","events":[{"name":"e"},{},7]}"#,
            """
            track 'e' anonymous:c
            missing_event: events[1].name is missing; send the event's name, for example "Order \
            Completed"
            not_an_object: events[2] is the number 7; send an object
            """
        ),
        DialectCase(
            "attributes that are none do not cost the events",
            #"{"client_id":"c","user_properties":"x","events":[{"name":"e"}]}"#,
            """
            invalid_traits: user_properties is the text "x"; send an object or leave it out
            track 'e' anonymous:c
            """
        ),
        DialectCase(
            "nobody",
            #"{"events":[]}"#,
            "refused, missing_identifier: user_id, client_id and app_instance_id are missing; send "
                + "at least one of them"
        ),
        DialectCase(
            "no events",
            #"{"client_id":"c"}"#,
            "refused, wrong_shape: events is missing; send a list"
        ),
        DialectCase(
            "a time that is none",
            #"{"client_id":"c","timestamp_micros":"soon","events":[]}"#,
            "refused, invalid_timestamp: timestamp_micros is the text \"soon\", which is no time; "
                + "send whole millionths of seconds since 1970 like 1769850000000000"
        ),
    ]

    @Test(arguments: analytics)
    func analyticsRequests(_ example: DialectCase) {
        let shown = DialectCase.shown { () throws(WireError) in
            try AnalyticsDecoder().collect(DialectCase.bytes(example.body))
        }
        #expect(shown == example.shown)
    }

    @Test func manyEventsBesideAttributesAreNoProblem() throws {
        let event = #"{"name":"e","params":{"p":"\#(String(repeating: "x", count: 4_000))"}}"#
        let events = [String](repeating: event, count: 25).joined(separator: ",")
        let body = #"{"client_id":"c","user_properties":{"a":{"value":1}},"events":[\#(events)]}"#
        #expect(try AnalyticsDecoder().collect(DialectCase.bytes(body)).count == 26)
    }
}
