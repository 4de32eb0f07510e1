internal import ArgumentParser
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

    func run() async throws {
        var options = try settings.resolved().options
        options.partition.acceptsClock = acceptClock
        do throws(DaemonError) {
            try await Daemon.run(options)
        } catch {
            throw CommandFailure(error.description)
        }
    }
}
