import EventModel
import EventStore
import SegmentTesting
import Testing

/// Who somebody is, since when, by chance, and in which other segments.
@Suite struct PeopleConditionTests {
    @Test(arguments: [
        Story(
            "person is known",
            [did("1h", "x", user: nil, anonymous: "a"), set("2h", anonymous: "a")],
            ["in 2h"]
        ),
        Story(
            "person is anonymous",
            [did("1h", "x", user: nil, anonymous: "a"), set("2h", anonymous: "a")],
            ["in 1h", "out 2h"]
        ),
        Story("known for at least 7 days", [did("1h", "x")], ["in 7d1h"]),
        Story("known for at least 7 days", [did("2h", "x"), did("3h@1h", "x")], ["in 7d1h"]),
        Story("known for at least 7 days", [did("2h@1h", "x"), did("3h", "x")], ["in 7d1h"]),
        Story("known for at least 7 days", [did("9d@1d", "x")], ["in 9d"]),
        Story("known for at least 7 days", [did("8d@1d+1", "x")], ["in 8d+1"]),
        Story("not known for at least 7 days", [did("1h", "x")], ["in 1h", "out 7d1h"]),
        Story("everyone", [did("1h", "x")], ["in 1h"]),
        Story("not everyone", [did("1h", "x")], []),
        // Since when somebody is known, is told by the time of the event.
        Story(
            "person is known for 2 hours",
            [did("1h", "x", user: nil, anonymous: "a"), set("3h@2h", anonymous: "a")],
            ["in 4h"]
        ),
        Story(
            "person is anonymous for 2 hours",
            [did("1h", "x", user: nil, anonymous: "a"), set("3h+1", anonymous: "a")],
            ["in 3h", "out 3h+1"]
        ),
        // It began anonymous, at 1h, as is seen when it is known.
        Story(
            "known for at least 2 hours",
            [did("2h", "x", user: nil, anonymous: "a"), set("150m@1h", anonymous: "a")],
            ["in 3h"]
        ),
    ])
    func identity(_ story: Story) { story.check() }

    private static let three =
        "of (e in last 1 hour, f in last 1 hour, g in last 1 hour)"

    @Test(arguments: [
        Story(
            "at least 2 \(three)",
            [did("1h"), did("80m", "f"), did("100m", "g")],
            ["in 80m", "out 2h20m"]
        ),
        Story(
            "at most 1 \(three)",
            [did("1h"), did("80m", "f"), did("100m", "g")],
            ["in 1h", "out 80m", "in 2h20m"]
        ),
        Story(
            "exactly 2 \(three)",
            [did("1h"), did("80m", "f"), did("100m", "g")],
            ["in 80m", "out 100m", "in 2h", "out 2h20m"]
        ),
        Story(
            "at least 2 \(three) for 30 minutes",
            [did("1h"), did("80m", "f"), did("100m", "g")],
            ["in 110m", "out 2h20m"]
        ),
        Story(
            "exactly 2 \(three) for 20 minutes",
            [did("1h"), did("80m", "f"), did("100m+1", "g")],
            ["in 100m", "out 100m+1"]
        ),
        Story("exactly 0 \(three)", [did("1h")], ["in 2h"]),
        Story(
            "at least 3 \(three)",
            [did("1h"), did("80m", "f"), did("100m", "g")],
            ["in 100m", "out 2h"]
        ),
        Story(
            "not at least 2 \(three)",
            [did("1h"), did("80m", "f")],
            ["in 1h", "out 80m", "in 2h"]
        ),
    ])
    func someOfSeveral(_ story: Story) { story.check() }

    @Test(arguments: [
        Story(
            "segment s when entered segment a in last 2 hours\nsegment a when e in last 1 hour",
            [did("1h"), did("5h")],
            ["in 1h", "out 3h", "in 5h", "out 7h"]
        ),
        Story(
            "segment s when exited segment a in last 2 hours\nsegment a when e in last 1 hour",
            [did("1h")],
            ["in 2h", "out 4h"]
        ),
        Story(
            "segment s when entered segment a\nsegment a when e in last 1 hour",
            [did("1h")],
            ["in 1h"]
        ),
        Story(
            "segment s when entered segment a today\nsegment a when e",
            [did("5h")],
            ["in 5h", "out 1d"]
        ),
        Story(
            "segment s when exited segment a yesterday\nsegment a when e in last 1 hour",
            [did("22h")],
            ["in 1d", "out 2d"]
        ),
        Story(
            "segment s when entered segment a between 3 and 1 hours ago\nsegment a when e",
            [did("2h@1h")],
            ["in 3h", "out 5h"]
        ),
        Story(
            "segment s when entered segment a since last f\nsegment a when e in last 1 hour",
            [did("1h"), did("3h", "f"), did("4h")],
            ["in 1h", "out 3h", "in 4h"]
        ),
        Story(
            "segment s when entered segment a since 2026-01-02\nsegment a when e in last 1 hour",
            [did("1d-1"), did("2d")],
            ["in 2d"]
        ),
        // An entry is decided when it is, not when its event was.
        Story(
            "segment s when entered segment a in last 2 hours\nsegment a when e",
            [did("4h@1h")],
            ["in 4h", "out 6h"]
        ),
        Story(
            "segment s when in segment a and not entered segment a in last 2 hours\nsegment a when e",
            [did("1h")],
            ["in 3h"]
        ),
    ])
    func turns(_ story: Story) { story.check() }

