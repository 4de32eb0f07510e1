import EventModel
import EventWire
import Testing

struct BatchTests {
    private func decode(_ body: String, _ contentType: String? = nil) throws -> [DecodedEntry] {
        try NativeDecoder().decodeBatch(body: Array(body.utf8), contentType: contentType)
    }

    @Test func oneBadEntryDoesNotCostTheOthers() throws {
        let deep = String(repeating: "[", count: 2_000) + String(repeating: "]", count: 2_000)
        let entries = try decode(
            """
            {"batch":[
              {"type":"track","userId":"u","event":"E"},
              7,
              {"type":"pages","userId":"u"},
              {"userId":"u"},
              {"type":"identify"},
              {"type":"track","userId":"u"},
              {"type":"track","userId":"u","event":"E","properties":{"a":\(deep)}},
              {"type":"identify","userId":"u","traits":[]},
              {"type":3},
              {"type":"identify","anonymousId":"a","traits":{"email":null}}
            ]}
            """
        )
        let example =
            #"{"type":"track","userId":"u1","event":"Order Completed","properties":{"total":27.5}}"#
        let expected: [String?] = [
            nil,
            "batch[1] is the number 7; send an object like \(example)",
            "batch[2].type is the text \"pages\"; send \"track\", \"identify\", \"page\", \"screen\", \"group\", \"alias\", \"merge\", \"suppress\", \"unsuppress\", \"add_to_list\" or \"remove_from_list\"",
            "batch[3].type is missing; send \"track\", \"identify\", \"page\", \"screen\", \"group\", \"alias\", \"merge\", \"suppress\", \"unsuppress\", \"add_to_list\" or \"remove_from_list\"",
            "batch[4].userId and anonymousId are missing; send at least one of them",
            "batch[5].event is missing; send the event's name, for example \"Order Completed\"",
            "batch[6] is nested 2002 levels deep; at most 32 fit: flatten it",
            "batch[7].traits is a list; send an object or leave it out",
            "batch[8].type is the number 3; send \"track\", \"identify\", \"page\", \"screen\", \"group\", \"alias\", \"merge\", \"suppress\", \"unsuppress\", \"add_to_list\" or \"remove_from_list\"",
            nil,
        ]
        #expect(entries.map(\.message) == expected)
        let codes: [WireCode?] = [
            nil, .notAnObject, .unknownType, .missingType, .missingIdentifier, .missingEvent,
            .tooDeep, .invalidTraits, .unknownType, nil,
        ]
        #expect(entries.map(\.code) == codes)
        for (index, entry) in entries.enumerated() {
            if case .failure(let problem) = entry {
                #expect(problem.index == index)
                #expect(problem.line == nil)
            }
        }
    }

    @Test func sentAtOfTheBatchIsForEntriesWithoutTheirOwn() throws {
        let entries =
            #""batch":[{"type":"identify","userId":"u"},"#
            + #"{"type":"identify","userId":"u","sentAt":2000}]"#
        let good = try decode("{\(entries),\"sentAt\":\"1970-01-01T00:00:01Z\",\"writeKey\":\"k\"}")
        #expect(try good[0].get().sentAt == Instant(milliseconds: 1_000))
        #expect(try good[1].get().sentAt == Instant(milliseconds: 2_000_000))
        let bad = try decode("{\"sentAt\":\"soon\",\(entries)}")
        #expect(bad[0].code == .invalidTimestamp)
        #expect(bad[0].message?.hasPrefix("sentAt of the batch is the text \"soon\", ") == true)
        #expect(bad[1].code == nil)
        #expect(try decode("{\"sentAt\":null,\(entries)}")[0].get().sentAt == nil)
    }

    @Test func theLastOfTwoBatchesCounts() throws {
        let entry = #"{"type":"identify","userId":"u"}"#
        let entries = try decode("{\"batch\":7,\"sentAt\":1,\"batch\":[\(entry)],\"sentAt\":2}")
        #expect(try entries.map { try $0.get().sentAt } == [Instant(milliseconds: 2_000)])
    }

    private static let shape = #"send {"batch":[{"type":"track",…},…],"sentAt":"…"}"#

