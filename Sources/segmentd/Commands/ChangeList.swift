internal import ArgumentParser
internal import Foundation
internal import SegmentServer

/// `segmentd list`: lists that are kept by hand, for the condition `in list`.
struct ChangeList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Puts a person on a list that is kept by hand, or takes one off it.",
        discussion: """
              segmentd list add press_kit c-1
              segmentd list remove press_kit email:ann@example.com

            A rule asks for the list with 'in list press_kit'. A list is there once somebody was put on \
            it. A bare id is a customer id (user); NAMESPACE:ID names an identifier of any namespace. The \
            daemon must be running: it takes the change like any other entry.
            """,
        subcommands: [Add.self, Remove.self]
    )

    struct Person: ParsableArguments {
        @Argument(help: "The list's name.")
        var list: String

        @Argument(help: "Whom: ID or NAMESPACE:ID.")
        var id: String

        @OptionGroup var read: ReadOptions

        func change(_ action: String) async throws {
            guard let door = try await Doors.daemon(of: try read.data) else {
                throw CommandFailure(
                    "no daemon has this data directory, and only a daemon changes lists. Start "
                        + "'segmentd serve' first."
                )
            }
            let answer = try await door.change(list: list, action, try body)
            guard let verdict = JSONNode(answer)?["entries"]?.items.first else { return }
            if verdict["status"]?.text == "invalid" {
                throw CommandFailure(verdict["message"]?.text ?? "the daemon refused it")
            }
            guard !read.json else {
                Console.out(String(decoding: answer, as: UTF8.self))
                return
            }
            let entry = verdict["sequence"]?.text ?? ""
            let done = action == "add" ? "is on" : "is off"
            Console.out("\(printable(id)) \(done) the list \(printable(list)) (entry \(entry)).")
        }

        private var body: [UInt8] {
            get throws {
                let parts = id.split(separator: ":", maxSplits: 1).map(String.init)
                let isNamed = parts.count == 2
                let object: [String: Any] =
                    switch isNamed ? parts[0] : "user" {
                    case "user": ["userId": isNamed ? parts[1] : id]
                    case "anonymous": ["anonymousId": parts[1]]
                    case let namespace: ["identifiers": [namespace: parts[1]]]
                    }
                return [UInt8](try JSONSerialization.data(withJSONObject: object))
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Puts a person on a list.")
        @OptionGroup var person: Person
        func run() async throws { try await person.change("add") }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a person off a list.")
        @OptionGroup var person: Person
        func run() async throws { try await person.change("remove") }
    }
}
