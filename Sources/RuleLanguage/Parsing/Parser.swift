/// Thrown where an error was reported and the parser has to find its feet again.
struct Reported: Error {}

/// Turns tokens into syntax by recursive descent, one function for each form of the grammar.
///
/// A function that meets an error reports it and throws `Reported`; whoever can go on behind the
/// error catches that: a condition of a chain, a clause, a block.
struct Parser {
    let source: SourceText
    let tokens: [Token]
    var complaints: Complaints
    /// The next token's index.
    private(set) var index = 0
    /// How many brackets of conditions are open.
    var openBrackets = 0
    /// In how many lists of conditions the parser is, where a comma ends a condition; counted anew
    /// within each further bracket.
    var commasEnd = 0
    private var depth = 0
    /// The parts of the segment's condition so far; nil where nobody asks for them.
    var parts: [PartSyntax]?
    /// What begins at which token, for the layout; nil where nobody asks for it.
    var marks: [Int: LayoutMark]?

    /// Parses a file, whatever is in it.
    ///
    /// - Parameter keepsParts: Whether the parts of conditions are kept too.
    static func parse(_ source: SourceText, keepsParts: Bool = false) -> FileSyntax {
        let (tokens, comments, complaints) = Lexer.runWithComments(source)
        var parser = Parser(source: source, tokens: tokens, complaints: complaints)
        if keepsParts { parser.parts = [] }
        var file = parser.file()
        file.comments = comments
        return file
    }

    init(source: SourceText, tokens: [Token], complaints: Complaints) {
        self.source = source
        self.tokens = tokens
        self.complaints = complaints
    }

    // MARK: - The next tokens

    var token: Token { ahead(0) }

    /// The token so many behind the next one; the end of the file again behind that.
    func ahead(_ count: Int) -> Token { tokens[min(index + count, tokens.count - 1)] }

    /// The token before the next one.
    var previous: Token { tokens[max(index - 1, 0)] }

    /// Whether these words come next.
    func at(_ words: String...) -> Bool { at(words) }

    func at(_ words: [String]) -> Bool {
        words.indices.allSatisfy { ahead($0).isWord(words[$0]) }
    }

    func at(symbol: String) -> Bool { token.isSymbol(symbol) }

    mutating func advance(_ count: Int = 1) { index = min(index + count, tokens.count - 1) }

    /// Goes on behind these words where they come next.
    mutating func take(_ words: String...) -> Bool {
        guard at(words) else { return false }
        advance(words.count)
        return true
    }

    mutating func take(symbol: String) -> Bool {
        guard at(symbol: symbol) else { return false }
        advance()
        return true
    }

    // MARK: - Places

    /// The bytes of the next so many tokens.
    func range(ofNext count: Int) -> Range<Int> {
        token.range.lowerBound..<max(token.range.upperBound, ahead(count - 1).range.upperBound)
    }

    /// The bytes from the token at an index to the last one read.
    func range(from start: Int) -> Range<Int> {
        let lower = tokens[start].range.lowerBound
        return lower..<max(lower, previous.range.upperBound)
    }

    /// Where to report what is missing here: at the next token, or where the clause ends, at the
    /// last one.
    private var place: Range<Int> {
        index > 0 && endsClause ? previous.range : token.range
    }

    /// Where something is missing, for messages.
    var beforeToken: String { endsClause ? "here" : "before \(tokenSpelling)" }

    private var endsClause: Bool { token.kind == .end || startsClause || startsBlock }

    /// The tokens of some indices as text on one line, without comments.
    func spelling(of indices: Range<Int>, charactersMax: Int = 60) -> String {
        var text = ""
        for index in indices where text.utf8.count <= 4 * charactersMax {
            let token = tokens[index]
            let isTight =
                text.isEmpty || text.last == "(" || text.last == "." || text.last == "["
                || [")", ",", ".", "%", "]"].contains { token.isSymbol($0) }
            text += isTight ? "" : " "
            text += shortened(source.text(token.range), to: charactersMax)
        }
        return shortened(text, to: charactersMax)
    }

    /// The next token as messages name it.
    var tokenSpelling: String {
        switch token.kind {
        case .end: "the end of the file"
        case .string: shortened(source.text(token.range), to: 40)
        default: "'\(shortened(source.text(token.range), to: 40))'"
        }
    }

    // MARK: - Errors

    mutating func complain(_ range: Range<Int>, _ message: String, fix: String? = nil) {
        complaints.error(range, message, fix: fix)
    }

    /// Reports an error at the next token, or where said, for the caller to throw.
    mutating func fail(_ message: String, at range: Range<Int>? = nil, fix: String? = nil)
        -> Reported
    {
        complain(range ?? place, message, fix: fix)
        return Reported()
    }

    /// Parses something nested, unless it is nested too deep.
    mutating func deeper<Result>(
        _ body: (inout Parser) throws(Reported) -> Result
    ) throws(Reported) -> Result {
        guard depth < Limits.depthMax else {
            throw fail(
                "brackets and 'not' may nest \(Limits.depthMax) deep at most",
                fix: "name the inner part as a segment of its own, or write it more simply"
            )
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }
}
