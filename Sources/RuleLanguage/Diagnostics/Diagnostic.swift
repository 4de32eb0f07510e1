/// Something that is wrong with the rules, and where.
public struct Diagnostic: Error, Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Sendable {
        /// The rule set is refused.
        case error
        /// The rule set is legal and probably not what was meant.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// The file's name as it was given.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The first character that is wrong, in user-visible characters from 1.
    public var column: Int
    /// The column behind the last character that is wrong; on the same line.
    public var endColumn: Int
    /// What is wrong, in a marketer's words.
    public var message: String
    /// What to do, such as `did you mean 'added_to_cart'?`; nil where the message says enough.
    public var fix: String?
    /// The source line, or 160 characters of it around the place where it is longer.
    public var sourceLine: String
    /// The column of the first character of `sourceLine`; 1 unless the line was cut.
    public var sourceLineColumn: Int

    /// A diagnostic with all its parts.
    public init(
        severity: Severity,
        file: String,
        line: Int,
        column: Int,
        endColumn: Int,
        message: String,
        fix: String?,
        sourceLine: String,
        sourceLineColumn: Int
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.endColumn = endColumn
        self.message = message
        self.fix = fix
        self.sourceLine = sourceLine
        self.sourceLineColumn = sourceLineColumn
    }
}
