import EventModel
import SegmentTesting
import Testing

/// Random histories with merges, late and repeated events: ways of computing that must not differ.
@Suite struct RandomHistoryTests {
    private static let rules = """
        segment a when at least 2 view in last 3 hours
        segment b when no cart in last 2 hours and view
        segment c when sum of order.total in last 5 hours >= 10
        segment d when sum of order.total < 25
        segment e when person.plan = "pro" or person.age >= 18
        segment f when in segment a and not in segment c
        segment g when cart where price > 5 in last 1 hour
        segment h when between 1 and 2 order in last 4 hours
        segment i when everyone
        segment j when not in segment f and in segment i
        """

    private struct Step {
        var at: Instant
        var drafts: [EntryDraft]
    }

    private static func history(_ seed: UInt64) -> [Step] {
        var random = SeededGenerator(seed: seed)
        var at = EngineWorld.epoch
        return (0..<Int.random(in: 5...60, using: &random)).map { _ in
            at = at + TimeSpan(milliseconds: Int64.random(in: 1...3_000_000, using: &random))
            let count = Int.random(in: 1...3, using: &random)
            return Step(at: at, drafts: (0..<count).map { _ in draft(at, &random) })
        }
    }

    private static func draft(_ now: Instant, _ random: inout SeededGenerator) -> EntryDraft {
        func pick(_ from: [String]) -> String { from.randomElement(using: &random) ?? "" }
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        let user = chance(50) ? pick(["u1", "u2", "u3"]) : nil
        let anonymous = user == nil || chance(40) ? pick(["a1", "a2", "a3", "a4", "a5"]) : nil
        let late = Int64.random(in: -200_000...12_000_000, using: &random)
        let occurred = chance(60) ? nil : now - TimeSpan(milliseconds: late)
        let id = chance(20) ? "m\(Int.random(in: 0..<5, using: &random))" : ""
        if chance(20) {
            return .identify(
                user: user,
                anonymous: anonymous,
                at: occurred,
                id: id,
                chance(50)
                    ? ["plan": chance(50) ? "pro" : nil]
                    : ["age": .number(pick(["17", "18", "40"]))]
            )
        }
        return .track(
            pick(["view", "cart", "order"]),
            user: user,
            anonymous: anonymous,
            at: occurred,
            id: id,
            backfill: chance(10),
            [
                "price": .number(pick(["1", "5", "5.01", "9"])),
                "total": .number(pick(["1", "-3", "7.5", "20"])),
            ]
        )
    }

    private static func run(_ steps: [Step], _ change: (EngineWorld) -> Void) -> [String] {
        let world = EngineWorld(rules)
        change(world)
        world.putRulesInForce("0")
        for step in steps { world.step(step.at, step.drafts) }
        world.pass("30d")
        return world.lines
    }

    @Test func joiningEqualsFoldingAgain() {
        var merges = 0
        for seed in 0..<2_000 as Range<UInt64> {
            let steps = Self.history(seed)
            let joined = Self.run(steps) { _ in }
            let folded = Self.run(steps) { $0.alwaysRefolds = true }
            #expect(joined == folded, "seed \(seed)")
            merges += joined.count { $0.contains(" merge ") }
            if joined != folded { break }
        }
        #expect(merges > 2_000)
    }

    @Test func slicesOfOnePersonDoNotShow() {
        for seed in 0..<500 as Range<UInt64> {
            let steps = Self.history(seed)
            let whole = Self.run(steps) { _ in }
            let sliced = Self.run(steps) { $0.peopleMax = 1 }
            #expect(whole == sliced, "seed \(seed)")
        }
    }
}
