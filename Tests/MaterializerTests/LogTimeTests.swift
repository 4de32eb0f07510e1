import EventModel
import Materializer
import RuleLanguage
import SegmentTesting
import Synchronization
import Testing

/// Log time under a wall clock that is stepped: it goes on, pulled by at most 500 ppm.
@Suite struct LogTimeTests {
    private let folder: TemporaryDirectory
    private let clock = VirtualClock(
        at: Instant(milliseconds: 1_767_225_600_000),
        isTicking: false
    )

    private let reports = Reports()

    private final class Reports: Sendable {
        private let messages = Mutex<[String]>([])

        func add(_ message: String) { messages.withLock { $0.append(message) } }

        var all: [String] { messages.withLock { $0 } }
    }

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// The log times of events, one after each of the given changes of the clocks.
    private func logTimes(_ changes: [@Sendable (VirtualClock) -> Void]) async throws -> [Int64] {
        var options = PartitionOptions(dataDirectory: folder.path)
        options.clock = ClockSource(
            wall: { [clock] in clock.wall },
            elapsed: { [clock] in clock.elapsed }
        )
        options.report = { [reports] message in reports.add(message) }
        let source = RuleSource(path: "t.seg", text: "segment s when any event")
        let ruleSet = try #require(compileRules([source]).ruleSet)
        let partition = try Partition.open(
            options,
            rules: ProposedRules(sources: [source], ruleSet: ruleSet)
        )
        let start = clock.wall
        // A person each: without deadlines no tick comes between.
        for (index, change) in changes.enumerated() {
            change(clock)
            _ = try await partition.submit([.track("e", user: "\(index)")], wait: .fully)
        }
        await partition.stop()
        let entered = try partition.transitions(after: nil, limit: 1_000)
        return entered.map { ($0.transition.at - start).milliseconds }
    }

    @Test func aForwardStepIsFollowedSlowly() async throws {
        let times = try await logTimes([
            { $0.advance(by: .seconds(1)) },
            {
                $0.step(by: .hours(1))
                $0.advance(by: .seconds(1))
            },
            { $0.advance(by: .seconds(1_000)) },
            { $0.advance(by: .seconds(1_000)) },
        ])
        // 500 ms for each 1,000 s, and no more.
        #expect(times == [1_000, 2_000, 1_002_500, 2_003_000])
        #expect(reports.all.count == 1)
        #expect(reports.all.first?.contains("behind the wall clock") ?? false)
    }

    @Test func aBackwardStepNeverTurnsLogTimeBack() async throws {
        let times = try await logTimes([
            { $0.advance(by: .seconds(2)) },
            {
                $0.step(by: TimeSpan(milliseconds: -3_600_000))
                $0.advance(by: .seconds(1_000))
            },
        ])
        #expect(times == [2_000, 2_000 + 999_500])
    }

    @Test func aSmallGapIsClosedAndNoMore() async throws {
        let times = try await logTimes([
            { $0.advance(by: .seconds(1)) },
            {
                $0.step(by: TimeSpan(milliseconds: 100))
                $0.advance(by: .seconds(1_000))
            },
            { $0.advance(by: .seconds(1_000)) },
        ])
        #expect(times == [1_000, 1_001_100, 2_001_100])
    }
}
