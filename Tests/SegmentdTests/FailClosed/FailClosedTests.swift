import Foundation
import SegmentTesting
import Testing

/// Full disks, disks that fail and calls that are cut off: nothing is acknowledged that is not durable, the
/// daemon ends with a clear error, and starts again without any tool once the reason is gone.
@Suite(.serialized) struct FailClosedTests {
    /// Sends batches until one is not taken; how many were.
    private func send(
        _ daemon: DaemonProcess,
        _ ledger: Ledger,
        requests: Int,
        entriesMax: Int = 30
    ) async -> Int {
        var traffic = Traffic(client: ledger.count, seed: 4)
        for done in 0..<requests {
            let entries = traffic.next(entriesMax: entriesMax)
            let body = "{\"batch\":[\(entries.map(\.json).joined(separator: ","))]}"
            guard let answer = try? await daemon.api.send("POST", "/v1/batch", body),
                answer.status == 200, let reply = try? answer.decode(IngestReply.self)
            else { return done }
            ledger.record(entries, reply)
        }
        return requests
    }

    /// Starts again, takes entries, and holds everything against what was acknowledged.
    private func recover(_ bench: Bench, data: String, _ ledger: Ledger) async throws {
        let program = try bench.launch(.segmentd, bench.serving(data: data))
        let daemon = try await DaemonProcess(program)
        #expect(await send(daemon, ledger, requests: 3) == 3)
        #expect(try await daemon.stop() == .exit(0))
        let audit = Audit(ledger.lines, try LogImage(data))
        #expect(audit.lost.prefix(3).isEmpty)
        #expect(audit.miscounted.prefix(3).isEmpty)
        #expect(audit.inconsistent.prefix(3).isEmpty)
        let verified = try await bench.run("verify", "--data", data)
        #expect(verified.ending == .exit(0), "\(verified.errors)")
    }

    private static let filling = String(repeating: "x", count: 10_000)

    // MARK: - No room

    @Test(arguments: SmallDisk.Kind.allCases)
    func aFullDiskEndsTheDaemonAndLosesNothing(kind: SmallDisk.Kind) async throws {
        try await Bench.use(Traffic.rules) { bench in
            guard let disk = try SmallDisk(kind, mebibytes: 20, bench.path("")) else { return }
            let filler = disk.path + "/filler"
            try Data(count: 10 << 20).write(to: URL(fileURLWithPath: filler))
            let data = disk.path + "/data"
            let ledger = Ledger()
            let program = try bench.launch(.segmentd, bench.serving(data: data))
            let daemon = try await DaemonProcess(program)
            let taken = await send(daemon, ledger, requests: 20_000, entriesMax: 1_000)
            #expect(taken < 20_000)
            #expect(try await daemon.end() == .exit(1))
            #expect(program.errors.contains("Free disk space and start again"), "\(program.errors)")
            // Without room it does not start either, or ends as before; it says why.
            let again = try bench.launch(.segmentd, bench.serving(data: data))
            if let daemon = try? await DaemonProcess(again) {
                _ = await send(daemon, ledger, requests: 20_000, entriesMax: 1_000)
            }
            #expect(try await again.end() == .exit(1))
            #expect(again.errors.contains("disk"), "\(again.errors)")
            try FileManager.default.removeItem(atPath: filler)
            try await recover(bench, data: data, ledger)
            print("full disk, \(kind.rawValue): after \(ledger.count) acknowledged entries")
        }
    }

    @Test func aFullMapIsAFullDisk() async throws {
        try await Bench.use(Traffic.rules) { bench in
            let ledger = Ledger()
            let program = try bench.launch(
                .faults,
                bench.serving(.faults) + ["--log-bytes", "\(1 << 20)"]
            )
            let daemon = try await DaemonProcess(program)
            // Small enough that what fails is answered, not cut off.
            _ = await send(daemon, ledger, requests: 10)
            var last: Answer?
            while last?.status ?? 200 == 200 {
                let user = "\"userId\":\"u\""
                last = try await daemon.api.send(
                    "POST",
                    "/v1/track",
                    "{\(user),\"event\":\"e\",\"properties\":{\"text\":\"\(Self.filling)\"}}"
                )
            }
            #expect(last?.status == 503)
            #expect(try await daemon.end() == .exit(1))
            #expect(program.errors.contains("Free disk space and start again"), "\(program.errors)")
            #expect(!program.errors.contains("MISUSE"), "\(program.errors)")
            try await recover(bench, data: bench.data, ledger)
        }
    }

