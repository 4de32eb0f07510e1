import EventModel
import Materializer
import RuleLanguage
import SegmentTesting
import Synchronization
import Testing

/// A data directory of a test, opened again and again on a clock of the test's.
struct PartitionFolder {
    let folder: TemporaryDirectory
    let clock: VirtualClock
    /// What the partitions had to say to whoever runs them.
    let reports = Reports()

    final class Reports: Sendable {
        private let messages = Mutex<[String]>([])

        func add(_ message: String) { messages.withLock { $0.append(message) } }

        var all: [String] { messages.withLock { $0 } }
    }

    init(isTicking: Bool = true) throws {
        folder = try TemporaryDirectory()
        clock = VirtualClock(
            at: Instant(milliseconds: 1_767_225_600_000),
            isTicking: isTicking
        )
    }

    func open(
        _ rules: String?,
        _ change: (inout PartitionOptions) -> Void = { _ in }
    ) throws -> Partition {
        var options = PartitionOptions(dataDirectory: folder.path)
        options.clock = ClockSource(
            wall: { [clock] in clock.wall },
            elapsed: { [clock] in clock.elapsed }
        )
        options.report = { [reports] message in reports.add(message) }
        change(&options)
        let proposed = try rules.map { text in
            let source = RuleSource(path: "test.seg", text: text)
            return ProposedRules(
                sources: [source],
                ruleSet: try #require(compileRules([source]).ruleSet)
            )
        }
        return try Partition.open(options, rules: proposed)
    }
}
