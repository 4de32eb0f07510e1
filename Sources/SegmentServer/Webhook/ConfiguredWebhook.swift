internal import EventModel
internal import EventStore
internal import Materializer
internal import WebhookDelivery

/// A webhook whose configuration was checked.
struct ConfiguredWebhook: Sendable {
    private let target: WebhookTarget
    private let resolver: TargetResolver

    /// Checks the configuration, and the addresses as far as they are known now.
    ///
    /// A name that cannot be looked up is no error: the network may not be there yet.
    init(_ options: WebhookOptions) async throws(DaemonError) {
        do throws(WebhookError) {
            target = try options.target()
            resolver = TargetResolver(rules: try options.rules())
        } catch {
            throw DaemonError(error.description)
        }
        do throws(TargetError) {
            _ = try await resolver.addresses(of: target.url.host)
        } catch {
            switch error {
            case .refused(let what):
                throw DaemonError(
                    "webhooks are not sent to \(printable(target.url.shown)): \(what). Allow its "
                        + "network with --allow-webhook-network if it is yours and meant, such as "
                        + "--allow-webhook-network 127.0.0.0/8 for a trial on this machine."
                )
            case .unresolved(let why):
                Console.note("webhook: \(why); deliveries are tried all the same")
            }
        }
    }

    /// What delivers a partition's transitions; says where it begins.
    func deliverer(
        _ partition: Partition,
        _ store: DeliveryStore,
        _ hooks: StepHooks
    ) throws(DaemonError) -> Deliverer {
        do throws(WebhookError) {
            let wallClock: @Sendable () -> Instant = { ClockSource.system.wall() }
            let deliverer = try Deliverer(
                source: PartitionSource(partition: partition),
                store: store,
                sender: HTTPSender(target: target, resolver: resolver, wallClock: wallClock),
                target: target.fingerprint,
                wallClock: wallClock,
                log: { Console.note("webhook: \(printable($0, charactersMax: 500))") },
                reached: hooks.hook(.webhook) ?? {}
            )
            for line in try lines(store) { Console.out(line) }
            return deliverer
        } catch {
            throw DaemonError(error.description)
        }
    }

    /// As it stands among the subscriptions.
    var view: SubscriptionView {
        SubscriptionView(
            name: SubscriptionRequest.configuredName,
            url: target.url.shown,
            state: "active",
            kinds: TransitionFilter.Kind.allCases.map(\.rawValue),
            unannounced: false,
            exitsOfUnannounced: true,
            headers: [],
            secrets: 1,
            held: 0,
            deadLetters: 0
        )
    }

    private func lines(_ store: DeliveryStore) throws(WebhookError) -> [String] {
        let position: DeliveryPosition?
        let dead: Int
        do throws(StoreError) {
            position = try store.position(of: .configured)
            dead = try store.deadLetterCount(of: .configured)
        } catch {
            throw WebhookError(error.description)
        }
        let start = position?.through.map(\.text) ?? "the first transition"
        var more = ""
        if let held = position?.held.count, held > 0 { more += ", \(grouped(held)) to retry" }
        if dead > 0 { more += ", \(counted(dead, "dead letter"))" }
        var lines = ["webhook: \(printable(target.url.shown)) (from \(start)\(more))"]
        if let gone = position?.gone, gone.target == target.fingerprint {
            lines.append(
                "  it answered 410 Gone at \(gone.since): one delivery at a time is tried until it "
                    + "takes one"
            )
        }
        return lines
    }
}
