import Foundation
import Testing

/// An entry that crashes the engine is set aside after two crashes, and everything else goes on.
@Suite struct PoisonTests {
    private static let rules = "segment carts when at least 2 added_to_cart"

    private static func track(_ user: String, _ id: String) -> String {
        #"{"userId":"\#(user)","event":"added_to_cart","messageId":"\#(id)"}"#
    }

    private func launch(_ bench: Bench) throws -> RunningProgram {
        try bench.launch(
            .faults,
            bench.serving(.faults) + ["--poison", "bad"],
            // Backtraces of traps that are meant take seconds.
            environment: ["SWIFT_BACKTRACE": "enable=no"]
        )
    }

    @Test func aPoisonedEntryIsSetAsideAfterTwoCrashes() async throws {
        try await Bench.use(Self.rules) { bench in
            let first = try await DaemonProcess(launch(bench))
            try await first.api.ingest("/v1/track", Self.track("a", "m1"))
            try await first.api.ingest("/v1/track", Self.track("b", "m2"))
            // It is durable, then it crashes the applier; the answer may or may not get out.
            _ = try? await first.api.send("POST", "/v1/track", Self.track("a", "bad-1"))
            #expect(Self.isTrap(try await first.end()))
            let second = try launch(bench)
            #expect(Self.isTrap(try await second.end()))
            let program = try launch(bench)
            let third = try await DaemonProcess(program)
            #expect(program.errors.contains("entry 4 is set aside"))
            try await third.api.ingest("/v1/track?wait=evaluated", Self.track("b", "m3"))
            try await third.api.ingest("/v1/track?wait=evaluated", Self.track("a", "m4"))
            let rows = try await third.api.transitions()
            #expect(rows.map(\.person) == ["b", "a"])
            #expect(try await third.stop() == .exit(0))
            // The alarm does not stop, and a replay from nothing gives the same.
            let before = try await bench.run("transitions", "--json", "--data", bench.data)
            try FileManager.default.removeItem(atPath: bench.data + "/state")
            let after = try await bench.run("transitions", "--json", "--data", bench.data)
            #expect(after.output == before.output)
            #expect(after.lines.count == 2)
            let log = try await bench.run("log", "--kind", "quarantine", "--data", bench.data)
            #expect(log.ending == .exit(0))
            #expect(log.lines.count >= 1)
            let verified = try await bench.run("verify", "--data", bench.data)
            #expect(verified.ending == .exit(0), "\(verified.errors)")
        }
    }

    @Test func oneCrashIsNoReasonYet() async throws {
        try await Bench.use(Self.rules) { bench in
            let first = try await DaemonProcess(launch(bench))
            _ = try? await first.api.send("POST", "/v1/track", Self.track("a", "bad-1"))
            #expect(Self.isTrap(try await first.end()))
            // A daemon that gets over it, as after an accident of memory, forgets the note.
            let second = try await bench.start()
            try await second.api.ingest("/v1/track?wait=evaluated", Self.track("a", "m2"))
            #expect(try await second.api.transitions().count == 1)
            #expect(try await second.stop() == .exit(0))
            let note = try Data(contentsOf: URL(fileURLWithPath: bench.data + "/crash"))
            #expect(note.isEmpty)
        }
    }

    private static func isTrap(_ ending: RunningProgram.Ending) -> Bool {
        ending == .signal(SIGILL) || ending == .signal(SIGTRAP)
    }
}
