import Foundation
import Materializer
import SegmentTesting
import Synchronization
import Testing

/// Power loss: every state in which a disk may be left keeps what was acknowledged.
///
/// A daemon's writes and syncs are recorded, disks are rebuilt from them as they may be at some point,
/// and each is opened.
@Suite struct PowerLossTests {
    /// `SEGMENTD_POWER_IMAGES` asks for more.
    private static let images =
        ProcessInfo.processInfo.environment["SEGMENTD_POWER_IMAGES"].flatMap { Int($0) } ?? 2_000
    private static let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private struct Acknowledged: Sendable {
        var line: Ledger.Line
        var nanoseconds: UInt64
    }

    /// Acknowledgements of clients side by side.
    private final class Acknowledgements: Sendable {
        private let lines = Mutex<[Acknowledged]>([])

        var all: [Acknowledged] { lines.withLock { $0 } }

        func add(_ more: [Acknowledged]) { lines.withLock { $0 += more } }
    }

    private struct Recording {
        var trace: WriteTrace
        var root: String
        var acknowledged: [Acknowledged]
    }

    private func recorder(_ bench: Bench) throws -> String? {
        guard let compiler = Self.compiler else {
            print("power loss: SKIPPED, since there is no C compiler for the recorder")
            return nil
        }
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("recorder.c").path
        let library = bench.path("recorder.so")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: compiler)
        process.arguments = [
            "-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl", "-lpthread",
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return library
    }

    private static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Lives of a daemon under load, with all that it wrote.
    private func record(_ bench: Bench, _ faults: [String]) async throws -> Recording? {
        guard let library = try recorder(bench) else { return nil }
        let trace = bench.path("trace")
        let acknowledged = Acknowledgements()
        for life in 0..<3 {
            let program = try bench.launch(
                .faults,
                bench.serving(.faults) + ["--checkpoint-entries", "150"] + faults,
                environment: [
                    "LD_PRELOAD": library, "POWER_ROOT": bench.data, "POWER_TRACE": trace,
                ]
            )
            let daemon = try await DaemonProcess(program)
            try await withThrowingTaskGroup { group in
                for client in 0..<3 {
                    group.addTask {
                        var traffic = Traffic(client: life * 10 + client, seed: 3)
                        for _ in 0..<25 {
                            let entries = traffic.next(entriesMax: 8)
                            let body = "{\"batch\":[\(entries.map(\.json).joined(separator: ","))]}"
                            let reply = try await daemon.api.ingest("/v1/batch", body)
                            let at = Self.now()
                            let lines = zip(entries, reply.entries).compactMap { entry, verdict in
                                verdict.sequence.map {
                                    Ledger.Line(
                                        messageID: entry.messageID,
                                        sequence: $0,
                                        duplicateOf: verdict.duplicateOf
                                    )
                                }
                            }
                            acknowledged.add(
                                lines.map { Acknowledged(line: $0, nanoseconds: at) }
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
            if life == 1 {
                #expect(try await daemon.stop() == .exit(0))
            } else {
                try Data().write(to: URL(fileURLWithPath: trace + ".kill"))
                #expect(try await daemon.end() == .signal(SIGKILL))
                try FileManager.default.removeItem(atPath: trace + ".kill")
            }
        }
        return Recording(
            trace: try WriteTrace(trace),
            root: bench.data,
            acknowledged: acknowledged.all
        )
    }

    /// Opens so many states of the disk; gives what is wrong with them.
    private func check(
        _ recording: Recording,
        images: Int,
        _ bench: Bench
    ) throws -> (lost: [String], broken: [String]) {
        var random = SeededGenerator(seed: 99)
        let count = recording.trace.events.count
        let points = (0..<images).map { _ in Int.random(in: 1...count, using: &random) }.sorted()
        var disk = CrashImage(recording.trace, root: recording.root)
        var lost: [String] = []
        var broken: [String] = []
        for point in points {
            disk.advance(to: point)
            let at = point < count ? recording.trace.events[point].nanoseconds : .max
            let place = bench.path("image")
            try? FileManager.default.removeItem(atPath: place)
            try FileManager.default.createDirectory(
                atPath: place,
                withIntermediateDirectories: true
            )
            try disk.write(to: place, &random)
            do {
                // What a start finds, then what is there, held against its log.
                let verification = try Partition.verify(dataDirectory: place) { _, _ in }
                if let difference = verification.difference { broken.append(difference) }
                let image = try LogImage(place)
                for one in recording.acknowledged where one.nanoseconds < at {
                    let index = Int(one.line.sequence) - 1
                    guard image.messageIDs.indices.contains(index),
                        image.messageIDs[index] == one.line.messageID
                    else {
                        lost.append("\(one.line.messageID) of entry \(one.line.sequence)")
                        break
                    }
                }
            } catch { broken.append("at event \(point) of \(count): \(error)") }
        }
        return (lost, broken)
    }

    /// Acknowledged message ids that a disk does not even hold the bytes of: LMDB itself may not be let near
    /// a file that was never synced.
    private func checkBytes(
        _ recording: Recording,
        images: Int,
        _ bench: Bench
    ) throws -> [String] {
        var random = SeededGenerator(seed: 99)
        let count = recording.trace.events.count
        var disk = CrashImage(recording.trace, root: recording.root)
        var lost: [String] = []
        for step in 1...images {
            let point = count * step / images
            disk.advance(to: point)
            let at = point < count ? recording.trace.events[point].nanoseconds : .max
            let place = bench.path("image")
            try? FileManager.default.removeItem(atPath: place)
            try disk.write(to: place, &random)
            let bytes =
                (try? Data(contentsOf: URL(fileURLWithPath: place + "/log/data.mdb"))) ?? Data()
            let before = recording.acknowledged.filter { $0.nanoseconds < at }
            for one in before.suffix(3)
            where bytes.range(of: Data(one.line.messageID.utf8)) == nil {
                lost.append("\(one.line.messageID) of entry \(one.line.sequence)")
            }
        }
        return lost
    }

    @Test func noStateOfTheDiskLosesWhatWasAcknowledged() async throws {
        try await Bench.use(Traffic.rules) { bench in
            guard let recording = try await record(bench, []) else { return }
            let found = try check(recording, images: Self.images, bench)
            #expect(found.lost.prefix(5).isEmpty)
            #expect(found.broken.prefix(5).isEmpty)
            let syncs = recording.trace.events.count {
                if case .syncEnd = $0.event { true } else { false }
            }
            #expect(syncs > 50)
            #expect(recording.acknowledged.count > 300)
            print(
                "power loss: \(Self.images) states of the disk from \(recording.trace.events.count) "
                    + "writes and syncs, \(recording.acknowledged.count) acknowledged entries, "
                    + "\(found.lost.count) lost, \(found.broken.count) broken"
            )
        }
    }

    /// LMDB without its syncs is the fault that must be found.
    @Test func aDaemonThatDoesNotSyncIsFoundOut() async throws {
        try await Bench.use(Traffic.rules) { bench in
            guard let recording = try await record(bench, ["--no-sync"]) else { return }
            let lost = try checkBytes(recording, images: 50, bench)
            #expect(!lost.isEmpty)
            print(
                "negative control: without syncs \(lost.count) acknowledgements are lost, such as "
                    + "\(lost.first ?? "nothing")"
            )
        }
    }
}
