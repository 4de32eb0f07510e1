import EventModel
import EventWire
import Testing

/// One below each bound, at it, and one above it.
struct BoundsTests {
    private func repeated(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test(arguments: [254, 255, 256])
    func identifier(size: Int) throws {
        for (name, code) in [
            ("userId", WireCode.invalidIdentifier), ("anonymousId", .invalidIdentifier),
            ("messageId", .invalidMessageID),
        ] {
            let found = try problem("\"\(name)\":\"\(repeated(size))\"")
            let message = "\(name) has 256 bytes; at most 255 fit: shorten it"
            #expect(found == (size <= 255 ? nil : EntryProblem(code, message, index: 0)))
        }
    }

    @Test(arguments: [149, 150, 151])
    func event(size: Int) throws {
        let found = try problem("\"event\":\"\(repeated(size))\"")
        let message = "event has 151 bytes; at most 150 fit: shorten it"
        #expect(found == (size <= 150 ? nil : EntryProblem(.invalidEvent, message, index: 0)))
    }

    @Test(arguments: [149, 150, 151])
    func name(size: Int) throws {
        let found = try problem(
            "\"properties\":{\"a\":[0,{\"b c\":{\"\(repeated(size))\":{}}}]}"
        )
        let path = "properties.a[1][\"b c\"][\"\(repeated(60))…\"]"
        let message = "\(path) is a name of 151 bytes; at most 150 fit: shorten it"
        #expect(found == (size <= 150 ? nil : EntryProblem(.nameTooLong, message, index: 0)))
    }

    @Test(arguments: [299, 300, 301])
    func properties(count: Int) throws {
        let members = (0..<count).map { "\"p\($0)\":{\"x\":1,\"y\":2}" }.joined(separator: ",")
        let message = "properties has 301 members; at most 300 fit: send only what rules need"
        let found = try problem("\"properties\":{\(members)}")
        #expect(
            found == (count <= 300 ? nil : EntryProblem(.tooManyProperties, message, index: 0))
        )
        let traits = body(#""userId":"u""#, "\"traits\":{\(members)}")
        #expect(try decode(.identify, traits).code == (count <= 300 ? nil : .tooManyProperties))
    }

    @Test(arguments: [999, 1_000, 1_001])
    func number(size: Int) throws {
        let digits = String(repeating: "7", count: size)
        let found = try problem("\"properties\":{\"a\":\(digits)}")
        let message =
            "properties.a is a number of 1001 characters; at most 1000 fit: send it as a text"
        #expect(found == (size <= 1_000 ? nil : EntryProblem(.numberTooLong, message, index: 0)))
    }

    @Test(arguments: [31, 32, 33])
    func depth(levels: Int) throws {
        let inner = levels - 2
        let lists =
            String(repeating: "[", count: inner) + String(repeating: "]", count: inner)
        let message = "the entry is nested 33 levels deep; at most 32 fit: flatten it"
        let expected = levels <= 32 ? nil : EntryProblem(.tooDeep, message, index: 0)
        #expect(try problem("\"properties\":{\"a\":\(lists)}") == expected)
        #expect(try problem("\"context\":{\"a\":\(lists)}") == expected)
    }

    @Test(arguments: [32_767, 32_768, 32_769])
    func entry(size: Int) throws {
        let frame = #"{"type":"track","userId":"u","event":"E","properties":{"a":""}}"#.utf8.count
        let entry =
            #"{"type":"track","userId":"u","event":"E","properties":{"a":""#
            + "\(repeated(size - frame))\"}}"
        #expect(entry.utf8.count == size)
        let tail = "has 32769 bytes of JSON; at most 32768 fit: send fewer or shorter properties"
        let single = try decode(.track, Array(entry.utf8))
        #expect(single.message == (size <= 32_768 ? nil : "the entry \(tail)"))
        let batch = "{\"batch\":[{},  \(entry)  ]}"
        let entries = try NativeDecoder().decodeBatch(body: Array(batch.utf8))
        #expect(entries.last?.message == (size <= 32_768 ? nil : "batch[1] \(tail)"))
        let lines = "\n \(entry) \n"
        let ndjson = try NativeDecoder().decodeBatch(body: Array(lines.utf8))
        #expect(ndjson.last?.message == (size <= 32_768 ? nil : "line 2: the entry \(tail)"))
    }

    @Test(arguments: [-1, 0, 1])
    func bodies(beyond: Int) throws {
        let track = Array(#"{"userId":"u","event":"E"}"#.utf8)
        func padded(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
            bytes + [UInt8](repeating: 0x20, count: size - bytes.count)
        }
        func tooLarge(_ size: Int, _ limit: Int) -> String? {
            size <= limit
                ? nil : "the body has \(size) bytes; at most \(limit) fit: send smaller batches"
        }
        let single = (1 << 20) + beyond
        do throws(WireError) {
            let entry = try NativeDecoder().decodeSingle(.track, body: padded(track, single))
            #expect(entry.code == nil)
            #expect(beyond <= 0)
        } catch {
            #expect(error.message == tooLarge(single, 1 << 20))
            #expect(error.httpStatus == 413)
        }
        let batch = (4 << 20) + beyond
        let empty = Array(#"{"batch":[]}"#.utf8)
        do throws(WireError) {
            #expect(try NativeDecoder().decodeBatch(body: padded(empty, batch)).isEmpty)
            #expect(beyond <= 0)
        } catch {
            #expect(error.message == tooLarge(batch, 4 << 20))
            #expect(error.code == .bodyTooLarge)
        }
    }

    @Test(arguments: [4_999, 5_000, 5_001])
    func batch(count: Int) throws {
        let entry = #"{"type":"identify","userId":"u"}"#
        let entries = [String](repeating: entry, count: count)
        let json = Array("{\"batch\":[\(entries.joined(separator: ","))]}".utf8)
        let lines = Array(entries.joined(separator: "\n\n").utf8)
        for (bytes, found) in [(json, "has 5001"), (lines, "has more than 5000")] {
            do throws(WireError) {
                let decoded = try NativeDecoder().decodeBatch(body: bytes)
                #expect(decoded.count == count)
                #expect(decoded.allSatisfy { $0.code == nil })
                #expect(count <= 5_000)
            } catch {
                #expect(count > 5_000)
                let message = "the batch \(found) entries; at most 5000 fit: send smaller batches"
                #expect(error == WireError(.batchTooLarge, message))
                #expect(error.httpStatus == 413)
            }
        }
    }
}
