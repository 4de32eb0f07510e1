/// What became of a file that was to be formatted.
public enum FormattedRules: Sendable {
    /// The file in the canonical layout.
    case formatted(String)
    /// The file has errors: it is left as it is, since nobody knows what was meant.
    case refused([Diagnostic])
}

/// Brings a rule file to the one canonical layout.
///
/// Words, their order and comments stay, so the meaning does; formatting again changes nothing. What rests on
/// other files, such as the names of segments, is not looked at.
public func formatRules(_ source: RuleSource) -> FormattedRules {
    let text = SourceText(path: source.path, text: source.text)
    guard text.bytes.count <= Limits.fileBytesMax else {
        let complaint = Complaint(
            range: 0..<0,
            message: "the file is larger than \(Limits.fileBytesMax) bytes: split it"
        )
        var lines = LineReader(text)
        return .refused([lines.diagnostic(complaint)])
    }
    let (tokens, comments, complaints) = Lexer.runWithComments(text)
    var parser = Parser(source: text, tokens: tokens, complaints: complaints)
    parser.marks = [:]
    let file = parser.file()
    guard file.complaints.count == 0 else {
        var lines = LineReader(text)
        return .refused(
            file.complaints.sorted.prefix(Limits.errorsMax).map { lines.diagnostic($0) }
        )
    }
    var formatter = Formatter(text, tokens, comments, parser.marks ?? [:])
    let formatted = formatter.text()
    // Should the layout ever make something else of the words, the file is better left as it is.
    let again = Parser.parse(SourceText(path: source.path, text: formatted))
    let words = Lexer.tokens(of: SourceText(path: source.path, text: formatted))
    let isSame = zip(words, tokens).allSatisfy { $0.kind == $1.kind && $0.text == $1.text }
    guard again.complaints.count == 0, words.count == tokens.count, isSame else {
        return .formatted(source.text)
    }
    return .formatted(formatted)
}

/// What begins at a token, for the layout.
enum LayoutMark {
    /// A block: a line of its own at the margin.
    case block
    /// A clause, a property, a setting or a step: an indented line of its own.
    case clause
    /// `and` or `or` between the parts of a chain.
    case joint
    /// An element of a list in brackets.
    case element
}

/// A comment, from its `#` to the end of its line.
struct Comment {
    var range: Range<Int>
    /// Whether nothing but space stands before it on its line.
    var isFirstOnLine: Bool
}
