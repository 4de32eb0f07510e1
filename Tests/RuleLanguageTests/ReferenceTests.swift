import EventModel
import RuleLanguage
import Testing

/// Segments that refer to segments: order, hashes, and what is not checked.
@Suite struct ReferenceTests {
    static func rules(_ text: String) throws -> RuleSet {
        let compilation = compileRules([RuleSource(path: "x.seg", text: text)])
        return try #require(compilation.ruleSet, "\(compilation.rendered)")
    }

    static func unchecked(_ references: [(name: String, to: [String])]) -> RuleSet {
        RuleSet(
            segments: references.map { name, targets in
                let condition = Condition.all(targets.map { .inSegment($0) })
                return SegmentRule(name: name, title: "", note: "", condition: condition)
            }
        )
    }

    static func order(_ rules: RuleSet) -> [String] {
        rules.evaluationOrder.map { rules.segments[$0].name }
    }

    @Test func meaningNamesTheSegment() throws {
        let rules = try ReferenceTests.rules(
            "segment a when in segment \"b c\" and not in segment d "
                + "segment \"b c\" when x segment d when y"
        )
        #expect(
            rules.segments.first?.meaning == #"(and (in-segment "b c") (not (in-segment "d")))"#
        )
    }

    @Test(arguments: [
        ("segment c when x segment a when y segment b when z", ["a", "b", "c"]),
        (
            "segment a when in segment b segment b when in segment c segment c when x",
            ["c", "b", "a"]
        ),
        (
            "segment a when in segment d segment b when x segment c when in segment b "
                + "segment d when y or (z and not in segment b)",
            ["b", "c", "d", "a"]
        ),
        (
            "segment a when in segment c or in segment b or in segment c "
                + "segment b when x segment c when y",
            ["b", "c", "a"]
        ),
    ])
    func eachComesBehindThoseItRefersTo(text: String, names: [String]) throws {
        #expect(ReferenceTests.order(try ReferenceTests.rules(text)) == names)
    }

    @Test func uncheckedCirclesComeLast() {
        let rules = ReferenceTests.unchecked([
            ("a", ["b"]), ("b", ["a"]), ("c", ["a"]), ("d", ["e", "nowhere"]), ("e", []),
            ("f", ["f"]),
        ])
        #expect(ReferenceTests.order(rules) == ["e", "d", "a", "b", "c", "f"])
        #expect(rules.ruleHashes.count == 6)
    }

    @Test func longChainsAreNoRecursion() {
        let rules = ReferenceTests.unchecked(
            (0..<50_000).map { ("s\($0)", $0 == 0 ? [] : ["s\($0 - 1)"]) }
        )
        let order = ReferenceTests.order(rules)
        #expect(order == (0..<50_000).map { "s\($0)" })
        #expect(Set(rules.ruleHashes.values).count == 50_000)
    }

    @Test func hashesFollowReferences() throws {
        func hashes(_ condition: String) throws -> [String: UInt64] {
            try ReferenceTests.rules(
                "segment a when in segment b segment b when in segment c and y "
                    + "segment c when \(condition) segment d when z"
            ).ruleHashes
        }
        let before = try hashes("x")
        let after = try hashes("w")
        for name in ["a", "b", "c"] { #expect(before[name] != after[name]) }
        #expect(before["d"] == after["d"])
        #expect(before == (try hashes("(x)  # another layout\n")))
    }

    @Test func hashWithoutReferencesIsThatOfTheMeaning() throws {
        let rules = try ReferenceTests.rules("segment a when x segment b when in segment a")
        #expect(rules.ruleHashes["a"] == rules.segments.first?.ruleHash)
        #expect(rules.ruleHashes["b"] != rules.segments.last?.ruleHash)
    }

    /// The hash as its documentation says it, byte by byte.
    @Test func hashIsAsDocumented() throws {
        let rules = try ReferenceTests.rules(
            "segment z when in segment b or in segment a or in segment b "
                + "segment a when x segment b when y"
        )
        let hashes = rules.ruleHashes
        var expected = StableHash()
        expected.feed(#"(or (in-segment "b") (in-segment "a") (in-segment "b"))"#)
        for name in ["b", "a"] {
            expected.feed(name)
            expected.feed(0)
            let hash = try #require(hashes[name])
            for place in 0..<8 { expected.feed(UInt8(hash >> UInt64(56 - 8 * place) & 0xFF)) }
        }
        #expect(hashes["z"] == expected.value)
    }

    @Test func unknownSegmentsOfAFileThatWasNotReadAreNoError() {
        let large = String(repeating: "#", count: (1 << 20) + 1)
        let compilation = compileRules([
            RuleSource(path: "a", text: "segment a when in segment b"),
            RuleSource(path: "b", text: large),
        ])
        #expect(compilation.diagnostics.map(\.file) == ["b"])
    }

    @Test func filesMayComeInAnyOrder() {
        let files = [
            RuleSource(path: "a", text: "segment a when in segment b"),
            RuleSource(path: "b", text: "segment b when in segment c"),
            RuleSource(path: "c", text: "segment c when in segment a or in segment d"),
        ]
        let rendered = compileRules(files).rendered
        #expect(compileRules(files.reversed()).rendered == rendered)
        #expect(rendered.contains("a (a:1) → b (b:1) → c (c:1) → a\n"))
        #expect(rendered.contains("no segment is called 'd'"))
    }
}
