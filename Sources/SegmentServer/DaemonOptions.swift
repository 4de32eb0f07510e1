package import Materializer

/// What a daemon runs on.
package struct DaemonOptions: Sendable {
    /// The partition; a test executable hands in its faults here.
    package var partition: PartitionOptions
    /// The folder of the rules that are to be in force.
    package var rulesFolder: String
    /// Where to listen over TCP.
    package var listen: ListenAddress
    /// Who hears of transitions; nil for nobody.
    package var webhook: WebhookOptions?

    /// A daemon on a partition.
    package init(
        partition: PartitionOptions,
        rulesFolder: String,
        listen: ListenAddress,
        webhook: WebhookOptions? = nil
    ) {
        self.partition = partition
        self.rulesFolder = rulesFolder
        self.listen = listen
        self.webhook = webhook
    }
}
