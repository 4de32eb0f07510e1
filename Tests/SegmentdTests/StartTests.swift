import EventModel
import Foundation
import SegmentTesting
import Testing

/// What keeps a daemon from starting: exit code 1, one message that names the thing and the remedy,
/// and nothing lost.
@Suite struct StartTests {
    private static let rules = "segment carts when added_to_cart"
    private static let cart = #"{"userId":"u1","messageId":"m1","event":"added_to_cart"}"#

    private func expectRefusal(
        _ finished: Finished,
        _ words: String...,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(finished.ending == .exit(1), sourceLocation: location)
        for word in words {
            #expect(finished.errors.contains(word), sourceLocation: location)
        }
        #expect(!finished.output.contains("listening"), sourceLocation: location)
    }

    private func contents(_ folder: String) throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        var contents: [String: Data] = [:]
        for name in names {
            contents[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
        }
        return contents
    }

    @Test func rulesWithErrorsChangeNothing() async throws {
        try await Bench.use("segment carts when added_to_cart in lst 2 hours") { bench in
            expectRefusal(
                try await bench.refuse(),
                "rules.seg:1:",
                "error:",
                "in last",
                "^~~~",
                "1 error",
                "Mend them"
            )
            // Not even an empty data directory.
            #expect(!FileManager.default.fileExists(atPath: bench.data))
            try bench.writeRules(StartTests.rules)
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/track", StartTests.cart)
            #expect(try await daemon.stop() == .exit(0))
            let before = try contents(bench.data)
            try bench.writeRules("segment carts when")
            expectRefusal(try await bench.refuse(), "rules.seg:1:", "Mend them")
            #expect(try contents(bench.data) == before)
            try bench.writeRules(StartTests.rules)
            let again = try await bench.start()
            #expect(try await again.api.members(of: "carts") == ["u1"])
        }
    }

    @Test func aMissingRulesFolderIsNamed() async throws {
        try await Bench.use { bench in
            let missing = bench.path("no-such-folder")
            expectRefusal(
                try await bench.refuse(rules: missing),
                missing,
                "No such file",
                "--rules"
            )
            #expect(!FileManager.default.fileExists(atPath: bench.data))
        }
    }

    @Test func aSecondDaemonOnTheDirectoryIsRefused() async throws {
        try await Bench.use(StartTests.rules) { bench in
            let first = try await bench.start()
            expectRefusal(
                try await bench.refuse(),
                bench.data,
                "in use by another segmentd",
                first.api.base,
                "Stop it first",
                "--data"
            )
            let reply = try await first.api.ingest("/v1/track", StartTests.cart)
            #expect(reply.entries.map(\.status) == ["accepted"])
            // Commands go on asking the first one.
            let listed = try await bench.run("members", "carts", "--data", bench.data)
            #expect(listed.ending == .exit(0))
            #expect(listed.output.contains("u1"))
        }
    }

    @Test func aDirectoryThatCannotBeUsedIsNamed() async throws {
        try await Bench.use(StartTests.rules) { bench in
            try Data("not a folder".utf8).write(to: URL(fileURLWithPath: bench.data))
            expectRefusal(
                try await bench.refuse(),
                bench.data,
                "Not a directory",
                "Check that the path is right"
            )
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: bench.data)) == Data("not a folder".utf8)
            )
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func aDirectoryThatMayNotBeReadIsNamed() async throws {
        try await Bench.use(StartTests.rules) { bench in
            try FileManager.default.createDirectory(
                atPath: bench.data,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o000]
            )
            expectRefusal(
                try await bench.refuse(),
                bench.data,
                "Permission denied",
                "this user may read and write"
            )
        }
    }

    @Test func aPortInUseIsNamed() async throws {
        try await Bench.use(StartTests.rules) { bench in
            let first = try await bench.start()
            let other = bench.path("other")
            expectRefusal(
                try await bench.refuse(data: other, listen: first.address),
                first.address,
                "port is in use",
                "--listen"
            )
            // Found out before anything was made.
            #expect(!FileManager.default.fileExists(atPath: other))
        }
    }

    @Test(arguments: [
        (name: "an hour ahead", offset: TimeSpan.hours(1), words: "before the log's last entry"),
        (name: "40 days behind", offset: .days(-40), words: "more than 30 days after"),
    ])
    func aClockFarOffIsRefusedUnlessAccepted(
        name: String,
        offset: TimeSpan,
        words: String
    ) async throws {
        try await Bench.use(StartTests.rules) { bench in
            let last = try await bench.fill(
                StartTests.rules,
                .track("added_to_cart", user: "u1", id: "m1"),
                clockOffset: offset
            )
            let refused = try await bench.refuse()
            expectRefusal(refused, words, last.rfc3339, "--accept-clock", "the wall clock says 2")
            #expect(refused.errors.matches(of: /\d{4}-\d\d-\d\dT[\d:.]+Z/).count == 2)
            let daemon = try await bench.start(.segmentd, "--accept-clock")
            let cart = #"{"userId":"u2","messageId":"m2","event":"added_to_cart"}"#
            try await daemon.api.ingest("/v1/track?wait=evaluated", cart)
            let rows = try await daemon.api.transitions()
            #expect(rows.map(\.person) == ["u1", "u2"])
            // Log time goes on from the last entry, and never back.
            #expect(try rows.allSatisfy { try #require(Instant(rfc3339: $0.at)) >= last })
            #expect(try await daemon.stop() == .exit(0))
            #expect(try LogImage(bench.data).messageIDs == ["", "m1", "m2"])
        }
    }
}
