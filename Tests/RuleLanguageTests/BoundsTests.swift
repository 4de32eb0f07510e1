import RuleLanguage
import Testing

/// Every bound of the language: what lies on it is accepted, what crosses it is a clear error.
@Suite struct BoundsTests {
    @Test func aNameInATestHasFewParts() {
        let path = String(repeating: "a.", count: 100_000) + "a"
        let compilation = compileRules([
            RuleSource(path: "a.seg", text: "test \"t\" at 0m e \(path) 1")
        ])
        #expect(compilation.ruleSet == nil)
        #expect(compilation.diagnostics.first?.message == "a name may have 64 parts at most")
    }

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
        ("", "in segment ", 80_000),
        ("", "in ", 300_000),
        ("", ") ", 400_000),
        ("", "; ", 400_000),
        ("", "\"", 900_000),
        ("", "segment ", 100_000),
        ("", "when ", 200_000),
        ("", "\n", 900_000),
        ("", "at least 1 of (", 60_000),
        ("", "at least 1 of (x, ", 50_000),
        ("", "any person.x (", 60_000),
        ("x where ", "any x (", 100_000),
        ("", "x then ", 100_000),
        ("", "x since last ", 70_000),
        ("x", " for 1 day", 80_000),
        ("", "last ", 180_000),
        ("", "last x has ", 80_000),
        ("", "at least 1 days with ", 40_000),
        ("", "entered segment ", 50_000),
        ("", "person.p changed to ", 45_000),
        ("", "known for ", 90_000),
        ("", "distinct ", 100_000),
        ("", "10% ", 200_000),
        ("", "*", 900_000),
        ("", "a*", 400_000),
        ("", "x between ", 90_000),
        ("", "event like ", 80_000),
        ("x activity a", ", a", 300_000),
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

    @Test func depthOfConditionsAndItems() {
        func nested(_ open: String, _ depth: Int, _ inner: String) -> String {
            "segment s when " + String(repeating: open, count: depth) + inner
                + String(repeating: ")", count: depth)
        }
        let message = "brackets and 'not' may nest 64 deep at most"
        for open in ["at least 1 of (x, ", "any of (x, ", "(x and "] {
            #expect(BoundsTests.messages(nested(open, 64, "y")).isEmpty, "\(open)")
            #expect(BoundsTests.messages(nested(open, 65, "y")) == [message], "\(open)")
        }
        let where64 = nested("any l (", 64, "p = 1").replacing("when", with: "when x where")
        #expect(BoundsTests.messages(where64).isEmpty)
        let where65 = nested("any l (", 65, "p = 1").replacing("when", with: "when x where")
        #expect(BoundsTests.messages(where65) == [message])
        #expect(BoundsTests.messages(nested("any person.l (any l (", 1, "p = 1)")).isEmpty)
    }

    @Test func listsOfConditions() {
        func list(_ count: Int) -> String { (1...count).map { "e\($0)" }.joined(separator: ", ") }
        #expect(BoundsTests.messages("segment s when at least 2 of (\(list(10_000)))").isEmpty)
        let message = "a list may have 10000 elements at most"
        #expect(BoundsTests.messages("segment s when at least 2 of (\(list(10_001)))") == [message])
        #expect(BoundsTests.messages("activity \(list(10_000)) segment s when activity").isEmpty)
        #expect(BoundsTests.messages("activity \(list(10_001)) segment s when e") == [message])
    }

    /// Several files together may declare more than one condition can name.
    @Test func sizeOfConditionsWrittenOut() {
        func some(_ count: Int, of parts: Int) -> String {
            "at least \(count) of (\((1...parts).map { "e\($0)" }.joined(separator: ", ")))"
        }
        #expect(BoundsTests.messages("segment s when \(some(250, of: 500))").count == 1)
        #expect(BoundsTests.messages("segment s when \(some(2, of: 10_000))").isEmpty)
        let messages = BoundsTests.messages("segment s when \(some(200, of: 900))")
        #expect(messages == ["written out, this condition has more than 100000 parts"])
        // Each refers to the one before twice: 2^16 of the first are within the last.
        let chain = (1...17).map { index in
            "segment s\(index) when (in segment s\(index - 1) for 1 day) "
                + "or (in segment s\(index - 1) for 2 days)\n"
        }
        let text = "segment s0 when e\n" + chain.joined()
        #expect(BoundsTests.messages(text).count == 3)
        #expect(BoundsTests.messages("segment s0 when e\n" + chain.prefix(12).joined()).isEmpty)
    }

