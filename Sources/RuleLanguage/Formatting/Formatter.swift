/// Writes tokens in the canonical layout.
struct Formatter {
    private let source: SourceText
    private let tokens: [Token]
    private let marks: [Int: LayoutMark]
    /// Per token the comments between it and the one before.
    private var commentsBefore: [Int: [Comment]] = [:]
    private var output = ""
    /// How many characters the last line has.
    private var column = 0

    private static let widthMax = 100

    init(
        _ source: SourceText,
        _ tokens: [Token],
        _ comments: [Comment],
        _ marks: [Int: LayoutMark]
    ) {
        self.source = source
        self.tokens = tokens
        self.marks = marks
        var index = 0
        for comment in comments {
            while tokens[index].range.lowerBound < comment.range.lowerBound,
                index < tokens.count - 1
            {
                index += 1
            }
            commentsBefore[index, default: []].append(comment)
        }
    }

    /// The whole file.
    mutating func text() -> String {
        let end = tokens.count - 1
        var start = 0
        var previousBlock: Range<Int>?
        var block = 0..<0
        while start < end {
            var stop = start + 1
            while stop < end, !startsLine(stop) { stop += 1 }
            let isBlock = marks[start] == .block || start == 0
            if isBlock {
                previousBlock = block.isEmpty ? nil : block
                block = start..<blockEnd(start)
            }
            beginLine(start, isBlock: isBlock, behind: isBlock ? previousBlock : nil, block)
            write(start..<stop, indent: isBlock ? 0 : 2)
            start = stop
        }
        finish(end)
        return output
    }

    private func startsLine(_ index: Int) -> Bool {
        switch marks[index] {
        case .block, .clause: true
        case .joint, .element, nil: false
        }
    }

    private func blockEnd(_ start: Int) -> Int {
        var end = start + 1
        while end < tokens.count - 1, marks[end] != .block { end += 1 }
        return end
    }

    // MARK: - Lines

    private mutating func newLine(indent: Int) {
        while output.last == " " { output.removeLast() }
        if !output.isEmpty { output += "\n" }
        output += String(repeating: " ", count: indent)
        column = indent
    }

    private mutating func blankLine() {
        if !output.isEmpty, !output.hasSuffix("\n\n") { output += "\n" }
        column = 0
    }

    /// Begins the line of a token, with the comments before it.
    private mutating func beginLine(
        _ index: Int,
        isBlock: Bool,
        behind previous: Range<Int>?,
        _ block: Range<Int>
    ) {
        let indent = isBlock ? 0 : 2
        var comments = commentsBefore[index] ?? []
        trailing(&comments)
        var last = index > 0 ? tokens[index - 1].range.upperBound : 0
        if isBlock, previous != nil {
            // What is indented and follows at once belongs to the block before.
            while let comment = comments.first, isIndented(comment),
                !hasBlankLine(last..<comment.range.lowerBound)
            {
                write(comment, indent: 2)
                last = comment.range.upperBound
                comments.removeFirst()
            }
        }
        var isFirst = true
        for comment in comments {
            if wantsBlank(last..<comment.range.lowerBound, isFirst, isBlock, previous, block) {
                blankLineBehindText()
            }
            write(comment, indent: indent)
            last = comment.range.upperBound
            isFirst = false
        }
        if wantsBlank(last..<tokens[index].range.lowerBound, isFirst, isBlock, previous, block) {
            blankLineBehindText()
        }
        newLine(indent: indent)
    }

    private mutating func blankLineBehindText() {
        if !output.isEmpty { output += "\n" }
    }

    private func wantsBlank(
        _ gap: Range<Int>,
        _ isFirst: Bool,
        _ isBlock: Bool,
        _ previous: Range<Int>?,
        _ block: Range<Int>
    ) -> Bool {
        guard !output.isEmpty else { return false }
        if isBlock, isFirst, let previous, !areAlike(previous, block) { return true }
        return hasBlankLine(gap)
    }

    /// Whether two declarations of the same kind may stand below each other: each is one line.
    private func areAlike(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        tokens[left.lowerBound].text == tokens[right.lowerBound].text
            && ["attribute", "activity", "identifier", "event"].contains(
                tokens[left.lowerBound].text
            )
            && isOneLine(left) && isOneLine(right)
    }

    private func isOneLine(_ block: Range<Int>) -> Bool {
        !block.dropFirst().contains { marks[$0] == .clause }
    }

    private func isIndented(_ comment: Comment) -> Bool {
        let before = comment.range.lowerBound - 1
        return before >= 0
            && [UInt8(ascii: " "), UInt8(ascii: "\t")].contains(source.bytes[before])
    }

    private func hasBlankLine(_ gap: Range<Int>) -> Bool {
        source.bytes[gap].count { $0 == UInt8(ascii: "\n") } > 1
    }

    // MARK: - Comments

    /// Writes a comment that stands behind the last token on its line.
    private mutating func trailing(_ comments: inout [Comment]) {
        guard let first = comments.first, !first.isFirstOnLine, !output.isEmpty else { return }
        output += "  " + spelled(first)
        column = .max / 2
        comments.removeFirst()
    }

    private mutating func write(_ comment: Comment, indent: Int) {
        newLine(indent: indent)
        output += spelled(comment)
    }

    private func spelled(_ comment: Comment) -> String {
        var text = source.text(comment.range)
        while let last = text.unicodeScalars.last, [" ", "\t", "\r", "\u{A0}"].contains(last) {
            text.unicodeScalars.removeLast()
        }
        return text
    }

