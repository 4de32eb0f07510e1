internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import SegmentServer

/// `segmentd erase`: a person is gone, and later all that it said.
struct Erase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erases a person: its memberships end, and all that it said is removed.",
        discussion: """
              segmentd erase ann
              segmentd erase email:ann@example.com --suppress
              segmentd erase '#12' --yes --scrub

            PERSON is a personID after '#', an identifier as NAMESPACE:VALUE, or a user or device id. The \
            memberships end at once, with the cause 'erased', and subscribers hear of it. What the person \
            said stays in the log until it is scrubbed: some time later by the daemon (see 'serve', \
            --scrub-delay-seconds), or at once with --scrub; 'segmentd erasures' shows when it was. \
            Identifiers may come again and are somebody new then, unless they are suppressed. What was \
            sent to subscribers and what is in older backups cannot be taken back: tell those who have it. \
            To keep a copy for the person first: 'segmentd export'.
            """
    )

    @Argument(help: "Whom.")
    var person: String

    @Flag(help: "Have entries that name the person's identifiers no effect from here on.")
    var suppress = false

    @Flag(help: "Remove what the person said now, and wait for it.")
    var scrub = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var read: ReadOptions

    func run() async throws {
        try await Doors.use(read.data, appends: true) { door in try await erase(door) }
    }

    private func erase(_ door: any Door) async throws(CommandFailure) {
        var whom = person
        if !yes {
            let found = JSONNode(try await door.person(person, before: nil, limit: 1))
            guard try isMeant(found) else {
                Console.out("Nothing was changed.")
                return
            }
            // Whoever was shown: the name may mean somebody else by now.
            if let number = found?["personID"]?.text { whom = "#\(number)" }
        }
        var view = try await door.erase(whom, suppresses: suppress)
        if scrub {
            let progress = LongWork("scrubbing")
            let done = try await door.scrub { progress.show($0) }
            progress.end()
            view = done.erasures.first { $0.sequence == view.sequence } ?? view
        }
        guard !read.json else {
            Console.out(json: [view])
            return
        }
        let id = view.personID.map { "Person \($0)" } ?? "The person"
        Console.out("\(id) is erased since \(view.erasedAt) (entry \(view.sequence)).")
        Console.out(
            view.scrubbedAt.map { "What it had said is gone since \($0)." }
                ?? "What it had said is still in the log: it goes when the log is scrubbed."
        )
        if view.suppressed { Console.out("Its identifiers are suppressed.") }
    }

    /// Asks whoever sits there.
    private func isMeant(_ found: JSONNode?) throws(CommandFailure) -> Bool {
        guard isatty(STDIN_FILENO) != 0 else {
            throw CommandFailure("nobody is there to ask. Erase with --yes; nothing was changed")
        }
        if let found {
            let number = found["personID"]?.text ?? ""
            Console.out(
                "person      \(printable(found["person"]?.text ?? "not known by a user id"))"
            )
            Console.out("person ID   \(number)")
            for identifier in found["identifiers"]?.items ?? [] {
                Console.out(
                    "identifier  \(identifier.cell("namespace")):\(identifier.cell("value"))"
                )
            }
        }
        FileHandle.standardOutput.write(
            Data("\nErase this person? It cannot be taken back. [y/N] ".utf8)
        )
        let answer = readLine()?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}
