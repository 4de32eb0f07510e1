import Foundation
import Testing

/// Changed rule files at a start: everybody is decided anew, quietly, and the difference is told.
@Suite struct RuleChangeTests {
    private static let before = """
        segment buyers when at least 2 order_placed
        segment carts when added_to_cart
        segment kept when order_placed
        """
    private static let after = """
        segment buyers when at least 1 order_placed and no added_to_cart
        segment kept
          note "laid out anew, and means the same"
          when order_placed
        segment pros when person.plan = "pro"
        """

    @Test func theDifferenceIsToldAndQuiet() async throws {
        try await Bench.use(RuleChangeTests.before) { bench in
            let first = try await bench.start()
            #expect(first.output.contains("new buyers: 0 in, 0 out"))
            try await first.api.ingest("/v1/batch?wait=evaluated", RuleChangeTests.entries)
            #expect(try await first.api.members(of: "buyers") == ["b", "c"])
            #expect(try await first.stop() == .exit(0))

            try bench.writeRules(RuleChangeTests.after)
            let second = try await bench.start()
            let lines = second.output.split(separator: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            #expect(lines.contains("changed buyers: 1 in, 1 out"))
            #expect(lines.contains("removed carts: 0 in, 2 out"))
            #expect(lines.contains("new pros: 1 in, 0 out"))
            #expect(!second.output.contains("kept:"))
            #expect(try await second.api.members(of: "buyers") == ["a", "b"])
            #expect(try await second.api.members(of: "kept") == ["a", "b", "c"])
            #expect(try await second.api.members(of: "pros") == ["a"])
            try await check(second.api.transitions())
            #expect(try await second.stop() == .exit(0))

            let third = try await bench.start()
            #expect(third.output.contains("unchanged"))
            #expect(try await third.api.transitions().filter { $0.cause == "rules" }.count == 5)
        }
    }

    static let entries = """
        {"batch":[
        {"type":"track","userId":"a","event":"order_placed"},
        {"type":"identify","userId":"a","traits":{"plan":"pro"}},
        {"type":"track","userId":"b","event":"order_placed"},
        {"type":"track","userId":"b","event":"order_placed"},
        {"type":"track","userId":"c","event":"order_placed"},
        {"type":"track","userId":"c","event":"order_placed"},
        {"type":"track","userId":"c","event":"added_to_cart"},
        {"type":"track","userId":"d","event":"added_to_cart"}
        ]}
        """

    private func check(_ rows: [TransitionRow]) {
        let changes = rows.filter { $0.cause == "rules" }
        #expect(changes.allSatisfy { !$0.announced })
        let told = changes.map { "\($0.person ?? "") \($0.direction) \($0.segment)" }
        #expect(
            told == [
                "a entered buyers", "a entered pros", "c exited buyers", "c exited carts",
                "d exited carts",
            ]
        )
        // They moved at the instant of the rules, all at once.
        #expect(Set(changes.map(\.at)).count == 1)
    }
}
