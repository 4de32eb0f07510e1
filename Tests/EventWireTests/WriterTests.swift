import EventModel
import EventWire
import Testing

struct WriterTests {
    @Test func commasComeOfThemselves() {
        var json = JSONWriter()
        json.object {
            $0.field("a", 1)
            $0.field("none", Optional<Int>.none)
            $0.field("absent", ifPresent: Optional<Int>.none)
            $0.field("present", ifPresent: Optional(UInt64.max))
            $0.object("empty") { _ in }
            $0.array("list") {
                $0.item("x")
                $0.array { _ in }
                $0.object { $0.field("b", true) }
                $0.raw(Array("1.50".utf8))
                $0.item(Int64.min)
            }
            $0.raw("raw", Array("[1]".utf8))
            $0.field("at", Instant(milliseconds: 0))
            $0.field("sum", ExactDecimal(units: ExactDecimal.one / 4))
        }
        #expect(
            text(json.bytes)
                == #"{"a":1,"none":null,"present":18446744073709551615,"empty":{},"#
                + #""list":["x",[],{"b":true},1.50,-9223372036854775808],"raw":[1],"#
                + #""at":"1970-01-01T00:00:00.000Z","sum":0.25}"#
        )
        var array = JSONWriter()
        array.array { for number in 1...3 { $0.item(number) } }
        #expect(text(array.bytes) == "[1,2,3]")
    }

    @Test func whatWasWrittenBeforeAnErrorIsKept() {
        struct Stop: Error {}
        var json = JSONWriter()
        do throws(Stop) {
            try json.object { (members: inout JSONObjectWriter) throws(Stop) in
                members.field("a", 1)
                throw Stop()
            }
        } catch {}
        #expect(text(json.bytes) == #"{"a":1"#)
    }

    static let escapes: [(text: String, json: String)] = [
        ("", "\"\""), ("é😀", "\"é😀\""), ("\"\\/", #""\"\\/""#),
        ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f\u007f""#),
        ("a\u{2028}b\u{2029}", #""a\u2028b\u2029""#),
        ("\u{2027}\u{202A}€", "\"\u{2027}\u{202A}€\""),
    ]

    @Test(arguments: escapes)
    func escapesText(text source: String, json: String) throws {
        var bytes: [UInt8] = []
        source.appendJSON(to: &bytes)
        #expect(text(bytes) == json)
        #expect(try parsed(bytes).get() == "'\(source)'")
    }

    @Test func theAnswerHasItsShape() {
        let problem = EntryProblem(.missingIdentifier, "userId \"x\"", index: 1)
        let answer = IngestAnswer(
            entries: [
                .accepted(SequenceNumber(12)), .invalid(problem),
                .duplicate(SequenceNumber(13), of: SequenceNumber(7)),
                .suppressed(SequenceNumber(14)),
            ],
            evaluatedThrough: SequenceNumber(12)
        )
        #expect(
            text(answer.json)
                == #"{"entries":[{"status":"accepted","sequence":12},"#
                + #"{"status":"invalid","code":"missing_identifier","message":"userId \"x\""},"#
                + #"{"status":"duplicate","sequence":13,"duplicateOf":7},"#
                + #"{"status":"suppressed","sequence":14}],"#
                + #""evaluatedThrough":12}"#
        )
        #expect(
            text(IngestAnswer(entries: [], evaluatedThrough: .zero).json)
                == #"{"entries":[],"evaluatedThrough":0}"#
        )
    }

    @Test func anErrorHasItsShape() {
        let error = WireError(.malformedJSON, "a\nb")
        #expect(text(error.json) == #"{"code":"malformed_json","message":"a\nb"}"#)
    }

    @Test func codesAreStable() {
        let codes = WireCode.allCases.map(\.rawValue).joined(separator: " ")
        #expect(
            codes == """
                malformed_json empty_body wrong_shape body_too_large batch_too_large \
                out_of_memory not_an_object entry_too_large too_deep missing_type unknown_type \
                missing_identifier invalid_identifier missing_event invalid_event invalid_list \
                invalid_properties invalid_traits too_many_properties name_too_long \
                number_too_long invalid_timestamp invalid_message_id invalid_backfill \
                invalid_keep_primary
                """
        )
    }
}
