internal import EventStore
internal import Foundation
internal import Glibc
internal import Hummingbird
internal import Logging
internal import Materializer
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals
internal import WebhookDelivery

/// The daemon: one partition, and the doors to it.
package enum Daemon {
    /// How long requests in flight have to finish when the daemon is told to stop.
    private static let gracePeriod = Duration.seconds(10)

    /// Runs until SIGTERM or SIGINT; says on standard output what it does.
    ///
    /// - Throws: Why it does not start, or why it ended by itself. Rules with errors leave the data
    ///   directory untouched.
    package static func run(_ options: DaemonOptions) async throws(DaemonError) {
        if let form = Console.Form(rawValue: options.logFormat) { Console.use(form) }
        if !options.listen.isLoopback { try checkKeys(options) }
        var webhook: ConfiguredWebhook?
        if let options = try options.webhook() { webhook = try await ConfiguredWebhook(options) }
        let secrets = DaemonSecrets(
            shopify: try options.shopifySecrets(),
            tls: try ServerTLS(
                certificateFile: options.tlsCertificateFile,
                keyFile: options.tlsKeyFile
            )
        )
        let rules = try checkedRules(options.rulesFolder)
        let socket = DataDirectory.socket(of: options.partition.dataDirectory)
        try checkLength(ofSocket: socket)
        // Found out before a long recovery; a second daemon on the directory gets the message about
        // the directory instead.
        if !DataDirectory.isInUse(path: options.partition.dataDirectory) {
            try await Listener.probe(options.listen)
        }
        let partition = try open(options.partition, rules.proposed)
        for line in startupLines(partition.report, rules) { Console.out(line) }
        let store = try openDeliveries(partition)
        let keys: KeyRing
        do throws(StoreError) {
            keys = try KeyRing(store, isAlwaysNeeded: !options.listen.isLoopback)
        } catch {
            throw DaemonError(error.description)
        }
        if !keys.all.isEmpty { Console.out("API keys: \(grouped(keys.all.count))") }
        let hub = try await hub(partition, store, webhook, options)
        let failure = await serve(
            partition,
            hub,
            keys,
            options,
            secrets,
            socket: socket
        )
        await partition.stop()
        if let failure = partition.failure { throw DaemonError(failure.message) }
        if let failure { throw failure }
    }

    /// Refuses to be reached by other machines where nobody could be let in.
    private static func checkKeys(_ options: DaemonOptions) throws(DaemonError) {
        let path = options.partition.dataDirectory
        // A second daemon on the directory gets the message about the directory instead.
        if DataDirectory.isInUse(path: path) { return }
        if FileManager.default.fileExists(atPath: path), try !Keys.all(of: path).isEmpty { return }
        throw DaemonError(AddressError.noKeys(options.listen).description)
    }

    private static func openDeliveries(
        _ partition: Partition
    ) throws(DaemonError) -> DeliveryStore {
        do throws(StoreError) {
            return try DeliveryStore(
                directory: partition.deliveryFolder,
                logID: partition.logID
            )
        } catch {
            throw DaemonError(error.description)
        }
    }

    private static func hub(
        _ partition: Partition,
        _ store: DeliveryStore,
        _ webhook: ConfiguredWebhook?,
        _ options: DaemonOptions
    ) async throws(DaemonError) -> SubscriptionHub {
        let rules: AddressRules
        do throws(WebhookError) {
            rules = try WebhookOptions.rules(allowing: options.allowedNetworks)
        } catch {
            throw DaemonError(error.description)
        }
        do throws(WebhookError) {
            for line in try webhook?.lines(store) ?? [] { Console.out(line) }
        } catch {
            throw DaemonError(error.description)
        }
        let hub: SubscriptionHub
        do throws(StoreError) {
            hub = try SubscriptionHub(
                partition,
                store,
                rules,
                configured: webhook?.subscription,
                options.partition.hooks
            )
        } catch {
            throw DaemonError(error.description)
        }
        do throws(APIError) {
            try await hub.declare(options.subscriptions)
        } catch {
            throw DaemonError(error.message)
        }
        let (all, paused) = await hub.counts
        if all > 0 {
            let rest = paused > 0 ? ", \(grouped(paused)) of them not served" : ""
            Console.out("subscriptions: \(grouped(all))\(rest)")
        }
        return hub
    }

    private static func checkedRules(_ folder: String) throws(DaemonError) -> CheckedRules {
        let rules: CheckedRules
        do throws(RuleFolderError) {
            rules = try RuleFolder.check(folder: folder)
        } catch {
            throw DaemonError(error.description)
        }
        if rules.proposed == nil {
            Console.note(String(rules.rendered.dropLast()))
            throw DaemonError(
                "the rules in \(printable(folder)) have \(counted(rules.errorCount, "error")); "
                    + "nothing was changed. Mend them and start again."
            )
        }
        return rules
    }

    private static func checkLength(ofSocket path: String) throws(DaemonError) {
        guard path.utf8.count > 107 else { return }
        throw DaemonError(
            "the path of the daemon's socket, \(printable(path)), has \(path.utf8.count) bytes; "
                + "the system takes 107. Use a --data directory with a shorter path, or a relative "
                + "one."
        )
    }

    private static func open(
        _ options: PartitionOptions,
        _ rules: ProposedRules?
    ) throws(DaemonError) -> Partition {
        var progress = RecoveryProgress()
        var options = options
        options.report = { Console.warn($0) }
        do throws(PartitionError) {
            let partition = try Partition.open(options, rules: rules) { done, total in
                progress.show(done, of: total)
            }
            progress.end()
            return partition
        } catch {
            progress.end()
            throw DaemonError(error.message)
        }
    }

    /// Serves until it is told to stop.
    ///
    /// - Returns: Why it ended otherwise, where the partition is not the reason.
    private static func serve(
        _ partition: Partition,
        _ hub: SubscriptionHub,
        _ keys: KeyRing,
        _ options: DaemonOptions,
        _ secrets: DaemonSecrets,
        socket: String
    ) async -> DaemonError? {
        var logger = Logger(label: "segmentd")
        logger.logLevel = .error
        let tally = RequestTally()
        let endpoints = Endpoints.all(
            partition,
            hub,
            keys,
            tally,
            options.limits,
            shopifySecrets: secrets.shopify,
            rulesFolder: options.rulesFolder
        )
        let opening = OpeningDoors(count: 2) { url in
            partition.describeHolder("process \(getpid()), \(url)")
            let data = printable(options.partition.dataDirectory)
            Console.out("segmentd is listening on \(url) (data: \(data))")
        }
        // The last one is shut down first: the partition outlives all requests and deliveries.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: PartitionService(partition: partition),
                failureTerminationBehavior: .gracefullyShutdownGroup
            )
        ]
        services.append(
            .init(
                service: SubscriptionService(hub: hub),
                failureTerminationBehavior: .gracefullyShutdownGroup
            )
        )
        services.append(
            .init(
                service: ScrubService(
                    partition: partition,
                    delaySeconds: options.scrubDelaySeconds
                ),
                successTerminationBehavior: .ignore
            )
        )
        if options.watch != .off {
            let watcher = RuleWatcher(
                folder: options.rulesFolder,
                queries: Queries(partition),
                applies: options.watch == .applies
            )
            services.append(
                .init(service: watcher, successTerminationBehavior: .ignore)
            )
        }
        let door: Listener
        do {
            door = try Listener.tcp(
                options.listen,
                options.connections,
                Endpoints.responder(endpoints, tally, keys: keys),
                opening,
                logger,
                secrets.tls
            )
        } catch {
            return DaemonError("cannot set up TLS: \(error)")
        }
        services.append(.init(service: door))
        services.append(
            .init(
                service: Listener.socket(
                    socket,
                    Endpoints.responder(endpoints, tally, keys: nil),
                    opening,
                    logger
                )
            )
        )
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = gracePeriod
        do {
            try await ServiceGroup(configuration: configuration).run()
            return nil
        } catch let error as DaemonError {
            return error
        } catch is CancellationError {
            // Requests that did not finish in time were cut off.
            return nil
        } catch {
            return DaemonError("the daemon ended: \(error)")
        }
    }
}

/// What the daemon knows that nobody else should.
private struct DaemonSecrets {
    /// What Shopify signs by.
    let shopify: [[UInt8]]
    /// What connections are encrypted with; nil for plain ones.
    let tls: ServerTLS?
}
