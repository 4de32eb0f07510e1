internal import ArgumentParser
internal import Dispatch
internal import Foundation
internal import Materializer
internal import SegmentServer
internal import Synchronization

/// The daemon with faults in it, on which tests must fail, or with an end at a chosen moment.
///
/// Where it listens and what it reads is said by position, so that the flags of `segmentd serve` stay in
/// one place.
@main
struct SegmentdFaults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "segmentd-faults")

    @Argument var data: String
    @Argument var rules: String
    @Argument var listen: String

    @Flag(help: "Answers before the log's commit.")
    var answerBeforeCommit = false
    @Flag(help: "Evaluates, records and sends before the log's commit.")
    var sendBeforeCommit = false
    @Flag(help: "Sends each transition under a number that is counted anew with each start.")
    var numberDeliveries = false
    @Flag(help: "Sends a person's transitions without waiting for the ones before.")
    var skipLanes = false
    @Flag(help: "Goes on from a checkpoint without the entries behind it.")
    var forgetTail = false
    @Flag(help: "Removes the transitions of the erased before the log without them is in place.")
    var cleanTooEarly = false
    @Flag(help: "Commits to the log without syncs.")
    var noSync = false
    @Option(help: "The most that the log may grow to.")
    var logBytes: Int?
    @Option(help: "Kills itself at the n-th moment of a phase, such as 'state-commit:7'.")
    var kill: String?
    @Option(help: "Traps when an entry whose message id begins so is applied.")
    var poison: String?
    @Option(help: "Entries after which a checkpoint is due.")
    var checkpointEntries: Int?
    @Option var webhookUrl: String?
    @Option var webhookSecretFile: String?
    @Option var allowWebhookNetwork: String?

    static func main() async {
        if CommandLine.arguments.dropFirst().first == EndAfterWork.name {
            Console.error(EndAfterWork.become(Array(CommandLine.arguments.dropFirst(2))))
            Foundation.exit(1)
        }
        await main(nil)
    }

    func run() async throws {
        var partition = PartitionOptions(dataDirectory: data)
        partition.checkpointEntries = checkpointEntries
        partition.hooks = try hooks()
        var options = DaemonOptions(
            partition: partition,
            rulesFolder: rules,
            listen: try ListenAddress(listen)
        )
        options.webhookURL = webhookUrl ?? ""
        options.webhookSecretFile = webhookSecretFile ?? ""
        options.allowWebhookNetwork = allowWebhookNetwork ?? ""
        do throws(DaemonError) {
            try await Daemon.run(options)
        } catch {
            Console.error(error.description)
            throw ExitCode(1)
        }
    }

    private func hooks() throws -> StepHooks {
        var hooks = StepHooks()
        hooks.answersBeforeCommit = answerBeforeCommit
        hooks.numbersDeliveries = numberDeliveries
        hooks.skipsLanes = skipLanes
        hooks.forgetsTail = forgetTail
        hooks.cleansTooEarly = cleanTooEarly
        hooks.skipsSyncs = noSync
        hooks.logBytesMax = logBytes
        if let poison {
            hooks.applies = { messageID in
                precondition(!messageID.hasPrefix(poison), "an entry that the engine cannot take")
            }
        }
        let killer = try killer()
        let deliveries = DispatchSemaphore(value: 0)
        let waits = sendBeforeCommit
        hooks.reached = { step in
            killer?(step)
            if step == .webhook, waits { deliveries.signal() }
        }
        guard waits else { return hooks }
        hooks.lateCommit = {
            // As long as a busy disk may take: until something was sent meanwhile, and nothing more is.
            while deliveries.wait(timeout: .now()) == .success {}
            guard deliveries.wait(timeout: .now() + .seconds(1)) == .success else { return }
            for _ in 0..<1_000
            where deliveries.wait(timeout: .now() + .milliseconds(50)) == .timedOut { return }
        }
        return hooks
    }

    /// Ends the process at the chosen moment.
    private func killer() throws -> (@Sendable (Step) -> Void)? {
        guard let kill else { return nil }
        let words = kill.split(separator: ":")
        guard words.count == 2, let step = Step(rawValue: String(words[0])),
            let count = Int(words[1])
        else {
            throw ValidationError(
                "--kill takes \(Step.allCases.map(\.rawValue).joined(separator: ", ")), then :N"
            )
        }
        let left = Atomic(count)
        return { reached in
            guard reached == step else { return }
            // Nothing runs after this, on any thread.
            if left.subtract(1, ordering: .relaxed).newValue == 0 {
                _ = Foundation.kill(getpid(), SIGKILL)
                while true { sleep(1) }
            }
        }
    }
}
