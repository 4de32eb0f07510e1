/// Makes single attempts.
package protocol AttemptSender: Sendable {
    /// Sends a message once, in bounded time.
    func send(_ message: WebhookMessage) async -> AttemptOutcome

    /// Cuts off what is on its way and closes all connections.
    func shutDown() async
}
