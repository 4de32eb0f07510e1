import EventModel
import SegmentTesting
import Testing

/// Idempotency keys within the horizon.
@Suite struct OnceOnlyTests {
    private static let rules = "segment two when at least 2 added_to_cart"

    @Test func aRepeatedKeyHasNoEffectWithinTheHorizon() {
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", user: "1", id: "m")])
        world.step("7d1h-1", [.track("added_to_cart", user: "1", id: "m")])
        #expect(world.lines.isEmpty)
        #expect(world.duplicates == [SequenceNumber(3): SequenceNumber(2)])
        // A duplicate prolongs nothing: the horizon ends 7 days after the accepted one.
        world.step("7d1h", [.track("added_to_cart", user: "1", id: "m")])
        #expect(world.lines == ["7d1h entered two user:1 event #4"])
        world.step("7d2h", [.track("added_to_cart", user: "1", id: "m")])
        #expect(world.duplicates[SequenceNumber(5)] == SequenceNumber(4))
    }

    @Test func keysOfDifferentSourcesDoNotMeet() {
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        var other = EntryDraft.track("added_to_cart", user: "1", id: "m")
        other.source = "app"
        world.step("1h", [.track("added_to_cart", user: "1", id: "m"), other])
        #expect(world.duplicates.isEmpty)
        #expect(world.lines.count == 1)
    }

    @Test func entriesWithoutAKeyAreNeverDuplicates() {
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        world.step(
            "1h",
            [.track("added_to_cart", user: "1"), .track("added_to_cart", user: "1")]
        )
        #expect(world.duplicates.isEmpty)
        #expect(world.lines.count == 1)
    }

    @Test func aDuplicatesIdentifiersStillLinkAndARefoldLeavesItOut() {
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        world.step("1h", [.track("added_to_cart", anonymous: "a", id: "m")])
        world.step("2h", [.track("product_viewed", user: "1")])
        world.step("3h", [.track("added_to_cart", user: "1", anonymous: "a", id: "m")])
        #expect(world.lines.isEmpty)
        world.step("4h", [.track("added_to_cart", anonymous: "a", id: "n")])
        #expect(world.lines == ["4h entered two user:1,anonymous:a event #5"])
    }

    @Test func manyKeysAreForgottenInOrder() {
        // Several chunks of keys, two days apart.
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        for day in 0..<10 {
            let keys = (0..<40_000).map { "k\(day)-\($0)" }
            world.step("\(day * 2)d1h", keys.map { .track("e", user: "1", id: $0) })
        }
        world.step(
            "19d",
            ["k9-5", "k8-39999", "k0-0", "k5-7"].map { .track("e", user: "1", id: $0) }
        )
        let found = world.duplicates.keys.map { $0.rawValue - 400_002 }.sorted()
        #expect(found == [0, 1])
    }
}
