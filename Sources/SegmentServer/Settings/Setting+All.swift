internal import EventWire
internal import Materializer

extension Setting {
    /// Everything that can be set, in the order of `--help`.
    ///
    /// Nothing among them changes what rules mean: the same log gives the same transitions under
    /// all values. `--accept-clock` is not among them either: standing in a file it would defeat
    /// the check that it overrides, so it is a flag for one start.
    package static let all = [
        data, rules, listen, tlsCertificateFile, tlsKeyFile, queueEntriesMax, connectionsMax,
        idleSecondsMax, transferSecondsMax,
        singleBodyBytesMax, batchBodyBytesMax, batchEntriesMax, entryBytesMax, propertiesMax,
        depthMax, webhookURL, webhookSecretFile, allowWebhookNetwork,
        shopifySecretFile,
        scrubDelaySeconds, logFormat,
    ]

    /// The data directory.
    package static let data = Setting(
        "data",
        .folder(\.partition.dataDirectory),
        "The data directory; serve makes it where it is not there yet."
    )
    /// The folder of the rules.
    package static let rules = Setting(
        "rules",
        .folder(\.rulesFolder),
        "The folder of the rules: all *.seg files in it and in its folders."
    )
    /// Where to listen.
    package static let listen = Setting(
        "listen",
        .address(\.listen),
        "Where to listen; beyond this machine only with API keys. Port 0 takes any free one."
    )
    /// What the daemon shows to be who it is.
    package static let tlsCertificateFile = Setting(
        "tlsCertificateFile",
        .file(\.tlsCertificateFile),
        "The certificate, with those that vouch for it, as PEM: connections over TCP use TLS."
    )
    /// What proves it.
    package static let tlsKeyFile = Setting(
        "tlsKeyFile",
        .file(\.tlsKeyFile),
        "The certificate's private key, as PEM."
    )
    /// How much may wait.
    package static let queueEntriesMax = Setting(
        "queueEntriesMax",
        .number(\.partition.queueEntriesMax, 1...10_000_000),
        "Entries that may wait to be written; with more, the answer is 429."
    )
    /// How many may be connected.
    package static let connectionsMax = Setting(
        "connectionsMax",
        .number(\.connections.connectionsMax, 1...10_000),
        "Connections over TCP at one time; more of them wait until one is closed."
    )
    /// How long a connection may be silent.
    package static let idleSecondsMax = Setting(
        "idleSecondsMax",
        .number(\.connections.idleSecondsMax, 1...3_600),
        "Seconds that a connection may be silent, also amid a request, before it is closed."
    )
    /// How long a transfer may take.
    package static let transferSecondsMax = Setting(
        "transferSecondsMax",
        .number(\.connections.transferSecondsMax, 1...3_600),
        "Seconds that a body may take to arrive, and an answer to be taken."
    )
    /// How large a body of one entry may be.
    package static let singleBodyBytesMax = Setting(
        "singleBodyBytesMax",
        .number(\.limits.singleBodyBytesMax, 1_024...67_108_864),
        "Bytes of the body of a track or identify."
    )
    /// How large a body of a batch may be.
    package static let batchBodyBytesMax = Setting(
        "batchBodyBytesMax",
        .number(\.limits.batchBodyBytesMax, 1_024...67_108_864),
        "Bytes of the body of a batch."
    )
    /// How many entries a batch may have.
    package static let batchEntriesMax = Setting(
        "batchEntriesMax",
        .number(\.limits.batchEntriesMax, 1...100_000),
        "Entries of a batch."
    )
    /// How large one entry may be.
    package static let entryBytesMax = Setting(
        "entryBytesMax",
        .number(\.limits.entryBytesMax, 256...1_048_576),
        "Bytes of one entry's JSON."
    )
    /// How many properties an entry may have.
    package static let propertiesMax = Setting(
        "propertiesMax",
        .number(\.limits.propertiesMax, 1...10_000),
        "Members of an entry's properties or traits."
    )
    /// How deep an entry may be nested.
    package static let depthMax = Setting(
        "depthMax",
        .number(\.limits.depthMax, 2...64),
        "Levels of objects and lists in an entry, its own included."
    )
    /// Where transitions are sent.
    package static let webhookURL = Setting(
        "webhookUrl",
        .text(\.webhookURL, "url"),
        "Every announced transition is sent there: an http or https URL."
    )
    /// What signs them.
    package static let webhookSecretFile = Setting(
        "webhookSecretFile",
        .file(\.webhookSecretFile),
        "The file with the secret that signs webhooks; else SEGMENTD_WEBHOOK_SECRET has it."
    )
    /// What Shopify signs by.
    package static let shopifySecretFile = Setting(
        "shopifySecretFile",
        .file(\.shopifySecretFile),
        "The file with the secrets by which Shopify signs its webhooks, one a line."
    )
    /// How long what was erased may stay on disk.
    package static let scrubDelaySeconds = Setting(
        "scrubDelaySeconds",
        .number(\.scrubDelaySeconds, 0...2_592_000),
        "Seconds from an erasure until the log is scrubbed of what the person said."
    )
    /// How lines are written.
    package static let logFormat = Setting(
        "logFormat",
        .choice(\.logFormat, Console.Form.allCases.map(\.rawValue)),
        "How the daemon's lines are written: for people, or one JSON object each."
    )
    /// Where they may go that is not public.
    package static let allowWebhookNetwork = Setting(
        "allowWebhookNetwork",
        .text(\.allowWebhookNetwork, "cidr"),
        "Networks of this machine or private ones that webhooks may be sent to, with commas between."
    )
}
