internal import ArgumentParser
internal import EventModel
internal import Materializer
internal import SegmentServer

/// `segmentd replay`: the log folded again, under its own rules or others.
struct ReplayLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Folds the log again, under its own rules or others, and shows what that gives.",
        discussion: """
              segmentd replay --count
              segmentd replay --rules new-segments --from 2026-01-01T00:00:00Z --format csv
              segmentd replay --rules new-segments --diff
              segmentd replay --data copy-of-data --format ndjson

            With --rules, the rules are taken to have been in force from before the first entry on; \
            without, those of the log, each from its entry on. Nothing is changed. --diff shows only \
            what differs from what was recorded: + what the replay gives, - what was recorded alone. \
            Transitions come in order, the same on any number of cores. A daemon that has the \
            directory folds it itself, with half of the machine.
            """
    )

    /// How transitions are written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table, ndjson, csv
    }

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder of the rules. (default: the rules of the log)",
            valueName: "folder"
        )
    )
    var rules: String?

    @Option(.data) var data: String?
    @OptionGroup var file: FileOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The first instant to show, as RFC 3339.", valueName: "time")
    )
    var from: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The last instant to show, as RFC 3339.", valueName: "time")
    )
    var to: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Show this segment only; may stand several times.", valueName: "name")
    )
    var segment: [String] = []

    @Flag(name: .long, help: "Show only what differs from what was recorded.")
    var diff = false

    @Flag(name: .long, help: "Show numbers only, by segment.")
    var count = false

    @Option(name: .long, help: "How to write transitions: table, ndjson or csv.")
    var format = Format.table

    mutating func validate() throws {
        for (name, text) in [("from", from), ("to", to)] {
            guard let text, Instant(rfc3339: text) == nil else { continue }
            throw ValidationError(
                "--\(name) is '\(text)'; give an instant such as 2026-01-31T12:00:00Z."
            )
        }
    }

    func run() async throws {
        let settings = try file.settings([(.data, data)])
        var question = ReplayQuestion()
        if let rules {
            question.rules = try RulesToChange.read(rules, "nothing was replayed").proposed
        }
        question.from = from.flatMap { Instant(rfc3339: $0) } ?? question.from
        question.through = to.flatMap { Instant(rfc3339: $0) } ?? question.through
        guard question.from <= question.through else {
            throw CommandFailure("--from lies behind --to")
        }
        question.segments = segment.isEmpty ? nil : Set(segment)
        (question.isDifference, question.isCount) = (diff, count)
        try await Doors.use(settings.options.partition.dataDirectory) { door in
            var output = ReplayOutput(format, isDifference: diff, isCount: count)
            defer { output.end() }
            try await door.replay(question) { (line) throws(CommandFailure) in
                try output.take(line)
            }
        }
    }
}

/// Writes the lines of a replay.
private struct ReplayOutput {
    private static let rowsOfPage = 200

    private let format: ReplayLog.Format
    private let isDifference: Bool
    private let isCount: Bool
    private let began = ContinuousClock.now
    private let isWatched = Console.isWatched
    private var isProgressShown = false
    private var rows: [[String]] = []
    private var table: Table
    private var isFirst = true

    private static let columns = [
        "at", "direction", "segment", "person", "personID", "identifiers", "cause", "sequence",
        "announced",
    ]

    init(_ format: ReplayLog.Format, isDifference: Bool, isCount: Bool) {
        self.format = format
        self.isDifference = isDifference
        self.isCount = isCount
        var columns = [
            Column("AT", widthMin: 24), Column("WHAT", widthMin: 7),
            Column("SEGMENT", widthMin: 24),
            Column("PERSON", widthMin: 20), Column("CAUSE", widthMin: 9),
            Column("ENTRY", isNumber: true, widthMin: 8),
        ]
        if isDifference { columns.insert(Column(" "), at: 0) }
        table = Table(columns)
    }

