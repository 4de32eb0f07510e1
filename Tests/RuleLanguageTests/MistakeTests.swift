import Foundation
import RuleLanguage
import Testing

/// `Mistakes/NN-what.seg` is a file as a marketer or an analyst might write it, with one mistake
/// that people make, or a few; `NN-what.expected` is the answer.
///
/// `RECORD_GOLDEN=1 swift test` writes the expected files anew, for a person to read.
@Suite struct MistakeTests {
    static let folder = GoldenTests.folder.deletingLastPathComponent().appending(path: "Mistakes")

    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (files ?? []).filter { $0.hasSuffix(".seg") }.map { String($0.dropLast(4)) }.sorted()
    }()

    /// Those with several slips, and how many errors they give.
    static let several = [
        "35-american-date": 2, "51-event-name-with-hyphen": 2, "52-smart-quotes": 2,
        "53-single-quotes": 2, "63-attribute-without-person": 2, "77-semicolon": 2,
        "78-colon-behind-name": 3, "84-misspelt-words": 2, "86-several-independent": 3,
        "87-several-in-one-segment": 3, "88-several-with-good-ones": 3, "97-compared-with-now": 2,
        "98-anniversary-of": 2, "101-any-item-in-items": 2,
        "102-the-title-for-the-name": 2,
    ]

    @Test(arguments: names)
    func isAnsweredAsExpected(name: String) throws {
        let bytes = try Data(contentsOf: MistakeTests.folder.appending(path: name + ".seg"))
        let source = RuleSource(path: name + ".seg", text: String(decoding: bytes, as: UTF8.self))
        let compilation = compileRules([source], zones: GoldenTests.zone)
        let file = MistakeTests.folder.appending(path: name + ".expected")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try compilation.rendered.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let isEqual = compilation.rendered.utf8.elementsEqual(expected.utf8)
        #expect(isEqual, "\(name):\n\(compilation.rendered)")
        // One slip, one error, and each says what to do.
        #expect(compilation.diagnostics.count == MistakeTests.several[name] ?? 1)
        for diagnostic in compilation.diagnostics {
            #expect(diagnostic.fix != nil, "\(name): \(diagnostic.message)")
        }
    }

    @Test func thereAreEnough() {
        #expect(MistakeTests.names.count >= 60)
    }
}
