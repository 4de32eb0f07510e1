import EventModel
import EventWire
import Testing

/// Whom an entry names: every form of it, good and bad.
@Suite struct IdentifierTests {
    private static func one(_ json: String) throws -> DecodedEntry {
        let entries = try NativeDecoder().decodeBatch(
            body: Array(json.utf8),
            contentType: "application/x-ndjson"
        )
        return try #require(entries.first)
    }

    static let good: [(json: String, identifiers: [String])] = [
        (
            #"{"type":"identify","traits":{"email":" Ann@X ","phone":491}}"#,
            ["email: Ann@X ", "phone:491"]
        ),
        (
            #"{"type":"identify","userId":"u","traits":{"email":"  ","phone":true}}"#, ["user:u"]
        ),
        (
            #"{"type":"identify","anonymousId":"a","identifiers":{"email":"A@x","card":7},"traits":{"email":"a@X "}}"#,
            ["email:A@x", "card:7", "anonymous:a"]
        ),
        (
            #"{"type":"track","event":"e","identifiers":{"card":"c","club":null}}"#, ["card:c"]
        ),
        (
            #"{"type":"track","event":"e","userId":"u","traits":{"email":"no@trait"}}"#, ["user:u"]
        ),
        (
            #"{"type":"alias","userId":5,"previousId":"a"}"#, ["user:5", "user:a", "anonymous:a"]
        ),
        (
            #"{"type":"merge","primary":{"userId":"1"},"secondary":{"email":"o@x"}}"#,
            ["user:1", "email:o@x"]
        ),
        (
            #"{"type":"merge","primary":{"anonymousId":"a","userId":null},"secondary":{"card":"c"}}"#,
            ["anonymous:a", "card:c"]
        ),
        (
            #"{"type":"merge","primary":{"userId":"1"},"secondary":{"userId":"2"},"keepPrimary":true}"#,
            ["user:1", "user:2"]
        ),
        (
            #"{"type":"merge","primary":{"userId":"1"},"secondary":{"userId":"2"},"keepPrimary":false}"#,
            ["user:1", "user:2"]
        ),
        (#"{"type":"suppress","identifiers":{"email":"a@x"}}"#, ["email:a@x"]),
        (#"{"type":"unsuppress","userId":"u"}"#, ["user:u"]),
    ]

    @Test(arguments: good)
    func names(json: String, identifiers: [String]) throws {
        let draft = try Self.one(json).get()
        #expect(draft.identifiers.map { "\($0.namespace):\($0.text)" } == identifiers)
        #expect(
            draft.isOn == (json.contains(#""suppress""#) || json.contains(#""keepPrimary":true"#))
        )
    }

    static let bad: [(json: String, code: WireCode, message: String)] = [
        (
            #"{"type":"track","event":"e","identifiers":["a"]}"#, .invalidIdentifier,
            #"line 1: identifiers is a list; send an object like {"email":"ann@example.com"}"#
        ),
        (
            #"{"type":"track","event":"e","identifiers":{"user":"u"}}"#, .invalidIdentifier,
            "line 1: identifiers.user has a field of its own; send userId"
        ),
        (
            #"{"type":"track","event":"e","identifiers":{"anonymous":"u"}}"#, .invalidIdentifier,
            "line 1: identifiers.anonymous has a field of its own; send anonymousId"
        ),
        (
            #"{"type":"track","event":"e","identifiers":{"":"u"}}"#, .invalidIdentifier,
            "line 1: identifiers has a name of 0 bytes; send 1 to 150"
        ),
        (
            #"{"type":"track","event":"e","identifiers":{"card":""}}"#, .invalidIdentifier,
            "line 1: identifiers.card is empty; send 1 to 255 bytes, or leave it out"
        ),
        (
            #"{"type":"track","event":"e","identifiers":{"a card\u0000\n":[]}}"#,
            .invalidIdentifier,
            #"line 1: identifiers["a card\u{0}\n"] is a list; send a text of at most 255 bytes"#
        ),
        (
            #"{"type":"track","event":"e","identifiers":{"card":[]}}"#, .invalidIdentifier,
            "line 1: identifiers.card is a list; send a text of at most 255 bytes"
        ),
        (
            #"{"type":"track","event":"e","identifiers":{}}"#, .missingIdentifier,
            "line 1: userId and anonymousId are missing; send at least one of them"
        ),
        (
            #"{"type":"track","event":"e","identifiers":{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}}"#,
            .invalidIdentifier,
            "line 1: the entry names 9 identifiers; at most 8 fit: send the others with another entry"
        ),
        (
            #"{"type":"alias","previousId":"a"}"#, .missingIdentifier,
            "line 1: userId is missing; an alias has userId, who somebody is, and previousId, what they were called"
        ),
        (
            #"{"type":"merge","primary":{"userId":"1"}}"#, .missingIdentifier,
            "line 1: secondary is missing; a merge has primary, who is kept, and secondary, each like {\"userId\":\"5\"} or {\"email\":\"ann@example.com\"}"
        ),
        (
            #"{"type":"merge","primary":{"userId":"1"},"secondary":{"userId":"2"},"keepPrimary":1}"#,
            .invalidKeepPrimary, "line 1: keepPrimary is the number 1; send true or false"
        ),
        (
            #"{"type":"merge","primary":"1","secondary":{"userId":"2"}}"#, .invalidIdentifier,
            "line 1: primary is the text \"1\"; send exactly one, like {\"userId\":\"5\"}"
        ),
        (
            #"{"type":"merge","primary":{},"secondary":{"userId":"2"}}"#, .invalidIdentifier,
            "line 1: primary names 0 identifiers; send exactly one, like {\"userId\":\"5\"}"
        ),
    ]

    @Test(arguments: bad)
    func refuses(json: String, code: WireCode, message: String) throws {
        guard case .failure(let problem) = try Self.one(json) else {
            Issue.record("accepted")
            return
        }
        #expect(problem.code == code)
        #expect(problem.message == message)
    }
}

/// CSV files: quotes, line ends, columns by name and by number.
@Suite struct CSVTests {
    private static func mapping(_ maps: [String], set: [String] = []) -> CSVMapping {
        var mapping = CSVMapping()
        for map in maps { #expect(mapping.add(map, isConstant: false) == nil) }
        for constant in set { #expect(mapping.add(constant, isConstant: true) == nil) }
        return mapping
    }

    private static func read(
        _ mapping: CSVMapping,
        _ records: [String],
        hasHeader: Bool = true
    ) throws -> [String] {
        var reader = CSVReader(mapping, hasHeader: hasHeader)
        return try records.compactMap { record in
            try reader.json(Array(record.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func aRecordBecomesAnEntry() throws {
        let mapping = Self.mapping(
            [
                "userId=customer", "timestamp=date", "properties.total:number=amount",
                "properties.a.b=note",
            ],
            set: ["event=order_completed", "properties.shop=uk"]
        )
        let found = try Self.read(
            mapping,
            [
                "customer,date,amount,note", "7,2026-01-31,12.50,\"a, \"\"b\"\"\nc\"",
                "8,1769850000000,x,",
            ]
        )
        #expect(
            found == [
                #"{"event":"order_completed","properties":{"a":{"b":"a, \"b\"\nc"},"shop":"uk","total":12.50},"timestamp":"2026-01-31","type":"track","userId":"7"}"#,
                #"{"event":"order_completed","properties":{"shop":"uk","total":"x"},"timestamp":1769850000000,"type":"track","userId":"8"}"#,
            ]
        )
    }

    @Test func columnsWithoutAHeaderAreNumbers() throws {
        let mapping = Self.mapping(["userId=1", "traits.plan=3"])
        #expect(
            try Self.read(mapping, ["u,x,pro"], hasHeader: false)
                == [#"{"traits":{"plan":"pro"},"type":"identify","userId":"u"}"#]
        )
    }

    @Test func whatIsWrongIsSaid() throws {
        var mapping = CSVMapping()
        #expect(mapping.add("userId", isConstant: false) == "'userId' is not field=column")
        #expect(mapping.add("event", isConstant: true) == "'event' is not field=value")
        #expect(mapping.add("usrId=a", isConstant: false)?.hasPrefix("'usrId' is no field") == true)
        #expect(mapping.add("properties.=a", isConstant: false) != nil)
        #expect(
            throws: CSVFault(
                message: "the header has no column amount; it has customer, total",
                endsFile: true
            )
        ) {
            _ = try Self.read(Self.mapping(["properties.total=amount"]), ["customer,total"])
        }
        #expect(
            throws: CSVFault(message: "a quote is opened in column 2 and never closed")
        ) {
            _ = try Self.read(Self.mapping(["userId=a"]), ["a,b", "1,\"2"])
        }
        #expect(CSVReader.isOpen(Array("a,\"b".utf8)))
        #expect(!CSVReader.isOpen(Array("a,\"b\"\"c\"".utf8)))
    }
}
