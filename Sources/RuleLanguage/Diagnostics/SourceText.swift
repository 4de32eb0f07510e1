/// A rule file's text, by bytes.
package struct SourceText: Sendable {
    /// The file's name.
    package let path: String
    /// The text in UTF-8, without a byte order mark.
    package let bytes: [UInt8]

    /// The text of that file.
    package init(path: String, text: String) {
        self.path = path
        let bytes = Array(text.utf8)
        self.bytes = Array(bytes.dropFirst(SourceText.markBytes(bytes)))
    }

    /// How many bytes of a byte order mark the text begins with.
    static func markBytes(_ bytes: [UInt8]) -> Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The text of some of the bytes.
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }
}

/// Turns places of a file into lines and columns; keeps the last line, for there may be many
/// complaints on a long one.
struct LineReader {
    /// The file.
    let source: SourceText
    private let lineStarts: [Int]
    private var line = -1
    private var characters: [Character] = []
    private var characterStarts: [Int] = []

    init(_ source: SourceText) {
        self.source = source
        var starts = [0]
        for (offset, byte) in source.bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    /// The line and the column of a byte, both from 1.
    mutating func place(of offset: Int) -> (line: Int, column: Int) {
        load(line: index(of: offset))
        return (line + 1, max(1, characterCount(startingBefore: offset + 1, orEndAt: offset)))
    }

    /// The complaint as the reader of the rules gets it.
    mutating func diagnostic(_ complaint: Complaint) -> Diagnostic {
        let (line, column) = place(of: complaint.range.lowerBound)
        let end = characterCount(startingBefore: complaint.range.upperBound, orEndAt: nil) + 1
        let room = Limits.sourceLineCharactersMax
        let cut = max(0, min(column - 1 - room / 3, characters.count - room))
        return Diagnostic(
            severity: .error,
            file: source.path,
            line: line,
            column: column,
            endColumn: max(end, column + 1),
            message: complaint.message,
            fix: complaint.fix,
            sourceLine: String(characters[cut...].prefix(room)),
            sourceLineColumn: cut + 1
        )
    }

    /// The last line that starts at the byte or before it, from 0.
    private func index(of offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    private mutating func load(line wanted: Int) {
        guard wanted != line else { return }
        line = wanted
        let start = lineStarts[wanted]
        var rest = source.bytes[start...].prefix { $0 != UInt8(ascii: "\n") }
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        characters = Array(String(decoding: rest, as: UTF8.self))
        characterStarts = []
        var offset = start
        for character in characters {
            characterStarts.append(offset)
            offset += character.utf8.count
        }
        characterStarts.append(offset)
    }

    /// How many characters of the line start before a byte; the end of the line counts as one
    /// where `orEndAt` lies there.
    private func characterCount(startingBefore offset: Int, orEndAt end: Int?) -> Int {
        var low = 0
        var high = characterStarts.count
        while low < high {
            let middle = (low + high) / 2
            if characterStarts[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return end == nil ? min(low, characters.count) : low
    }
}
