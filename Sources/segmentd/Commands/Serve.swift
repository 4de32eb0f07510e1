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

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Send every announced transition there: an http or https URL.",
            valueName: "url"
        )
    )
    var webhookUrl: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The file with the secret that signs webhooks.", valueName: "file")
    )
    var webhookSecretFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            Send webhooks to such addresses too, which are refused else: those of this machine and \
            of private networks. May be repeated.
            """,
            valueName: "cidr"
        )
    )
    var allowWebhookNetwork: [String] = []

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
                DaemonOptions(
                    partition: partition,
                    rulesFolder: rules,
                    listen: listen,
                    webhook: webhook()
                )
            )
        } catch {
            throw CommandFailure(error.description)
        }
    }

    private func webhook() -> WebhookOptions? {
        webhookUrl.map { url in
            WebhookOptions(
                url: url,
                secretFile: webhookSecretFile,
                secretInEnvironment:
                    ProcessInfo.processInfo.environment[WebhookOptions.secretVariable],
                allowedNetworks: allowWebhookNetwork
            )
        }
    }

    func validate() throws {
        guard webhookUrl == nil else { return }
        if webhookSecretFile != nil || !allowWebhookNetwork.isEmpty {
            throw CommandFailure(
                "there is no webhook to set up: name its URL with --webhook-url"
            )
        }
    }
}
