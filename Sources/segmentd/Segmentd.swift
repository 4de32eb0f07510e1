internal import ArgumentParser
internal import Foundation
internal import SegmentServer

/// The command `segmentd`.
@main
struct Segmentd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segmentd",
        abstract: "Decides who is in which segment, live, from events and rules.",
        discussion: """
            Write rules into segments/*.seg, start the daemon, and send it events:

              segmentd check
              segmentd serve
              curl -d '{"userId":"u1","event":"added_to_cart"}' \\
                -H 'Content-Type: application/json' http://127.0.0.1:7433/v1/track
              segmentd transitions

            Commands that read a data directory ask the daemon that has it; where none runs they \
            open it themselves.
            """,
        version: "segmentd \(Product.version)",
        subcommands: [
            Serve.self, Demo.self, Check.self, ListTransitions.self, ListMembers.self,
            ListSegments.self,
            ShowPerson.self, ChangeList.self, ShowStatus.self, ListLog.self, Import.self,
            Verify.self, Config.self,
        ]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Console.error(failure.description)
            Foundation.exit(1)
        } catch {
            exit(withError: error)
        }
    }
}

/// Why a command did not do what it was asked for: exit code 1.
struct CommandFailure: Error, CustomStringConvertible {
    /// What is wrong and what to do.
    let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ error: APIError) { self.init(error.message) }
}
