package import EventWire
package import Materializer

/// What a daemon runs on.
package struct DaemonOptions: Sendable {
    /// The partition; a test executable hands in its faults here.
    package var partition: PartitionOptions
    /// The folder of the rules that are to be in force.
    package var rulesFolder: String
    /// What to do when files in it change.
    package var watch = RuleWatch.off
    /// Where to listen over TCP.
    package var listen: ListenAddress
    /// Where announced transitions are sent; empty for nowhere.
    package var webhookURL = ""
    /// The file that has the webhook's secret; empty where the environment has it.
    package var webhookSecretFile = ""
    /// What the environment has as the secret; counts where no file is named.
    package var webhookSecretInEnvironment: String?
    /// Blocks of addresses that may be sent to although they are not public, with commas between.
    package var allowWebhookNetwork = ""
    /// Subscriptions that the settings file declares.
    var subscriptions: [SubscriptionRequest] = []
    /// How long after an erasure the log is scrubbed: several are scrubbed together.
    package var scrubDelaySeconds = 3_600
    /// How lines are written, by the name of a `Console.Form`.
    package var logFormat = Console.Form.text.rawValue
    /// What connections may cost.
    package var connections = ConnectionLimits()
    /// How large bodies and their parts may be.
    package var limits = WireLimits()

    /// A daemon on a partition; without arguments what `segmentd serve` takes for granted.
    package init(
        partition: PartitionOptions = PartitionOptions(dataDirectory: "./data"),
        rulesFolder: String = "./segments",
        listen: ListenAddress = .standard
    ) {
        self.partition = partition
        self.rulesFolder = rulesFolder
        self.listen = listen
    }
    /// Blocks of addresses that may be sent to, one by one.
    var allowedNetworks: [String] {
        allowWebhookNetwork.split(separator: ",").map { block in
            String(block.filter { $0 != " " })
        }
    }

    /// The webhook that the settings ask for; nil for none.
    ///
    /// - Throws: Where settings of a webhook stand there without its URL.
    func webhook() throws(DaemonError) -> WebhookOptions? {
        guard webhookURL.isEmpty else {
            return WebhookOptions(
                url: webhookURL,
                secretFile: webhookSecretFile.isEmpty ? nil : webhookSecretFile,
                secretInEnvironment: webhookSecretInEnvironment,
                allowedNetworks: allowedNetworks
            )
        }
        guard webhookSecretFile.isEmpty else {
            throw DaemonError("there is no webhook to set up: name its URL with --webhook-url")
        }
        return nil
    }
}
