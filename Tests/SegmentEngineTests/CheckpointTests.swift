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
            _ = RandomCase(seed: seed).engine(
                setting: {
                    $0.checkpointAfter = random.after
                    $0.checkpointPeopleMax = random.people
                },
                coverage: { world in
                    do {
                        let end = RandomCase.end + TimeSpan(milliseconds: 1)
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
                Issue.record("seed \(seed): \(problem)")
                return
            }
        }
        #expect(begun > 1_000)
        #expect(entriesAfter > 2_000)
        print("checkpoints: \(begun) restarts, \(entriesAfter) transitions after them: equal")
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
