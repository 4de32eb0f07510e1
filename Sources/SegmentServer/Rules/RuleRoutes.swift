internal import EventStore
internal import EventWire
internal import Hummingbird
internal import Materializer

/// `/v1/rules…`: what a change of the rules would bring about.
struct RuleRoutes: Sendable {
    let queries: Queries
    let hub: SubscriptionHub

    var endpoints: [Endpoint] {
        [Endpoint(.post, "/v1/rules/plan", .read) { request, _ in try await plan(request) }]
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
        let plan = try await queries.plan(try PlanRequest(bytes))
        var json: [UInt8] = []
        PlanView(plan, await hub.subscriptions).appendJSON(to: &json)
        return .json(json)
    }
}
