extension Parser {
    /// `file`.
    mutating func file() -> FileSyntax {
        var file = FileSyntax(source: source, complaints: Complaints())
        if at("timezone") { file.timezone = timezone() }
        while token.kind != .end {
            marks?[index] = .block
            do {
                try block(of: &file)
            } catch { skipBlock() }
        }
        file.complaints = complaints
        return file
    }

    private mutating func timezone() -> TextSyntax? {
        advance()
        guard token.kind == .string else {
            complain(
                token.range,
                "'timezone' needs the name of a zone in quotes",
                fix: zoneHint
            )
            if token.kind == .word, !startsBlock { advance() }
            return nil
        }
        advance()
        return TextSyntax(text: previous.text, range: previous.range)
    }

    private var zoneHint: String {
        token.kind == .word && !startsBlock && !token.isFirstOnLine
            ? "write timezone \"\(shortened(token.text, to: 40))\""
            : "write timezone \"Europe/Berlin\""
    }

    private mutating func block(of file: inout FileSyntax) throws(Reported) {
        guard token.kind == .word else {
            throw fail(
                "\(tokenSpelling) does not belong here: a file consists of blocks such as "
                    + "'segment'"
            )
        }
        switch token.text {
        case "segment":
            file.segments.append(try segment())
        case "settings": file.settings.append(try settings())
        case "event": file.events.append(try eventType())
        case "identifier": file.identifiers.append(try identifier())
        case "activity": file.activities += try activity()
        case "attribute": file.attributes.append(try attribute())
        case "test": file.tests.append(try testBlock())
        case "timezone":
            complain(
                token.range,
                "'timezone' stands once, at the top of the file",
                fix: file.timezone == nil ? "move this line to the top" : "leave this line out"
            )
            _ = timezone()
        case "when", "note", "expect":
            throw fail(
                "'\(token.text)' belongs to a segment, and none begins before it",
                at: token.range,
                fix: "begin with: segment some_name"
            )
        default:
            let near = nearest(to: token.text, among: Reserved.blocks + ["timezone"])
            if near == "segment", ahead(1).isName {
                complain(
                    token.range,
                    "\(tokenSpelling) is no word of the rule language",
                    fix: "did you mean 'segment'?"
                )
                file.segments.append(try segment())
                return
            }
            let error = fail(
                "\(tokenSpelling) does not belong here: a file consists of blocks such as "
                    + "'segment'",
                fix: near.map { "did you mean '\($0)'?" }
            )
            advance()
            throw error
        }
    }
}
