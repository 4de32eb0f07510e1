import EventStore
import Foundation
import SegmentTesting
import Testing

/// `segmentd apply` and `POST /v1/rules/apply`: rules that change while a daemon runs, and without one.
@Suite struct ApplyTests {
    private struct Plan: Decodable {
        var hash: String
        var moved: Int
    }

    private struct Applied: Decodable {
        struct Segment: Decodable, Equatable {
            var name: String
            var kind: String
            var entered: Int
            var exited: Int
        }

        var sequence: UInt64
        var announce: String
        var segments: [Segment]
        var staysAtStart: Bool?
    }

    private func body(_ text: String, _ more: String = "") -> String {
        let escaped = text.replacingOccurrences(of: "\"", with: "\\\"")
            .replacingOccurrences(of: "\n", with: "\\n")
        return #"{"files":[{"path":"rules.seg","text":"\#(escaped)"}]\#(more)}"#
    }

    private func plan(_ api: API, _ text: String) async throws -> Plan {
        let answer = try await api.send("POST", "/v1/rules/plan", body(text, #","days":0"#))
        return try JSONDecoder().decode(Plan.self, from: Data(answer.body))
    }

    @Test func rulesChangeUnderADaemon() async throws {
        try await Bench.use(PlanTests.before) { bench in
            let daemon = try await bench.start()
            try await daemon.api.ingest("/v1/batch?wait=evaluated", RuleChangeTests.entries)
            let plan = try await plan(daemon.api, PlanTests.after)
            #expect(plan.moved == 3)
            let answer = try await daemon.api.send(
                "POST",
                "/v1/rules/apply",
                body(
                    PlanTests.after,
                    #","plan":"\#(plan.hash)","author":"ann","reason":"tests","announce":"exits""#
                )
            )
            #expect(answer.status == 200, "\(answer.body)")
            let applied = try JSONDecoder().decode(Applied.self, from: Data(answer.body))
            #expect(
                applied.segments == [
                    Applied.Segment(name: "buyers", kind: "changed", entered: 1, exited: 1),
                    Applied.Segment(name: "carts", kind: "removed", entered: 0, exited: 2),
                    Applied.Segment(name: "pros", kind: "new", entered: 1, exited: 0),
                ]
            )
            // The folder says otherwise.
            #expect(applied.staysAtStart == false)
            #expect(try await daemon.api.members(of: "buyers") == ["a", "b"])
            let rows = try await daemon.api.transitions().filter { $0.cause == "rules" }
            #expect(rows.allSatisfy { $0.announced == ($0.direction == "exited") })
            let log = try await bench.run("log", "--data", bench.data, "--kind", "rules", "--json")
            let last = try #require(log.lines.last)
            for words in [#""author":"ann""#, #""reason":"tests""#, #""announce":"exits""#] {
                #expect(last.contains(words))
            }
            // What comes is decided by them, and a title is shown.
            try await daemon.api.ingest(
                "/v1/track?wait=evaluated",
                #"{"userId":"e","event":"order_placed"}"#
            )
            #expect(try await daemon.api.members(of: "buyers") == ["a", "b", "e"])
            #expect(try await daemon.stop() == .exit(0))
            // The folder's rules come back at the next start, once it has them it keeps them.
            try bench.writeRules(PlanTests.after)
            let second = try await bench.start()
            #expect(second.output.contains("unchanged"))
            #expect(try await second.stop() == .exit(0))
            let verified = try await bench.run("verify", "--data", bench.data)
            #expect(verified.ending == .exit(0), "\(verified.errors)")
        }
    }

    @Test(arguments: [true, false]) func theCommandPlansAndApplies(hasDaemon: Bool) async throws {
        try await Bench.use(PlanTests.before) { bench in
            let first = try await bench.start()
            try await first.api.ingest("/v1/batch?wait=evaluated", RuleChangeTests.entries)
            if !hasDaemon { #expect(try await first.stop() == .exit(0)) }
            try bench.writeRules(PlanTests.after)
            let common = ["--rules", bench.rules, "--data", bench.data]
            // Nobody is there to say yes.
            let asked = try await bench.run(["apply"] + common, environment: [:])
            #expect(asked.ending == .exit(1))
            #expect(asked.output.contains("3 of 4 segments would change"))
            #expect(asked.errors.contains("nobody is there to ask"))
            let planned = try await bench.run(["plan", "--json"] + common, environment: [:])
            let plan = try JSONDecoder().decode(
                Plan.self,
                from: Data((planned.lines.first ?? "").utf8)
            )
            let wrong = try await bench.run(
                ["apply", "--plan", "0123456789abcdef"] + common,
                environment: [:]
            )
            #expect(wrong.ending == .exit(1))
            #expect(wrong.errors.contains("this is not what was planned"))
            let done = try await bench.run(
                ["apply", "--plan", plan.hash, "-m", "reviewed", "--author", "ann"] + common,
                environment: [:]
            )
            #expect(done.ending == .exit(0), "\(done.errors)")
            #expect(done.output.contains("changed buyers: 1 in, 1 out"))
            #expect(done.output.contains("Nothing of it is announced."))
            let again = try await bench.run(["apply", "--yes"] + common, environment: [:])
            #expect(again.ending == .exit(0))
            #expect(again.output.contains("These rules are in force already"))
            let members = try await bench.run("members", "buyers", "--json", "--data", bench.data)
            #expect(members.lines.count == 2)
            if !hasDaemon {
                let second = try await bench.start()
                #expect(second.output.contains("unchanged"))
            }
        }
    }

    @Test func mistakesAreSaid() async throws {
        try await Bench.use(PlanTests.before) { bench in
            let daemon = try await bench.start()
            let hash = #","plan":"0123456789abcdef""#
            for (more, status, code, words) in [
                ("", 400, "invalid_apply", "plan is missing"),
                (#","plan":"12""#, 400, "invalid_apply", "16 hexadecimal digits"),
                (hash + #","announce":"some""#, 400, "invalid_apply", "none, exits, all"),
                (hash + #","confirm":-1"#, 400, "invalid_apply", "confirm is no whole number"),
                (hash + #","reason":7"#, 400, "invalid_apply", "reason is no text"),
                (hash, 409, "outdated_plan", "Plan again"),
            ] {
                let answer = try await daemon.api.send(
                    "POST",
                    "/v1/rules/apply",
                    body(PlanTests.after, more)
                )
                #expect(answer.status == status, "\(more)")
                #expect(answer.refusal?.code == code, "\(more)")
                #expect(answer.refusal?.message.contains(words) == true, "\(more)")
            }
            let answer = try await daemon.api.send(
                "POST",
                "/v1/rules/apply",
                body("segment x when no", hash)
            )
            #expect(answer.status == 422 && answer.refusal?.code == "invalid_rules")
        }
    }

    /// What a change brings about is recorded before its entry is durable: then what a kill leaves does not follow from
    /// the log.
    @Test func aChangeInTheWrongOrderIsFoundOut() async throws {
        var endings: [Bool] = []
        for moment in 1...8 where !endings.contains(false) {
            try await Bench.use(PlanTests.before) { bench in
                let program = try bench.launch(
                    .faults,
                    bench.serving(.faults)
                        + ["--kill", "rule-change:\(moment)", "--send-before-commit"]
                )
                let daemon = try await DaemonProcess(program)
                try await daemon.api.ingest("/v1/batch?wait=evaluated", RuleChangeTests.entries)
                // This daemon answers before its commit: until the last entry is in the log.
                var last = Data()
                while !String(decoding: last, as: UTF8.self).contains("\"sequence\":9") {
                    last = try await daemon.api.send("GET", "/v1/log?from=9").body
                }
                let plan = try await plan(daemon.api, PlanTests.after)
                // The answer, too, comes before the commit.
                _ = try? await daemon.api.send(
                    "POST",
                    "/v1/rules/apply",
                    body(PlanTests.after, #","plan":"\#(plan.hash)""#)
                )
                let ending = try await program.end()
                #expect(ending == .signal(SIGKILL))
                let listed = try await bench.run("segments", "--json", "--data", bench.data)
                endings.append(listed.ending == .exit(0))
            }
        }
        #expect(endings.contains(false))
    }

    /// Killed at every step of a change, the old or the new rules are in force, and everything follows from the log.
    @Test func aKillLeavesTheOldOrTheNewRules() async throws {
        var found: [Set<String>: Int] = [:]
        var moments = 0
        for moment in 1...20 {
            let isKilled = try await Bench.use(PlanTests.before) { bench in
                let program = try bench.launch(
                    .faults,
                    bench.serving(.faults) + ["--kill", "rule-change:\(moment)"]
                )
                let daemon = try await DaemonProcess(program)
                try await daemon.api.ingest("/v1/batch?wait=evaluated", RuleChangeTests.entries)
                let plan = try await plan(daemon.api, PlanTests.after)
                let answer = try? await daemon.api.send(
                    "POST",
                    "/v1/rules/apply",
                    body(PlanTests.after, #","plan":"\#(plan.hash)""#)
                )
                if answer?.status == 200 { return false }
                #expect(try await program.end() == .signal(SIGKILL))
                let listed = try await bench.run("segments", "--json", "--data", bench.data)
                #expect(listed.ending == .exit(0), "\(listed.errors)")
                struct Listed: Decodable { var name: String }
                let names = try listed.lines.map {
                    try JSONDecoder().decode(Listed.self, from: Data($0.utf8)).name
                }
                found[Set(names), default: 0] += 1
                let isNew = names.contains("pros")
                let members = try await bench.run(
                    "members",
                    "buyers",
                    "--json",
                    "--data",
                    bench.data
                )
                #expect(members.lines.count == 2)
                try await CrashTests().checkRefold(bench, try LogImage(bench.data))
                try bench.writeRules(isNew ? PlanTests.after : PlanTests.before)
                let next = try await bench.start()
                #expect(next.output.contains("unchanged"))
                #expect(try await next.stop() == .exit(0))
                return true
            }
            guard isKilled else { break }
            moments = moment
        }
        #expect(moments >= 6)
        #expect(
            Set(found.keys) == [["buyers", "carts", "kept"], ["buyers", "kept", "pros"]],
            "\(found)"
        )
        print("rule changes: killed at \(moments) moments: \(found)")
    }
}

/// `serve --watch`: what changed rule files do to a running daemon.
@Suite struct WatchTests {
    private static let before = "segment buyers when at least 2 order_placed\n"
    private static let after = "segment buyers when at least 1 order_placed\n"

    @Test func changedFilesAreToldOfAndAppliedWhereThatIsAskedFor() async throws {
        try await Bench.use(Self.before) { bench in
            let first = try await bench.start(.segmentd, "--watch")
            try await first.api.ingest("/v1/batch?wait=evaluated", RuleChangeTests.entries)
            try bench.writeRules("segment buyers when no")
            let errors = try await first.says("those in force go on")
            #expect(errors.contains("rules.seg:1"))
            try bench.writeRules(Self.after)
            let told = try await first.says("segmentd apply --plan")
            #expect(told.contains("1 segment would change"))
            _ = try await first.says("changed buyers: 1 in, 0 out")
            #expect(try await first.api.members(of: "buyers") == ["b", "c"])
            #expect(try await first.stop() == .exit(0))

            try bench.writeRules(Self.before)
            let second = try await bench.start(.segmentd, "--watch-apply")
            try bench.writeRules(Self.after)
            _ = try await second.says("in force since")
            #expect(try await second.api.members(of: "buyers") == ["a", "b", "c"])
            try bench.writeRules("segment buyers when no")
            _ = try await second.says("those in force go on")
            try bench.writeRules(Self.after)
            _ = try await second.says("say again what is in force")
            let sizes = try await bench.run(
                "sizes",
                "buyers",
                "--data",
                bench.data,
                "--every",
                "1h"
            )
            #expect(sizes.ending == .exit(0) && sizes.lines.last?.contains(" 3") == true)
            // From the instant that is asked for on, and to now.
            let start = Date(timeIntervalSinceNow: -5_400).formatted(.iso8601)
            let since = try await bench.run(
                "sizes",
                "buyers",
                "--data",
                bench.data,
                "--every",
                "1h",
                "--from",
                start
            )
            #expect(since.lines.count == 4 && since.lines[1].hasPrefix(start.dropLast()))
            #expect(since.lines.last?.contains(" 3") == true)
            #expect(try await second.stop() == .exit(0))
        }
    }
}