    @Test func aDiskThatMayNotBeWrittenIsNamed() async throws {
        try await Bench.use(Traffic.rules) { bench in
            guard let disk = try SmallDisk(.ext4, mebibytes: 24, bench.path("")) else { return }
            let data = disk.path + "/data"
            let ledger = Ledger()
            let daemon = try await DaemonProcess(
                bench.launch(.segmentd, bench.serving(data: data))
            )
            #expect(await send(daemon, ledger, requests: 10) == 10)
            #expect(try await daemon.stop() == .exit(0))
            guard disk.remount(readOnly: true) else {
                print("read-only disk: SKIPPED, since it cannot be remounted")
                return
            }
            let refused = try await bench.refuse(data: data)
            #expect(refused.ending == .exit(1))
            #expect(refused.errors.contains("Read-only file system"), "\(refused.errors)")
            #expect(refused.errors.contains("may read and write it"), "\(refused.errors)")
            #expect(disk.remount(readOnly: false))
            try await recover(bench, data: data, ledger)
        }
    }

    @Test func aDiskThatFailsUnderTheDaemonEndsItAndLosesNothing() async throws {
        try await Bench.use(Traffic.rules) { bench in
            guard let disk = try SmallDisk(.ext4, mebibytes: 40, bench.path("")) else { return }
            let data = disk.path + "/data"
            let ledger = Ledger()
            let program = try bench.launch(.segmentd, bench.serving(data: data))
            let daemon = try await DaemonProcess(program)
            #expect(await send(daemon, ledger, requests: 10) == 10)
            async let rest = send(daemon, ledger, requests: 20_000)
            let before = ledger.count
            try await eventually("some more entries", on: ledger.bell) {
                ledger.count > before + 50 ? true : nil
            }
            guard disk.abort() else {
                print("failing disk: SKIPPED, since it cannot be remounted")
                daemon.kill()
                _ = await rest
                return
            }
            #expect(await rest < 20_000)
            #expect(try await daemon.end() == .exit(1))
            #expect(program.errors.contains("Read-only file system"), "\(program.errors)")
            #expect(disk.mountAgain())
            try await recover(bench, data: data, ledger)
            print("failing disk: after \(ledger.count) acknowledged entries")
        }
    }

    // MARK: - The n-th call

    /// `SEGMENTD_SYSCALLS=200` tries each n up to that.
    private static let calls: [Int] =
        ProcessInfo.processInfo.environment["SEGMENTD_SYSCALLS"].flatMap { Int($0) }
        .map { Array(1...$0) } ?? [1, 2, 4, 7, 12, 20, 33, 54, 88, 143]

    private static let faults = [
        (calls: "pwrite64,pwritev", fault: "error=EIO"),
        (calls: "pwrite64,pwritev", fault: "error=ENOSPC"),
        (calls: "pwrite64,pwritev", fault: "signal=KILL"),
        (calls: "fdatasync,fsync", fault: "error=EIO"),
        (calls: "fdatasync,fsync", fault: "signal=KILL"),
    ]

    @Test func theNthCallMayFail() async throws {
        guard let strace = Tool.path("strace"), Tool.run("strace", "-qq", "-o", "/dev/null", "true")
        else {
            print("n-th call: SKIPPED, since strace is missing or may not trace")
            return
        }
        var struck = 0
        var runs = 0
        for fault in Self.faults {
            for call in Self.calls {
                runs += 1
                struck += try await fail(strace, "\(fault.calls):\(fault.fault)", call) ? 1 : 0
            }
        }
        // Else the calls were never reached, and nothing was tried.
        #expect(struck > Self.faults.count * 3)
        print("n-th call: \(runs) runs, \(struck) of them struck")
    }

    /// One life with a fault; whether it struck.
    private func fail(_ strace: String, _ fault: String, _ call: Int) async throws -> Bool {
        try await Bench.use(Traffic.rules) { bench in
            let ledger = Ledger()
            let program = try bench.launch(
                .faults,
                bench.serving(.faults) + ["--checkpoint-entries", "200"],
                wrapper: [
                    strace, "-D", "-f", "-qq", "-o", "/dev/null", "-e",
                    "trace=\(fault.prefix { $0 != ":" })", "-e",
                    "inject=\(fault):when=\(call)",
                ],
                environment: ["SWIFT_BACKTRACE": "enable=no"]
            )
            if let daemon = try? await DaemonProcess(program) {
                _ = await send(daemon, ledger, requests: 40)
            }
            let hasEnded = program.ending != nil
            // Calls of a thread are counted apart: not every n-th one is reached.
            if !hasEnded { program.send(SIGTERM) }
            let ending = try await program.end()
            let isKill = fault.hasSuffix("KILL")
            if ending == .exit(1) {
                let isClear =
                    ["start again", "and try again", "may read and write"].contains {
                        program.errors.contains($0)
                    }
                #expect(isClear, "\(fault) \(call): \(program.errors)")
            } else {
                #expect(
                    isKill || ending == .exit(0) || ending == .signal(SIGTERM),
                    "\(fault) \(call): \(ending) \(program.errors)"
                )
            }
            try await recover(bench, data: bench.data, ledger)
            return hasEnded || ending != .exit(0)
        }
    }
}
