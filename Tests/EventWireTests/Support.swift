import EventModel
import EventWire

/// A document's tokens, rendered without blanks: numbers as spelled, keys in quotes.
func outline(_ document: JSONDocument, _ index: Int = 0) -> String {
    switch document.kind(index) {
    case .null: return "null"
    case .boolean: return document.isTrue(index) ? "true" : "false"
    case .number: return document.string(index)
    case .string, .key: return "'\(document.string(index))'"
    case .array, .object:
        var parts: [String] = []
        var token = index + 1
        while token < document.end(index) {
            var part = outline(document, token)
            token = document.end(token)
            if document.kind(index) == .object {
                part += ":" + outline(document, token)
                token = document.end(token)
            }
            parts.append(part)
        }
        let joined = parts.joined(separator: ",")
        return document.kind(index) == .array ? "[\(joined)]" : "{\(joined)}"
    }
}

/// What parsing the bytes gives: an outline or an error's message.
func parsed(_ bytes: [UInt8]) -> Result<String, WireError> {
    do throws(WireError) {
        return .success(outline(try JSONParser().parse(bytes.span)))
    } catch {
        return .failure(error)
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// The draft's content as JSON.
func contentJSON(_ draft: EntryDraft) -> String { text(ValueJSON.named(draft.content.span)) }

/// An object of those members.
func body(_ members: String...) -> [UInt8] {
    Array("{\(members.joined(separator: ","))}".utf8)
}

func decode(_ kind: NativeKind, _ body: [UInt8]) throws -> DecodedEntry {
    try NativeDecoder().decodeSingle(kind, body: body)
}

/// The problem of a single track with a user, an event and these members.
func problem(_ members: String, limits: WireLimits = WireLimits()) throws -> EntryProblem? {
    let body = body(#""userId":"u","event":"E""#, members)
    switch try NativeDecoder(limits: limits).decodeSingle(.track, body: body) {
    case .success: return nil
    case .failure(let problem): return problem
    }
}

extension DecodedEntry {
    var code: WireCode? {
        if case .failure(let problem) = self { problem.code } else { nil }
    }
    var message: String? {
        if case .failure(let problem) = self { problem.message } else { nil }
    }
    var draft: EntryDraft? {
        if case .success(let draft) = self { draft } else { nil }
    }
}

/// splitmix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
