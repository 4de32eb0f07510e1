import EventWire
import Testing

/// After the cases of RFC 8259's implementers (JSONTestSuite): what must pass and what must fail.
struct JSONConformanceTests {
    static let accepted: [(source: String, outline: String)] = [
        ("null", "null"), (" true\n", "true"), ("false", "false"), ("0", "0"), ("-0", "-0"),
        ("\"\"", "''"), ("[]", "[]"), ("{}", "{}"), (" [ ] ", "[]"), ("\t{\r\n}", "{}"),
        ("1.50", "1.50"), ("1e3", "1e3"), ("1E+3", "1E+3"), ("1e-3", "1e-3"), ("-0.0", "-0.0"),
        ("-1.5E-07", "-1.5E-07"), ("12345678901234567890123", "12345678901234567890123"),
        ("1e400", "1e400"), ("[1,2 , 3]", "[1,2,3]"), ("[[],{}]", "[[],{}]"),
        (#"{"a":1,"a":2}"#, "{'a':1,'a':2}"), (#"{"":0}"#, "{'':0}"),
        (#"{"a" : { "b" :[ null ] } }"#, "{'a':{'b':[null]}}"),
        (#""\"\\\/\b\f\n\r\t""#, "'\"\\/\u{8}\u{C}\n\r\t'"),
        (#""\u0041\u00e9\u20AC""#, "'Aé€'"), (#""\ud83d\ude00""#, "'😀'"),
        (#""\uD834\uDD1E""#, "'𝄞'"), (#""\u0000""#, "'\u{0}'"), (#""\uFFFF""#, "'\u{FFFF}'"),
        ("\"é😀\u{2028}\u{7F}\"", "'é😀\u{2028}\u{7F}'"), (#"["a","\u0062"]"#, "['a','b']"),
        (#"{"\u0061":1}"#, "{'a':1}"), ("\"[{,:\"", "'[{,:'"),
    ]

    @Test(arguments: accepted)
    func accepts(source: String, outline: String) throws {
        #expect(try parsed(Array(source.utf8)).get() == outline)
    }

    static let refused = [
        "nul", "nullx", "null x", "nullnull", "TRUE", "truefalse", "tru", "NaN", "Infinity", "-",
        "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e1", "0x10", "1_000", "1a", "1 2", "--1",
        "1\"a\"", "\"a\"b", "\"a\"\"b\"", "[1\"a\"]", "\"", "\"abc", "'a'", "[", "]", "{", "}",
        "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1:2]", "[1}", "[[1]", "[1]]",
        "[1] [2]", "[1],", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}",
        "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1 \"b\":2}", "{a:1}", "{1:1}", "{null:1}", "{\"a\":1]",
        "{\"a\":1}}", "{\"a\":1} x", "{\"a\":1}{}", "{\"a\",\"b\"}", "{[]:1}", "{}{}", "[]x",
        #""\x""#, #""\'""#, #""\u""#, #""\u12""#, #""\u12G4""#, #""\u-123""#, #""\"#, #""\ud800""#,
        #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\ud800\ud800""#, #""\udc00""#,
        #""\udc00\udc00""#, #""\udc00\ud800""#,
        #""\ud800\uZZZZ""#, #"{"\ud800":1}"#, "\"a\nb\"", "\"a\tb\"", "\"a\u{0}b\"", "\"a\u{1F}b\"",
        "[\u{C}1]", "[1\u{C}]", "[\u{A0}1]", "[1\u{0}]", "[1]\u{0}", "[1] // a", "/* a */ 1",
        "[\u{1A}1]", "{\"a\":1\u{1A}}", "\u{FEFF}1", "\\", "[\\n]", "\"a\" \\",
    ]

    @Test(arguments: refused)
    func refuses(source: String) {
        guard case .failure(let error) = parsed(Array(source.utf8)) else {
            Issue.record("\(source) was accepted")
            return
        }
        #expect(error.code == .malformedJSON)
    }

    static let notUTF8: [[UInt8]] = [
        [0xFF], [0xC3], [0xC0, 0xAF], [0xE2, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ]

    @Test(arguments: notUTF8)
    func refusesWhatIsNotUTF8(bytes: [UInt8]) {
        let source = Array("[1,\n\"é".utf8) + bytes + Array("\"]".utf8)
        let expected = "not JSON at line 2, column 4: invalid UTF-8; send the text as UTF-8"
        #expect(parsed(source) == .failure(WireError(.malformedJSON, expected)))
    }

    @Test(arguments: ["", " ", "\n\t\r ", String(repeating: " ", count: 200)])
    func refusesEmptyInput(source: String) {
        let expected = WireError(.emptyBody, "the body is empty; send JSON")
        #expect(parsed(Array(source.utf8)) == .failure(expected))
    }

    static let places: [(source: String, message: String)] = [
        (
            "{\n \"a\": 1,\n \"b\": tru\n}",
            "line 3, column 7: expected a value (a text in double "
                + "quotes, a number, true, false, null, {…} or […])"
        ),
        (
            "[1,2",
            "line 1, column 5: the text ends early; a bracket is not closed or a value is "
                + "missing"
        ),
        ("[1]\n[2]", "line 2, column 1: there is more behind the end of the document"),
        (
            "{\"a\":1,}",
            "line 1, column 8: expected a name in double quotes (no comma before a "
                + "closing brace)"
        ),
        ("{\"a\" 1}", "line 1, column 6: expected ':' after a name"),
        ("[1 2]", "line 1, column 4: expected ',' or a closing bracket"),
        (
            "[01]",
            "line 1, column 2: this is no number; write it like -12.5 or 1e3, other texts "
                + "in quotes"
        ),
        ("[\"a]", "line 1, column 2: this text has no closing quote"),
        ("[\"\\q\"]", "line 1, column 3: this escape does not exist; write a backslash as \\\\"),
        (
            "[\"\\ud800\"]",
            "line 1, column 3: half of a surrogate pair; write both halves as "
                + "\\uD83D\\uDE00"
        ),
        ("[\"a\nb\"]", "line 1, column 4: a control character inside a text; write it as \\u00XX"),
    ]

    @Test(arguments: places)
    func saysWhere(source: String, message: String) {
        let expected = WireError(.malformedJSON, "not JSON at " + message)
        #expect(parsed(Array(source.utf8)) == .failure(expected))
    }

    /// Whatever lies across the blocks of 64 bytes that the first stage works on.
    @Test func blankRunsDoNotMatter() throws {
        for blanks in 0..<140 {
            let gap = String(repeating: " ", count: blanks)
            let source = "\(gap)[\"a\\n\(gap)\",\(gap)-1.50\(gap),true]\(gap)"
            #expect(try parsed(Array(source.utf8)).get() == "['a\n\(gap)',-1.50,true]")
            let broken = "\(gap)[\"a\",\(gap)-1.50\(gap) true]\(gap)"
            #expect(throws: WireError.self) { try parsed(Array(broken.utf8)).get() }
        }
    }

    @Test func depthCostsNoStack() throws {
        let depth = 200_000
        let parser = try JSONParser()
        let nested = [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
        let document = try parser.parse(nested.span)
        #expect(document.count == depth)
        #expect(document.height(0) == 65_535)
        #expect(document.byteCount(0) == 2 * depth)
        #expect(throws: WireError.self) { try parser.parse(nested.span.extracting(..<depth)) }
    }

    @Test func aParserIsReusable() throws {
        let parser = try JSONParser()
        for size in [1, 600, 3, 70_000, 0, 5] {
            let source = Array("\"\(String(repeating: "x", count: size))\"".utf8)
            let document = try parser.parse(source.span)
            #expect(document.byteCount(0) == size)
            let empty: [UInt8] = []
            #expect(throws: WireError.self) { try parser.parse(empty.span) }
        }
    }
}
