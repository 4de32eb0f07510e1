import EventModel
import SegmentEngine
import SegmentTesting
import Testing

/// Since when somebody is in a segment, and what time will change: held against the transitions.
@Suite struct StayTests {
    private static let count = 70
    private static let rules = (0..<count).map {
        "segment s\($0) when e\($0) in last \($0 % 7 + 1)h"
    }.joined(separator: "\n")

    @Test(arguments: [1, 2, 3] as [UInt64])
    func staysAreWhatTheTransitionsSay(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let world = EngineWorld(Self.rules)
        world.putRulesInForce("0")
        var now = EngineWorld.instant("1h")
        for _ in 0..<400 {
            now = now + TimeSpan(milliseconds: Int64.random(in: 1...600_000, using: &generator))
            let user = Int.random(in: 0..<3, using: &generator)
            let device = Int.random(in: 0..<6, using: &generator)
            let event = "e\(Int.random(in: 0..<Self.count, using: &generator))"
            let draft: EntryDraft =
                switch Int.random(in: 0..<10, using: &generator) {
                case 0: .track(event, user: "\(user)", anonymous: "\(device)")
                case 1...4: .track(event, anonymous: "\(device)")
                default: .track(event, user: "\(user)")
                }
            world.step(now, [draft])
            check(world, seed: seed)
        }
        #expect(world.transitions.contains { $0.cause == .merge })
        #expect(world.transitions.contains { $0.cause == .time })
    }

    private func check(_ world: EngineWorld, seed: UInt64) {
        var since: [PersonID: [String: Instant]] = [:]
        for transition in world.transitions {
            since[transition.person, default: [:]][transition.segment] =
                transition.direction == .entered ? transition.at : nil
        }
        for (person, expected) in since {
            guard let state = world.state(of: person) else {
                Issue.record("seed \(seed): nobody is \(person)")
                continue
            }
            let stays = Dictionary(
                uniqueKeysWithValues: state.memberships.map { ($0.segment, $0.since) }
            )
            #expect(stays == expected, "seed \(seed), person \(person)")
            #expect(state.mergedInto == nil || expected.isEmpty)
            // Here every leaf is a segment: what time changes next is the first to be left.
            #expect((state.nextChange == nil) == expected.isEmpty, "seed \(seed), \(person)")
        }
    }

    @Test func theNextChangeIsTheNextTransitionByTime() throws {
        let world = EngineWorld(Self.rules, "segment s1 when e1 in last 2 hours")
        world.putRulesInForce("0")
        world.step("1h", [.track("e0", user: "1"), .track("e1", user: "1")])
        let person = PersonID(2)
        #expect(world.state(of: person)?.nextChange == EngineWorld.instant("2h"))
        world.step("90m", [.track("e0", user: "1")])
        #expect(world.state(of: person)?.nextChange == EngineWorld.instant("150m"))
        world.pass("150m")
        #expect(world.state(of: person)?.nextChange == EngineWorld.instant("3h"))
        // What only rules of the past look at does not count.
        world.step("155m", [.track("e6", user: "1")])
        world.putRulesInForce("160m")
        #expect(world.state(of: person)?.nextChange == EngineWorld.instant("3h"))
        world.pass("3h")
        #expect(world.state(of: person)?.nextChange == nil)
        #expect(world.state(of: person)?.memberships.isEmpty == true)
    }
}