    @Test func anAbsorbedPersonsTurnsStayItsOwn() {
        let world = EngineWorld(
            """
            segment a when e in last 1 hour
            segment s when entered segment a in last 1 day
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("e", anonymous: "a")])
        world.step("3h", [.track("x", user: "1")])
        world.step("4h", [.identify(user: "1", anonymous: "a")])
        world.pass("9d")
        #expect(
            world.lines == [
                "1h entered a anonymous:a event #2", "1h entered s anonymous:a event #2",
                "2h exited a anonymous:a time", "4h exited s anonymous:a merge #4",
            ]
        )
    }

    @Test func quietTurnsCountToo() {
        let world = EngineWorld(
            "segment a when f",
            "segment a when e\nsegment s when entered segment a in last 2 hours"
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("e", user: "1")])
        world.putRulesInForce("2h")
        world.pass("9d")
        #expect(
            world.lines == [
                "2h entered a user:1 rules #3 quiet", "2h entered s user:1 rules #3 quiet",
                "4h exited s user:1 time",
            ]
        )
    }

    @Test func aSegmentOfASegmentOfASegmentSettlesInOneInstant() {
        let world = EngineWorld(
            """
            segment c when in segment d and not in segment z
            segment d when in segment b
            segment b when e in last 2 hours
            segment z when not in segment b
            """
        )
        world.putRulesInForce("0")
        world.step("1h", [.track("e", user: "1")])
        world.pass("9d")
        #expect(
            world.lines == [
                "1h entered b user:1 event #2", "1h entered c user:1 event #2",
                "1h entered d user:1 event #2", "3h exited b user:1 time",
                "3h exited c user:1 time", "3h exited d user:1 time", "3h entered z user:1 time",
            ]
        )
    }

    // MARK: - Samples

    /// FNV-1a of salt, zero and name, finished by the mixer of splitmix64.
    private func draw(_ salt: String, _ name: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array(salt.utf8) + [0] + Array(name.utf8) {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        return hash ^ hash >> 31
    }

    @Test(arguments: [("0.5%", 0.005), ("10%", 0.1), ("50%", 0.5), ("100%", 1)])
    func aSampleIsTheSharedDefinition(_ percent: String, _ share: Double) {
        let world = EngineWorld("segment s when \(percent) sample \"spring\"")
        world.putRulesInForce("0")
        let users = (0..<500).map { "user-\($0)" }
        world.step("1h", users.map { .track("x", user: $0) })
        let chosen = world.transitions.compactMap { transition in
            transition.identifiers.first.map { world.log.identifier($0).text }
        }
        let expected = users.filter { Double(draw("spring", $0)) < share * 0x1p64 }
        #expect(Set(chosen) == Set(expected))
    }

    @Test func aSampleMayChangeOnceWhenSomebodyBecomesKnown() {
        let world = EngineWorld("segment s when 50% sample \"spring\"")
        world.putRulesInForce("0")
        let half = UInt64.max / 2
        let names = (0..<50).map { "name-\($0)" }
        let chosen = names.filter { draw("spring", $0) <= half }
        let others = names.filter { draw("spring", $0) > half }
        world.step("1h", [.track("x", anonymous: others[0]), .track("x", anonymous: chosen[0])])
        world.step(
            "2h",
            [
                .identify(user: chosen[1], anonymous: others[0]),
                .identify(user: others[1], anonymous: chosen[0]),
            ]
        )
        world.step("3h", [.identify(user: others[1], anonymous: chosen[2])])
        #expect(
            world.lines == [
                "1h entered s anonymous:\(chosen[0]) event #3",
                "2h entered s user:\(chosen[1]),anonymous:\(others[0]) attribute #4",
                "2h exited s user:\(others[1]),anonymous:\(chosen[0]) attribute #5",
            ]
        )
    }
}
