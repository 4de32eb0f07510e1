/// A request that is refused, and what the refusal must say.
struct BadRequest: Sendable {
    var name: String
    var method = "POST"
    var path = "/v1/track"
    var body: String?
    var type = "application/json"
    /// 200 where the body is readable, and the entry alone is refused.
    var status = 200
    var code: String
    /// What the message must name: the thing, and the remedy.
    var words: [String]

    static let all: [BadRequest] = bodies + entries + questions + people

    private static let bodies = [
        BadRequest(
            name: "malformed body",
            body: #"{"userId":"u","event":"added_to_cart""#,
            status: 400,
            code: "malformed_json",
            words: ["line 1, column", "bracket is not closed"]
        ),
        BadRequest(
            name: "empty body",
            body: "",
            status: 400,
            code: "empty_body",
            words: ["the body is empty", "send JSON"]
        ),
        BadRequest(
            name: "body of another shape",
            path: "/v1/batch",
            body: #"{"entries":[]}"#,
            status: 400,
            code: "wrong_shape",
            words: ["no \"batch\"", #"send {"batch":["#]
        ),
        BadRequest(
            name: "media type that is not taken",
            body: "<event/>",
            type: "text/xml",
            status: 415,
            code: "unsupported_media_type",
            words: ["text/xml", "application/json"]
        ),
        BadRequest(
            name: "oversize body",
            body: #"{"userId":"u","event":"e","properties":{"p":""#
                + String(repeating: "x", count: 1 << 20) + #""}}"#,
            status: 413,
            code: "body_too_large",
            words: ["1048576 bytes", "fewer or shorter properties"]
        ),
        BadRequest(
            name: "oversize batch body",
            path: "/v1/batch",
            body: #"{"batch":[""# + String(repeating: "x", count: 4 << 20) + #""]}"#,
            status: 413,
            code: "body_too_large",
            words: ["4194304 bytes", "smaller batches"]
        ),
        BadRequest(
            name: "too many entries",
            path: "/v1/batch",
            body: "{\"batch\":[\(String(repeating: "1,", count: 5_000))1]}",
            status: 413,
            code: "batch_too_large",
            words: ["5001", "at most 5000", "smaller batches"]
        ),
    ]

    private static let entries = [
        BadRequest(
            name: "wrong type of a field",
            body: #"{"userId":"u","event":5}"#,
            code: "invalid_event",
            words: ["event is the number 5", "send a text"]
        ),
        BadRequest(
            name: "wrong type of the properties",
            body: #"{"userId":"u","event":"added_to_cart","properties":[1]}"#,
            code: "invalid_properties",
            words: ["properties is a list", "send an object or leave it out"]
        ),
        BadRequest(
            name: "unreadable time",
            body: #"{"userId":"u","event":"added_to_cart","timestamp":"yesterday"}"#,
            code: "invalid_timestamp",
            words: ["timestamp", "yesterday", "RFC 3339"]
        ),
        BadRequest(
            name: "nobody",
            path: "/v1/identify",
            body: #"{"traits":{"plan":"pro"}}"#,
            code: "missing_identifier",
            words: ["userId", "anonymousId", "send at least one"]
        ),
        BadRequest(
            name: "oversize event",
            body: #"{"userId":"u","event":"e","properties":{"p":""#
                + String(repeating: "x", count: 32 << 10) + #""}}"#,
            code: "entry_too_large",
            words: ["the entry has", "at most 32768", "shorter properties"]
        ),
    ]

    private static let questions = [
        BadRequest(
            name: "unknown route",
            path: "/v1/trak",
            body: "{}",
            status: 404,
            code: "unknown_path",
            words: ["/v1/trak", "/v1/track"]
        ),
        BadRequest(
            name: "wrong method",
            method: "GET",
            status: 405,
            code: "wrong_method",
            words: ["/v1/track", "GET", "send POST"]
        ),
        BadRequest(
            name: "bad cursor",
            method: "GET",
            path: "/v1/transitions?after=tomorrow",
            status: 400,
            code: "invalid_cursor",
            words: ["tomorrow", "after=start"]
        ),
        BadRequest(
            name: "bad flag",
            method: "GET",
            path: "/v1/transitions?announced=yes",
            status: 400,
            code: "invalid_announced",
            words: ["yes", "send true or false"]
        ),
        BadRequest(
            name: "bad limit",
            method: "GET",
            path: "/v1/transitions?limit=1001",
            status: 400,
            code: "invalid_limit",
            words: ["1001", "1 to 1000"]
        ),
        BadRequest(
            name: "bad wait",
            path: "/v1/track?wait=forever",
            body: #"{"userId":"u","event":"added_to_cart"}"#,
            status: 400,
            code: "invalid_wait",
            words: ["forever", "wait=evaluated"]
        ),
        BadRequest(
            name: "unknown segment",
            method: "GET",
            path: "/v1/segments/cart/members",
            status: 404,
            code: "unknown_segment",
            words: ["'cart'", "carts"]
        ),
    ]

    private static func people(
        _ name: String,
        _ path: String,
        _ status: Int,
        _ code: String,
        _ words: [String]
    ) -> BadRequest {
        BadRequest(
            name: name,
            method: "GET",
            path: path,
            status: status,
            code: code,
            words: words
        )
    }

    private static let people = [
        people(
            "unknown person",
            "/v1/people/x%2Fy%3Az",
            404,
            "unknown_person",
            ["'x/y:z'", "x/y:z, then user:x/y:z, then anonymous:x/y:z"]
        ),
        people("unknown personID", "/v1/people/%231", 404, "unknown_person", ["#1", "personID"]),
        people("bad limit of a person", "/v1/people/u?limit=0", 400, "invalid_limit", ["'0'"]),
        people(
            "bad cursor of a person",
            "/v1/people/u?before=now",
            400,
            "invalid_cursor",
            ["'now'", "next", "leave 'before' out"]
        ),
        people(
            "bad kind",
            "/v1/log?kind=page",
            400,
            "invalid_kind",
            ["'page'", "track, identify"]
        ),
        people("bad from", "/v1/log?from=-1", 400, "invalid_range", ["from is '-1'", "1 on"]),
        people("from > to", "/v1/log?from=5&to=4", 400, "invalid_range", ["from is 5", "to is 4"]),
        people("log of nobody", "/v1/log?person=zz", 404, "unknown_person", ["'zz'", "user:zz"]),
    ]
}
