import Foundation
import Testing

/// `segmentd check --json`, as an editor reads it.
@Suite struct CheckTests {
    private struct Row: Decodable, Equatable {
        var file: String
        var line: Int
        var column: Int
        var endColumn: Int
        var severity: String
        var message: String
        var fix: String?
    }

    @Test func anEditorGetsEveryErrorWithItsRangeAndFix() async throws {
        let rules = """
            segment pros when person.plan == "pro"
            segment buyers when order_completed within 30 days
            segment typos when in segment elsewhere
            """
        try await Bench.use(rules) { bench in
            let finished = try await bench.run("check", "--json", "--rules", bench.rules)
            #expect(finished.ending == .exit(1))
            let rows = try finished.lines.map {
                try JSONDecoder().decode(Row.self, from: Data($0.utf8))
            }
            #expect(rows.map(\.line) == [1, 2, 3])
            #expect(rows.map(\.column) == [31, 37, 31])
            #expect(rows.map(\.endColumn) == [33, 43, 40])
            #expect(rows.map(\.fix) == ["write '='", "write in last 30 days", nil])
            #expect(rows.allSatisfy { $0.file.hasSuffix("rules.seg") && $0.severity == "error" })
            #expect(rows.last?.message == "no segment is called 'elsewhere'")
        }
    }
}
