internal import EventStore
internal import EventWire
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// `/v1/subscriptions…`: who is sent transitions.
struct SubscriptionRoutes: Sendable {
    let hub: SubscriptionHub

    var endpoints: [Endpoint] {
        let path = "/v1/subscriptions"
        let one = "\(path)/{name}"
        return [
            Endpoint(.get, path, .read) { _, _ in .json(try await hub.list().json) },
            Endpoint(.post, path, .admin) { request, _ in try await create(request) },
            Endpoint(.get, one, .read) { _, context in
                .json(try await hub.view(of: name(context)).json)
            },
            Endpoint(.delete, one, .admin) { _, context in
                try await hub.delete(name(context))
                return Response(status: .noContent)
            },
            Endpoint(.post, "\(one)/pause", .admin) { _, context in
                .json(try await hub.pause(name(context)).json)
            },
            Endpoint(.post, "\(one)/resume", .admin) { request, context in
                let after = request.parameter("after")
                return .json(try await hub.resume(name(context), after: after).json)
            },
            Endpoint(.get, "\(one)/gaps", .read) { _, context in
                .json(try await hub.gaps(of: name(context)).json)
            },
            Endpoint(.post, "\(one)/rotate-secret", .admin) { _, context in
                .json(try await hub.rotateSecret(name(context)).json)
            },
            Endpoint(.post, "\(one)/retire-secret", .admin) { _, context in
                .json(try await hub.retireSecret(name(context)).json)
            },
            Endpoint(.get, "\(one)/dead-letters", .read) { request, context in
                let page = try await hub.deadLetters(
                    of: name(context),
                    after: request.parameter("after"),
                    limit: try request.limit()
                )
                return .json(page.json)
            },
            Endpoint(.post, "\(one)/redrive", .admin) { request, context in
                let count = try await hub.redrive(name(context), limit: try request.limit())
                var json = JSONWriter()
                json.object { $0.field("redriven", count) }
                return .json(json.bytes)
            },
        ]
    }

    private func name(_ context: DoorContext) -> String {
        let name = context.parameters.get("name") ?? ""
        return name.removingPercentEncoding ?? name
    }

    private func create(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(max: SubscriptionRequest.bodyBytesMax)
        let view = try await hub.create(try SubscriptionRequest(bytes))
        return .json(view.json, status: .created)
    }
}
