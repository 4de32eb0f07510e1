import EventModel
import SegmentTesting
import Testing

/// Sums over a window: exact, with refunds, late events and what is no number.
@Suite struct SumTests {
    private func order(
        _ total: TestValue,
        user: String = "1",
        at: String? = nil
    ) -> EntryDraft {
        .track(
            "order_completed",
            user: user,
            at: at.map(EngineWorld.instant),
            ["total": total]
        )
    }

    @Test func reachesAndFallsAtTheMillisecond() {
        let world = EngineWorld("segment s when sum of order_completed.total in last 1 day >= 200")
        world.putRulesInForce("0")
        world.step("1h", [order(.number("199.99"))])
        world.step("2h", [order(.number("0.01"))])
        world.step("3h", [order(.number("50"))])
        world.pass("1d1h-1")
        #expect(world.lines == ["2h entered s user:1 event #3"])
        world.pass("1d1h")
        #expect(world.lines.last == "1d1h exited s user:1 time")
    }

    @Test(arguments: [
        ("> 10", "10", false), (">= 10", "10", true), ("= 10", "10", true), ("!= 10", "10", false),
        ("< 10", "10", false), ("<= 10", "10", true), ("< 10.000000000000000001", "10", true),
        ("= 0.3", "0.3", true), (">= -5", "-5", true), ("> -5", "-5", false), ("< 0", "-5", true),
        ("> 0", "1e40", false),
    ])
    func compares(_ comparison: String, _ total: String, _ expected: Bool) {
        let world = EngineWorld("segment s when e and sum of e.total in last 1 day \(comparison)")
        world.putRulesInForce("0")
        world.step("1h", [.track("e", user: "1", ["total": .number(total)])])
        #expect(world.lines.isEmpty != expected)
    }

    @Test func tenthsAddUpExactly() {
        let world = EngineWorld("segment s when sum of e.total = 1")
        world.putRulesInForce("0")
        for _ in 0..<10 { world.step("1h", [.track("e", user: "1", ["total": .number("0.1")])]) }
        #expect(world.lines == ["1h entered s user:1 event #11"])
    }

    @Test func theSumOfNothingIsZero() {
        let world = EngineWorld(
            """
            segment none when sum of order_completed.total in last 1 day < 1
            segment some when sum of order_completed.total in last 1 day >= 1
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("product_viewed", user: "1")])
        world.step("2h", [order(5)])
        world.step("3h", [order("7", user: "2"), order(nil, user: "3")])
        world.pass("9d")
        #expect(
            world.lines == [
                "1h entered none user:1 event #2", "2h exited none user:1 event #3",
                "2h entered some user:1 event #3", "3h entered none user:2 event #4",
                "3h entered none user:3 event #5", "1d2h entered none user:1 time",
                "1d2h exited some user:1 time",
            ]
        )
    }

    @Test func aRefundTakesOutAndItsLeavingBringsBack() {
        let world = EngineWorld("segment s when sum of order_completed.total in last 1 day >= 100")
        world.putRulesInForce("0")
        world.step("2h", [order(120)])
        world.step("3h", [order(-50, at: "1h")])
        world.pass("9d")
        #expect(
            world.lines == [
                "2h entered s user:1 event #2", "3h exited s user:1 event #3",
                "1d1h entered s user:1 time", "1d2h exited s user:1 time",
            ]
        )
    }

    @Test func differentWindowsShareOneSeries() {
        let world = EngineWorld(
            """
            segment ever when sum of order_completed.total >= 30
            segment long when sum of order_completed.total in last 2 days >= 30
            segment short when sum of order_completed.total in last 1 day >= 30
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [order(20)])
        world.step("1d2h", [order(10)])
        world.step("5d", [order(10, at: "4d12h")])
        world.step("6d", [order(20, at: "0")])
        world.step("6d", [order(20)])
        world.pass("20d")
        #expect(
            world.lines == [
                "1d2h entered ever user:1 event #3", "1d2h entered long user:1 event #3",
                "2d1h exited long user:1 time", "6d entered long user:1 event #6",
                "6d12h exited long user:1 time",
            ]
        )
    }

    @Test func hugeNumbersDoNotOverflow() {
        let world = EngineWorld(
            "segment s when sum of e.total >= 999999999999999999.999999999999999999"
        )
        world.putRulesInForce("0")
        let huge = TestValue.number("999999999999999999.999999999999999999")
        let negative = TestValue.number("-999999999999999999.999999999999999999")
        for _ in 0..<600 { world.step("1h", [.track("e", user: "1", ["total": huge])]) }
        for _ in 0..<599 { world.step("2h", [.track("e", user: "1", ["total": negative])]) }
        #expect(world.lines == ["1h entered s user:1 event #2"])
        world.step("3h", [.track("e", user: "1", ["total": negative])])
        #expect(world.lines.last == "3h exited s user:1 event #1201")
    }

    @Test func aMergeAddsBothSums() {
        let world = EngineWorld("segment s when sum of order_completed.total in last 1 day >= 100")
        world.putRulesInForce("0")
        world.step("1h", [order(60)])
        var guest = EntryDraft.track("order_completed", anonymous: "a", ["total": 60])
        guest.messageID = "g"
        world.step("2h", [guest])
        world.step("3h", [.identify(user: "1", anonymous: "a")])
        world.pass("9d")
        #expect(
            world.lines == [
                "3h entered s user:1,anonymous:a merge #4",
                "1d1h exited s user:1,anonymous:a time",
            ]
        )
    }

    @Test func anyOrderOfArrivalGivesTheSame() {
        for seed in 0..<50 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let hours = (1...12).shuffled(using: &random)
            let world = EngineWorld("segment s when sum of e.total in last 1 day > 70")
            world.putRulesInForce("0")
            for hour in hours {
                let at = EngineWorld.instant("\(hour)h")
                world.step(
                    "12h",
                    [.track("e", user: "1", at: at, ["total": .number("\(hour)")])]
                )
            }
            world.pass("9d")
            // 1 to 12 is 78: without 1, 2, 3 it is 72, without 4 it is 68.
            #expect(world.lines.last == "1d4h exited s user:1 time", "seed \(seed)")
        }
    }
}
