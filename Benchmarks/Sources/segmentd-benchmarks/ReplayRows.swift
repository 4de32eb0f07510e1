import CLoop
import EventModel
import EventStore
import Foundation
import LMDBStore
import Materializer
import RuleLanguage
import SegmentEngine

/// The rows "replay…": a log on disk folded again against a bare cursor over the same log; two cores against
/// one; and with every transition recorded.
struct ReplayRows {
    let count: Int
    let rounds: Int

    func run(_ report: inout Report) async throws {
        try await replay(
            "replay",
            "of a bare scan's entries per CPU second",
            EngineSettings(),
            &report
        )
        var settings = EngineSettings()
        settings.duplicateHorizon = TimeSpan(milliseconds: 0)
        try await replay(
            "replay-no-dedupe",
            "of a bare scan's entries per CPU second, the duplicate horizon being 0",
            settings,
            &report
        )
    }

    /// A transition as it was handed out.
    private struct Taken {
        var at: Instant
        var person: PersonID
        var segment: Int32
        var isEntry: Bool
    }

    private func replay(
        _ name: String,
        _ what: String,
        _ settings: EngineSettings,
        _ report: inout Report
    ) async throws {
        let shop = try Shop(count: count, isLate: true)
        defer { shop.free() }
        let folder = try Folder("replay")
        try shop.write(folder.path, .full)
        let people = shop.arrivals.map(\.event.person)
        var scans: [Double] = []
        var ours: [Double] = []
        var walls: [Double] = []
        var parallel: [Double] = []
        var parallelCPU: [Double] = []
        var results: [shop_result] = []
        var expected = shop_result()
        var bytes = 0
        for _ in 0..<rounds {
            expected = shop_loop(shop.events, UInt32(count), shop.last)
            let startScan = Measure.cpuSeconds()
            bytes = try Self.scan(folder.path)
            scans.append(Measure.cpuSeconds() - startScan)
            for cores in [1, 2] {
                let log = try EventLog(directory: folder.path + "/log", newID: "")
                let (startCPU, startWall) = (Measure.cpuSeconds(), Measure.wallSeconds())
                var taken: [Taken] = []
                taken.reserveCapacity(count)
                let replay = try Replay(log, cores: cores, settings: settings)
                _ = try replay.count { at, person, segment, direction in
                    taken.append(
                        Taken(
                            at: at,
                            person: person,
                            segment: Int32(segment),
                            isEntry: direction == .entered
                        )
                    )
                }
                if cores == 1 {
                    ours.append(Measure.cpuSeconds() - startCPU)
                    walls.append(Measure.wallSeconds() - startWall)
                } else {
                    parallel.append(Measure.wallSeconds() - startWall)
                    parallelCPU.append(Measure.cpuSeconds() - startCPU)
                }
                // What is compared is not replay's work.
                var found = shop_result()
                var order: UInt64 = 0
                for one in taken {
                    shop.add(
                        one.at,
                        people[Int(one.person.rawValue) - 3],
                        Int(one.segment),
                        one.isEntry,
                        to: &found
                    )
                    order = (order &* 0x100_0000_01B3) ^ found.checksum
                }
                // The order counts too, so it takes the place of what is not compared with the loop.
                found.transitions = order
                results.append(found)
            }
        }
        guard let first = results.first, first.members == expected.members,
            results.allSatisfy({
                $0.members == first.members && $0.checksum == first.checksum
                    && $0.transitions == first.transitions
            })
        else { throw BenchmarkError("\(name): replays differ from each other or from the loop") }
        let (scan, one) = (Measure.median(scans), Measure.median(ours))
        let (wall, two) = (Measure.median(walls), Measure.median(parallel))
        report.add(
            Row(
                name,
                what,
                scan / one,
                [
                    "\(count) entries, \(bytes / count) bytes each, checksum "
                        + "\(String(first.checksum, radix: 16)), on one core and on two",
                    "scan \(Measure.rate(count, scan)) entries/CPU s, replay "
                        + "\(Measure.rate(count, one)) (median of \(rounds), by turns)",
                ]
            )
        )
        report.add(
            Row(
                name + "-cores",
                "times as fast on two cores as on one",
                wall / two,
                [
                    "\(String(format: "%.2f", wall)) s and \(String(format: "%.2f", two)) s (of CPU "
                        + "\(String(format: "%.2f", one)) and "
                        + "\(String(format: "%.2f", Measure.median(parallelCPU)))), the same "
                        + "transitions in the same order"
                ]
            )
        )
        guard name == "replay" else { return }
        try await rebuild(folder.path, shop, &report)
    }

    /// A start without `state/`: everything is folded and every transition recorded.
    private func rebuild(
        _ folder: String,
        _ shop: Shop,
        _ report: inout Report
    ) async throws {
        var options = PartitionOptions(dataDirectory: folder)
        options.acceptsClock = true
        var loops: [Double] = []
        var ours: [Double] = []
        for _ in 0..<rounds {
            try? FileManager.default.removeItem(atPath: folder + "/state")
            let startLoop = Measure.cpuSeconds()
            _ = shop_loop(shop.events, UInt32(count), shop.last)
            loops.append(Measure.cpuSeconds() - startLoop)
            let start = Measure.cpuSeconds()
            let partition = try Partition.open(options, rules: nil)
            ours.append(Measure.cpuSeconds() - start)
            await partition.stop()
        }
        let (loop, seconds) = (Measure.median(loops), Measure.median(ours))
        report.add(
            Row(
                "flink-rocksdb",
                "times Flink 2.3 on RocksDB, taken as 0.0080 of the C loop: from the log, every "
                    + "transition recorded",
                loop / seconds / 0.0080,
                [
                    "C loop \(Measure.rate(count, loop)) events/CPU s, rebuilt at "
                        + "\(Measure.rate(count, seconds)) entries/CPU s (median of \(rounds), by turns)"
                ]
            )
        )
    }

    /// What reading the log costs at least: every byte of every record is there, one of each line is read.
    private static func scan(_ folder: String) throws -> Int {
        let environment = try Environment(
            directory: folder + "/log",
            mapSizeBytes: EventLog.mapSizeBytes,
            tablesMax: 16
        )
        // A cursor must not outlive its environment.
        defer { withExtendedLifetime(environment) {} }
        let table = try environment.openTables(["entries"])[0]
        return try scan(environment, table)
    }

    private static func scan(_ environment: Environment, _ table: Table) throws -> Int {
        var bytes = 0
        var sum: UInt64 = 0
        let transaction = try environment.beginReading()
        var cursor = try transaction.cursor(table)
        var found = try cursor.first()
        while found {
            cursor.withCurrent { _, record in
                bytes += record.count
                var offset = 0
                while offset < record.count {
                    sum &+= UInt64(record[offset])
                    offset += 64
                }
            }
            found = try cursor.next()
        }
        guard sum > 0 else { throw BenchmarkError("the log is empty") }
        return bytes
    }
}
