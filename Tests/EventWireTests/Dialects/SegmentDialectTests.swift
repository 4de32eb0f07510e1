import EventWire
import Testing

/// What Segment's and RudderStack's senders send, and what it is to segmentd.
struct SegmentDialectTests {
    private static let segment = [
        DialectCase(
            "page",
            #"{"type":"page","userId":"u","category":"Docs","name":"Home","properties":{"url":"x"}}"#,
            #"track 'page' user:u {"category":"Docs","name":"Home","url":"x"}"#
        ),
        DialectCase(
            "screen without a name",
            #"{"type":"screen","anonymousId":"a","properties":{"n":1}}"#,
            #"track 'screen' anonymous:a {"n":1}"#
        ),
        DialectCase(
            "group",
            #"{"type":"group","userId":"u","groupId":"g1","traits":{"name":"ACME"}}"#,
            #"track 'group' user:u {"groupId":"g1","name":"ACME"}"#
        ),
        DialectCase(
            "a group is nobody's e-mail address",
            #"{"type":"group","userId":"u","groupId":7,"traits":{"email":"info@acme.org"}}"#,
            #"track 'group' user:u {"groupId":7,"email":"info@acme.org"}"#
        ),
        DialectCase(
            "RudderStack's traits stand in the context",
            #"{"type":"identify","userId":"u","context":{"traits":{"email":"a@x.org","n":null}}}"#,
            #"identify user:u email:a@x.org {"email":"a@x.org","n":null}"#
        ),
        DialectCase(
            "traits win over those in the context",
            #"{"type":"identify","userId":"u","traits":{"email":"b@x.org"},"#
                + #""context":{"traits":{"email":"a@x.org"},"library":{"name":"x"}}}"#,
            #"identify user:u email:b@x.org {"email":"a@x.org","email":"b@x.org"}"#
        ),
        DialectCase(
            "a track's context says nothing of attributes",
            #"{"type":"track","userId":"u","event":"E","context":{"traits":{"email":"a@x.org"}}}"#,
            "track 'E' user:u"
        ),
        DialectCase(
            "a track's name is none",
            #"{"type":"track","userId":"u","event":"E","name":"n","category":"c"}"#,
            "track 'E' user:u"
        ),
        DialectCase(
            "the zone of a time",
            #"{"type":"track","userId":"u","event":"E","timestamp":"2026-03-01T05:30:00.5+05:30"}"#,
            "track 'E' user:u at 2026-03-01T00:00:00.500Z"
        ),
        DialectCase(
            "microseconds",
            #"{"type":"track","userId":"u","event":"E","timestamp":"2026-03-01T00:00:00.123456+00:00"}"#,
            "track 'E' user:u at 2026-03-01T00:00:00.123Z"
        ),
        DialectCase(
            "an unknown type",
            #"{"type":"nonsense","userId":"u"}"#,
            "unknown_type: batch[0].type is the text \"nonsense\"; send \"track\", \"identify\", "
                + "\"page\", \"screen\", \"group\", \"alias\", \"merge\", \"suppress\", "
                + "\"unsuppress\", \"add_to_list\" or \"remove_from_list\""
        ),
        DialectCase(
            "traits that are none",
            #"{"type":"identify","userId":"u","traits":[1]}"#,
            "invalid_traits: batch[0].traits is a list; send an object or leave it out"
        ),
        DialectCase(
            "what else stands in a context",
            #"{"type":"identify","userId":"u","context":{"traits":[1]},"traits":{"a":1}}"#,
            #"identify user:u {"a":1}"#
        ),
    ]

    @Test(arguments: segment)
    func nativeAndItsLikes(_ example: DialectCase) throws {
        let body = DialectCase.bytes(#"{"batch":[\#(example.body)]}"#)
        let items = try NativeDecoder().decodeBatch(body: body).map { entry -> SenderItem in
            switch entry {
            case .success(let draft): .entries([draft])
            case .failure(let problem): .problem(problem)
            }
        }
        #expect(DialectCase.shown(items) == example.shown)
    }

    @Test func theKeyInABody() {
        let decoder = NativeDecoder()
        #expect(decoder.writeKey(DialectCase.bytes(#"{"batch":[],"writeKey":"k"}"#)) == "k")
        for none in [#"{"batch":[]}"#, #"{"writeKey":7}"#, "[]", "", "{"] {
            #expect(decoder.writeKey(DialectCase.bytes(none)) == nil)
        }
    }
}
