internal import ArgumentParser
internal import Foundation
internal import Materializer
internal import SegmentServer

extension Option where Value == String? {
    /// The flag of a setting; its text is read with those from the other places.
    init(_ setting: Setting) {
        let range = setting.isNumber ? "\(setting.takes); " : ""
        self.init(
            name: .customLong(setting.flagName),
            help: ArgumentHelp(
                "\(setting.help) (\(range)default: \(setting.standard))",
                valueName: setting.valueName
            )
        )
    }
}

/// Where settings come from that no flag gives.
struct FileOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            """
            The file with settings. (default: SEGMENTD_CONFIG, else ./segmentd.json where it \
            exists)
            """,
            valueName: "file"
        )
    )
    var config: String?

    /// All settings, when the command line gives these.
    func settings(_ flags: [(Setting, String?)]) throws(CommandFailure) -> Settings {
        do throws(SettingsError) {
            return try Settings(
                flags: flags.map { (setting: $0.0, text: $0.1) },
                file: config,
                environment: ProcessInfo.processInfo.environment
            )
        } catch {
            throw CommandFailure(error.description)
        }
    }
}

/// The settings of the daemon, as flags.
struct SettingOptions: ParsableArguments {
    @Option(.data) var data: String?
    @Option(.rules) var rules: String?
    @Option(.listen) var listen: String?
    @Option(.tlsCertificateFile) var tlsCertificateFile: String?
    @Option(.tlsKeyFile) var tlsKeyFile: String?
    @Option(.queueEntriesMax) var queueEntriesMax: String?
    @Option(.connectionsMax) var connectionsMax: String?
    @Option(.idleSecondsMax) var idleSecondsMax: String?
    @Option(.transferSecondsMax) var transferSecondsMax: String?
    @Option(.singleBodyBytesMax) var singleBodyBytesMax: String?
    @Option(.batchBodyBytesMax) var batchBodyBytesMax: String?
    @Option(.batchEntriesMax) var batchEntriesMax: String?
    @Option(.entryBytesMax) var entryBytesMax: String?
    @Option(.propertiesMax) var propertiesMax: String?
    @Option(.depthMax) var depthMax: String?
    @Option(.webhookURL) var webhookURL: String?
    @Option(.webhookSecretFile) var webhookSecretFile: String?
    @Option(.allowWebhookNetwork) var allowWebhookNetwork: String?
    @Option(.shopifySecretFile) var shopifySecretFile: String?
    @Option(.scrubDelaySeconds) var scrubDelaySeconds: String?
    @Option(.logFormat) var logFormat: String?

    @OptionGroup var file: FileOptions

    /// All settings; what somebody should know about them is said on standard error.
    func resolved() throws(CommandFailure) -> Settings {
        let settings = try file.settings([
            (.data, data), (.rules, rules), (.listen, listen),
            (.tlsCertificateFile, tlsCertificateFile), (.tlsKeyFile, tlsKeyFile),
            (.queueEntriesMax, queueEntriesMax),
            (.connectionsMax, connectionsMax), (.idleSecondsMax, idleSecondsMax),
            (.transferSecondsMax, transferSecondsMax), (.singleBodyBytesMax, singleBodyBytesMax),
            (.batchBodyBytesMax, batchBodyBytesMax), (.batchEntriesMax, batchEntriesMax),
            (.entryBytesMax, entryBytesMax), (.propertiesMax, propertiesMax), (.depthMax, depthMax),
            (.webhookURL, webhookURL), (.webhookSecretFile, webhookSecretFile),
            (.allowWebhookNetwork, allowWebhookNetwork), (.shopifySecretFile, shopifySecretFile),
            (.scrubDelaySeconds, scrubDelaySeconds), (.logFormat, logFormat),
        ])
        for warning in settings.warnings { Console.warn(warning) }
        return settings
    }
}

/// Which data directory a command reads, and how it shows what it finds.
struct ReadOptions: ParsableArguments {
    @Option(.data) private var dataFlag: String?
    @OptionGroup private var file: FileOptions

    /// The data directory.
    var data: String {
        get throws(CommandFailure) {
            try file.settings([(.data, dataFlag)]).options.partition.dataDirectory
        }
    }

    @Flag(name: .long, help: "Print one JSON object a line instead of a table.")
    var json = false
}

/// Which part of a list a command shows.
struct RangeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Print at most so many. (default: all)", valueName: "n")
    )
    var limit: Int?

    mutating func validate() throws {
        if let limit, limit < 1 {
            throw ValidationError("--limit is \(limit); give a whole number from 1 on.")
        }
    }

    /// How many to ask for next when some were shown already; nil when that is enough.
    func nextPage(after shown: Int) -> Int? {
        let wanted = min(Queries.limitMax, (limit ?? .max) - shown)
        return wanted > 0 ? wanted : nil
    }
}
