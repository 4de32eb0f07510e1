internal import ArgumentParser
internal import SegmentServer

/// `segmentd log`: the entries of the log.
struct ListLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Lists the entries of the log, in order.",
        discussion: """
              segmentd log --from 1000 --limit 20
              segmentd log --person c-1 --kind track
              segmentd log --kind rules --json

            Of rules a table shows which files they are; --json prints them whole.
            """
    )

    @OptionGroup var read: ReadOptions
    @OptionGroup var range: RangeOptions

    @Option(name: .long, help: ArgumentHelp("The first entry.", valueName: "n"))
    var from: String?

    @Option(name: .long, help: ArgumentHelp("The last entry.", valueName: "n"))
    var to: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only of this person; see 'segmentd person'.", valueName: "id")
    )
    var person: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only track, identify, merge, list, suppress, rules, import, quarantine or tick.",
            valueName: "kind"
        )
    )
    var kind: String?

    func run() async throws {
        try await Doors.use(read.data) { door in try await list(door) }
    }

    private func list(_ door: any Door) async throws(CommandFailure) {
        var table = Table([
            Column("ENTRY", isNumber: true, widthMin: 6), Column("RECEIVED AT", widthMin: 24),
            Column("KIND", widthMin: 8), Column("IDENTIFIERS", widthMin: 16),
            Column("EVENT", widthMin: 12), Column("PROPERTIES"),
        ])
        var request = LogRequest()
        (request.from, request.to, request.person, request.kind) = (from, to, person, kind)
        var shown = 0
        while let wanted = range.nextPage(after: shown) {
            request.limit = wanted
            let json = try await door.log(request)
            guard let page = JSONNode(json) else {
                throw CommandFailure("the daemon's answer cannot be read; is it of this version?")
            }
            let entries = page["entries"]?.items ?? []
            shown += entries.count
            let goesOn =
                read.json
                ? entries.allSatisfy { Console.out($0.json) }
                : table.print(entries.map(ListLog.cells))
            request.from = page["next"]?.text
            if request.from == nil || !goesOn { break }
        }
        if read.json { return }
        if shown == 0 { Console.note("No such entries.") }
        if shown == range.limit, let next = request.from {
            Console.note("Go on with --from \(next)")
        }
    }

    private static func cells(_ entry: JSONNode) -> [String] {
        var content = (entry["properties"] ?? entry["traits"])?.json ?? ""
        if let rules = entry["rules"] {
            let words = [rules["author"]?.text, rules["reason"]?.text].compactMap { $0 }
            content = (words.filter { !$0.isEmpty } + [files(rules)]).map { printable($0) }
                .joined(separator: ": ")
        }
        if let on = entry["on"]?.json { content = on == "true" ? "on" : "off" }
        if let job = entry["job"], let on = entry["on"]?.json {
            let names = job["files"]?.items.map { $0.cell("name") } ?? []
            content = "\(on == "true" ? "begins" : "ends"): \(names.joined(separator: ", "))"
        }
        if entry["alias"] != nil { content = "alias" }
        if entry["keepPrimary"] != nil { content = "keeps the first one's attributes" }
        let identifiers = entry["identifiers"]?.items ?? []
        return [
            entry.cell("sequence"), entry.cell("receivedAt"), entry.cell("kind"),
            identifiers.map { "\($0.cell("namespace")):\($0.cell("value"))" }
                .joined(separator: " "),
            entry.cell("event"), content,
        ]
    }

    /// The names and sizes of rule files.
    private static func files(_ rules: JSONNode) -> String {
        let files = rules["files"]?.items ?? []
        return files.map { file in
            "\(file.cell("path")) (\(counted(file.cell("text").utf8.count, "byte")))"
        }
        .joined(separator: ", ")
    }
}
