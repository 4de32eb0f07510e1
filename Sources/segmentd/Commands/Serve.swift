internal import ArgumentParser
internal import Foundation
internal import Materializer
internal import SegmentServer

/// `segmentd serve`: the daemon.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the daemon: takes events, decides segments, answers questions.",
        discussion: """
            The rules in the folder are put in force; where they changed, everybody is decided \
            anew, quietly, and the difference is printed. Rules with errors are refused, and \
            nothing is changed.

              segmentd serve
              segmentd serve --data /var/lib/segmentd --rules /etc/segmentd/segments
              segmentd serve --listen 127.0.0.1:0
              segmentd serve --webhook-url https://example.com/hooks --webhook-secret-file secret

            Webhooks are signed by the Standard Webhooks specification. Their secret is whsec_ and \
            24 to 64 bytes in base 64; it comes from the file or, without one, from the variable \
            SEGMENTD_WEBHOOK_SECRET.

            Each setting may also stand in a variable of the environment (--queue-entries-max is \
            SEGMENTD_QUEUE_ENTRIES_MAX) or in a JSON file ({"queueEntriesMax": 50000}). Flags win \
            over variables, and those over the file. 'segmentd config' shows what counts.

            SIGTERM and SIGINT stop it when the requests in flight are answered.
            """
    )

    @OptionGroup var settings: SettingOptions

    @Flag(
        name: .long,
        help: "Start although the wall clock contradicts the log's last entry."
    )
    var acceptClock = false

    @Flag(
        name: .long,
        help: "Say what changed rule files would change, whenever they are saved."
    )
    var watch = false

    @Flag(
        name: .long,
        help: "Put changed rule files in force whenever they are saved, announcing nothing of it."
    )
    var watchApply = false

    func run() async throws {
        var options = try settings.resolved().options
        options.partition.acceptsClock = acceptClock
        options.watch = watchApply ? .applies : watch ? .plans : .off
        do throws(DaemonError) {
            options.webhookSecretInEnvironment =
                ProcessInfo.processInfo.environment[WebhookOptions.secretVariable]
            try await Daemon.run(options)
        } catch {
            throw CommandFailure(error.description)
        }
    }
}
