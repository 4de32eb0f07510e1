import EventModel
import SegmentTesting
import Testing

/// Rule sets that come into force: new segments see the whole past, quietly.
@Suite struct RuleChangeTests {
    private static let first = """
        segment kept when added_to_cart in last 2 hours
        segment changed when at least 2 added_to_cart in last 1 day
        segment removed when product_viewed in last 1 day
        """
    private static let second = """
        # Another layout, and a comment: the same meaning.
        segment kept "With a title"
          when added_to_cart in last 120 minutes
        segment changed when at least 1 added_to_cart in last 1 day
        segment new when added_to_cart ever
        """

    @Test func newChangedRemovedAndKept() {
        let world = EngineWorld(Self.first, Self.second)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1"), .track("product_viewed", user: "2")])
        world.putRulesInForce("2h")
        world.pass("3h")
        #expect(
            world.lines == [
                "1h entered kept user:1 event #2", "1h entered removed user:2 event #3",
                "2h entered changed user:1 rules #4 quiet", "2h entered new user:1 rules #4 quiet",
                "2h exited removed user:2 rules #4 quiet", "3h exited kept user:1 time",
            ]
        )
        #expect(world.memberCount("new") == 1)
        #expect(world.memberCount("removed") == nil)
    }

    @Test func deadlinesBeforeTheChangeAreTheOldRules() {
        let world = EngineWorld(Self.first, Self.second)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1")])
        world.putRulesInForce("3h+1")
        #expect(
            world.lines.prefix(2) == [
                "1h entered kept user:1 event #2", "3h exited kept user:1 time",
            ]
        )
    }

    @Test func backAgainIsTheSameMembers() {
        let world = EngineWorld(Self.first, Self.second, Self.first)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1"), .track("product_viewed", user: "2")])
        world.putRulesInForce("2h")
        world.putRulesInForce("2h+1")
        #expect(world.memberCount("kept") == 1)
        #expect(world.memberCount("changed") == 0)
        #expect(world.memberCount("removed") == 1)
        #expect(world.memberCount("new") == nil)
    }

    @Test func aStrangerIsDecidedByTheRulesInForce() {
        let world = EngineWorld("segment s when no e", "segment t when no e")
        world.putRulesInForce("0")
        world.step("1h", [.track("other", user: "1")])
        world.putRulesInForce("2h")
        world.step("3h", [.track("other", user: "2")])
        #expect(
            world.lines == [
                "1h entered s user:1 event #2", "2h exited s user:1 rules #3 quiet",
                "2h entered t user:1 rules #3 quiet", "3h entered t user:2 event #4",
            ]
        )
    }

    @Test func manySegmentsAndManyLeaves() {
        // More than one word of bits for names and for leaves.
        let rules = (0..<200).map {
            "segment s\(1_000 + $0) when at least \($0 % 7 + 1) e in last \($0 + 1) minutes"
        }.joined(separator: "\n")
        let world = EngineWorld(rules)
        world.putRulesInForce("0")
        for _ in 0..<3 { world.step("1h", [.track("e", user: "1")]) }
        world.pass("1d")
        let expected = (0..<200).filter { $0 % 7 < 3 }.count
        #expect(world.lines.count == expected * 2)
        #expect(world.lines.last?.hasPrefix("4h") ?? false)
    }
}
