internal import EventStore
internal import EventWire
internal import Hummingbird
internal import Materializer
internal import ServiceLifecycle

/// `/v1/rules…`: what a change of the rules would bring about.
struct RuleRoutes: Sendable {
    let queries: Queries
    let hub: SubscriptionHub

    var endpoints: [Endpoint] {
        [Endpoint(.post, "/v1/rules/plan", .admin) { request, _ in try await plan(request) }]
    }

    private func plan(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(max: PlanRequest.bodyBytesMax)
        let (queries, asked) = (queries, try PlanRequest(bytes))
        let checked = try await asked.checked()
        // Nobody waits for a plan to stop the daemon.
        let plan = try await cancelWhenGracefulShutdown {
            try await queries.plan(checked, days: asked.days)
        }
        var json: [UInt8] = []
        PlanView(plan, await hub.subscriptions).appendJSON(to: &json)
        return .json(json)
    }
}
