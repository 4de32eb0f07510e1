internal import EventStore
internal import Foundation
internal import Hummingbird

/// `/v1/keys…`: who is let in.
struct KeyRoutes: Sendable {
    let ring: KeyRing

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/keys", .admin) { _, _ in .json(KeyList(ring.all).json) },
            Endpoint(.post, "/v1/keys", .admin) { request, _ in try await create(request) },
            Endpoint(.delete, "/v1/keys/{name}", .admin) { _, context in
                let name = context.parameters.get("name") ?? ""
                let key = try await ring.revoke(name.removingPercentEncoding ?? name)
                return .json(KeyView(key).json)
            },
        ]
    }

    private func create(_ request: Request) async throws -> Response {
        let buffer = try await request.body.collect(upTo: 64 << 10)
        let wanted: KeyRequest
        do {
            wanted = try JSONDecoder().decode(KeyRequest.self, from: Data(buffer.readableBytesView))
        } catch {
            throw APIError(
                400,
                "invalid_key",
                "the body asks for no key; send one such as {\"name\": \"shop\", \"scopes\": "
                    + "[\"ingest\"]}"
            )
        }
        let (name, scopes) = try wanted.checked()
        let (key, text) = try await ring.create(name: name, scopes: scopes)
        return .json(KeyView(key, text: text).json, status: .created)
    }
}
