import CSimdJSON

/// Why and where a document is not JSON.
struct JSONFault {
    var error: sj_error
    var offset: Int?

    /// The error, with line and column counted in its source.
    func described(in source: Span<UInt8>, line: Int?) -> WireError {
        switch error {
        case SJ_EMPTY: return WireError(.emptyBody, "the body is empty; send JSON")
        case SJ_NO_MEMORY:
            return WireError(.outOfMemory, "the machine is short of memory; try again")
        default: break
        }
        var place = ""
        if let offset = offset ?? utf8Fault(in: source) {
            place = "at \(position(of: offset, in: source, line: line)): "
        } else if let line {
            place = "at line \(line): "
        }
        return WireError(.malformedJSON, "not JSON \(place)\(reason)")
    }

    private func utf8Fault(in source: Span<UInt8>) -> Int? {
        guard error == SJ_INVALID_UTF8 else { return nil }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: source)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    private func position(of offset: Int, in source: Span<UInt8>, line: Int?) -> String {
        var line = line ?? 1
        var column = 1
        for index in 0..<min(offset, source.count) {
            if source[index] == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return "line \(line), column \(column)"
    }

    private var reason: String {
        switch error {
        case SJ_INVALID_UTF8: "invalid UTF-8; send the text as UTF-8"
        case SJ_UNCLOSED_STRING: "this text has no closing quote"
        case SJ_CONTROL_CHARACTER: "a control character inside a text; write it as \\u00XX"
        case SJ_BAD_ESCAPE: "this escape does not exist; write a backslash as \\\\"
        case SJ_LONE_SURROGATE: "half of a surrogate pair; write both halves as \\uD83D\\uDE00"
        case SJ_BAD_NUMBER: "this is no number; write it like -12.5 or 1e3, other texts in quotes"
        case SJ_EXPECTED_KEY: "expected a name in double quotes (no comma before a closing brace)"
        case SJ_EXPECTED_COLON: "expected ':' after a name"
        case SJ_EXPECTED_COMMA: "expected ',' or a closing bracket"
        case SJ_INCOMPLETE: "the text ends early; a bracket is not closed or a value is missing"
        case SJ_TRAILING_CONTENT: "there is more behind the end of the document"
        case SJ_TOO_DEEP: "nested too deep"
        case SJ_TOO_LONG: "longer than 1 GiB"
        case SJ_EXPECTED_VALUE:
            "expected a value (a text in double quotes, a number, true, false, null, {…} or […])"
        default: "the reader failed; report this"
        }
    }
}
