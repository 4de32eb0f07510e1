import Materializer
import RuleLanguage

/// The row "rule-tests": steps of rule tests, each test in a world of its own, against ten thousand a second.
struct RuleTestRow {
    let tests: Int
    let rounds: Int

    private static let rules = """
        event product_viewed sku text
        event added_to_cart also known as add_to_cart sku text
        event order_completed unique by order_id total number also known as value

        attribute plan text

        segment carts when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment buyers when at least 3 order_completed in last 30 days
        segment spenders when sum of order_completed.total in last 90 days >= 200
        segment pros when person.plan = "pro"
        segment lapsed when any event and no event in last 14 days
        segment best when in segment spenders and in segment pros

        """

    private static func test(_ number: Int) -> String {
        """
        test "journey \(number)"
          at 0m anonymous "w" product_viewed sku "A-1"
          at 5m anonymous "w" add_to_cart sku "A-1"
          at 1h anonymous "w" expect in carts
          at 2h user "c" anonymous "w" identify plan "pro"
          at 3h user "c" expect not in carts
          at 1d user "c" order_completed order_id "o-1" total 150
          at 2d user "c" order_completed order_id "o-2" value "150"
          at 2d user "c" expect in best
          at 9d user "d" order_completed order_id "o-3" total 5
          at 20d user "c" expect in lapsed
          at 20d expect 1 member in best

        """
    }

    func run(_ report: inout Report) throws {
        let source = RuleSource(
            path: "journeys.seg",
            text: RuleTestRow.rules + (0..<tests).map { RuleTestRow.test($0) }.joined()
        )
        let compiled = compileRules([source])
        guard let ruleSet = compiled.ruleSet else { throw BenchmarkError(compiled.rendered) }
        let runner = RuleTestRunner(ProposedRules(sources: [source], ruleSet: ruleSet))
        let steps = compiled.tests.reduce(0) { $0 + $1.steps.count }
        var seconds: [Double] = []
        for _ in 0..<rounds {
            let clock = ContinuousClock()
            let start = clock.now
            for test in compiled.tests {
                let failures = try runner.run(test).failures
                guard failures.isEmpty else {
                    throw BenchmarkError("\(test.name): \(failures.map(\.found))")
                }
            }
            let duration = (clock.now - start).components
            seconds.append(Double(duration.seconds) + Double(duration.attoseconds) / 1e18)
        }
        let rate = Double(steps) / Measure.median(seconds)
        report.add(
            Row(
                "rule-tests",
                "times 10,000 steps of rule tests a second",
                rate / 10_000,
                ["\(Int(rate)) steps/s in \(compiled.tests.count) tests of \(steps) steps"]
            )
        )
    }
}
