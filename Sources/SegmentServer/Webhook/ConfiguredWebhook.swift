internal import EventModel
internal import EventStore
internal import Materializer
internal import WebhookDelivery

/// A webhook whose configuration was checked.
struct ConfiguredWebhook: Sendable {
    private let target: WebhookTarget
    private let secret: String
    private let url: String

    /// Checks the configuration, and the addresses as far as they are known now.
    ///
    /// A name that cannot be looked up is no error: the network may not be there yet.
    init(_ options: WebhookOptions) async throws(DaemonError) {
        let resolver: TargetResolver
        do throws(WebhookError) {
            target = try options.target()
            secret = try options.secret()
            url = options.url
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

    /// The webhook as a subscription.
    var subscription: Subscription {
        var subscription = Subscription(
            name: SubscriptionRequest.configuredName,
            url: url,
            filter: .announced,
            secrets: [secret],
            headers: [],
            createdAt: Instant(milliseconds: 0)
        )
        subscription.id = .configured
        return subscription
    }

    /// What people are told when the daemon starts: where deliveries begin.
    func lines(_ store: DeliveryStore) throws(WebhookError) -> [String] {
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