    @Test func activitiesOfManyFiles() {
        func file(_ lead: String) -> RuleSource {
            let names = (1...6_000).map { "\(lead)\($0)" }.joined(separator: ", ")
            return RuleSource(path: lead, text: "activity \(names)")
        }
        let rules = RuleSource(path: "c", text: "segment s when any activity")
        let compilation = compileRules([file("a"), file("b"), rules])
        #expect(
            compilation.diagnostics.map(\.message) == [
                "a rule set may declare 10000 activities at most"
            ]
        )
    }

    @Test func numbers() {
        #expect(BoundsTests.messages("segment s when 100% sample \"s\"").isEmpty)
        #expect(BoundsTests.messages("segment s when 100.1% sample \"s\"").count == 1)
        #expect(BoundsTests.messages("segment s when 0.000001% sample \"s\"").isEmpty)
        #expect(BoundsTests.messages("segment s when e in last 36500 calendar days").isEmpty)
        #expect(BoundsTests.messages("segment s when e in last 36501 calendar days").count == 1)
        #expect(BoundsTests.messages("segment s when e in last 1200 calendar months").isEmpty)
        #expect(BoundsTests.messages("segment s when e in last 1201 calendar months").count == 1)
        #expect(BoundsTests.messages("segment s when e for 36500 days").isEmpty)
        #expect(BoundsTests.messages("segment s when e for 36501 days").count == 1)
        #expect(BoundsTests.messages("segment s when a then b within 36501 days").count == 1)
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

    /// Segments that each refer to the next, so many in all.
    static func chained(_ count: Int, end: String = "x") -> String {
        (1..<count).map { "segment s\($0) when in segment s\($0 + 1)\n" }.joined()
            + "segment s\(count) when \(end)\n"
    }

    @Test func depthOfSegments() {
        #expect(BoundsTests.messages(BoundsTests.chained(65)).isEmpty)
        let message = "segments may refer to each other 64 deep at most"
        #expect(BoundsTests.messages(BoundsTests.chained(66)) == [message])
        #expect(BoundsTests.messages(BoundsTests.chained(10_000)) == [message])
    }

    @Test func longCircleIsOneErrorThatIsCut() {
        let messages = BoundsTests.messages(BoundsTests.chained(10_000, end: "in segment s1"))
        #expect(messages.count == 1)
        #expect(messages.first?.contains(" → … 9936 more … → s9969 (x.seg:9969) → ") == true)
        #expect((messages.first?.utf8.count ?? 0) < 3_000)
    }

    /// What refers to all others, to itself again and again, or to nothing that there is.
    @Test func hostileReferencesDoNotHang() {
        let all = (1...150).map { "in segment s\($0)" }.joined(separator: " or ")
        let complete = (1...150).map { "segment s\($0) when \(all)\n" }.joined()
        #expect(BoundsTests.messages(complete).count == 100)
        let itself = Array(repeating: "in segment s", count: 9_999).joined(separator: " or ")
        #expect(BoundsTests.messages("segment s when \(itself)").count == 1)
        let unknown = (1...9_999).map {
            "segment segment_of_people_\($0) when in segment segment_ofpeople\($0)\n"
        }
        #expect(BoundsTests.messages(unknown.joined()).count == 100)
        let back = (1...9_999).map {
            "segment s\($0) when in segment s\($0 + 1) or in segment s1\n"
        }
        #expect(BoundsTests.messages(back.joined() + "segment s10000 when x").count == 100)
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
