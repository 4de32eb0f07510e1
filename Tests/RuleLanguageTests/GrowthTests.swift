import Foundation
import RuleLanguage
import Testing

/// Twice the text takes at most 2.3 times as long, right or wrong.
@Suite(.serialized) struct GrowthTests {
    /// Blocks to repeat; `%` is the number of the repetition.
    static let blocks = [
        "segment s% \"t\" note \"n\" when at least 3 e in last 2 hours and not in segment s%\n",
        "segment s% when e where (a = 1 and b one of (\"x\", \"y\")) in last 3 calendar days\n",
        "segment s% when last e has p >= 2 in last 9 days or first e more than 60 days ago\n",
        "segment s% when e then no f within 30 minutes with same k in last 1 day for 15 minutes\n",
        "segment s% when sum of e.items.qty where x = 1 in last 90 days >= 2 and 10% sample \"s\"\n",
        "segment s% when at least 2 of (e, person.a is set, any person.l (k = 1 and v > 2))\n",
        "segment s% when at least 3 days with any of (e, f) in last 7 days\n",
        "segment s% when person.t anniversary in next 7 days and person.p changed to \"x\"\n",
        // What people get wrong.
        "segment s s% when count(e) > 3 AND person.a IS NOT NULL\n",
        "segment s% note it's 1.000,00 € when e at least twice in the last month;\n",
        "segment s% when e with p = 1 every week since Jan 31, but did not do f\n",
        "segment s% note \"a\n  b\n  c\" when person.city = New York // x\n",
        "\"", "(", "a and ", "x b c d e ", "a = 1 or > 2 and ", "is in ", "note x\n", "1,0",
    ]

    @Test(arguments: blocks)
    func twiceTheTextTakesTwiceAsLong(block: String) {
        func seconds(_ count: Int) -> Double {
            let lead = block.hasPrefix("segment") ? "" : "segment s when "
            let text = lead + (1...count).map { block.replacing("%", with: "\($0)") }.joined()
            let file = [RuleSource(path: "x.seg", text: text)]
            // The least of several: whatever else the machine does only adds.
            return (0..<3).map { _ in
                let start = GrowthTests.threadSeconds()
                _ = compileRules(file).rendered
                return GrowthTests.threadSeconds() - start
            }.min() ?? 0
        }
        let count = max(100, 16_000 / block.utf8.count)
        // Other machines on the same processor spoil a measurement now and then, not five; what
        // grows with the square takes four times as long in each.
        var ratios: [Double] = []
        repeat {
            ratios.append(seconds(2 * count) / max(seconds(count), 0.000_1))
        } while ratios.count < 5 && ratios.last ?? 0 > 2.3
        #expect(ratios.last ?? 0 <= 2.3, "\(block): \(ratios)")
    }

    /// The processor time of this thread, which other tests do not lengthen.
    static func threadSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
