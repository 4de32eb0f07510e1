import RuleLanguage
import Testing

@Suite struct DiagnosticTests {
    @Test func columnsCountCharacters() {
        let text = "segment s when \"é👩‍👩‍👧\" y\n"
        let diagnostic = compileRules([RuleSource(path: "x", text: text)]).diagnostics.first
        #expect(diagnostic?.line == 1)
        #expect(diagnostic?.column == 21)
        #expect(diagnostic?.endColumn == 22)
        #expect(diagnostic?.sourceLine == String(text.dropLast()))
    }

    @Test func renderingIsExact() {
        let text = "segment s\n\twhen e in\tlst 2\u{7} hours\r\n"
        let compilation = compileRules([RuleSource(path: "a/\u{1B}.seg", text: text)])
        let lines = compilation.rendered.split(separator: "\n").prefix(3)
        #expect(
            lines.first == "a/\\u{1B}.seg:2:9: error: a window begins with 'in last', not 'in lst'"
        )
        #expect(lines.dropFirst().first == "2 |  when e in lst 2\\u{7} hours")
        #expect(lines.last == "  |         ^~~~~~ did you mean 'in last'?")
    }

    @Test func sortedByFileThenPlaceAndAllReported() {
        let compilation = compileRules([
            RuleSource(
                path: "b.seg",
                text: "segment s when a in last\nsegment t when at least 0 x"
            ),
            RuleSource(path: "a.seg", text: "segment s when at least 0 x and b in lst 1 day"),
        ])
        let places = compilation.diagnostics.map { "\($0.file):\($0.line):\($0.column)" }
        #expect(places == ["a.seg:1:16", "a.seg:1:35", "b.seg:1:9", "b.seg:1:21", "b.seg:2:16"])
        #expect(compilation.ruleSet == nil)
        #expect(compilation.diagnostics[2].message.contains("a.seg:1:9"))
    }

    @Test func atMostAHundredAreShown() {
        let text = (1...140).map { "segment s\($0) when at least 0 x\n" }.joined()
        let compilation = compileRules([RuleSource(path: "x", text: text)])
        #expect(compilation.diagnostics.count == 100)
        #expect(compilation.omittedErrors == 40)
        #expect(compilation.rendered.hasSuffix("40 more errors not shown: mend these first\n"))
    }

    @Test func bytesThatAreNotUTF8() throws {
        let fine = try RuleSource(path: "x", bytes: Array("segment é when e".utf8))
        #expect(fine.text == "segment é when e")
        let bad = Array("segment a\n when é".utf8) + [0xFF] + Array("b\nmore".utf8)
        do {
            _ = try RuleSource(path: "x", bytes: bad)
            Issue.record("accepted")
        } catch {
            #expect(error.line == 2)
            #expect(error.column == 8)
            #expect(error.message == "the file is not UTF-8 text from here on")
        }
    }

    @Test func noFilesAreAnEmptyRuleSet() {
        #expect(compileRules([]).ruleSet == RuleSet(segments: []))
    }
}
