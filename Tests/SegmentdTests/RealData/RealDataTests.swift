import Crypto
import EventModel
import Foundation
import Testing

/// Four sets of real events, imported, against figures that an independent program computed.
@Suite struct RealDataTests {
    private struct Truth: Decodable {
        struct Rule: Decodable {
            var enter: Int
            var exit: Int
            var final_members: Int
            var final_members_sha256: String
            var transitions_sha256: String
            var at_an_instant_with_no_event_of_that_person: Int
        }
        struct DataSet: Decodable {
            var events: Int
            var persons: Int
            var last_event_ms: Int64
            var transitions_total: Int
            var transitions_sha256: String
            var rules: [String: Rule]
        }
        var datasets: [String: DataSet]
    }

    private static let rules = """
        segment r1 when added_to_cart in last 2 hours and no order_completed in last 2 hours
        segment r2 when order_completed in last 1 day
        segment r3 when at least 3 order_completed in last 30 days
        segment r4
          when at least 5 product_viewed in last 24 hours and no added_to_cart in last 24 hours
        segment r5 when any event and no event in last 14 days
        segment r6 when sum of order_completed.total in last 90 days >= 200.00
        """

    private struct Row: Decodable {
        var segment: String
        var person: String
        var direction: String
        var at: String
        var cause: String
    }

    @Test(
        .enabled(if: SharedData.folder != nil, "the folder ../shared/data is not there"),
        arguments: ["rees46", "taobao", "otto", "uci"]
    )
    func transitionsAreTheTruth(_ name: String) async throws {
        let file = try Data(
            contentsOf: URL(fileURLWithPath: (SharedData.folder ?? "") + "/data/truth.json")
        )
        let truth = try #require(
            try JSONDecoder().decode(Truth.self, from: file).datasets[name]
        )
        try await Bench.use(Self.rules) { bench in
            let entries = try Converter.entries(name)
            #expect(entries.count == truth.events)
            try bench.write("events.ndjson", entries.joined(separator: "\n"))
            let found = try await imported(bench)
            let rows = try found.lines.map {
                try JSONDecoder().decode(Row.self, from: Data($0.utf8))
            }
            try compare(rows, truth)
        }
    }

    /// The transitions of the test's file of events, imported.
    private func imported(_ bench: Bench) async throws -> Finished {
        let imported = try await bench.run(
            "import",
            "--data",
            bench.data,
            "--rules",
            bench.rules,
            bench.path("events.ndjson")
        )
        try #require(imported.ending == .exit(0), "\(imported.errors)")
        return try await bench.run("transitions", "--data", bench.data, "--json")
    }

    private func compare(_ rows: [Row], _ truth: Truth.DataSet) throws {
        var lines: [String: [String]] = [:]
        var members: [String: Set<String>] = [:]
        var byTime: [String: Int] = [:]
        for row in rows {
            let at = try #require(Instant(rfc3339: row.at)).milliseconds
            guard at <= truth.last_event_ms else { continue }
            let isEntry = row.direction == "entered"
            let line = "\(row.segment),\(row.person),\(isEntry ? "enter" : "exit"),\(at)"
            lines[row.segment, default: []].append(line)
            if row.cause == "time" { byTime[row.segment, default: 0] += 1 }
            if isEntry {
                members[row.segment, default: []].insert(row.person)
            } else {
                members[row.segment]?.remove(row.person)
            }
        }
        #expect(hash(lines.values.flatMap(\.self)) == truth.transitions_sha256)
        #expect(lines.values.reduce(0) { $0 + $1.count } == truth.transitions_total)
        for (rule, expected) in truth.rules {
            let own = lines[rule] ?? []
            let comment = Comment(rawValue: rule)
            #expect(own.count { $0.contains(",enter,") } == expected.enter, comment)
            #expect(own.count { $0.contains(",exit,") } == expected.exit, comment)
            #expect(hash(own) == expected.transitions_sha256, comment)
            let final = Array(members[rule] ?? [])
            #expect(final.count == expected.final_members, comment)
            #expect(hash(final) == expected.final_members_sha256, comment)
            #expect(
                byTime[rule] ?? 0 == expected.at_an_instant_with_no_event_of_that_person,
                comment
            )
        }
    }

    private func hash(_ lines: [String]) -> String {
        let sorted = lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let text = sorted.map { $0 + "\n" }.joined()
        return SHA256.hash(data: Data(text.utf8)).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }
        .joined()
    }

    /// Runs everywhere: a shop's two weeks with transitions checked by hand.
    @Test func aSmallShopByHand() async throws {
        try await Bench.use(Self.rules) { bench in
            // Out of order on purpose; an import sorts.
            try bench.write(
                "events.ndjson",
                """
                {"type":"track","userId":"b","event":"order_completed","timestamp":"2026-01-02T10:00:00Z","properties":{"total":199.99}}
                {"type":"track","userId":"a","event":"added_to_cart","timestamp":"2026-01-01T09:00:00Z"}
                {"type":"track","userId":"a","event":"order_completed","timestamp":"2026-01-01T10:30:00Z","properties":{"total":"20"}}
                {"type":"track","userId":"b","event":"order_completed","timestamp":"2026-01-02T11:00:00Z","properties":{"total":0.01}}
                {"type":"track","userId":"b","event":"added_to_cart","timestamp":"2026-01-16T11:00:00Z"}
                """
            )
            let found = try await imported(bench)
            let lines = try found.lines.map { line in
                let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
                return "\(row.at) \(row.person) \(row.direction) \(row.segment) \(row.cause)"
            }
            #expect(
                lines == [
                    "2026-01-01T09:00:00.000Z a entered r1 event",
                    "2026-01-01T10:30:00.000Z a exited r1 event",
                    "2026-01-01T10:30:00.000Z a entered r2 event",
                    "2026-01-02T10:00:00.000Z b entered r2 event",
                    "2026-01-02T10:30:00.000Z a exited r2 time",
                    "2026-01-02T11:00:00.000Z b entered r6 event",
                    "2026-01-03T11:00:00.000Z b exited r2 time",
                    "2026-01-15T10:30:00.000Z a entered r5 time",
                    // 14 days after b's last event the cart comes at that very instant.
                    "2026-01-16T11:00:00.000Z b entered r1 event",
                ]
            )
        }
    }
}
