internal import ArgumentParser
internal import Foundation
internal import Materializer
internal import RuleLanguage
internal import SegmentServer

/// `segmentd plan`: what a change of the rules would bring about.
struct PlanRules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract:
            "Shows what changed rules would do: who would enter, leave and stay. Changes nothing.",
        discussion: """
              segmentd plan
              segmentd plan --rules /etc/segmentd/segments --data /var/lib/segmentd
              segmentd plan --days 90 --json

            The rules of the folder are held against those in force, by folding the whole log with the \
            change behind its end: the figures are exact, and what the change then does. A daemon that \
            has the directory does it itself, beside its work; it takes memory for a second engine \
            meanwhile.
            """
    )

    @Option(.rules) var rules: String?
    @Option(.data) var data: String?
    @OptionGroup var file: FileOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For how many days back to show how large segments would have been, 0 to 365.",
            valueName: "n"
        )
    )
    var days = 28

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    mutating func validate() throws {
        guard (0...365).contains(days) else {
            throw ValidationError("--days is \(days); give a whole number from 0 to 365.")
        }
    }

    func run() async throws {
        let settings = try file.settings([(.rules, rules), (.data, data)])
        let checked = try RulesToChange.read(settings.options.rulesFolder, "nothing was planned")
        guard let proposed = checked.proposed else { return }
        let view = try await Doors.use(settings.options.partition.dataDirectory) { door in
            let shown = LongWork("planning")
            defer { shown.end() }
            var view = try await door.plan(proposed, days: days) { shown.show($0) }
            // Under the names by which the files are read here.
            let seen = try? await door.dataHealth().seenEvents
            view.warnings = RuleFolder.warnings(checked, zones: proposed.zones, seen: seen).map {
                String($0.rendered.dropLast())
            }
            return view
        }
        if json {
            Console.out(json: [view])
        } else {
            PlanText(view).print()
            PlanText(view).printNext()
        }
        for warning in view.warnings where !json {
            Console.out("\n" + warning)
        }
    }
}

/// A plan as a terminal shows it.
struct PlanText {
    private let view: PlanView

    init(_ view: PlanView) { self.view = view }

    func print() {
        let changing = view.segments.filter { $0.kind != "unchanged" }
        guard !changing.isEmpty else {
            Console.out(
                "No segment changes: \(counted(view.segments.count, "segment")) as in force."
            )
            return
        }
        Console.out(
            "\(grouped(changing.count)) of \(counted(view.segments.count, "segment")) would change "
                + "at \(view.at), after \(grouped(Int(view.entries))) entries; nothing was changed."
        )
        for segment in changing { print(segment) }
        print(view.subscribers ?? [])
        guard view.moved > view.announcedMax else { return }
        Console.out(
            "\n\(grouped(view.moved)) of \(grouped(view.people)) people move: to announce that, it must "
                + "be confirmed."
        )
    }

    /// Says how to go on.
    func printNext() {
        Console.out(
            "\nPut exactly this in force with: segmentd apply --plan \(view.hash)\nA start of "
                + "'segmentd serve' with these rules does too, and announces nothing of it."
        )
    }

    private func print(_ segment: PlannedSegmentView) {
        let sign = ["new": "+", "removed": "-"][segment.kind] ?? "~"
        let title = segment.title.map { " “\(printable($0, charactersMax: 120))”" } ?? ""
        Console.out("\n\(sign) \(segment.name)\(title): \(segment.kind)")
        for clause in segment.clausesRemoved {
            Console.out("    - \(printable(clause, charactersMax: 400))")
        }
        for clause in segment.clausesAdded {
            Console.out("    + \(printable(clause, charactersMax: 400))")
        }
        for clause in segment.clausesReread {
            Console.out(
                "    ~ \(printable(clause, charactersMax: 400))  (the contract reads it otherwise)"
            )
        }
        if segment.kind == "changed", segment.clausesRemoved.isEmpty, segment.clausesAdded.isEmpty,
            segment.clausesReread.isEmpty
        {
            Console.out(
                segment.meansTheSame
                    ? "    it says the same; a segment that it refers to does not"
                    : "    its parts are joined otherwise"
            )
        }
        Console.out(
            "    \(grouped(segment.before)) members now, \(grouped(segment.after)) then: "
                + "\(grouped(segment.entered)) enter, \(grouped(segment.exited)) leave, "
                + "\(grouped(segment.stayed)) stay"
        )
        print(segment.samples, "entered", "enter", of: segment.entered)
        print(segment.samples, "exited", "leave", of: segment.exited)
        let sizes = segment.sizes.map(\.members)
        if let first = sizes.first, let last = sizes.last, sizes.contains(where: { $0 > 0 }) {
            Console.out(
                "    had it always been there: \(sparkline(sizes)) (\(grouped(first)) "
                    + "\(counted(sizes.count - 1, "day")) before, \(grouped(last)) then)"
            )
        }
        if !segment.overlaps.isEmpty {
            let others = segment.overlaps.map { "\($0.segment) \(grouped($0.members))" }
            Console.out("    also in: \(others.joined(separator: ", "))")
        }
    }

    private func print(
        _ samples: [PlannedSegmentView.Move],
        _ direction: String,
        _ verb: String,
        of count: Int
    ) {
        let own = samples.filter { $0.direction == direction }
        guard !own.isEmpty else { return }
        let names = own.map {
            printable(who($0.person, $0.identifiers, $0.personID), charactersMax: 60)
        }
        let rest = count > names.count ? " and \(grouped(count - names.count)) more" : ""
        Console.out("    \(verb): \(names.joined(separator: ", "))\(rest)")
        for (name, sample) in zip(names, own) where sample.parts.count > 1 {
            let parts = sample.parts.map {
                "\($0.holds ? "✓" : "✗") \(printable($0.text, charactersMax: 80))"
            }
            Console.out("        \(name): \(parts.joined(separator: "  "))")
        }
    }

    private func print(_ subscribers: [PlannedSubscriberView]) {
        guard !subscribers.isEmpty else { return }
        Console.out("\nSubscribers would be sent, by what is announced:")
        var table = Table([
            Column("SUBSCRIPTION"), Column("NOTHING", isNumber: true),
            Column("EXITS", isNumber: true), Column("ALL", isNumber: true),
        ])
        table.print(
            subscribers.map { [$0.name, grouped($0.none), grouped($0.exits), grouped($0.all)] }
        )
    }

    /// Figures as bars of eight heights, from none to the largest.
    private func sparkline(_ values: [Int]) -> String {
        let bars = Array("▁▂▃▄▅▆▇█")
        let most = max(1, values.max() ?? 1)
        return String(values.map { bars[min(bars.count - 1, $0 * bars.count / (most + 1))] })
    }
}
