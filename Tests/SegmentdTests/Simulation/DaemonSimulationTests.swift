import Foundation
import Testing

/// The whole daemon's logic in virtual time, against definitions: 500 seeds, `SEGMENTD_SIMULATION_SEEDS` for
/// more, `SEGMENTD_SIMULATION_SEED` for one.
@Suite struct DaemonSimulationTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment["SEGMENTD_SIMULATION_" + name].flatMap { UInt64($0) }
    }

    @Test func everySeedComesOutAsDefined() throws {
        let seeds =
            Self.number("SEED").map { $0..<$0 + 1 } ?? 0..<(Self.number("SEEDS") ?? 500)
        var crashes = 0
        var transitions = 0
        for seed in seeds {
            let world = try DaemonWorld(seed: seed)
            try world.run(steps: 150)
            crashes += world.crashes
            transitions += world.transitionCount
            guard world.problems.isEmpty else {
                Issue.record("SEGMENTD_SIMULATION_SEED=\(seed): \(world.problems.prefix(3))")
                return
            }
        }
        print("simulation: \(seeds.count) seeds, \(crashes) crashes, \(transitions) transitions")
    }

    @Test func aSeedGivesTheSameWorldTwice() throws {
        for seed in 0..<20 as Range<UInt64> {
            let (first, second) = (try DaemonWorld(seed: seed), try DaemonWorld(seed: seed))
            try first.run(steps: 150)
            try second.run(steps: 150)
            #expect(first.transitionCount == second.transitionCount)
            #expect(first.crashes == second.crashes)
        }
    }

    @Test func theAuditFindsAFault() throws {
        let problems = try (0..<20 as Range<UInt64>).flatMap { seed in
            let world = try DaemonWorld(seed: seed, fault: .persistsEarly)
            try world.run(steps: 150)
            return world.problems
        }
        #expect(problems.contains { $0.contains("never delivered") })
    }
}
