package import EventWire
package import Materializer

/// What a daemon runs on.
package struct DaemonOptions: Sendable {
    /// The partition; a test executable hands in its faults here.
    package var partition: PartitionOptions
    /// The folder of the rules that are to be in force.
    package var rulesFolder: String
    /// Where to listen over TCP.
    package var listen: ListenAddress
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
}
