import Foundation
import Testing

/// `segmentd test` and `segmentd fmt`, as a repository of rules uses them.
@Suite struct RuleCommandsTests {
    private static let rules = """
        segment carts
          when added_to_cart in last 2 hours
            and no order_completed in last 2 hours

        test "a cart goes stale"
          at 0m added_to_cart sku "A-1"
          at 1h expect in carts
          at 2h expect not in carts

        """

    private static let failing = """
        test "wrong & <odd>"
          at 0m added_to_cart
          at 3h expect in carts

        """

    @Test func allPass() async throws {
        try await Bench.use(Self.rules) { bench in
            let finished = try await bench.run("test", "--rules", bench.rules)
            #expect(finished.ending == .exit(0))
            #expect(
                finished.lines.first?.hasPrefix("1 test with 3 steps in 1 file: 1 passed, 0 failed")
                    == true
            )
        }
    }

    @Test func aFailureIsShownAndEndsWithOne() async throws {
        try await Bench.use(Self.rules + Self.failing) { bench in
            let report = bench.path("junit.xml")
            let finished = try await bench.run("test", "--rules", bench.rules, "--junit", report)
            #expect(finished.ending == .exit(1))
            let shown = finished.lines.joined(separator: "\n")
            #expect(shown.contains("rules.seg:9: test \"wrong & <odd>\" failed"))
            #expect(
                shown.contains(
                    "rules.seg:11: at 3h expect in carts\n    but the person is not in carts"
                )
            )
            #expect(shown.contains("false  added_to_cart in last 2 hours"))
            #expect(shown.contains("true   no order_completed in last 2 hours"))
            #expect(shown.contains("2 tests with 5 steps in 1 file: 1 passed, 1 failed"))
            let xml = try String(contentsOfFile: report, encoding: .utf8)
            #expect(xml.contains("<testsuites tests=\"2\" failures=\"1\""))
            #expect(xml.contains("name=\"wrong &amp; &lt;odd&gt;\""))
            let only = try await bench.run("test", "--rules", bench.rules, "--only", "stale")
            #expect(only.ending == .exit(0))
            let json = try await bench.run("test", "--rules", bench.rules, "--json")
            #expect(json.lines.count == 2)
            #expect(json.lines.allSatisfy { $0.hasPrefix("{\"test\":") })
        }
    }

    @Test func rulesWithErrorsEndWithTwo() async throws {
        try await Bench.use("segment a when in segment b") { bench in
            let wrong = try await bench.run("test", "--rules", bench.rules)
            #expect(wrong.ending == .exit(2))
            let missing = try await bench.run("test", "--rules", "/nowhere")
            #expect(missing.ending == .exit(2))
        }
    }

    @Test func formattingInPlaceAndChecked() async throws {
        let scattered = "segment a when x\n  and y # why\nsegment b   when everyone"
        let formatted = "segment a\n  when x\n    and y  # why\n\nsegment b\n  when everyone\n"
        try await Bench.use(scattered) { bench in
            let file = bench.rules + "/rules.seg"
            func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
            let checked = try await bench.run("fmt", "--check", "--rules", bench.rules)
            #expect(checked.ending == .exit(1))
            #expect(checked.lines.first?.hasSuffix("rules.seg") == true)
            #expect(try text() == scattered)
            let written = try await bench.run("fmt", "--rules", bench.rules)
            #expect(written.ending == .exit(0))
            #expect(try text() == formatted)
            let again = try await bench.run("fmt", "--check", file)
            #expect(again.ending == .exit(0))
            // What has errors is left alone.
            try "segment a when in lst".write(toFile: file, atomically: true, encoding: .utf8)
            let refused = try await bench.run("fmt", "--rules", bench.rules)
            #expect(refused.ending == .exit(2))
            #expect(try text() == "segment a when in lst")
        }
    }
}
