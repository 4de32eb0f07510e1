extension Lexer {
    /// Reads a quoted text with its escapes.
    ///
    /// Quotes of a word processor are read as what they stand for, with a complaint.
    mutating func text(openedBy quote: Unicode.Scalar) {
        let start = mark
        advance()
        let isStraight = quote == "\""
        let closing: Set<Unicode.Scalar> =
            switch quote {
            case "\"": ["\""]
            case "'", "‘", "’": ["'", "‘", "’"]
            default: ["“", "”", "\""]
            }
        var content = String.UnicodeScalarView()
        while let scalar = peek(), scalar != "\n" {
            if closing.contains(scalar) {
                advance()
                if !isStraight {
                    complain(
                        from: start,
                        "text is written in straight double quotes",
                        fix: "write \"\(shortened(String(content)))\""
                    )
                }
                emit(.string, String(content), from: start)
                return
            }
            if scalar == "\\" {
                if let meant = escape() { content.append(meant) }
            } else {
                content.append(scalar)
                advance()
            }
        }
        if content.last == "\r" { content.removeLast() }
        if isStraight, textOfLines(String(content), from: start) { return }
        complain(
            from: start,
            "this text has no closing quote on its line",
            fix: isStraight ? "close it with \"; a line break within text is \\n" : nil
        )
        emit(.string, String(content), from: start)
    }

    /// Reads what follows a backslash; nil where that is no escape.
    private mutating func escape() -> Unicode.Scalar? {
        let start = mark
        advance()
        switch peek() {
        case "\"", "\\":
            let scalar = peek()
            advance()
            return scalar
        case "n":
            advance()
            return "\n"
        case "u" where peek(1) == "{":
            return codePoint(from: start)
        default:
            if let next = peek(), next != "\n" { advance() }
            complain(
                from: start,
                "'\(spelling(from: start))' means nothing within a text",
                fix: "there are \\\", \\\\, \\n and \\u{…}; a backslash is \\\\"
            )
            return nil
        }
    }

    private mutating func codePoint(from start: Int) -> Unicode.Scalar? {
        advance(2)
        let digits = mark
        skip { isDigit($0) || ("a"..."f").contains($0) || ("A"..."F").contains($0) }
        let spelled = spelling(from: digits)
        let isClosed = peek() == "}"
        if isClosed { advance() }
        if isClosed, spelled.count <= 6, let value = UInt32(spelled, radix: 16),
            let scalar = Unicode.Scalar(value)
        {
            return scalar
        }
        complain(
            from: start,
            "'\(shortened(spelling(from: start)))' names no character",
            fix: "write \\u{…} with 1 to 6 hexadecimal digits, such as \\u{E9} for é"
        )
        return nil
    }
}
