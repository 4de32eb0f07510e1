import EventModel
import EventWire
import Testing

/// What was received comes back: spelling of numbers, order and repetition of members.
struct ValueJSONTests {
    static let numbers = [
        "0", "1", "-1", "1.50", "1e3", "1E+3", "-0", "-0.0", "0.0", "0.05", "-0.05", "19.99",
        "12345678901234567890", "-9223372036854775808", "9223372036854775808", "1e400",
        "0.30000000000000004", "59.989999999999995", "100", "100.00", "1.0000000000000000001",
        "170141183460469231731687303715884105727", "-170141183460469231731687303715884105727",
        "170141183460469231731687303715884105728", "99999999999999999999999999999999999999999.5",
        "0.00000000000000000000000000000000000000000000000000001",
        "0." + String(repeating: "0", count: 254) + "1",
        "0." + String(repeating: "0", count: 255) + "1", "1e-7", "-1.5E+300",
    ]

    @Test(arguments: numbers)
    func numbersKeepTheirSpelling(spelling: String) throws {
        let members = body(#""userId":"u","event":"E""#, "\"properties\":{\"n\":[\(spelling)]}")
        let draft = try decode(.track, members).get()
        #expect(contentJSON(draft) == "{\"n\":[\(spelling)]}")
    }

    static let contents = [
        #"{}"#, #"{"a":{}}"#, #"{"a":[]}"#, #"{"a":[[],[{}],null,true,false]}"#,
        #"{"":"","a\u0000\n":"\u2028"}"#, #"{"x":1,"x":2}"#, #"{"é😀":"日本"}"#,
        #"{"products":[{"sku":"45790-32","price":19,"quantity":1},{"sku":"b","price":3.00}]}"#,
    ]

    @Test(arguments: contents)
    func contentComesBack(json: String) throws {
        let draft = try decode(.identify, body(#""userId":"u""#, "\"traits\":\(json)")).get()
        #expect(contentJSON(draft) == json)
        #expect(try parsed(ValueJSON.named(draft.content.span)).get().isEmpty == false)
    }

    @Test func internedKeysAreNamed() {
        let names = ["", "total", "items\n"]
        var writer = ValueWriter(appendingTo: [9, 9])
        let object = writer.begin(.object)
        writer.varint(1)
        writer.number(Array("1.50".utf8).span)
        writer.varint(2)
        let list = writer.begin(.list)
        writer.text("a")
        writer.null()
        let inner = writer.begin(.object)
        writer.varint(1)
        writer.boolean(false)
        writer.end(inner)
        writer.end(list)
        writer.end(object)
        let json = ValueJSON.interned(writer.bytes.span, at: 2) { names[Int($0.rawValue)] }
        #expect(text(json) == #"{"total":1.50,"items\n":["a",null,{"total":false}]}"#)
    }

    @Test func contentIsInTheNamedForm() throws {
        let traits = #"{"a":-1,"b":[true,null],"c":1e1,"d":2.5,"e":"x"}"#
        let draft = try decode(.identify, body(#""userId":"u""#, "\"traits\":\(traits)")).get()
        let expected: [UInt8] = [
            8, 30, 0, 0, 0,
            1, 0x61, 3, 1,
            1, 0x62, 7, 2, 0, 0, 0, 2, 0,
            1, 0x63, 5, 3, 0x31, 0x65, 0x31,
            1, 0x64, 4, 1, 50,
            1, 0x65, 6, 1, 0x78,
        ]
        #expect(draft.content == expected)
    }
}
