internal import ArgumentParser
internal import EventModel
internal import EventStore
internal import EventWire
internal import Foundation
internal import Materializer
internal import SegmentServer

/// `segmentd import`: files of entries into a log.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Imports files of entries: JSON a line, or CSV, plain or gzip.",
        discussion: """
            Into a new data directory the past is played at its own pace: rows are sorted by \
            timestamp, and the rules of --rules hold from before the first one. Into any other log \
            rows are late data that arrives now, marked as backfill unless --live.

              segmentd import --data ./data --rules ./segments events.ndjson.gz
              segmentd import --set event=order_completed --map userId=customer \\
                --map timestamp=date --map properties.total:number=amount orders.csv

            Fields of --map and --set: type, userId, anonymousId, event, timestamp, messageId, \
            properties.NAME, traits.NAME, identifiers.NAME; with :number behind it a text that \
            spells a number becomes one. Rows without a messageId get one from file and line, so \
            the same import again changes nothing.
            """
    )

    @Argument(help: "The files; they are one job.")
    var files: [String]

    @OptionGroup var settings: SettingOptions

    @Option(
        name: .long,
        help: ArgumentHelp("CSV: a field from a column.", valueName: "field=column")
    )
    var map: [String] = []

    @Option(name: .long, help: ArgumentHelp("CSV: a field of all rows.", valueName: "field=value"))
    var set: [String] = []

    @Flag(name: .long, help: "CSV: there is no header; columns are numbers from 1.")
    var noHeader = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where bad rows go. (default: segmentd-rejects.ndjson)",
            valueName: "file"
        )
    )
    var rejects = "segmentd-rejects.ndjson"

    @Option(
        name: .long,
        help: ArgumentHelp("Refuse rows before. (default: 1990-01-01)", valueName: "time")
    )
    var notBefore = "1990-01-01T00:00:00Z"

    @Option(
        name: .long,
        help: ArgumentHelp("Refuse rows after. (default: 5 minutes from now)", valueName: "time")
    )
    var notAfter: String?

    @Flag(name: .long, help: "Into a log in use: announce what the rows bring about.")
    var live = false

    @Flag(name: .long, help: "Go on with a job that was begun longer ago than keys are remembered.")
    var force = false

    func run() async throws {
        let daemon = try settings.resolved().options
        let rows = try understood { try ImportRows(try options()) }
        let data = daemon.partition.dataDirectory
        let started = ContinuousClock.now
        if DataDirectory.isInUse(path: data) {
            try await late(rows, RemoteImport(DataDirectory.socket(of: data)), started)
            return
        }
        switch try understood({ try Partition.standing(of: rows.job, in: data) }) {
        case .done(let entries, let at): sayDone(entries.lowerBound, entries.upperBound, "\(at)")
        case .anew: try await anew(rows, daemon, started)
        case .resumed(let since):
            try checkAge(since)
            try await late(rows, try LocalImport(data), started)
        case .late: try await late(rows, try LocalImport(data), started)
        }
    }

    private func understood<Value>(_ body: () throws -> Value) throws(CommandFailure) -> Value {
        do { return try body() } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    private func options() throws(CommandFailure) -> ImportOptions {
        func instant(_ text: String, _ flag: String) throws(CommandFailure) -> Instant {
            guard let instant = Instant(rfc3339: text) ?? Instant(rfc3339: text + "T00:00:00Z")
            else {
                throw CommandFailure(
                    "\(flag) is '\(printable(text))'; give a time like 2026-01-31T09:00:00Z"
                )
            }
            return instant
        }
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        var options = ImportOptions(
            files: files,
            rejects: rejects,
            notBefore: try instant(notBefore, "--not-before"),
            notAfter: try notAfter.map { (text) throws(CommandFailure) in
                try instant(text, "--not-after")
            } ?? now + .minutes(5)
        )
        options.isLive = live
        options.isForced = force
        options.hasHeader = !noHeader
        let isCSV = files.contains { $0.hasSuffix(".csv") || $0.hasSuffix(".csv.gz") }
        guard isCSV || !map.isEmpty || !set.isEmpty else { return options }
        var mapping = CSVMapping()
        for (texts, isConstant) in [(map, false), (set, true)] {
            for text in texts {
                if let fault = mapping.add(text, isConstant: isConstant) {
                    throw CommandFailure("\(isConstant ? "--set" : "--map"): \(printable(fault))")
                }
            }
        }
        guard !mapping.fields.isEmpty else {
            throw CommandFailure(
                "a CSV file needs --map, for example --map userId=customer_id --map event=name "
                    + "--map timestamp=time"
            )
        }
        options.mapping = mapping
        return options
    }

    private func checkAge(_ since: Instant) throws(CommandFailure) {
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        guard now >= since + .days(7), !force else { return }
        throw CommandFailure(
            "this import was begun at \(since) and not finished, longer ago than the 7 days for "
                + "which keys are remembered: rows that are in the log already would count twice. "
                + "--force goes on all the same"
        )
    }

    private func sayDone(_ first: SequenceNumber, _ last: SequenceNumber, _ at: String) {
        Console.note(
            "These files were imported already, as entries \(first) to \(last) of the log "
                + "(\(at)): nothing to do."
        )
    }

    private func anew(
        _ rows: ImportRows,
        _ daemon: DaemonOptions,
        _ started: ContinuousClock.Instant
    ) async throws {
        let checked: CheckedRules
        do throws(RuleFolderError) {
            checked = try RuleFolder.check(folder: daemon.rulesFolder)
        } catch {
            throw CommandFailure(error.description)
        }
        guard let rules = checked.proposed else { throw CommandFailure(checked.rendered) }
        let options = try options()
        let data = daemon.partition.dataDirectory
        let report: ImportReport
        do {
            report = try await Importer.importAnew(rows, options, into: data, rules: rules)
        } catch {
            throw CommandFailure("\(error)")
        }
        var progress = ImportProgress("evaluating", total: report.rows)
        let partition = try understood {
            try Partition.open(daemon.partition, rules: nil) { done, _ in
                progress.show(Int(done), rows: Int(done))
            }
        }
        progress.end()
        try await sum(report, partition, started)
        await partition.stop()
    }

    /// How long something took, at least a millisecond.
    private static func milliseconds(since started: ContinuousClock.Instant) -> Int {
        let took = (ContinuousClock.now - started).components
        return max(1, Int(took.seconds * 1_000 + took.attoseconds / 1_000_000_000_000_000))
    }

    private func sum(
        _ report: ImportReport,
        _ partition: Partition,
        _ started: ContinuousClock.Instant
    ) async throws {
        let milliseconds = Import.milliseconds(since: started)
        let status = try await Queries(partition).status()
        Console.note(
            "Imported \(counted(report.rows, "row")) about \(grouped(status.people)) people in "
                + "\(grouped((milliseconds + 999) / 1_000)) s "
                + "(\(grouped(report.rows * 1_000 / milliseconds))/s): "
                + "\(counted(partition.report.recoveredTransitions, "transition")), "
                + "\(counted(status.duplicates, "duplicate"))."
        )
        sayRejects(report)
        for segment in try await Queries(partition).segments().segments {
            Console.note("  \(segment.name): \(counted(segment.members, "member"))")
        }
    }

    private func sayRejects(_ report: ImportReport) {
        guard report.rejected > 0 else { return }
        Console.warn(
            "\(counted(report.rejected, "row")) could not be imported; see \(printable(rejects))"
        )
    }

    private func late(
        _ rows: ImportRows,
        _ door: any ImportDoor,
        _ started: ContinuousClock.Instant
    ) async throws {
        do {
            if let done = try await door.done(rows.job) {
                sayDone(done.first, done.last, done.at)
            } else {
                try await door.mark(JobMark(rows.job, open: true))
                let report = try await Importer.importLate(rows, try options()) { lines in
                    try await door.send(lines)
                }
                try await door.mark(JobMark(rows.job, open: false))
                let milliseconds = Import.milliseconds(since: started)
                Console.note(
                    "Imported \(counted(report.rows, "row")) as late data in "
                        + "\(grouped((milliseconds + 999) / 1_000)) s: "
                        + "\(grouped(report.duplicates)) in the log already, "
                        + "\(grouped(report.suppressed)) suppressed."
                )
                sayRejects(report)
            }
        } catch {
            await door.close()
            throw CommandFailure("\(error)")
        }
        await door.close()
    }
}
