import EventModel
import SegmentEngine
import SegmentTesting
import Testing

/// An engine from a checkpoint and the entries after it is the one that never stopped.
@Suite struct CheckpointTests {
    /// Random cases of all forms; while a checkpoint is written, one to three people an instant, the
    /// engine goes on.
    @Test func aRestartGivesTheSame() throws {
        var random = SeededGenerator(seed: 11)
        var begun = 0
        var entriesAfter = 0
        for seed in 200_000..<202_500 as Range<UInt64> {
            let random = (
                after: Int.random(in: 1...25, using: &random),
                people: Int.random(in: 1...3, using: &random)
            )
            var problem: String?
            let history = RandomCase(seed: seed)
            _ = history.engine(
                setting: {
                    $0.checkpointAfter = random.after
                    $0.checkpointPeopleMax = random.people
                },
                coverage: { world in
                    do {
                        let end = history.end + TimeSpan(milliseconds: 1)
                        guard let (again, before) = try world.restarted(through: end) else {
                            return
                        }
                        begun += 1
                        let expected = world.transitions.dropFirst(before)
                        entriesAfter += expected.count
                        if again.transitions != Array(expected) {
                            problem = "transitions differ"
                        } else if let person = world.firstDifference(again) {
                            problem = "person \(person) differs"
                        } else if again.irregularities.duplicates
                            != world.irregularities.duplicates
                        {
                            problem = "duplicates differ"
                        }
                    } catch { problem = "\(error)" }
                }
            )
            if let problem {
                Issue.record("seed \(seed): \(problem)\n\(history)")
                return
            }
        }
        #expect(begun > 1_000)
        #expect(entriesAfter > 2_000)
        print("checkpoints: \(begun) restarts, \(entriesAfter) transitions after them: equal")
    }

    /// A person with more than a list of rows takes, who changes while others wait for their turn.
    @Test func aVeryLargePersonIsWrittenToo() throws {
        let world = EngineWorld("segment spenders when sum of order.total in last 90 days >= 200")
        world.checkpointAfter = 2
        world.checkpointPeopleMax = 1
        let order = { (user: String) in
            EntryDraft.track("order", user: user, ["total": .number("1.5")])
        }
        let others = (0..<20).map { order("other-\($0)") }
        world.putRulesInForce("0")
        world.step("1h", others + (0..<90_000).map { _ in order("bot") })
        world.step("2h", others)
        // Both that wait for their turn, and the bot before its own.
        world.step("3h", [others[18], order("bot"), others[19]])
        world.step("4h", [order("bot"), others[17]])
        let end = EngineWorld.instant("4000h")
        world.proceed(to: end)
        let (again, before) = try #require(try world.restarted(through: end))
        #expect(world.transitions.count == 2)
        #expect(before == 1)
        #expect(again.transitions == Array(world.transitions.dropFirst(before)))
        #expect(world.firstDifference(again) == nil)
    }

    /// What a checkpoint is good for goes by what the rules mean.
    @Test func aCheckpointOfOtherRulesIsRefused() throws {
        let one = EngineWorld("segment a when view")
        let other = EngineWorld("segment a when view in last 1 hour")
        let same = EngineWorld("segment a when view")
        #expect(one.layoutHash == same.layoutHash)
        #expect(one.layoutHash != other.layoutHash)
    }
}
