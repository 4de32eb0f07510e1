import EventModel
import Foundation
import Materializer
import RuleLanguage
import Testing

/// Rule tests, run on the engine.
@Suite struct RuleTestTests {
    private static func run(_ text: String) throws -> [RuleTestResult] {
        let source = RuleSource(path: "t.seg", text: text)
        let compilation = compileRules([source])
        let ruleSet = try #require(compilation.ruleSet, "\(compilation.rendered)")
        let runner = RuleTestRunner(ProposedRules(sources: [source], ruleSet: ruleSet))
        return try compilation.tests.map { try runner.run($0) }
    }

    private static let rules = """
        segment carts when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment listed when in list press_kit
        segment pros when person.plan = "pro"
        segment due when person.trial_ends in next 3 days
        segment met when person is known
        identifier card

        """

    /// What holds, and the same the other way round, which must fail: so each of them can.
    private static let steps: [(before: String, expectation: String, wrong: String)] = [
        ("at 0m added_to_cart", "at 1h59m expect in carts", "at 2h expect in carts"),
        ("at 0m added_to_cart", "at 2h expect not in carts", "at 1h expect not in carts"),
        ("at 0m added_to_cart", "at 0m expect in carts", "at 0m expect not in carts"),
        (
            "at 0m user \"a\" added_to_cart at 1m anonymous \"b\" added_to_cart",
            "at 1m expect 2 members in carts", "at 1m expect 1 member in carts"
        ),
        (
            "at 0m added_to_cart at 1h order_completed at 2h added_to_cart at 4h added_to_cart",
            "at 4h expect 2 entries into carts", "at 4h expect 3 entries into carts"
        ),
        (
            "at 0m added_to_cart at 1h user \"a\" added_to_cart",
            "at 2h expect 1 exit from carts", "at 2h expect 2 exits from carts"
        ),
        (
            "at 0m added_to_cart at 1h user \"a\" added_to_cart",
            "at 2h user \"a\" expect 1 entry into carts",
            "at 2h user \"a\" expect 2 entries into carts"
        ),
        (
            "at 0m added to list press_kit at 1h removed from list press_kit",
            "at 1h expect not in listed", "at 1h expect in listed"
        ),
        (
            "at 0m identify plan \"pro\" at 1h identify plan unset",
            "at 1h expect not in pros", "at 1h expect in pros"
        ),
        (
            "at 0m user \"a\" added_to_cart at 1h user \"a\" erased",
            "at 1h user \"a\" expect not in carts", "at 1h user \"a\" expect in carts"
        ),
        (
            "at 0m user \"a\" added_to_cart at 30m user \"b\" added_to_cart at 1h user \"a\" erased",
            "at 1h expect 1 member in carts", "at 1h expect 2 members in carts"
        ),
        (
            "at 0m added_to_cart at 1h erased at 90m added_to_cart",
            "at 2h expect 2 entries into carts", "at 2h expect 1 entry into carts"
        ),
        (
            "at 0m identify trial_ends in 5 days",
            "at 2d expect in due", "at 1d23h expect in due"
        ),
        (
            "at 0m anonymous \"w\" added_to_cart at 1m user \"c\" anonymous \"w\" identify",
            "at 1m user \"c\" expect in carts", "at 1m user \"c\" expect not in carts"
        ),
        (
            "at 0m user \"a\" added_to_cart at 1m user \"b\" added_to_cart "
                + "at 2m user \"a\" merged into user \"b\"",
            "at 2m expect 1 member in carts", "at 2m expect 2 members in carts"
        ),
        (
            "at 3h late by 90 minutes added_to_cart",
            "at 3h expect in carts", "at 4h expect in carts"
        ),
        (
            "at 0m identifier card \"5\" added_to_cart",
            "at 0m identifier card \"5\" expect not in met",
            "at 0m identifier card \"5\" expect in met"
        ),
        (
            "at 2026-01-01T00:30:00Z added_to_cart",
            "at 2026-01-01T02:29:59Z expect in carts", "at 2026-01-01T02:30:00Z expect in carts"
        ),
    ]

