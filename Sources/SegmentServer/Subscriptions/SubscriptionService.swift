internal import ServiceLifecycle
internal import WebhookDelivery

/// Delivers to the subscriptions while the daemon runs.
struct SubscriptionService: Service {
    let hub: SubscriptionHub

    func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            do throws(WebhookError) {
                try await hub.run()
            } catch {
                throw DaemonError("subscriptions: \(error)")
            }
        } onCancelOrGracefulShutdown: {
            hub.stop()
        }
    }
}
