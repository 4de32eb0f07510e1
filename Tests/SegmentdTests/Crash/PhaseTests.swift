import EventModel
import Foundation
import SegmentTesting
import Testing
import WebhookTesting

/// `kill -9` at moments of a chosen phase, with the webhook's receiver looking on.
@Suite struct PhaseTests {
    /// `SEGMENTD_CRASH_PHASE_KILLS` asks for more than these, for each phase.
    private static let killsOfPhase = CrashCampaign.setting("PHASE_KILLS").map { Int($0) } ?? 9

    /// The phases, and at which moment of each a process dies at the latest.
    private static let phases = [
        (name: "log-commit", momentMax: 60), (name: "admit", momentMax: 1_500),
        (name: "apply", momentMax: 2_500), (name: "state-commit", momentMax: 60),
        (name: "checkpoint", momentMax: 60), (name: "webhook", momentMax: 150),
    ]

    /// One life of a daemon that ends itself at that moment.
    private static func live(
        _ bench: Bench,
        _ load: Load,
        _ arguments: [String]
    ) async throws -> RunningProgram.Ending {
        let program = try bench.launch(.faults, bench.serving(.faults) + arguments)
        // It may die while it starts.
        if let daemon = try? await DaemonProcess(program) { load.aim(at: daemon.api) }
        let ending = try await program.end()
        load.aim(at: nil)
        return ending
    }

    @Test func killsInEveryPhaseLoseNothing() async throws {
        let seed = CrashCampaign.setting("SEED") ?? .random(in: 0...UInt64.max)
        print("phases: SEGMENTD_CRASH_SEED=\(seed)")
        try await Bench.use(Traffic.rules) { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(200) }
            let webhook = try bench.delivering(to: receiver.url)
            let ledger = Ledger()
            let load = Load(ledger, seed: seed, entriesMax: 20)
            let last = try await load.run {
                var random = SeededGenerator(seed: seed)
                var kills: [String: Int] = [:]
                while let phase = Self.phases.filter({
                    kills[$0.name, default: 0] < Self.killsOfPhase
                }).randomElement(using: &random) {
                    let moment = Int.random(in: 1...phase.momentMax, using: &random)
                    let ending = try await Self.live(
                        bench,
                        load,
                        webhook + ["--checkpoint-entries", "150"]
                            + ["--kill", "\(phase.name):\(moment)"]
                    )
                    guard ending == .signal(SIGKILL) else { throw EndedByItself() }
                    kills[phase.name, default: 0] += 1
                }
                let counts = Self.phases.map { "\($0.name) \(kills[$0.name, default: 0])" }
                print("phases: kills: \(counts.joined(separator: ", "))")
                let last = try await DaemonProcess(
                    bench.launch(.segmentd, bench.serving() + webhook)
                )
                load.aim(at: last.api)
                load.finish()
                return last
            }
            let patience = Duration.seconds(60 * max(1, Self.killsOfPhase / 9))
            let rows = try await eventually("all deliveries", on: receiver.bell, within: patience) {
                let rows = try await last.api.transitions()
                let announced = Set(rows.filter(\.announced).map(\.id))
                let taken = Set(receiver.received.map(\.id))
                return announced.isSubset(of: taken) ? rows : nil
            }
            #expect(try await last.stop() == .exit(0))
            let known = Set(rows.filter(\.announced).map(\.id))
            #expect(receiver.received.allSatisfy { known.contains($0.id) })
            let image = try LogImage(bench.data)
            let audit = Audit(ledger.lines, image)
            #expect(ledger.complaints.prefix(5).isEmpty)
            #expect(audit.lost.prefix(5).isEmpty)
            #expect(audit.miscounted.prefix(5).isEmpty)
            #expect(audit.inconsistent.prefix(5).isEmpty)
            try await CrashTests().checkCounts(bench, image)
            try await CrashTests().checkRefold(bench, image)
            print(
                "phases: \(ledger.count) acknowledged entries, \(image.transitions.count) "
                    + "transitions, \(receiver.received.count) deliveries of \(known.count)"
            )
            try await receiver.close()
        }
    }

    // MARK: - Faults that these tests must find

    @Test func aDaemonThatSendsTooEarlyIsFoundOut() async throws {
        let seed = CrashCampaign.setting("SEED") ?? .random(in: 0...UInt64.max)
        try await Bench.use(Traffic.rules) { bench in
            let receiver = try await WebhookReceiver { _, _ in .status(200) }
            let webhook = try bench.delivering(to: receiver.url)
            let load = Load(Ledger(), seed: seed, entriesMax: 20)
            let (kills, untrue) = try await load.run {
                defer { load.abandon() }
                var kills = 0
                var untrue = 0
                while untrue == 0, kills < 20 {
                    kills += 1
                    // What this fault leaves behind is not always a directory that opens again.
                    try? FileManager.default.removeItem(atPath: bench.data)
                    // Of three moments of a commit the second one is amid it.
                    _ = try await Self.live(
                        bench,
                        load,
                        webhook + [
                            "--send-before-commit", "--kill", "log-commit:\(18 + kills * 3 + 2)",
                        ]
                    )
                    let image = try LogImage(bench.data)
                    let sent = Set(receiver.received.map(\.id))
                    untrue = image.transitions.count { transition in
                        transition.sequence.rawValue > UInt64(image.messageIDs.count)
                            && sent.contains(transition.id(log: image.logID))
                    }
                }
                return (kills, untrue)
            }
            #expect(untrue > 0)
            print("negative control: \(untrue) untrue deliveries after \(kills) kills")
            try await receiver.close()
        }
    }

    @Test func aCheckpointWithoutItsTailIsFoundOut() async throws {
        let seed = CrashCampaign.setting("SEED") ?? .random(in: 0...UInt64.max)
        try await Bench.use(Traffic.rules) { bench in
            let load = Load(Ledger(), seed: seed, entriesMax: 20)
            let kills = try await load.run {
                defer { load.abandon() }
                for kill in 1...20 {
                    let ending = try await Self.live(
                        bench,
                        load,
                        ["--forget-tail", "--checkpoint-entries", "40"]
                            + ["--kill", "state-commit:\(60 + 10 * kill)"]
                    )
                    let verified = try await bench.run("verify", "--data", bench.data)
                    // Often it cannot record what it derives, since that lies before what is recorded.
                    if verified.ending != .exit(0) || ending == .exit(1) { return kill }
                }
                return 0
            }
            #expect(kills > 0)
            print("negative control: a forgotten tail is found after \(kills) kills")
        }
    }
}