    static let unreadable: [(body: String, type: String?, code: WireCode, message: String)] = [
        ("[]", nil, .wrongShape, "the body is a list; \(shape)"),
        ("7", "application/json", .wrongShape, "the body is the number 7; \(shape)"),
        ("{\"batch\":{}}", nil, .wrongShape, "batch is an object; \(shape)"),
        ("{\"batch\":null}", nil, .wrongShape, "batch is null; \(shape)"),
        (
            "{}", "Application/JSON; charset=utf-8", .wrongShape,
            "the body has no \"batch\"; \(shape), or one entry a line with the content type "
                + "application/x-ndjson"
        ),
        ("", nil, .emptyBody, "the body is empty; send JSON"),
        (" \n", "application/json", .emptyBody, "the body is empty; send JSON"),
        ("\n \r\n", "application/x-ndjson", .emptyBody, "the body is empty; send one entry a line"),
        (
            "{}\n{}", "application/json", .malformedJSON,
            "not JSON at line 2, column 1: there is more behind the end of the document"
        ),
        (
            "{\"batch\":[1,]}", nil, .malformedJSON,
            "not JSON at line 1, column 13: expected a value (a text in double quotes, a number, "
                + "true, false, null, {…} or […])"
        ),
    ]

    @Test(arguments: unreadable)
    func refuses(body: String, type: String?, code: WireCode, message: String) {
        let expected = WireError(code, message)
        #expect(expected.httpStatus == 400)
        #expect(throws: expected) { try decode(body, type) }
    }

    private static let mixed = """
        {"type":"identify","userId":"a"}\r

        {"type":"track","userId":"b","event":"E"\u{20}
          \t {"type":"track","userId":"c","event":"E"} \t
        {"type":"track"}
        nonsense
        {"batch":[]}
        """

    @Test(arguments: ["application/x-ndjson", "application/ndjson; a=b", "APPLICATION/JSONL", nil])
    func linesStandForThemselves(type: String?) throws {
        let entries = try decode(BatchTests.mixed, type)
        let expected: [String?] = [
            nil,
            "not JSON at line 3, column 42: the text ends early; a bracket is not closed or a "
                + "value is missing",
            nil,
            "line 5: userId and anonymousId are missing; send at least one of them",
            "not JSON at line 6, column 1: expected a value (a text in double quotes, a number, "
                + "true, false, null, {…} or […])",
            "line 7: type is missing; send \"track\", \"identify\", \"page\", \"screen\", \"group\", \"alias\", \"merge\", \"suppress\", \"unsuppress\", \"add_to_list\" or \"remove_from_list\"",
        ]
        #expect(entries.map(\.message) == expected)
        guard case .failure(let problem) = entries[3] else { return }
        #expect(problem.index == 3)
        #expect(problem.line == 5)
    }

    @Test func badUTF8CostsOnlyItsLine() throws {
        let good = #"{"type":"identify","userId":"a"}"#
        let bytes = Array("\(good)\n\"".utf8) + [0xFF] + Array("\"\n\(good)".utf8)
        let entries = try NativeDecoder().decodeBatch(body: bytes)
        #expect(entries.map(\.code) == [nil, .malformedJSON, nil])
        #expect(
            entries[1].message
                == "not JSON at line 2, column 2: invalid UTF-8; send the text as UTF-8"
        )
    }

    @Test func aLoneLineIsReadByItsShape() throws {
        let entry = #"{"type":"identify","userId":"a"}"#
        #expect(try decode(entry).map(\.code) == [nil])
        #expect(try decode("\u{FEFF}\(entry)\n").map(\.code) == [nil])
        #expect(try decode("{\"batch\":[\(entry)]}", "text/plain").map(\.code) == [nil])
        #expect(throws: WireError.self) { try decode(entry, "application/json") }
        #expect(throws: WireError.self) { try decode("{\n\"type\":\"identify\"\n}") }
        #expect(try decode("\u{FEFF}{\"batch\":[]}", "application/json").isEmpty)
    }

    static let singles: [(body: String, message: String)] = [
        ("[]", "the body is a list; send one object like "),
        ("\"x\"", "the body is the text \"x\"; send one object like "),
        ("{", "not JSON at line 1, column 2: the text ends early"),
        ("{}{}", "not JSON at line 1, column 3: there is more behind the end"),
        ("", "the body is empty; send JSON"),
    ]

    @Test(arguments: singles)
    func refusesUnreadableSingles(body: String, message: String) {
        do throws(WireError) {
            _ = try NativeDecoder().decodeSingle(.track, body: Array(body.utf8))
            Issue.record("\(body) was accepted")
        } catch {
            #expect(error.message.hasPrefix(message), "\(error.message)")
            #expect(error.httpStatus == 400)
        }
    }
}