    @Test(arguments: 0..<steps.count)
    func eachForm(index: Int) throws {
        let (before, expectation, wrong) = Self.steps[index]
        let right = try Self.run(Self.rules + "test \"t\" \(before) \(expectation)")
        #expect(right.map(\.failures.count) == [0], "\(expectation)")
        let failing = try Self.run(Self.rules + "test \"t\" \(before) \(wrong)")
        #expect(failing.map(\.failures.count) == [1], "\(wrong)")
    }

    @Test func aFailureSaysWhy() throws {
        let results = try Self.run(
            """
            segment s when (added_to_cart in last 2 hours or person.plan = "pro")
              and no order_completed in last 2 hours and in segment t
            segment t when any event
            test "t"
              at 0m added_to_cart sku "A"
              at 1m user "x" added_to_cart
              at 10m order_completed # here
              at 15m expect in s
            """
        )
        let failure = try #require(results.first?.failures.first)
        #expect(failure.found == "the person is not in s")
        #expect(failure.step.line == 8)
        #expect(failure.step.text == "at 15m expect in s")
        #expect(
            failure.parts.map { "\($0.depth) \($0.holds) \($0.text)" } == [
                "0 true (added_to_cart in last 2 hours or person.plan = \"pro\")",
                "1 true added_to_cart in last 2 hours", "1 false person.plan = \"pro\"",
                "0 false no order_completed in last 2 hours", "0 true in segment t",
            ]
        )
        #expect(
            failure.history.map(\.text) == [
                "at 0m added_to_cart sku \"A\"", "at 10m order_completed",
            ]
        )
    }

    /// What had happened to those who became one with the person had happened to the person.
    @Test func aFailureShowsWhatHadHappenedToThoseWhoWereMerged() throws {
        let results = try Self.run(
            Self.rules + """
                test "t"
                  at 0m anonymous "w" added_to_cart
                  at 1m user "a" added_to_cart
                  at 2m user "b" anonymous "w" identify
                  at 3m user "c" added_to_cart
                  at 4m user "a" merged into user "b"
                  at 3h user "b" expect in carts
                """
        )
        let failure = try #require(results.first?.failures.first)
        #expect(
            failure.history.map(\.text) == [
                "at 0m anonymous \"w\" added_to_cart", "at 1m user \"a\" added_to_cart",
                "at 2m user \"b\" anonymous \"w\" identify",
                "at 4m user \"a\" merged into user \"b\"",
            ]
        )
    }

    @Test func whoeverIsUnknownIsInNothing() throws {
        let results = try Self.run(Self.rules + "test \"t\" at 0m expect in carts")
        #expect(
            results.first?.failures.first?.found == "nothing has happened to this person by then"
        )
    }

    /// Each test is a world of its own.
    @Test func nothingIsLeftOver() throws {
        let test = "test \"t\" at 0m added_to_cart at 0m expect 1 member in carts\n"
        let results = try Self.run(Self.rules + test + test)
        #expect(results.map(\.failures.count) == [0, 0])
    }

    /// The tests beside the starter rules, and those of the guide.
    @Test(arguments: ["segments", "Sources/RuleLanguage/RuleLanguage.docc/Guide.md"])
    func testsThatShip(path: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let place = root.appending(path: path)
        var files: [[RuleSource]] = []
        if path.hasSuffix(".md") {
            let text = String(decoding: try Data(contentsOf: place), as: UTF8.self)
            files = text.components(separatedBy: "```seg\n").dropFirst().map {
                [RuleSource(path: "guide", text: $0.components(separatedBy: "```")[0])]
            }
        } else {
            let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
            files = [
                try names.map {
                    let bytes = try Data(contentsOf: place.appending(path: $0))
                    return RuleSource(path: $0, text: String(decoding: bytes, as: UTF8.self))
                }
            ]
        }
        var count = 0
        for sources in files {
            let compilation = compileRules(sources)
            guard let ruleSet = compilation.ruleSet, !compilation.tests.isEmpty else { continue }
            let runner = RuleTestRunner(ProposedRules(sources: sources, ruleSet: ruleSet))
            for test in compilation.tests {
                count += 1
                let failures = try runner.run(test).failures
                #expect(failures.isEmpty, "\(test.name): \(failures.map(\.found))")
            }
        }
        #expect(count >= 2)
    }
}
