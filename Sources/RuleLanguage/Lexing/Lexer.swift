import EventModel

/// Cuts a rule file into tokens.
///
/// What is malformed becomes the token that was probably meant, with a complaint: one slip of the
/// pen is one error.
package struct Lexer {
    let source: SourceText
    private let scalars: [Unicode.Scalar]
    private let offsets: [Int]
    private var position = 0
    private var tokens: [Token] = []
    private var comments: [Comment] = []
    private var isFirstOnLine = true
    var complaints = Complaints()

    /// The tokens of a text; the last one is its end.
    package static func tokens(of source: SourceText) -> [Token] { run(source).tokens }

    static func run(_ source: SourceText) -> (tokens: [Token], complaints: Complaints) {
        let (tokens, _, complaints) = runWithComments(source)
        return (tokens, complaints)
    }

    static func runWithComments(_ source: SourceText)
        -> (tokens: [Token], comments: [Comment], complaints: Complaints)
    {
        var lexer = Lexer(source)
        lexer.run()
        return (lexer.tokens, lexer.comments, lexer.complaints)
    }

    private init(_ source: SourceText) {
        self.source = source
        scalars = Array(String(decoding: source.bytes, as: UTF8.self).unicodeScalars)
        var offsets: [Int] = []
        offsets.reserveCapacity(scalars.count + 1)
        var offset = 0
        for scalar in scalars {
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        offsets.append(offset)
        self.offsets = offsets
    }

    private mutating func run() {
        while let scalar = peek() {
            switch scalar {
            case "\n":
                isFirstOnLine = true
                position += 1
            case " ", "\t", "\r", "\u{A0}":
                position += 1
            case "#":
                let start = mark
                skip { $0 != "\n" }
                comments.append(
                    Comment(range: range(from: start), isFirstOnLine: isFirstOnLine)
                )
            case "\"", "“", "”", "„", "'", "‘", "’":
                text(openedBy: scalar)
            case _ where isDigit(scalar) || (scalar == "-" && peek(1).map(isDigit) == true):
                quantity()
            case _ where isWordStart(scalar):
                word()
            default:
                symbol()
            }
        }
        emit(.end, "", from: position)
    }

    // MARK: - Reading

    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }

    /// The word before this place; empty for what is no word.
    var lastWord: String { tokens.last.map { $0.kind == .word ? $0.text : "" } ?? "" }

    /// How many scalars were read.
    var mark: Int { position }

    mutating func advance(_ count: Int = 1) { position = min(position + count, scalars.count) }

    mutating func skip(while holds: (Unicode.Scalar) -> Bool) {
        while let scalar = peek(), holds(scalar) { position += 1 }
    }

    /// What was read since a mark.
    func spelling(from mark: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[mark..<position])
        return text
    }

    func range(from mark: Int) -> Range<Int> { offsets[mark]..<offsets[position] }

    mutating func emit(_ kind: Token.Kind, _ text: String, from mark: Int) {
        tokens.append(
            Token(kind: kind, text: text, range: range(from: mark), isFirstOnLine: isFirstOnLine)
        )
        isFirstOnLine = false
    }

    mutating func complain(from mark: Int, _ message: String, fix: String? = nil) {
        complaints.error(range(from: mark), message, fix: fix)
    }
}

func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
        return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
            || scalar == "$"
    }
    return scalar.properties.isAlphabetic
}

func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    if isWordStart(scalar) || isDigit(scalar) { return true }
    guard !scalar.isASCII else { return false }
    // Accents that are written as marks of their own, and the vowel signs of Indic scripts.
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark: return true
    default: return false
    }
}
