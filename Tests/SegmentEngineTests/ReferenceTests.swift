import Foundation
import Testing

/// The engine against the naive reference, on every transition of random cases.
@Suite struct ReferenceTests {
    @Test func theEngineGivesWhatTheDefinitionSays() {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["SEGMENTD_REFERENCE_CASES"].flatMap { UInt64($0) } ?? 2_000
        let first = environment["SEGMENTD_REFERENCE_SEED"].flatMap { UInt64($0) } ?? 1
        var transitions = 0
        var merges = 0
        for seed in first..<first + count {
            let random = RandomCase(seed: seed)
            let expected = random.reference()
            let found = random.engine()
            transitions += found.count
            merges += found.count { $0.contains(" merge ") }
            guard found == expected else {
                let small = random.shrunk()
                let difference = small.engine().difference(from: small.reference())
                Issue.record("seed \(seed):\n\(small)\n\(difference)")
                return
            }
        }
        print("reference: \(count) cases, \(transitions) transitions, \(merges) by merges: equal")
        #expect(transitions > Int(count))
        #expect(merges > 0)
    }
}
