import EventModel
import SegmentTesting
import Testing

/// Deadlines of one slot, in numbers that are sorted as a few, by parts of the slot, and that stand in a heap.
@Suite struct ManyDeadlinesTests {
    @Test(arguments: [20, 3_000, 12_000])
    func eachFallsDueAtItsOwnInstant(count: Int) {
        let world = EngineWorld("segment carts when added_to_cart in last 3 hours")
        world.putRulesInForce("0")
        var random = SeededGenerator(seed: UInt64(count))
        let start = EngineWorld.instant("0") + .minutes(1)
        let times = (0..<count).map { _ in
            // Some at the same instant.
            start + TimeSpan(milliseconds: Int64.random(in: 0..<3_000_000, using: &random) / 7 * 7)
        }
        world.step(
            "1h",
            times.enumerated().map { .track("added_to_cart", user: "\($0.offset)", at: $0.element) }
        )
        let entered = world.lines.count
        world.pass("5h")
        #expect(entered == count)
        let exits = world.transitions.dropFirst(count)
        #expect(exits.map(\.at) == times.sorted().map { $0 + .hours(3) })
        #expect(Set(exits.map(\.person)).count == count)
    }
}
