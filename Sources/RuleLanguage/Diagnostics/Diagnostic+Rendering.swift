extension Diagnostic {
    /// The diagnostic as a terminal shows it: three lines, each with its line break.
    ///
    /// Control characters are spelled out, so that no rule file can steer a terminal.
    public var rendered: String {
        var shown = ""
        var underline = ""
        for (offset, character) in sourceLine.enumerated() {
            let cell = character == "\t" ? " " : visible(String(character))
            let width = cell.count
            let place = sourceLineColumn + offset
            shown += cell
            if place < column {
                underline += String(repeating: " ", count: width)
            } else if place < max(endColumn, column + 1) {
                let isFirst = place == column
                underline += isFirst ? "^" : "~"
                underline += String(repeating: "~", count: width - 1)
            }
        }
        if column >= sourceLineColumn + sourceLine.count { underline += "^" }
        let hint = fix.map { " " + visible($0) } ?? ""
        let gutter = String(repeating: " ", count: String(line).count)
        return """
            \(visible(file)):\(line):\(column): \(severity.rawValue): \(visible(message))
            \(line) | \(shown)
            \(gutter) | \(underline)\(hint)

            """
    }
}

/// The text with control characters, and those that turn the direction of writing, spelled out.
func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
            result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default:
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// The text cut in the middle to so many characters.
func shortened(_ text: String, to charactersMax: Int = 60) -> String {
    // Counting the characters of a text of a megabyte for every message would be slow.
    guard text.utf8.count > charactersMax else { return text }
    let start = text.prefix(charactersMax + 1)
    guard start.count > charactersMax else { return text }
    let tail = charactersMax / 3
    return "\(start.prefix(charactersMax - tail - 1))…\(text.suffix(tail))"
}
