internal import EventStore
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Lets in who has a key for what is asked, where keys are needed: over TCP, not over the directory's socket, which is
/// its owner's alone.
struct KeyGuard: RouterMiddleware {
    typealias Context = BasicRequestContext

    let ring: KeyRing
    let endpoints: EndpointTable

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        guard ring.isNeeded else { return try await next(request, context) }
        let endpoint = endpoints.matches(request.uri.path).first { endpoint in
            endpoint.method == request.method
                || endpoint.method == .get && request.method == .head
        }
        // Health is told to everybody; what is not there needs a key too, so that nobody learns what is.
        if let endpoint, endpoint.scope == nil { return try await next(request, context) }
        guard let text = KeyGuard.text(request) else {
            throw APIError(
                401,
                "missing_key",
                "this needs an API key: send it as 'Authorization: Bearer KEY'. Make one with: "
                    + "segmentd keys create"
            )
        }
        guard let key = ring.key(text) else {
            throw APIError(
                401,
                "invalid_key",
                "this API key is unknown or was revoked; 'segmentd keys list' shows those that count"
            )
        }
        let needed = endpoint?.scope ?? []
        guard key.scopes.allow(needed) else {
            throw APIError(
                403,
                "insufficient_scope",
                "this needs a key with the scope \(needed.names.joined(separator: ", ")); the key "
                    + "'\(key.name)' has \(key.scopes.names.joined(separator: ", "))"
            )
        }
        return try await next(request, context)
    }

    /// The key that a request brings: as a bearer's token, or, as SDKs of others send theirs, as the user of HTTP's
    /// basic authentication.
    private static func text(_ request: Request) -> String? {
        guard let field = request.headers[.authorization] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return nil }
        let value = parts[1].trimmingCharacters(in: .whitespaces)
        switch parts[0].lowercased() {
        case "bearer": return value
        case "basic":
            guard let data = Data(base64Encoded: value) else { return nil }
            let user = String(decoding: data, as: UTF8.self).split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            return user.first.map { String($0) }
        default: return nil
        }
    }
}
