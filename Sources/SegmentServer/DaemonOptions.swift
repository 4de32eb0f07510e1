package import EventWire
package import Materializer
internal import WebhookDelivery

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
    /// The file that has the certificate and those that vouch for it; empty for connections without TLS.
    package var tlsCertificateFile = ""
    /// The file that has the certificate's private key.
    package var tlsKeyFile = ""
    /// The file that has the secrets by which Shopify signs its webhooks, one a line; empty for none.
    package var shopifySecretFile = ""
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

    /// The secrets by which Shopify signs its webhooks: one for each app of the shop's.
    ///
    /// - Throws: Where the file cannot be read, or has none.
    func shopifySecrets() throws(DaemonError) -> [[UInt8]] {
        guard !shopifySecretFile.isEmpty else { return [] }
        let text: String
        do throws(WebhookError) {
            text = try WebhookOptions.secret(
                file: shopifySecretFile,
                "the secrets of Shopify's webhooks"
            )
        } catch {
            throw DaemonError(error.description)
        }
        let secrets = text.split(whereSeparator: \.isNewline)
            .map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
        guard !secrets.isEmpty else {
            throw DaemonError(
                "\(printable(shopifySecretFile)) has no secret; write the client secret of the app, "
                    + "or the one that the shop's page of webhooks shows, one a line"
            )
        }
        return secrets.map { Array($0.utf8) }
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
