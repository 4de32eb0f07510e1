import EventModel
import EventStore
import Foundation
import LMDBStore

/// The row "append": groups of 1,000 entries made durable in the log, against a bare LMDB append of the same
/// bytes in as many commits.
struct AppendRow {
    let groups: Int
    private static let groupEntries = 1_000

    func run(_ report: inout Report) throws {
        let shop = try Shop(count: groups * Self.groupEntries, isLate: false)
        defer { shop.free() }
        let folder = try Folder("append")
        for name in ["log", "bare"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(name)",
                withIntermediateDirectories: true
            )
        }
        let log = try EventLog(directory: folder.path + "/log", newID: "benchmark")
        let writer = try LogWriter(log)
        let environment = try Environment(
            directory: folder.path + "/bare",
            mapSizeBytes: 16 << 30,
            tablesMax: 4
        )
        defer { withExtendedLifetime(environment) {} }
        let table = try environment.openTables(["entries"])[0]
        var (ours, bare) = (0.0, 0.0)
        var (oursCPU, bareCPU) = (0.0, 0.0)
        var bytes = 0
        for group in 0..<groups {
            let indices = group * Self.groupEntries..<(group + 1) * Self.groupEntries
            let drafts = indices.map { shop.draft($0, .full) }
            let at = Instant(milliseconds: shop.arrivals[indices.upperBound - 1].receivedAt)
            var (wall, cpu) = (Measure.wallSeconds(), Measure.cpuSeconds())
            let appended = try writer.append(drafts, receivedAt: at)
            ours += Measure.wallSeconds() - wall
            oursCPU += Measure.cpuSeconds() - cpu
            (wall, cpu) = (Measure.wallSeconds(), Measure.cpuSeconds())
            let transaction = try environment.beginWriting()
            let records = appended.bytes.span
            for index in appended.heads.indices {
                var sequence = appended.heads[index].sequence.rawValue.bigEndian
                try withUnsafeBytes(of: &sequence) { key throws in
                    try transaction.append(
                        table,
                        key: Array(key).span,
                        value: records.extracting(appended.record(index))
                    )
                }
                bytes += appended.record(index).count
            }
            try transaction.commit()
            bare += Measure.wallSeconds() - wall
            bareCPU += Measure.cpuSeconds() - cpu
        }
        guard try log.lastSequence().rawValue == UInt64(groups * Self.groupEntries) else {
            throw BenchmarkError("entries are missing from the log")
        }
        let count = groups * Self.groupEntries
        report.add(
            Row(
                "append",
                "of bare LMDB's appends per second, both synced",
                bare / ours,
                [
                    "\(groups) groups of \(Self.groupEntries), \(bytes / count) bytes an entry: "
                        + "\(Measure.rate(count, ours)) entries/s, bare \(Measure.rate(count, bare))",
                    "CPU: \(Measure.rate(count, oursCPU)) entries/CPU s, bare "
                        + "\(Measure.rate(count, bareCPU)), which writes no dictionaries",
                ]
            )
        )
    }
}
