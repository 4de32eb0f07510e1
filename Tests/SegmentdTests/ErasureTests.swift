import EventStore
import Foundation
import SegmentTesting
import Testing

/// People who are erased from a running daemon, and what is left of them on disk.
@Suite struct ErasureTests {
    private static let rules = """
        segment carts when added_to_cart in last 30 days
        segment quiet when no added_to_cart in last 30 days
        """
    private static let secrets = ["Very-Secret", "ann@example.org", "device-77", "ann-42"]

    private struct Receipt: Decodable {
        var sequence: UInt64
        var personID: UInt64?
        var suppressed: Bool
        var erasedAt: String
        var scrubbedAt: String?
    }

    private struct Receipts: Decodable { var erasures: [Receipt] }

    private func fill(_ api: API) async throws {
        var lines: [String] = []
        for number in 0..<40 {
            let isAnn = number.isMultiple(of: 2)
            let person =
                isAnn
                ? #""userId":"ann-42","anonymousId":"device-77""#
                : #""userId":"bob-\#(number % 5)""#
            let note = isAnn ? "Very-Secret \(number)" : "kept \(number)"
            lines.append(
                #"{"type":"track",\#(person),"event":"added_to_cart","messageId":"m-\#(number)","#
                    + #""properties":{"note":"\#(note)"}}"#
            )
        }
        lines.append(
            #"{"type":"identify","userId":"ann-42","messageId":"i-1","#
                + #""traits":{"email":" Ann@Example.ORG","plan":"Very-Secret plan"}}"#
        )
        let body = #"{"batch":[\#(lines.joined(separator: ","))]}"#
        _ = try await api.ingest("/v1/batch?wait=evaluated", body)
    }

    private func files(in folder: String) -> [String] {
        SegmentTesting.files(in: folder, holding: Self.secrets)
    }

    @Test func nothingIsLeftOnDisk() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            try await fill(daemon.api)
            #expect(files(in: bench.data).count >= Self.secrets.count)
            let erased = try await daemon.api.send("DELETE", "/v1/people/ann-42?suppress=true")
            let receipt = try erased.decode(Receipt.self)
            #expect(receipt.suppressed && receipt.scrubbedAt == nil)
            let last = try #require(try await daemon.api.transitions().last)
            #expect(last.cause == "erased" && last.segment == "carts")
            #expect(last.person == nil)
            let gone = try await daemon.api.send("GET", "/v1/people/%23\(receipt.personID ?? 0)")
            #expect(gone.status == 410 && gone.refusal?.code == "erased")
            let unknown = try await daemon.api.send("DELETE", "/v1/people/ann-42")
            #expect(unknown.status == 404)
            let before = try await daemon.api.members(of: "carts")

