internal import EventWire
internal import Foundation
internal import Hummingbird
internal import Materializer

/// Everything that the daemon answers, the same over TCP and over the directory's socket.
enum Endpoints {
    /// The endpoints over a partition, with the bounds of what they take.
    static func all(
        _ partition: Partition,
        _ hub: SubscriptionHub,
        _ limits: WireLimits
    ) -> [Endpoint] {
        let ingest = Ingest(partition, limits)
        let reads = Reads(Queries(partition))
        let health = Health(partition)
        let single = NativeKind.allCases.filter { !$0.isOfList }.map { kind in
            Endpoint(.post, "/v1/\(kind.rawValue)") { request, _ in
                try await ingest.single(kind, request)
            }
        }
        return single + SubscriptionRoutes(hub: hub).endpoints + [
            Endpoint(.post, "/v1/batch") { request, _ in try await ingest.batch(request) },
            Endpoint(.post, "/v1/lists/{name}/add") { request, context in
                try await ingest.single(.addToList, list: list(in: context), request)
            },
            Endpoint(.post, "/v1/lists/{name}/remove") { request, context in
                try await ingest.single(.removeFromList, list: list(in: context), request)
            },
            Endpoint(.post, "/v1/jobs") { request, _ in try await ingest.job(request) },
            Endpoint(.get, "/v1/transitions") { request, _ in
                try await reads.transitions(request)
            },
            Endpoint(.get, "/v1/stream") { request, _ in try await reads.stream(request) },
            Endpoint(.get, "/v1/segments") { _, _ in try await reads.segments() },
            Endpoint(.get, "/v1/segments/{name}/members") { request, context in
                try await reads.members(request, context.parameters.get("name") ?? "")
            },
            Endpoint(.get, "/v1/people/{id}") { request, context in
                try await reads.person(request, context.parameters.get("id") ?? "")
            },
            Endpoint(.get, "/v1/status") { _, _ in try await reads.status() },
            Endpoint(.get, "/v1/health/data") { _, _ in try await reads.dataHealth() },
            Endpoint(.post, "/v1/verify") { _, _ in try reads.beginVerification() },
            Endpoint(.get, "/v1/verify") { _, _ in reads.verification() },
            Endpoint(.get, "/v1/log") { request, _ in try await reads.log(request) },
            Endpoint(.get, "/healthz") { _, _ in try health.live() },
            Endpoint(.get, "/readyz") { _, _ in try health.ready() },
        ]
    }

    /// The list that a path names.
    private static func list(in context: BasicRequestContext) -> String? {
        context.parameters.get("name").map { $0.removingPercentEncoding ?? $0 }
    }

    /// What answers requests to these endpoints, and to others with an error.
    static func responder(
        _ endpoints: [Endpoint]
    ) -> RouterResponder<BasicRequestContext> {
        let router = Router(
            context: BasicRequestContext.self,
            options: .autoGenerateHeadEndpoints
        )
        router.add(middleware: ErrorAnswers(endpoints))
        for endpoint in endpoints {
            router.on(RouterPath(endpoint.path), method: endpoint.method, use: endpoint.handler)
        }
        return router.buildResponder()
    }
}
