import EventModel
import Foundation
import RuleLanguage
import Testing

/// `Golden/NAME.seg` compiles to what `Golden/NAME.expected` says: rendered diagnostics, or a line
/// `name: meaning` for each segment.
///
/// A line `# file: NAME` begins a further file of the same rule set, as its first line.
///
/// `RECORD_GOLDEN=1 swift test` writes the expected files anew, for a person to read.
@Suite struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (files ?? []).filter { $0.hasSuffix(".seg") }.map { String($0.dropLast(4)) }.sorted()
    }()

    /// Europe/Berlin from 2025 to 2027, and nothing else.
    static func zone(_ name: String) -> Zone? {
        guard name == "Europe/Berlin" else { return nil }
        let changes = [
            ("2025-03-30T01:00:00Z", 7_200), ("2025-10-26T01:00:00Z", 3_600),
            ("2026-03-29T01:00:00Z", 7_200), ("2026-10-25T01:00:00Z", 3_600),
            ("2027-03-28T01:00:00Z", 7_200), ("2027-10-31T01:00:00Z", 3_600),
        ]
        let first = Zone.Offset(from: .distantPast, seconds: 3_600)
        return Zone(
            name: name,
            offsets: [first]
                + changes.compactMap { text, seconds in
                    Instant(rfc3339: text).map { Zone.Offset(from: $0, seconds: seconds) }
                }
        )
    }

    static func source(_ name: String) throws -> String {
        let bytes = try Data(contentsOf: folder.appending(path: name + ".seg"))
        return String(decoding: bytes, as: UTF8.self)
    }

    static func files(_ name: String, _ text: String) -> [RuleSource] {
        let mark = "# file: "
        var files = [RuleSource(path: name + ".seg", text: "")]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(mark) {
                files.append(RuleSource(path: String(line.dropFirst(mark.count)), text: ""))
            }
            files[files.count - 1].text += line + "\n"
        }
        // The last line has no line break where the text has none.
        files[files.count - 1].text.removeLast()
        return files
    }

    @Test(arguments: names)
    func compilesAsExpected(name: String) throws {
        let text = try GoldenTests.source(name)
        let compilation = compileRules(GoldenTests.files(name, text), zones: GoldenTests.zone)
        let actual = GoldenTests.shown(compilation)
        let file = GoldenTests.folder.appending(path: name + ".expected")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try actual.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let isEqual = actual.utf8.elementsEqual(expected.utf8)
        #expect(isEqual, "\(name):\n\(difference(from: expected, to: actual))")
        #expect(name.hasPrefix("accepted-") == (compilation.ruleSet != nil))
    }

    @Test func thereAreEnough() {
        #expect(GoldenTests.names.count >= 90)
    }

    /// What must show a difference does show one.
    @Test func differenceIsShown() {
        #expect(difference(from: "a\nb\n", to: "a\nc\n") == "- b\n+ c")
        #expect(difference(from: "a\n", to: "a\n").isEmpty)
    }

    static func shown(_ compilation: RuleCompilation) -> String {
        guard let rules = compilation.ruleSet else { return compilation.rendered }
        let tests = compilation.tests.map { test in
            "test \(test.name) \(test.start.rfc3339)\n"
                + test.steps.map { "  \($0.at.rfc3339) \($0.text)\n" }.joined()
        }
        let segments = rules.segments.map { rule in
            "\(rule.name): \(rule.meaning)\n"
                + rule.expectations.map { "  expect \($0.text)\n" }.joined()
        }
        let events = rules.contract.events.filter { !$0.expectations.isEmpty }.map { event in
            "event \(event.name)\n" + event.expectations.map { "  expect \($0.text)\n" }.joined()
        }
        return segments.joined() + events.joined() + tests.joined()
    }
}

/// The lines that one text has and the other has not.
func difference(from expected: String, to actual: String) -> String {
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
    return new.difference(from: old).map { change in
        switch change {
        case .remove(_, let line, _): "- \(line)"
        case .insert(_, let line, _): "+ \(line)"
        }
    }.joined(separator: "\n")
}
