/// Puts a text of a sender into a message: quoted, cut, without control characters.
enum Quoting {
    static let charactersMax = 60

    /// The text in double quotes, at most `charactersMax` characters of it.
    static func quote(_ text: String) -> String {
        var result = "\""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == charactersMax {
                return result + "…\""
            }
            count += 1
            append(scalar, to: &result)
        }
        return result + "\""
    }

    /// A number's spelling, at most `charactersMax` characters of it.
    static func cut(_ spelling: String) -> String {
        spelling.count <= charactersMax ? spelling : spelling.prefix(charactersMax) + "…"
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default:
            switch scalar.properties.generalCategory {
            // Format characters turn the direction of a terminal's text or hide in it.
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
