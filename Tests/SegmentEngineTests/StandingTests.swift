import EventModel
import SegmentEngine
import SegmentTesting
import Testing

/// When a membership ends if nothing but time passes, and which transition began it: held against what happens.
@Suite struct StandingTests {
    @Test func endsAreThoseThatComeToPass() {
        var (ends, stays) = (0, 0)
        for seed in 0..<1_500 as Range<UInt64> {
            let one = RandomCase(seed: seed)
            // What happens to memberships themselves is not looked ahead at.
            let looksAtTurns = one.sources.contains { text in
                text.contains("entered segment") || text.contains("exited segment")
                    || text.contains("left segment")
            }
            let world = EngineWorld(
                ruleSets: one.ruleSets,
                identifiersMax: RandomCase.identifiersMax
            )
            var index = 0
            let last = one.entries.count / 2
            while index < last {
                let instant = one.entries[index].receivedAt
                let group = one.entries[index...].prefix { $0.receivedAt == instant }
                index += group.count
                world.step(instant, group.map(\.draft))
            }
            let before = world.transitions
            var since: [TransitionCursor: Standing] = [:]
            var members: [TransitionCursor] = []
            for (_, transition) in latest(before) where transition.direction == .entered {
                let standing = world.standing(of: transition.person, in: transition.segment)
                #expect(standing?.isMember == true, "seed \(seed)")
                #expect(standing?.mergedInto == nil, "seed \(seed)")
                since[transition.cursor] = standing
                members.append(transition.cursor)
            }
            #expect(Set(world.entriesOfMembers) == Set(members), "seed \(seed)")
            let horizon = one.end + .days(400)
            world.proceed(to: horizon)
            var left: [String: Instant] = [:]
            for transition in world.transitions.dropFirst(before.count)
            where transition.direction == .exited {
                let key = "\(transition.person) \(transition.segment)"
                if left[key] == nil { left[key] = transition.at }
            }
            for (cursor, standing) in since {
                let end = left["\(cursor.person) \(cursor.segment)"]
                guard let until = standing.until else {
                    if end == nil {
                        stays += 1
                    } else {
                        #expect(looksAtTurns, "seed \(seed), \(cursor)")
                    }
                    continue
                }
                ends += 1
                if until < horizon { #expect(until == end, "seed \(seed), \(cursor)") }
            }
        }
        #expect(ends > 200)
        #expect(stays > 500)
    }

    private func latest(_ transitions: [Transition]) -> [String: Transition] {
        var latest: [String: Transition] = [:]
        for transition in transitions where transition.notice == nil {
            latest["\(transition.person) \(transition.segment)"] = transition
        }
        return latest
    }

    @Test func whoWasMergedSaysIntoWhom() throws {
        let world = EngineWorld("segment s when view in last 1 hour or order in last 3 hours")
        world.putRulesInForce("0")
        world.step("1h", [.track("view", anonymous: "a")])
        world.step("2h-1", [.track("order", user: "u")])
        let anonymous = PersonID(2)
        #expect(world.standing(of: anonymous, in: "s")?.until == EngineWorld.instant("2h"))
        #expect(world.standing(of: PersonID(3), in: "s")?.until == EngineWorld.instant("5h-1"))
        world.step("2h", [.track("view", user: "u", anonymous: "a")])
        let gone = try #require(world.standing(of: anonymous, in: "s"))
        #expect(gone == Standing(mergedInto: PersonID(3), isMember: false, until: nil))
        #expect(world.standing(of: PersonID(9), in: "s") == nil)
        #expect(world.standing(of: .nobody, in: "s") == nil)
        #expect(world.standing(of: PersonID(3), in: "t") == nil)
    }
}
