internal import HTTPTypes
internal import Hummingbird

/// One method on one path, and what answers it.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

    let method: HTTPRequest.Method
    /// The path; a part in braces stands for anything.
    let path: String
    let handler: Handler

    init(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.handler = handler
    }

    /// Whether a request's path means this endpoint, whatever its method.
    func matches(_ requested: String) -> Bool {
        let parts = path.split(separator: "/")
        let requestedParts = requested.split(separator: "/")
        return parts.count == requestedParts.count
            && zip(parts, requestedParts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
