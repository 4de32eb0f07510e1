import EventModel
import Foundation
import SegmentTesting
import Testing

/// The engine against the naive reference, on every transition of random cases.
@Suite struct ReferenceTests {
    @Test func theEngineGivesWhatTheDefinitionSays() {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["SEGMENTD_REFERENCE_CASES"].flatMap { UInt64($0) } ?? 5_000
        let first = environment["SEGMENTD_REFERENCE_SEED"].flatMap { UInt64($0) } ?? 1
        var transitions = 0
        var merges = 0
        var coverage: [String: Int] = [:]
        for seed in first..<first + count {
            let random = RandomCase(seed: seed)
            let expected = random.reference()
            let found = random.engine(coverage: { RandomCase.count($0, into: &coverage) })
            transitions += found.count
            merges += found.count { $0.contains(" merge ") }
            coverage["broken expectations", default: 0] += found.count { $0.contains(" 0 broken ") }
            coverage["withdrawn expectations", default: 0] += found.count {
                $0.contains(" 0 withdrawn ")
            }
            coverage["expectations met again", default: 0] += found.count { $0.contains(" 0 met ") }
            guard found == expected else {
                let small = random.shrunk()
                let difference = small.engine().difference(from: small.reference())
                Issue.record("seed \(seed):\n\(small)\n\(difference)")
                return
            }
        }
        print("reference: \(count) cases, \(transitions) transitions, \(merges) by merges: equal")
        print("  \(coverage.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" })")
        #expect(transitions > Int(count))
        #expect(merges > 0)
        #expect(coverage.count == 8)
        for (what, number) in coverage { #expect(number > 0, "\(what)") }
    }

    /// The reference looks where truth may change: looking elsewhere too changes nothing.
    @Test func theReferenceMissesNoInstant() {
        var places = SeededGenerator(seed: 9)
        for seed in 300_000..<300_100 as Range<UInt64> {
            let random = RandomCase(seed: seed)
            let halfHours = (0...432).map { random.start + .minutes(Int64($0) * 30) }
            let others = (0..<200).map { _ in
                let span = Int64.random(in: -20_000_000...777_600_000, using: &places)
                return random.start + TimeSpan(milliseconds: span)
            }
            guard random.reference(lookingAt: halfHours + others) == random.reference() else {
                Issue.record("seed \(seed): \(random)")
                return
            }
        }
    }
}
