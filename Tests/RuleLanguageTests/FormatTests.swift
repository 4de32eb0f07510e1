import EventModel
import Foundation
import RuleLanguage
import Testing

/// The one canonical layout.
@Suite struct FormatTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Formatting")

    static let pairs: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".before") }.map { String($0.dropLast(7)) }.sorted()
    }()

    /// All other rule files of the tests, accepted ones and wrong ones.
    static let others: [URL] = ["Golden", "Mistakes"].flatMap { name in
        let folder = FormatTests.folder.deletingLastPathComponent().appending(path: name)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".seg") }.sorted().map { folder.appending(path: $0) }
    }

    private static func read(_ url: URL) throws -> String {
        String(decoding: try Data(contentsOf: url), as: UTF8.self)
    }

    private static func formatted(_ text: String) -> String? {
        guard case .formatted(let text) = formatRules(RuleSource(path: "a.seg", text: text)) else {
            return nil
        }
        return text
    }

    @Test(arguments: pairs)
    func asExpected(name: String) throws {
        let before = try Self.read(Self.folder.appending(path: name + ".before"))
        let file = Self.folder.appending(path: name + ".after")
        let after = try #require(Self.formatted(before))
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try after.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = try Self.read(file)
        #expect(after == expected, "\(difference(from: expected, to: after))")
        #expect(Self.formatted(after) == after)
    }

    @Test func thereAreEnough() { #expect(Self.pairs.count >= 8) }

    /// Words and comments stay, in their order; formatting again changes nothing.
    @Test(arguments: others)
    func nothingIsLost(file: URL) throws {
        let text = try Self.read(file)
        guard let once = Self.formatted(text) else { return }
        #expect(Self.formatted(once) == once)
        #expect(Self.words(once) == Self.words(text))
    }

    /// The same with all space taken out and put in elsewhere, and comments between words.
    @Test func nothingIsLostOfAnyLayout() throws {
        var random = SystemRandomNumberGenerator()
        var formattedCount = 0
        for file in Self.others where file.lastPathComponent.hasPrefix("accepted-") {
            let text = try Self.read(file)
            for _ in 0..<5 {
                let scattered = Self.scattered(text, &random)
                guard let once = Self.formatted(scattered) else { continue }
                formattedCount += 1
                #expect(Self.formatted(once) == once, "\(scattered)")
                #expect(Self.words(once) == Self.words(scattered), "\(scattered)")
                let (before, after) = (Self.compiled(scattered), Self.compiled(once))
                #expect(before.ruleSet == after.ruleSet, "\(scattered)")
                #expect(
                    before.tests.map { "\($0)" }.map(Self.withoutLines)
                        == after.tests.map { "\($0)" }.map(Self.withoutLines)
                )
            }
        }
        #expect(formattedCount > 50)
    }

    private static func withoutLines(_ text: String) -> String {
        text.replacing(/line: [0-9]+/, with: "")
    }

    private static func compiled(_ text: String) -> RuleCompilation {
        compileRules([RuleSource(path: "a.seg", text: text)], zones: GoldenTests.zone)
    }

    /// Tokens and comments, as they are spelled.
    private static func words(_ text: String) -> [String] {
        let source = SourceText(path: "a.seg", text: text)
        let tokens = Lexer.tokens(of: source).dropLast().map { token in
            String(decoding: source.bytes[token.range], as: UTF8.self)
        }
        // A `#` within a text is none.
        let comments = text.split(whereSeparator: \.isNewline).compactMap { line -> String? in
            var isText = false
            var isEscaped = false
            for (offset, character) in line.enumerated() {
                if isEscaped {
                    isEscaped = false
                } else if isText, character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isText.toggle()
                } else if !isText, character == "#" {
                    return line.dropFirst(offset).trimmingCharacters(in: .whitespaces)
                }
            }
            return nil
        }
        return tokens + comments
    }

    /// The tokens with other space between them, and comments where a line ends.
    private static func scattered(_ text: String, _ random: inout some RandomNumberGenerator)
        -> String
    {
        let source = SourceText(path: "a.seg", text: text)
        var result = ""
        for token in Lexer.tokens(of: source).dropLast() {
            // What begins a line may do so for a reason.
            if token.isFirstOnLine {
                result += "\n"
            } else {
                result +=
                    [" ", "  ", "\t", " ", "\n# comment \n\n", " # more\n", "\n\n"]
                    .randomElement(using: &random) ?? " "
            }
            result += String(decoding: source.bytes[token.range], as: UTF8.self)
        }
        return result
    }

    @Test func aFileWithErrorsIsLeftAlone() {
        guard
            case .refused(let errors) = formatRules(
                RuleSource(path: "a.seg", text: "segment a when x in lst 2 hours")
            )
        else {
            Issue.record("formatted")
            return
        }
        #expect(errors.count == 1)
        #expect(errors.first?.line == 1)
    }
}
