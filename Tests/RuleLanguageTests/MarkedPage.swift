import RuleLanguage

/// A page with rules in blocks that are marked `seg`.
struct MarkedPage {
    /// A block that begins in that line and has no end.
    struct Unclosed: Error {
        var line: Int
    }

    /// The blocks, each with so many empty lines before it that its lines are those of the page.
    private(set) var blocks: [RuleSource] = []
    /// In which lines blocks begin that look like rules and are not marked so.
    private(set) var unmarked: [Int] = []

    /// Takes a page apart.
    /// - Throws: `Unclosed` where its last block has no end.
    init(path: String, text: String) throws {
        let leads: Set<Substring> = [
            "timezone", "segment", "event", "identifier", "activity", "attribute", "settings",
            "test",
        ]
        var open: (mark: Substring, line: Int, text: String)?
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let isFence = line.drop { $0 == " " || $0 == ">" }.hasPrefix("```")
            guard let block = open else {
                let mark = line.drop { $0 == " " || $0 == ">" || $0 == "`" }
                if isFence { open = (mark, index + 1, "") }
                continue
            }
            guard isFence else {
                open?.text += line + "\n"
                continue
            }
            open = nil
            let first = block.text.split(separator: "\n").lazy
                .flatMap { $0.split(separator: "#", omittingEmptySubsequences: false).prefix(1) }
                .compactMap { $0.split { $0.isWhitespace }.first }.first
            if block.mark == "seg" {
                let lead = String(repeating: "\n", count: block.line)
                blocks.append(RuleSource(path: path, text: lead + block.text))
            } else if let first, leads.contains(first) {
                unmarked.append(block.line)
            }
        }
        if let open { throw Unclosed(line: open.line) }
    }
}
