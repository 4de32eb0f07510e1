internal import EventStore
internal import HTTPTypes
internal import Hummingbird

/// One method on one path, and what answers it.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Request, DoorContext) async throws -> Response

    let method: HTTPRequest.Method
    /// The path; a part in braces stands for anything.
    let path: String
    /// What a key must be good for, where keys are needed; nil where none is.
    let scope: APIKey.Scopes?
    /// Where else than in its header a request may bring the key.
    let keyPlace: KeyPlace
    let handler: Handler

    /// Where senders that cannot set a header put their key.
    enum KeyPlace: Sendable {
        case header
        /// A parameter of the query.
        case query(String)
        /// The body: the handler finds it.
        case body
    }

    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ scope: APIKey.Scopes?,
        keyIn keyPlace: KeyPlace = .header,
        _ handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.scope = scope
        self.keyPlace = keyPlace
        self.handler = handler
    }
}

/// All endpoints, found by a request's path: exact ones at once, those with a part that stands for anything by
/// looking at each.
struct EndpointTable: Sendable {
    /// All of them, in the order in which they are documented.
    let all: [Endpoint]
    private let exact: [String: [Endpoint]]
    private let patterns: [(parts: [String], endpoint: Endpoint)]

    init(_ endpoints: [Endpoint]) {
        all = endpoints
        let plain = endpoints.filter { !$0.path.contains("{") }
        exact = Dictionary(grouping: plain, by: \.path)
        patterns = endpoints.filter { $0.path.contains("{") }.map { endpoint in
            (endpoint.path.split(separator: "/").map { String($0) }, endpoint)
        }
    }

    /// The endpoints that a path means, whatever their methods.
    func matches(_ path: String) -> [Endpoint] {
        if let found = exact[path] { return found }
        let requested = path.split(separator: "/")
        // Slashes more or less do not count.
        if let found = exact["/" + requested.joined(separator: "/")] { return found }
        return patterns.compactMap { parts, endpoint in
            let isMatch =
                parts.count == requested.count
                && zip(parts, requested).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
            return isMatch ? endpoint : nil
        }
    }
}
