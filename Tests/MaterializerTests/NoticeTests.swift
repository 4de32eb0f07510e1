import EventModel
import Foundation
import Materializer
import SegmentTesting
import Testing

/// Expectations on a running partition: noticed when due though nothing arrives, across restarts, and the same when
/// derived anew.
@Suite struct NoticeTests {
    private static let rules = """
        event order also known as purchase
          expect at least 1 in 1 hour
        segment buyers
          when order in last 2 hours
          expect at most 1 member

        """

    private func notices(_ partition: Partition) throws -> [String] {
        try partition.transitions(after: nil, limit: 1_000).compactMap { described in
            described.transition.notice.map { notice in
                "\(minutes(described.transition.at)) \(described.transition.direction.name) "
                    + "\(notice.key), \(notice.count) since \(minutes(notice.since))"
            }
        }
    }

    private func minutes(_ instant: Instant) -> String {
        let span = instant - Instant(milliseconds: 1_767_225_600_000)
        return "\(span.milliseconds / 60_000)m"
    }

    private func run<Answer>(
        _ bench: PartitionFolder,
        _ rules: String,
        _ body: (Partition) async throws -> Answer
    ) async throws -> Answer {
        let partition = try bench.open(rules)
        let answer = try await body(partition)
        await partition.stop()
        return answer
    }

    @Test func timeAloneIsNoticed() async throws {
        let bench = try PartitionFolder()
        let expected = [
            "1m broken segment buyers: at most 1 member, 2 since 0m",
            "61m broken event order: at least 1 in 1 hour, 0 since 60m",
            "121m met segment buyers: at most 1 member, 0 since 120m",
        ]
        try await run(bench, Self.rules) { partition in
            _ = try await partition.submit(
                [.track("order", user: "1"), .track("purchase", user: "2")],
                wait: .fully
            )
            bench.clock.advance(by: .hours(3))
            // Everything that fell due meanwhile has its own instant.
            _ = try await partition.submit([.identify(user: "1", [:])], wait: .fully)
            #expect(try notices(partition) == expected)
            let health = try await partition.dataHealth()
            #expect(health.expectations.map(\.standing) == [.broken, .met])
            #expect(health.expectations.map(\.isNoticed) == [true, true])
        }
        // What a checkpoint keeps goes on.
        let all = try await run(bench, Self.rules) { partition in
            bench.clock.advance(by: .hours(1))
            _ = try await partition.submit([.track("order", user: "1")], wait: .fully)
            bench.clock.advance(by: .minutes(2))
            _ = try await partition.submit([.identify(user: "1", [:])], wait: .fully)
            return try notices(partition)
        }
        #expect(all == expected + ["241m met event order: at least 1 in 1 hour, 1 since 240m"])
        let verification = try Partition.verify(dataDirectory: bench.folder.path) { _, _ in }
        #expect(verification.difference == nil)
        // Derived anew from the log alone, they are the same.
        try FileManager.default.removeItem(atPath: bench.folder.path + "/state")
        #expect(try await run(bench, Self.rules) { try notices($0) } == all)
    }

    @Test func anExpectationAloneIsAChangeOfRules() async throws {
        let bench = try PartitionFolder()
        try await run(bench, "segment a when e in last 1 day\n") { partition in
            _ = try await partition.submit([.track("e", user: "1")], wait: .fully)
        }
        bench.clock.advance(by: .minutes(5))
        let rules = "segment a when e in last 1 day expect at most 0 members\n"
        try await run(bench, rules) { partition in
            #expect(partition.report.rulesChanged)
            // The segment itself is what it was.
            #expect(partition.report.ruleChanges.isEmpty)
            bench.clock.advance(by: .minutes(5))
            _ = try await partition.submit([.identify(user: "1", [:])], wait: .fully)
            #expect(
                try notices(partition) == ["6m broken segment a: at most 0 members, 1 since 5m"]
            )
        }
    }
}
