import RuleLanguage
import Testing

/// Every bound of the language: what lies on it is accepted, what crosses it is a clear error.
@Suite struct BoundsTests {
    static func messages(_ text: String) -> [String] {
        compileRules([RuleSource(path: "x.seg", text: text)]).diagnostics.map(\.message)
    }

    static func nested(_ depth: Int) -> String {
        let open = String(repeating: "(", count: depth)
        return "segment s when \(open)a\(String(repeating: ")", count: depth))"
    }

    @Test func depthOfBrackets() {
        #expect(BoundsTests.messages(BoundsTests.nested(64)).isEmpty)
        let message = "brackets and 'not' may nest 64 deep at most"
        #expect(BoundsTests.messages(BoundsTests.nested(65)) == [message])
        #expect(BoundsTests.messages(BoundsTests.nested(100_000)) == [message])
    }

    /// A lead, a text that follows it and how often.
    @Test(arguments: [
        ("", "(", 500_000),
        ("", "not ", 200_000),
        ("x where ", "not ", 200_000),
        ("x where ", "(", 500_000),
        ("", "any of (", 100_000),
        ("x where ", "not (", 200_000),
        ("", "x and (", 100_000),
        ("", "x where a = 1 and (", 50_000),
        ("", "x.", 400_000),
        ("", "person.a = 1 or ", 60_000),
        ("", "sum of ", 100_000),
        ("", "sum(", 200_000),
        ("", "sum of x.y = 1 or ", 50_000),
        ("sum of x", ".y", 400_000),
        ("sum of ", "any of (", 100_000),
        ("", ") ", 400_000),
        ("", "; ", 400_000),
        ("", "\"", 900_000),
        ("", "segment ", 100_000),
        ("", "when ", 200_000),
        ("", "\n", 900_000),
    ])
    func hostileTextIsRefusedAndDoesNotHang(lead: String, part: String, count: Int) {
        let text = "segment s when " + lead + String(repeating: part, count: count)
        let compilation = compileRules([RuleSource(path: "x.seg", text: text)])
        #expect(compilation.ruleSet == nil)
        #expect(!compilation.diagnostics.isEmpty)
        #expect(compilation.rendered.utf8.count < 200_000)
    }

    @Test func nameLength() {
        let fits = String(repeating: "é", count: 75)
        #expect(BoundsTests.messages("segment \"\(fits)\" when \"\(fits)\"").isEmpty)
        let messages = BoundsTests.messages("segment s when a\(fits) where b\(fits) = 1")
        let message = "a name may be 150 bytes long at most; this one has 151"
        #expect(messages == [message, message])
    }

    @Test func lists() {
        func list(_ count: Int) -> String { (1...count).map { "e\($0)" }.joined(separator: ", ") }
        #expect(BoundsTests.messages("segment s when any of (\(list(10_000)))").isEmpty)
        let message = "a list may have 10000 elements at most"
        #expect(BoundsTests.messages("segment s when any of (\(list(10_001)))") == [message])
        let numbers = (1...10_001).map(String.init).joined(separator: ", ")
        #expect(BoundsTests.messages("segment s when person.p one of (\(numbers))") == [message])
    }

    @Test func listsWithinLists() {
        func list(_ lead: String) -> String {
            "any of (\((1...6_000).map { "\(lead)\($0)" }.joined(separator: ", ")))"
        }
        let messages = BoundsTests.messages("segment s when any of (\(list("a")), \(list("b")))")
        #expect(messages == ["a condition may name 10000 events at most"])
    }

    @Test func chains() {
        func chain(_ count: Int) -> String {
            repeatElement("e", count: count).joined(separator: " or ")
        }
        #expect(BoundsTests.messages("segment s when \(chain(10_000))").isEmpty)
        let messages = BoundsTests.messages("segment s when \(chain(10_001))")
        #expect(messages == ["'and' and 'or' may join 10000 conditions at most"])
    }

    @Test func segments() {
        func file(_ count: Int) -> String { (1...count).map { "segment s\($0) when e\n" }.joined() }
        #expect(BoundsTests.messages(file(10_000)).isEmpty)
        #expect(
            BoundsTests.messages(file(10_001)) == ["a rule set may have 10000 segments at most"]
        )
    }

    @Test func fileSize() {
        let comment = "segment s when e #"
        let fits = comment + String(repeating: "x", count: (1 << 20) - comment.utf8.count)
        #expect(BoundsTests.messages(fits).isEmpty)
        let message = "the file is larger than 1048576 bytes: split it"
        #expect(BoundsTests.messages(fits + "x") == [message])
    }

    @Test func duration() {
        #expect(BoundsTests.messages("segment s when e in last 1 ms").count == 1)
        #expect(BoundsTests.messages("segment s when e in last 1ms").isEmpty)
        #expect(BoundsTests.messages("segment s when e in last 0.001 seconds").isEmpty)
        #expect(BoundsTests.messages("segment s when e in last 36500 days").isEmpty)
        #expect(BoundsTests.messages("segment s when e in last 36500d1ms").count == 1)
    }
}
