internal import ArgumentParser
internal import EventModel
internal import Foundation
internal import Glibc
internal import Materializer
internal import RuleLanguage
internal import SegmentServer

/// `segmentd apply`: puts changed rules in force.
struct ApplyRules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Puts changed rules in force, as they were planned.",
        discussion: """
              segmentd apply
              segmentd apply -m "carts for 3 hours" --announce exits
              segmentd plan --json    # elsewhere, looked at by somebody else
              segmentd apply --plan 3f0c2b7d9a1e4455 -m "reviewed by Ann"

            Shows the plan and asks; with the hash of a plan that was seen it does not ask, and applies \
            only what was planned. A daemon that has the directory goes on taking events meanwhile. Who \
            enters or leaves by the change alone is not announced unless you say so. Many at once must \
            be confirmed: more than 1,000 people, or 5 % of all where that is more.

            Keep the files in the daemon's rule folder: its next start puts in force what stands there.
            """
    )

    @Option(.rules) var rules: String?
    @Option(.data) var data: String?
    @OptionGroup var file: FileOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The hash of the plan that was seen. (default: plan, show it and ask)",
            valueName: "hash"
        )
    )
    var plan: String?

    @Option(
        name: [.customShort("m"), .long],
        help: ArgumentHelp("Why the rules change, for the log.", valueName: "reason")
    )
    var message = ""

    @Option(
        name: .long,
        help: ArgumentHelp("Who changes them. (default: who runs the command)", valueName: "name")
    )
    var author: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What to announce of who moves by the change alone: none, exits or all.",
            valueName: "policy"
        ),
        transform: { text in
            guard let policy = RuleAnnouncement(rawValue: text) else {
                throw ValidationError("--announce is '\(text)'; give none, exits or all.")
            }
            return policy
        }
    )
    var announce = RuleAnnouncement.none

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How many people may be announced to move, where they are many.",
            valueName: "n"
        )
    )
    var confirm: Int?

    @Flag(name: .long, help: "Apply the plan without asking.")
    var yes = false

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    mutating func validate() throws {
        if let confirm, confirm < 0 {
            throw ValidationError("--confirm is \(confirm); give a whole number from 0 on.")
        }
        let isHash = plan.map { $0.utf8.count == 16 && UInt64($0, radix: 16) != nil } ?? true
        guard isHash else {
            throw ValidationError(
                "--plan is no hash of 16 hexadecimal digits; 'segmentd plan' shows one."
            )
        }
    }

    func run() async throws {
        let settings = try file.settings([(.rules, rules), (.data, data)])
        let checked = try RulesToChange.read(settings.options.rulesFolder, "nothing was changed")
        let directory = settings.options.partition.dataDirectory
        let view = try await Doors.use(directory, appends: true) { door in
            try await apply(checked, door)
        }
        if let view { show(view) }
    }

    private func apply(
        _ checked: CheckedRules,
        _ door: any Door
    ) async throws(CommandFailure) -> AppliedRulesView? {
        guard let proposed = checked.proposed else { return nil }
        let hash: String
        if let plan {
            hash = plan
        } else {
            let progress = LongWork("planning")
            defer { progress.end() }
            let view = try await door.plan(proposed, days: 0) { progress.show($0) }
            progress.end()
            hash = view.hash
            if !json { PlanText(view).print() }
            guard try isMeant() else {
                Console.out("Nothing was changed.")
                return nil
            }
        }
        let progress = LongWork("applying")
        defer { progress.end() }
        let note = RuleChangeNote(
            author: author ?? NSUserName(),
            reason: message,
            announcement: announce
        )
        return try await door.apply(proposed, note, plan: hash, confirmed: confirm) {
            progress.show($0)
        }
    }

    /// Asks whoever sits there.
    private func isMeant() throws(CommandFailure) -> Bool {
        if yes { return true }
        guard isatty(STDIN_FILENO) != 0 else {
            throw CommandFailure(
                "nobody is there to ask. Apply with --yes, or what was planned with --plan HASH; "
                    + "nothing was changed"
            )
        }
        FileHandle.standardOutput.write(Data("\nPut these rules in force? [y/N] ".utf8))
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }

    private func show(_ view: AppliedRulesView) {
        guard !json else {
            Console.out(json: [view])
            return
        }
        guard view.changed else {
            Console.out(
                "These rules are in force already, since \(view.at) (entry \(view.sequence)); nothing was "
                    + "changed."
            )
            return
        }
        Console.out("The rules are in force since \(view.at) (entry \(view.sequence)).")
        for segment in view.segments {
            Console.out(
                "  \(segment.kind) \(segment.name): \(grouped(segment.entered)) in, "
                    + "\(grouped(segment.exited)) out"
            )
        }
        let announced = ["none": "Nothing of it is", "exits": "Who left is", "all": "All of it is"]
        Console.out("\(announced[view.announce] ?? view.announce) announced.")
        if view.staysAtStart == false, let folder = view.rulesFolder {
            Console.warn(
                "the daemon's rule folder \(printable(folder)) holds other rules; its next start "
                    + "puts those in force. Put these files there"
            )
        }
    }
}

/// The rules of a folder, to change to them.
enum RulesToChange {
    /// Reads and checks them.
    ///
    /// - Parameter refusal: What did not happen where they have errors.
    static func read(
        _ folder: String,
        _ refusal: String
    ) throws(CommandFailure) -> CheckedRules {
        let checked: CheckedRules
        do throws(RuleFolderError) {
            checked = try RuleFolder.check(folder: folder)
        } catch {
            throw CommandFailure(error.description)
        }
        guard checked.proposed != nil else {
            Console.out(String(checked.rendered.dropLast()))
            throw CommandFailure(
                "\(counted(checked.errorCount, "error")) in "
                    + "\(counted(checked.fileCount, "file")); \(refusal)"
            )
        }
        return checked
    }
}
