import Foundation
import SegmentTesting

/// Kills a daemon under load, again and again, on one data directory.
struct CrashCampaign {
    private let bench: Bench
    private let program: Program
    private let faults: [String]
    private let ledger: Ledger
    private let load: Load
    private var random: SeededGenerator
    /// Kills of a daemon that was answering.
    private(set) var kills = 0
    /// Kills of a daemon that was starting.
    private(set) var killsAtStart = 0

    init(
        _ bench: Bench,
        _ program: Program,
        _ faults: [String],
        _ ledger: Ledger,
        _ load: Load,
        seed: UInt64
    ) {
        self.bench = bench
        self.program = program
        self.faults = faults
        self.ledger = ledger
        self.load = load
        random = SeededGenerator(seed: ~seed)
    }

    /// What the environment says, so that a failure can be run again and a night be filled.
    static func setting(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment["SEGMENTD_CRASH_" + name].flatMap { UInt64($0) }
    }

    /// One life of the daemon: started, answering, killed at a random moment.
    mutating func killOnce() async throws {
        // A killed recovery must leave no more behind than a killed daemon.
        if Int.random(in: 0..<4, using: &random) == 0 {
            // A moment that is a part of the work, whatever else the machine does meanwhile.
            let work = Int.random(in: 1...80, using: &random)
            let starting = try bench.launch(
                program,
                bench.serving(program) + faults,
                wrapper: [Program.faults.url().path, "end-after-work", "\(work)"]
            )
            try await eventually("a start that has come so far", on: starting.bell) {
                starting.ending != nil || starting.output.contains("is listening on") ? true : nil
            }
            starting.send(SIGKILL)
            guard [.signal(SIGPROF), .signal(SIGKILL)].contains(try await starting.end()) else {
                throw EndedByItself()
            }
            killsAtStart += 1
        }
        let daemon = try await DaemonProcess(
            bench.launch(program, bench.serving(program) + faults)
        )
        let before = ledger.count
        load.aim(at: daemon.api)
        let ledger = ledger
        let answered = before + Int.random(in: 1...400, using: &random)
        try await eventually("answers", on: ledger.bell) { ledger.count >= answered ? true : nil }
        if Bool.random(using: &random) {
            daemon.kill()
        } else {
            // The hardest moment for a daemon whose answer was not true yet.
            load.onNextAnswer { daemon.kill() }
        }
        guard try await daemon.end() == .signal(SIGKILL) else { throw EndedByItself() }
        load.aim(at: nil)
        kills += 1
    }
}

/// A daemon that ended before it was killed.
struct EndedByItself: Error {}
