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

            SIGTERM and SIGINT stop it when the requests in flight are answered.
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data directory; made where it is not there yet.",
            valueName: "dir"
        )
    )
    var data = "./data"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder of the rules: all *.seg files in it and in its folders.",
            valueName: "dir"
        )
    )
    var rules = "./segments"

    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            Where to listen: an address of this machine alone. Port 0 takes any free one. \
            (default: \(ListenAddress.standard))
            """,
            valueName: "host:port"
        ),
        transform: { text in
            do throws(AddressError) {
                return try ListenAddress(text)
            } catch {
                throw ValidationError(error.description)
            }
        }
    )
    var listen = ListenAddress.standard

    @Flag(
        name: .long,
        help: "Start although the wall clock contradicts the log's last entry."
    )
    var acceptClock = false

    func run() async throws {
        var partition = PartitionOptions(dataDirectory: data)
        partition.acceptsClock = acceptClock
        do throws(DaemonError) {
            try await Daemon.run(
                DaemonOptions(partition: partition, rulesFolder: rules, listen: listen)
            )
        } catch {
            throw CommandFailure(error.description)
        }
    }
}
