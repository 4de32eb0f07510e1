import Foundation
import RuleLanguage
import Testing

/// The syntax highlighting for editors knows the words of the language.
@Suite struct EditorTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func everyWordOfTheGrammarIsHighlighted() throws {
        let grammar = try Data(
            contentsOf: Self.root.appending(path: ".editor/vscode/syntaxes/seg.tmLanguage.json")
        )
        let object = try JSONSerialization.jsonObject(with: grammar) as? [String: Any]
        let repository = try #require(object?["repository"] as? [String: Any])
        var patterns: [Regex<AnyRegexOutput>] = []
        func collect(_ value: Any) throws {
            if let object = value as? [String: Any] {
                for key in ["match", "begin", "end"] {
                    guard let text = object[key] as? String else { continue }
                    // Every one is a regular expression that engines take.
                    patterns.append(
                        try Regex(
                            text.replacing("(?<![\\w.$])", with: "\\b")
                                .replacing("(?<![\\w$])", with: "")
                        )
                    )
                }
                for (_, inner) in object { try collect(inner) }
            }
            if let list = value as? [Any] { for inner in list { try collect(inner) } }
        }
        try collect(repository)
        #expect(patterns.count > 15)
        let page = String(
            decoding: try Data(
                contentsOf: Self.root.appending(path: GuideTests.catalog + "RuleLanguage.md")
            ),
            as: UTF8.self
        )
        let block = try #require(
            page.components(separatedBy: "```").first { $0.contains("held [") }
        )
        let words = Set(block.matches(of: /"([a-z]+)"/).map { String($0.1) })
        #expect(words.count > 110)
        for word in words.sorted() {
            let isKnown = patterns.contains { pattern in
                ["\(word) 1", "\(word) x", "1 \(word)"].contains { text in
                    text.matches(of: pattern).contains { match in
                        text[match.range].contains(word)
                    }
                }
            }
            #expect(isKnown, "'\(word)' is not highlighted")
        }
    }
}
