/// One file of rules.
public struct RuleSource: Sendable {
    /// The file's name, as diagnostics show it.
    public var path: String
    /// What it says.
    public var text: String

    /// A file of that name and text.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// Reads a file's bytes as UTF-8.
    ///
    /// - Throws: a diagnostic at the first byte that is not UTF-8.
    public init(path: String, bytes: [UInt8]) throws(Diagnostic) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RuleSource.notUTF8(path: path, bytes: bytes)
        }
        self.init(path: path, text: text)
    }

    private static func notUTF8(path: String, bytes: [UInt8]) -> Diagnostic {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var validBytes = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) {
            validBytes += scalar.count
        }
        let rest = bytes[validBytes...].prefix { $0 != UInt8(ascii: "\n") }
        let shown = bytes[..<validBytes] + rest
        let source = SourceText(path: path, text: String(decoding: shown, as: UTF8.self))
        let place = validBytes - SourceText.markBytes(bytes)
        let complaint = Complaint(
            range: place..<place,
            message: "the file is not UTF-8 text from here on",
            fix: "save the file in the encoding UTF-8"
        )
        var lines = LineReader(source)
        return lines.diagnostic(complaint)
    }
}
