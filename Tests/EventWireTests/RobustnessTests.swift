import EventModel
import EventWire
import Testing

/// Mutated bodies: whatever comes in, an answer goes out.
struct RobustnessTests {
    private static let seeds: [String] = [
        #"{"batch":[{"type":"track","userId":"u1","event":"Order \u00e9\ud83d\ude00","#
            + #""timestamp":"2026-01-31T09:00:00.123+05:30","messageId":"m","backfill":true,"#
            + #""properties":{"a":[1,2.50,-0,1e3,{"b":null},[]],"t":true,"f":false,"x":{}}},"#
            + #"{"type":"identify","anonymousId":12.50,"traits":{"email":null}}],"sentAt":1.7e12}"#,
        #"{"type":"identify","userId":"a","traits":{"n":12345678901234567890}}"# + "\n\n"
            + #"{"type":"track","userId":1e3,"event":"E","timestamp":-1,"properties":{"":""}}"#,
        #"{"userId":"u","event":"E","properties":{"price":0.30000000000000004,"q":"\\\""}}"#,
    ]
    private static let fragments: [[UInt8]] =
        [
            "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "0", "-", ".", "e", "true", "null",
            "\\u", "\\ud800", "\\udc00", "\u{2028}", "\"batch\":[", "\"type\":",
            "99999999999999999999",
            "\u{FEFF}", "1e9999", "\u{0}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    private func mutate(_ source: String, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(source.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                let index = Int.random(in: 0..<RobustnessTests.fragments.count, using: &random)
                bytes.insert(contentsOf: RobustnessTests.fragments[index], at: at)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + 3))
            case 2: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &random) }
            case 3:
                let other = Int.random(in: 0...bytes.count, using: &random)
                bytes.insert(contentsOf: bytes[min(at, other)..<max(at, other)], at: at)
            default: bytes.removeSubrange(at...)
            }
        }
        return bytes
    }

    private func check(_ entry: DecodedEntry) throws {
        switch entry {
        case .success(let draft):
            #expect(!draft.identifiers.isEmpty)
            #expect(draft.identifiers.count <= EntryHead.identifiersMax)
            // What was taken can be given back, and reads as it did.
            let json = ValueJSON.named(draft.content.span)
            let again = try decode(
                .identify,
                Array("{\"userId\":1,\"traits\":".utf8) + json + [0x7D]
            )
            #expect(again.draft?.content == draft.content)
        case .failure(let problem): checkMessage(problem.message)
        }
    }

    private func checkMessage(_ message: String) {
        #expect(!message.isEmpty)
        #expect(message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test func neverTraps() throws {
        let seed: UInt64 = 20_260_131
        var random = SeededGenerator(state: seed)
        let decoder = NativeDecoder()
        var taken = 0
        for round in 0..<20_000 {
            let source = RobustnessTests.seeds[round % RobustnessTests.seeds.count]
            let bytes = mutate(source, &random)
            let types = [nil, "application/json", "application/x-ndjson"]
            do throws(WireError) {
                let type = types[Int.random(in: 0..<types.count, using: &random)]
                for entry in try decoder.decodeBatch(body: bytes, contentType: type) {
                    #expect(throws: Never.self) { try check(entry) }
                    if entry.code == nil { taken += 1 }
                }
            } catch {
                checkMessage(error.message)
            }
            do throws(WireError) {
                let entry = try decoder.decodeSingle(.track, body: bytes)
                #expect(throws: Never.self) { try check(entry) }
                if entry.code == nil { taken += 1 }
            } catch {
                checkMessage(error.message)
            }
        }
        #expect(taken > 2_000, "seed \(seed): the mutations reach the good paths")
    }
}