    /// How the line of a transition begins.
    private static let rowStarts = [Array(#"{"cursor":"#.utf8), Array(#"{"mark":"#.utf8)]

    /// - Returns: Whether somebody still reads.
    mutating func take(_ json: [UInt8]) throws(CommandFailure) -> Bool {
        // There may be millions of them.
        if format == .ndjson, ReplayOutput.rowStarts.contains(where: { json.starts(with: $0) }) {
            hideProgress()
            return Console.out(String(decoding: json, as: UTF8.self))
        }
        guard let line = JSONNode(json) else { return true }
        if let error = line["error"] { throw CommandFailure(error.cell("message")) }
        if let progress = line["progress"] {
            let goesOn = flush()
            show(progress)
            return goesOn
        }
        if let summary = line["summary"] {
            let goesOn = flush()
            end()
            show(summary: summary)
            return goesOn
        }
        hideProgress()
        if format == .csv { return csv(line) }
        rows.append(cells(line))
        return rows.count < ReplayOutput.rowsOfPage || flush()
    }

    /// Wipes out the progress.
    mutating func end() {
        _ = flush()
        hideProgress()
    }

    private mutating func hideProgress() {
        if isProgressShown { Console.progress("") }
        isProgressShown = false
    }

    private mutating func flush() -> Bool {
        guard !rows.isEmpty else { return true }
        defer { rows.removeAll(keepingCapacity: true) }
        return table.print(rows)
    }

    private func cells(_ line: JSONNode) -> [String] {
        let identifiers = line["identifiers"]?.items.first.map {
            "\($0.cell("namespace")):\($0.cell("value"))"
        }
        let cells = [
            line.cell("at"), line.cell("direction"), line.cell("segment"),
            line["person"]?.text ?? identifiers ?? "person \(line.cell("personID"))",
            line.cell("cause"), line.cell("sequence"),
        ]
        return isDifference ? [line.cell("mark")] + cells : cells
    }

    private func identifiers(_ line: JSONNode) -> String {
        let all = line["identifiers"]?.items.map { "\($0.cell("namespace")):\($0.cell("value"))" }
        return all?.joined(separator: " ") ?? ""
    }

    private mutating func csv(_ line: JSONNode) -> Bool {
        let columns = (isDifference ? ["mark"] : []) + ReplayOutput.columns
        if isFirst { Console.out(columns.joined(separator: ",")) }
        isFirst = false
        let cells = columns.map { name in
            let text = name == "identifiers" ? identifiers(line) : line.cell(name)
            let needsQuotes = text.contains { ",\"\n\r".contains($0) }
            return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
        }
        return Console.out(cells.joined(separator: ","))
    }

    private mutating func show(_ progress: JSONNode) {
        guard isWatched, let done = Double(progress.cell("entries")),
            let all = Double(progress.cell("of")), done > 0
        else { return }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        guard seconds > 0.5 else { return }
        isProgressShown = true
        let rate = done / seconds
        Console.progress(
            "replaying: \(Int(done / all * 100)) %, \(grouped(Int(rate))) entries/s, "
                + "\(Int((all - done) / rate)) s left"
        )
    }

    private func show(summary: JSONNode) {
        let milliseconds = Double(summary.cell("milliseconds")) ?? 0
        let entries = Double(summary.cell("entries")) ?? 0
        let rate = milliseconds > 0 ? Int(entries / milliseconds * 1_000) : 0
        if isCount {
            if format == .ndjson {
                Console.out(summary.json)
                return
            }
            var table = Table([
                Column("SEGMENT"), Column("ENTERED", isNumber: true),
                Column("LEFT", isNumber: true),
                Column("MEMBERS", isNumber: true),
            ])
            let rows = summary["segments"]?.items.map { segment in
                [segment.cell("name")]
                    + ["entered", "exited", "members"].map { grouped(Int(segment.cell($0)) ?? 0) }
            }
            if format == .csv {
                Console.out("segment,entered,exited,members")
                for segment in summary["segments"]?.items ?? [] {
                    let cells = ["name", "entered", "exited", "members"].map { segment.cell($0) }
                    Console.out(cells.joined(separator: ","))
                }
            } else {
                table.print(rows ?? [])
            }
        }
        var words =
            "\(grouped(Int(entries))) entries in \(Int(milliseconds)) ms (\(grouped(rate))/s)"
        if isDifference {
            let (added, missing) = (summary.cell("added"), summary.cell("missing"))
            words +=
                added == "0" && missing == "0"
                ? ": as recorded"
                : ": \(grouped(Int(added) ?? 0)) not recorded, \(grouped(Int(missing) ?? 0)) recorded only"
        }
        Console.note(words)
    }
}
