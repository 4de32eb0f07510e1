import EventModel
import Foundation
import RuleLanguage
import Testing

/// What the pages for users show compiles, and the guide shows every form of conditions.
///
/// Each block marked `seg` is a complete file that compiles alone. A block with rules in it that is
/// marked otherwise is an error, and so is one that is not closed: nothing is passed over.
@Suite struct GuideTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let catalog = "Sources/RuleLanguage/RuleLanguage.docc/"
    static let guide = catalog + "Guide.md"

    static func page(_ path: String) throws -> MarkedPage {
        let bytes = try Data(contentsOf: root.appending(path: path))
        return try MarkedPage(path: path, text: String(decoding: bytes, as: UTF8.self))
    }

    static func conditions(_ blocks: [RuleSource]) -> [Condition] {
        blocks.flatMap { block in
            compileRules([block], zones: zone).ruleSet?.segments.map(\.condition) ?? []
        }
    }

    /// Berlin as the golden tests have it, and New York without its summers.
    static func zone(_ name: String) -> Zone? {
        guard name == "America/New_York" else { return GoldenTests.zone(name) }
        return Zone(name: name, offsets: [Zone.Offset(from: .distantPast, seconds: -18_000)])
    }

    @Test(arguments: [(guide, 45), ("README.md", 2), (catalog + "RuleLanguage.md", 0)])
    func everyBlockCompilesAlone(path: String, blocksMin: Int) throws {
        let page = try GuideTests.page(path)
        #expect(page.blocks.count >= blocksMin)
        #expect(page.unmarked.isEmpty, "rules in blocks that are not marked seg")
        for block in page.blocks {
            let compilation = compileRules([block], zones: GuideTests.zone)
            #expect(compilation.ruleSet != nil, "\(compilation.rendered)")
        }
    }

    /// So a reader may put all of them into one folder, but for contracts: with one, all is declared.
    @Test func blocksOfTheGuideCompileTogether() throws {
        let compilation = compileRules(
            try GuideTests.page(GuideTests.guide).blocks.filter {
                !$0.text.contains("event order_")
            },
            zones: GuideTests.zone
        )
        #expect(compilation.ruleSet != nil, "\(compilation.rendered)")
    }

    @Test func everyFormOfMeaningIsShown() throws {
        let blocks = try GuideTests.page(GuideTests.guide).blocks
        var forms = ConditionForms()
        for condition in GuideTests.conditions(blocks) { forms.add(condition) }
        let missing = Set(ConditionForm.allCases).subtracting(forms.found)
        #expect(missing.isEmpty, "the guide has no example of these")
    }

    /// Forms that leave no trace of their own in the meaning.
    @Test(arguments: [
        "when no ", "when at least 3 order_completed", "when at most 2 email_sent",
        "when exactly 1 ", "when more than ", "fewer than ", "when between 2 and 4 ",
        "any of (", "at least 3 any of (", "any event", "no event", "any activity", "no activity",
        "\nactivity ", "where (not ", "where no items (", "when no person.", "and (", "and not (",
        "today\n", "yesterday\n", "this week\n", "this month\n", "this year\n", "ever\n",
        "calendar days", "calendar weeks", "calendar months", "between 21 and 14 days ago",
        "= 0\n", "!= 10\n", "<= -1\n", "is true", "is false", "is not set", "not one of (",
        "between 18 and 25", "before 2026", "after 2026", "since 2026", "= 2026-03-01\n",
        "between 2026-01-01 and 2026-01-31", "is known\n", "is anonymous\n", "everyone\n",
        "not 10% sample", "not in segment", "in list", "at most 1 of (", "exactly 1 of (",
        "when not ", "timezone \"", "1h30m", "0.5s", "1.5 hours", "+01:00", "\\\"",
        "\n  note \"", "# ", "segment \"", "person.address.\"zip code\"", "items.qty where",
    ])
    func everyWordingIsShown(wording: String) throws {
        let blocks = try GuideTests.page(GuideTests.guide).blocks
        #expect(blocks.contains { $0.text.contains(wording) })
    }

    /// The tests on the page pass: what they need of the engine is looked at in `RuleTestTests`.
    @Test func theGuideHasTests() throws {
        let blocks = try GuideTests.page(GuideTests.guide).blocks
        let tests = blocks.flatMap { compileRules([$0], zones: GuideTests.zone).tests }
        #expect(tests.count >= 2)
    }

    /// What the last table calls easily confused compiles, and does differ.
    @Test func confusedConditionsDiffer() throws {
        let bytes = try Data(contentsOf: GuideTests.root.appending(path: GuideTests.guide))
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let rows = lines.filter { $0.hasPrefix("| ") }.dropFirst(2)
        #expect(rows.count >= 9)
        for row in rows {
            let cells = row.split(separator: "`", omittingEmptySubsequences: false)
            try #require(cells.count == 5, "\(row)")
            let meanings = [cells[1], cells[3]].map { condition in
                let source = RuleSource(path: "row", text: "segment s when \(condition)")
                let compilation = compileRules([source])
                #expect(compilation.ruleSet != nil, "\(compilation.rendered)")
                return compilation.ruleSet?.segments.first?.meaning
            }
            #expect(meanings[0] != meanings[1], "\(row)")
        }
    }

    /// The negative controls: a faulty block, a missing form, and blocks that would be passed over.
    @Test func faultsAreSeen() throws {
        let fence = "```"
        let page = try MarkedPage(
            path: "x.md",
            text: """
                \(fence)seg
                segment s when
                  in last
                \(fence)

                \(fence)text
                # A comment.

                segment t
                \(fence)
                """
        )
        let diagnostics = compileRules(page.blocks).diagnostics
        #expect(diagnostics.first?.file == "x.md")
        #expect(diagnostics.first?.line == 3)
        #expect(page.unmarked == [6])

        var forms = ConditionForms()
        let source = RuleSource(path: "y", text: "segment s when average of a.b today > 1")
        for condition in GuideTests.conditions([source]) { forms.add(condition) }
        #expect(forms.found == [.average, .greaterFigure, .calendarDays])

        #expect(throws: MarkedPage.Unclosed.self) {
            try MarkedPage(path: "z.md", text: "\(fence)seg\nsegment s when a")
        }
    }
}
