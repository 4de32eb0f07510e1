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
              segmentd test
              segmentd serve
              curl -d '{"userId":"u1","event":"added_to_cart"}' \\
                -H 'Content-Type: application/json' http://127.0.0.1:7433/v1/track
              segmentd transitions

            Commands that read a data directory ask the daemon that has it; where none runs they \
            open it themselves.
            """,
        version: "segmentd \(Product.version)",
        subcommands: [
            Serve.self, Demo.self, Check.self, TestRules.self, PlanRules.self,
            ApplyRules.self, ReplayLog.self, FormatRulesCommand.self, ListTransitions.self,
            Tail.self,
            ListMembers.self,
            ListSegments.self, ShowSizes.self,
            ShowPerson.self, Explain.self, ExportPerson.self, ChangeList.self, ShowStatus.self,
            ShowHealth.self,
            ListLog.self,
            Import.self, Subscriptions.self, ManageKeys.self,
            Erase.self, ListErasures.self, Verify.self, BackUp.self,
            Compact.self, Config.self,
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
            Foundation.exit(failure.code)
        } catch {
            exit(withError: error)
        }
    }
}

/// Why a command did not do what it was asked for.
struct CommandFailure: Error, CustomStringConvertible {
    /// What is wrong and what to do.
    let description: String
    /// The exit code.
    let code: Int32

    init(_ description: String, code: Int32 = 1) {
        self.description = description
        self.code = code
    }

    init(_ error: APIError) { self.init(error.message) }
}
