internal import EventStore
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
        _ keys: KeyRing,
        _ tally: RequestTally,
        _ limits: WireLimits,
        shopifySecrets: [[UInt8]],
        rulesFolder: String
    ) -> [Endpoint] {
        let requests = RepeatedRequests(partition, hub.store)
        let ingest = Ingest(requests, keys, limits)
        let reads = Reads(Queries(partition))
        let health = Health(partition)
        let metrics = Metrics(partition: partition, hub: hub, tally: tally)
        let single = NativeKind.allCases.filter { !$0.isOfList }.map { kind in
            Endpoint(.post, "/v1/\(kind.rawValue)", .ingest, keyIn: .body) { request, context in
                try await ingest.single(kind, request, context)
            }
        }
        let managed =
            SubscriptionRoutes(hub: hub).endpoints + KeyRoutes(ring: keys).endpoints
            + RuleRoutes(
                queries: Queries(partition),
                hub: hub,
                folder: rulesFolder
            ).endpoints
        let backup = BackupRoutes(partition: partition, deliveries: hub.store)
        let erasure = ErasureRoutes(queries: Queries(partition))
        let compact = CompactRoutes(queries: Queries(partition))
        let senders = SenderIngest(
            partition: partition,
            requests: requests,
            keys: keys,
            limits: limits
        )
        let taken =
            CustomerIORoutes(senders).endpoints + PostHogRoutes(senders).endpoints
            + KlaviyoRoutes(senders).endpoints + AnalyticsRoutes(senders).endpoints
            + ShopifyRoutes(senders, secrets: shopifySecrets).endpoints
        let kept = backup.endpoints + erasure.endpoints + compact.endpoints
        let all =
            single + managed + kept + taken + [
                Endpoint(.post, "/v1/batch", .ingest, keyIn: .body) { request, context in
                    try await ingest.batch(request, context)
                },
                Endpoint(.post, "/v1/lists/{name}/add", .ingest) { request, context in
                    try await ingest.single(
                        .addToList,
                        list: context.text("name"),
                        request,
                        context
                    )
                },
                Endpoint(.post, "/v1/lists/{name}/remove", .ingest) { request, context in
                    try await ingest.single(
                        .removeFromList,
                        list: context.text("name"),
                        request,
                        context
                    )
                },
                Endpoint(.post, "/v1/jobs", .ingest) { request, _ in try await ingest.job(request)
                },
                Endpoint(.get, "/v1/transitions", .read) { request, _ in
                    try await reads.transitions(request)
                },
                Endpoint(.get, "/v1/stream", .read) { request, _ in try await reads.stream(request)
                },
                Endpoint(.get, "/v1/segments", .read) { _, _ in try await reads.segments() },
                Endpoint(.get, "/v1/segments/{name}/members", .read) { request, context in
                    try await reads.members(request, context.parameters.get("name") ?? "")
                },
                Endpoint(.get, "/v1/segments/{name}/sizes", .read) { request, context in
                    try await reads.sizes(request, context.parameters.get("name") ?? "")
                },
                Endpoint(.get, "/v1/people/{id}", .read) { request, context in
                    try await reads.person(request, context.parameters.get("id") ?? "")
                },
                Endpoint(.get, "/v1/people/{id}/export", .read) { _, context in
                    try await reads.export(context.parameters.get("id") ?? "")
                },
                Endpoint(.get, "/v1/people/{id}/segments", .read) { request, context in
                    try await reads.stays(request, context.parameters.get("id") ?? "")
                },
                Endpoint(.get, "/v1/people/{id}/segments/{name}", .read) { request, context in
                    try await reads.explanation(
                        request,
                        context.parameters.get("id") ?? "",
                        context.parameters.get("name") ?? ""
                    )
                },
                Endpoint(.get, "/v1/status", .read) { _, _ in try await reads.status() },
                Endpoint(.get, "/v1/health/data", .read) { _, _ in try await reads.dataHealth() },
                Endpoint(.post, "/v1/verify", .admin) { _, _ in try reads.beginVerification() },
                Endpoint(.get, "/v1/verify", .read) { _, _ in reads.verification() },
                Endpoint(.get, "/v1/log", .read) { request, _ in try await reads.log(request) },
                Endpoint(.get, "/v1/schemas/webhook", nil) { _, _ in
                    var answer = Response.json(Array(WebhookSchema.text.utf8))
                    answer.headers[.contentType] = "application/schema+json"
                    return answer
                },
                Endpoint(.get, "/metrics", .read) { _, _ in try await metrics.answer() },
                Endpoint(.get, "/healthz", nil) { _, _ in try health.live() },
                Endpoint(.get, "/readyz", nil) { _, _ in try health.ready() },
            ]
        let document = APIDocument(all)
        return all + [Endpoint(.get, "/openapi.json", nil) { _, _ in document.response }]
    }

    /// What answers requests to these endpoints, and to others with an error.
    ///
    /// - Parameter keys: Who is let in; nil for everybody.
    static func responder(
        _ all: [Endpoint],
        _ tally: RequestTally,
        keys: KeyRing?
    ) -> RouterResponder<DoorContext> {
        let router = Router(
            context: DoorContext.self,
            options: .autoGenerateHeadEndpoints
        )
        let endpoints = EndpointTable(all)
        router.add(middleware: TallyMiddleware(tally: tally, endpoints: endpoints))
        router.add(middleware: ErrorAnswers(endpoints))
        if let keys { router.add(middleware: KeyGuard(ring: keys, endpoints: endpoints)) }
        for endpoint in all {
            router.on(RouterPath(endpoint.path), method: endpoint.method, use: endpoint.handler)
        }
        return router.buildResponder()
    }
}
