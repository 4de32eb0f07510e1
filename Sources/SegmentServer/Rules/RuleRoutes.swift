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
        var bytes: [UInt8] = []
        for try await part in request.body {
            bytes.append(contentsOf: part.readableBytesView)
            guard bytes.count <= PlanRequest.bodyBytesMax else {
                throw APIError(
                    413,
                    WireCode.bodyTooLarge.rawValue,
                    "the body has more than \(PlanRequest.bodyBytesMax) bytes"
                )
            }
        }
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