            let scrubbed = try await daemon.api.send("POST", "/v1/scrub")
            let done = try scrubbed.decode(Receipts.self).erasures
            #expect(done.map(\.sequence) == [receipt.sequence])
            #expect(done.first?.scrubbedAt != nil)
            #expect(files(in: bench.data) == [])
            #expect(try await daemon.api.members(of: "carts") == before)
            // What comes for her later is taken, has no effect, and leaves nothing.
            try await fill(daemon.api)
            #expect(files(in: bench.data) == [])
            #expect(try await daemon.api.members(of: "carts") == before)
            let copy = bench.path("copy")
            #expect(try await bench.run("backup", copy, "--data", bench.data).ending == .exit(0))
            #expect(files(in: copy) == [])
            #expect(try await daemon.stop() == .exit(0))
            #expect(files(in: bench.data) == [])
            let verified = try await bench.run("verify", "--data", bench.data)
            #expect(verified.ending == .exit(0), "\(verified.errors)")
            let listed = try await bench.run("erasures", "--data", bench.data)
            #expect(listed.output.contains("yes") && !listed.output.contains("not yet"))
        }
    }

    @Test func commandsDoTheSameWithAndWithoutADaemon() async throws {
        for hasDaemon in [true, false] {
            try await Bench.use(Self.rules) { bench in
                let daemon = try await bench.start()
                try await fill(daemon.api)
                if !hasDaemon { #expect(try await daemon.stop() == .exit(0)) }
                let unasked = try await bench.run("erase", "ann-42", "--data", bench.data)
                #expect(unasked.ending == .exit(1) && unasked.errors.contains("--yes"))
                let unknown = try await bench.run("erase", "zoe", "--yes", "--data", bench.data)
                #expect(unknown.ending == .exit(1) && unknown.errors.contains("zoe"))
                let erased = try await bench.run(
                    "erase",
                    "email:ann@example.org",
                    "--yes",
                    "--scrub",
                    "--data",
                    bench.data
                )
                #expect(erased.ending == .exit(0), "\(erased.errors)")
                #expect(erased.output.contains("is gone since"))
                #expect(files(in: bench.data) == [])
                let again = try await bench.run("erase", "ann-42", "--yes", "--data", bench.data)
                #expect(again.ending == .exit(1))
                if hasDaemon {
                    #expect(try await daemon.stop() == .exit(0))
                } else {
                    let verified = try await bench.run("verify", "--data", bench.data)
                    #expect(verified.ending == .exit(0), "\(verified.errors)")
                }
            }
        }
    }

    @Test func theDaemonScrubsByItself() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start(.segmentd, "--scrub-delay-seconds", "0")
            try await fill(daemon.api)
            #expect(try await daemon.api.send("DELETE", "/v1/people/ann-42").status == 200)
            _ = try await daemon.says("scrubbed the log")
            #expect(files(in: bench.data) == [])
            #expect(try await daemon.stop() == .exit(0))
        }
    }

    @Test func whatStandsInTheWayIsSaidAndTheDaemonGoesOn() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            try await fill(daemon.api)
            #expect(try await daemon.api.send("DELETE", "/v1/people/ann-42").status == 200)
            let manager = FileManager.default
            let former = bench.data + "/log.former"
            try manager.createDirectory(atPath: former, withIntermediateDirectories: false)
            #expect(manager.createFile(atPath: former + "/stray", contents: nil))
            let answer = try await daemon.api.send("POST", "/v1/scrub")
            #expect(answer.status == 503)
            #expect(answer.refusal?.message.contains("log.former") == true)
            try manager.removeItem(atPath: former)
            // A log that lies elsewhere cannot be exchanged.
            let elsewhere = bench.path("elsewhere")
            try manager.moveItem(atPath: bench.data + "/log", toPath: elsewhere)
            try manager.createSymbolicLink(
                atPath: bench.data + "/log",
                withDestinationPath: elsewhere
            )
            let linked = try await daemon.api.send("POST", "/v1/scrub")
            #expect(linked.status == 503)
            #expect(linked.refusal?.message.contains("a link or a disk of its own") == true)
            try manager.removeItem(atPath: bench.data + "/log")
            try manager.moveItem(atPath: elsewhere, toPath: bench.data + "/log")
            #expect(try await daemon.api.send("POST", "/v1/scrub").status == 200)
            #expect(files(in: bench.data) == [])
            #expect(try await daemon.stop() == .exit(0))
        }
    }

    /// What is found where a scrubbing is killed.
    private struct Killed {
        var isVerified: Bool
        var isScrubbed: Bool
    }

    /// Kills a daemon amid a scrubbing, and looks at what it left; nil where it is done before.
    private func kill(
        at moment: Int,
        _ faults: [String] = [],
        _ goOn: (Bench, _ carts: [String?]) async throws -> Void = { _, _ in }
    ) async throws -> Killed? {
        try await Bench.use(Self.rules) { bench in
            let program = try bench.launch(
                .faults,
                bench.serving(.faults) + ["--kill", "log-exchange:\(moment)"] + faults
            )
            let daemon = try await DaemonProcess(program)
            try await fill(daemon.api)
            #expect(try await daemon.api.send("DELETE", "/v1/people/ann-42").status == 200)
            let carts = try await daemon.api.members(of: "carts")
            let answer = try? await daemon.api.send("POST", "/v1/scrub")
            if answer?.status == 200 { return nil }
            #expect(try await program.end() == .signal(SIGKILL))
            let verified = try await bench.run("verify", "--data", bench.data)
            let listed = try await bench.run("erasures", "--data", bench.data)
            let isScrubbed =
                listed.ending == .exit(0) && !listed.output.contains("not yet")
            if isScrubbed { #expect(files(in: bench.data) == []) }
            try await goOn(bench, carts)
            return Killed(isVerified: verified.ending == .exit(0), isScrubbed: isScrubbed)
        }
    }

    /// Killed at every step of a scrubbing, the log is the old or the new one, and all others have what they had.
    @Test func aKillLeavesTheOldOrTheNewLog() async throws {
        var found: [Killed] = []
        for moment in 1...20 {
            let killed = try await kill(at: moment) { bench, carts in
                let next = try await bench.start()
                #expect(try await next.api.members(of: "carts") == carts)
                #expect(try await next.api.send("POST", "/v1/scrub").status == 200)
                #expect(files(in: bench.data) == [])
                #expect(try await next.api.members(of: "carts") == carts)
                #expect(try await next.stop() == .exit(0))
                try FileManager.default.removeItem(atPath: bench.data + "/state")
                let rebuilt = try await bench.run(
                    "members",
                    "carts",
                    "--json",
                    "--data",
                    bench.data
                )
                #expect(rebuilt.lines.count == carts.count)
            }
            guard let killed else { break }
            found.append(killed)
        }
        #expect(found.count { !$0.isVerified } == 0)
        let scrubbed = found.count { $0.isScrubbed }
        #expect(found.count >= 5 && scrubbed >= 1 && scrubbed < found.count)
        print("scrubbing: killed at \(found.count) moments, \(scrubbed) times behind the exchange")
    }

    @Test func aScrubbingInTheWrongOrderIsFoundOut() async throws {
        let killed = try await kill(at: 1, ["--clean-too-early"])
        #expect(killed?.isVerified == false)
    }
}
