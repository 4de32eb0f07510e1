internal import EventStore
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Lets in who has a key for what is asked, where keys are needed: over TCP, not over the directory's socket, which is
/// its owner's alone.
struct KeyGuard: RouterMiddleware {
    typealias Context = DoorContext

    let ring: KeyRing
    let endpoints: EndpointTable

    func handle(
        _ request: Request,
        context: DoorContext,
        next: (Request, DoorContext) async throws -> Response
    ) async throws -> Response {
        guard ring.isNeeded else { return try await next(request, context) }
        let endpoint = endpoints.matches(request.uri.path).first { endpoint in
            endpoint.method == request.method
                || endpoint.method == .get && request.method == .head
        }
        // Health is told to everybody; what is not there needs a key too, so that nobody learns what is.
        if let endpoint, endpoint.scope == nil { return try await next(request, context) }
        var context = context
        let texts = KeyGuard.texts(request, endpoint?.keyPlace ?? .header)
        if texts.isEmpty, let endpoint, case .body = endpoint.keyPlace {
            context.awaitsKey = true
        } else {
            context.key = try ring.admit(texts, endpoint?.scope ?? [])
        }
        return try await next(request, context)
    }

    /// The texts that a request brings, one of which may be its key: a bearer's token; the user or, for senders that
    /// have another id there, the password of HTTP's basic authentication; Klaviyo's; a parameter of the query.
    private static func texts(_ request: Request, _ place: Endpoint.KeyPlace) -> [String] {
        if case .query(let name) = place, let text = request.parameter(name) { return [text] }
        guard let field = request.headers[.authorization] else { return [] }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2 else { return [] }
        let value = parts[1].trimmingCharacters(in: .whitespaces)
        switch parts[0].lowercased() {
        case "bearer", "klaviyo-api-key": return [value]
        case "basic":
            guard let data = Data(base64Encoded: value) else { return [] }
            return String(decoding: data, as: UTF8.self).split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            ).map { String($0) }
        default: return []
        }
    }
}

extension KeyRing {
    /// Finds the key that a request brings, and lets it in.
    ///
    /// - Parameters:
    ///   - texts: What may be the key.
    ///   - needed: What it must be good for.
    func admit(_ texts: [String], _ needed: APIKey.Scopes) throws(APIError) -> APIKey {
        guard !texts.isEmpty else {
            throw APIError(
                401,
                "missing_key",
                "this needs an API key: send it as 'Authorization: Bearer KEY'. Make one with: "
                    + "segmentd keys create"
            )
        }
        guard let key = texts.lazy.compactMap({ self.key($0) }).first else {
            throw APIError(
                401,
                "invalid_key",
                "this API key is unknown or was revoked; 'segmentd keys list' shows those that count"
            )
        }
        guard key.scopes.allow(needed) else {
            throw APIError(
                403,
                "insufficient_scope",
                "this needs a key with the scope \(needed.names.joined(separator: ", ")); the key "
                    + "'\(key.name)' has \(key.scopes.names.joined(separator: ", "))"
            )
        }
        return key
    }
}
