internal import ServiceLifecycle
internal import WebhookDelivery

/// Delivers to the webhook while the daemon runs; a receiver that is down is no reason to end.
struct WebhookService: Service {
    let deliverer: Deliverer

    func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            do throws(WebhookError) {
                try await deliverer.run()
            } catch {
                throw DaemonError("webhook: \(error)")
            }
        } onCancelOrGracefulShutdown: {
            deliverer.stop()
        }
    }
}
