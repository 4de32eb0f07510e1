internal import ArgumentParser
internal import EventWire
internal import Materializer
internal import RuleLanguage
internal import SegmentServer

/// `segmentd check`: what is wrong with rules.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks rules without touching any data.",
        discussion: """
            Every independent error is reported in one run, with its file, line and column; where \
            there is none, warnings of what is legal and probably wrong, also of events that the \
            daemon of the data directory has never seen, where one runs. "# allow: NAME" in a \
            comment before a segment silences a warning there. The exit code is 0 where there are \
            no errors, else 1.

              segmentd check
              segmentd check --rules /etc/segmentd/segments
              segmentd check segments/cart.seg
              segmentd check --json
            """
    )

    @Option(.rules) var rules: String?
    @OptionGroup var file: FileOptions

    @Option(.data) var data: String?

    @Argument(help: "Files to check, as one rule set, instead of the folder.")
    var files: [String] = []

    @Flag(name: .long, help: "Print one JSON object for each error, for editors.")
    var json = false

    func run() async throws {
        let settings = try file.settings([(.rules, rules), (.data, data)])
        let folder = settings.options.rulesFolder
        let checked: CheckedRules
        do throws(RuleFolderError) {
            checked =
                try files.isEmpty
                ? RuleFolder.check(folder: folder) : RuleFolder.check(files: files)
        } catch {
            throw CommandFailure(error.description)
        }
        var warnings: [Diagnostic] = []
        if let proposed = checked.proposed {
            warnings = RuleFolder.warnings(
                checked,
                zones: proposed.zones,
                seen: await seenEvents(settings.options.partition.dataDirectory)
            )
        }
        if json {
            for diagnostic in checked.diagnostics + warnings {
                Console.out(String(decoding: diagnostic.json, as: UTF8.self))
            }
        } else if !checked.rendered.isEmpty {
            Console.out(String(checked.rendered.dropLast()))
        }
        if !json {
            for warning in warnings { Console.out(String(warning.rendered.dropLast())) }
        }
        let inFiles = "in \(counted(checked.fileCount, "file"))"
        guard let proposed = checked.proposed else {
            throw CommandFailure("\(counted(checked.errorCount, "error")) \(inFiles)")
        }
        if !json {
            let segments = counted(proposed.ruleSet.segments.count, "segment")
            let found = warnings.isEmpty ? "" : ", \(counted(warnings.count, "warning"))"
            Console.out("\(segments) \(inFiles): no errors\(found)")
        }
    }
}

extension Check {
    /// The events that the running daemon of a data directory has seen; nil where none runs.
    private func seenEvents(_ folder: String) async -> [SeenEvent]? {
        guard let door = try? await Doors.daemon(of: folder) else { return nil }
        let health = try? await door.dataHealth()
        await door.close()
        return health?.seenEvents
    }
}

extension Diagnostic {
    /// The diagnostic for editors; columns count user-visible characters from 1.
    fileprivate var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("file", file)
            $0.field("line", line)
            $0.field("column", column)
            $0.field("endColumn", endColumn)
            $0.field("severity", severity.rawValue)
            $0.field("message", message)
            $0.field("fix", fix)
        }
        return json.bytes
    }
}