    private mutating func finish(_ end: Int) {
        var comments = commentsBefore[end] ?? []
        trailing(&comments)
        var last = end > 0 ? tokens[end - 1].range.upperBound : 0
        for comment in comments {
            let isBlank = hasBlankLine(last..<comment.range.lowerBound)
            if isBlank { blankLineBehindText() }
            write(comment, indent: !isBlank && end > 0 && isIndented(comment) ? 2 : 0)
            last = comment.range.upperBound
        }
        if !output.isEmpty { output += "\n" }
    }

    // MARK: - Tokens

    /// Writes a logical line, over several lines where it has to be.
    private mutating func write(_ range: Range<Int>, indent: Int) {
        // The parts of a condition stand below each other.
        var start = range.lowerBound
        var depth = 0
        for index in range {
            if index > range.lowerBound, depth == 0, marks[index] == .joint {
                writePart(start..<index, indent: start == range.lowerBound ? indent : indent + 2)
                beginPart(index, indent: indent + 2)
                start = index
            }
            if isOpen(index) { depth += 1 }
            if isClose(index) { depth -= 1 }
        }
        writePart(start..<range.upperBound, indent: start == range.lowerBound ? indent : indent + 2)
    }

    /// Begins a further line, with the comments before its token.
    private mutating func beginPart(_ index: Int, indent: Int) {
        var comments = commentsBefore[index] ?? []
        trailing(&comments)
        for comment in comments { write(comment, indent: indent) }
        newLine(indent: indent)
    }

    private mutating func writePart(_ range: Range<Int>, indent: Int) {
        guard column + width(of: range) > Formatter.widthMax || hasComments(within: range),
            let group = longestGroup(in: range)
        else {
            writeFlat(range, indent: indent + 2)
            return
        }
        // As many lines as the bracket has elements, then what stands behind it.
        writeFlat(range.lowerBound..<group.lowerBound + 1, indent: indent + 2)
        var start = group.lowerBound + 1
        var depth = 0
        for index in start..<group.upperBound {
            let begins = marks[index] == .joint || marks[index] == .element
            if depth == 0, begins, index > start {
                writeElement(start..<index, indent: indent + 2)
                start = index
            }
            if isOpen(index) { depth += 1 }
            if isClose(index) { depth -= 1 }
        }
        if start < group.upperBound { writeElement(start..<group.upperBound, indent: indent + 2) }
        beginPart(group.upperBound, indent: indent)
        writePart(group.upperBound..<range.upperBound, indent: indent)
    }

    private mutating func writeElement(_ range: Range<Int>, indent: Int) {
        beginPart(range.lowerBound, indent: indent)
        writePart(range, indent: indent)
    }

    /// The tokens on one line, or as many as comments make of it.
    private mutating func writeFlat(_ range: Range<Int>, indent: Int) {
        for index in range {
            if index > range.lowerBound {
                if let comments = commentsBefore[index], !comments.isEmpty {
                    beginPart(index, indent: indent)
                } else if hasSpace(before: index) {
                    output += " "
                    column += 1
                }
            }
            let text = source.text(tokens[index].range)
            output += text
            column += text.count
        }
    }

    private func width(of range: Range<Int>) -> Int {
        var width = 0
        for index in range {
            width += source.text(tokens[index].range).count
            if index > range.lowerBound, hasSpace(before: index) { width += 1 }
            if width > Formatter.widthMax { return width }
        }
        return width
    }

    private func hasComments(within range: Range<Int>) -> Bool {
        range.dropFirst().contains { commentsBefore[$0] != nil }
    }

    private func hasSpace(before index: Int) -> Bool {
        let (left, right) = (tokens[index - 1], tokens[index])
        if left.isSymbol("(") || left.isSymbol("[") || left.isSymbol(".") { return false }
        return ![")", "]", ",", ".", "%"].contains { right.isSymbol($0) }
    }

    private func isOpen(_ index: Int) -> Bool {
        tokens[index].isSymbol("(") || tokens[index].isSymbol("[")
    }

    private func isClose(_ index: Int) -> Bool {
        tokens[index].isSymbol(")") || tokens[index].isSymbol("]")
    }

    /// Whether what is in a bracket may stand on lines of its own: words of blocks and clauses may not.
    private func mayBreak(_ group: Range<Int>) -> Bool {
        group.dropFirst().allSatisfy { index in
            let begins =
                index == group.lowerBound + 1 || marks[index] == .element || marks[index] == .joint
            guard begins, tokens[index].kind == .word else { return true }
            return !(Reserved.blocks + Reserved.clauses + ["timezone"])
                .contains(tokens[index].text)
        }
    }

    /// The outermost bracket with the most in it: from its opening token to its closing one.
    private func longestGroup(in range: Range<Int>) -> Range<Int>? {
        var depth = 0
        var open = range.lowerBound
        var longest: Range<Int>?
        for index in range {
            if isOpen(index) {
                if depth == 0 { open = index }
                depth += 1
            } else if isClose(index) {
                depth -= 1
                // One that closes what was opened before is none of this stretch.
                guard depth >= 0 else {
                    depth = 0
                    continue
                }
                if depth == 0, index - open > longest?.count ?? 1, mayBreak(open..<index) {
                    longest = open..<index
                }
            }
        }
        return longest
    }
}
