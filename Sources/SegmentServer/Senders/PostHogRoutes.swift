internal import EventStore
internal import EventWire
internal import Hummingbird

/// PostHog's capture endpoints.
struct PostHogRoutes: Sendable {
    private let senders: SenderIngest
    private let decoder: PostHogDecoder

    init(_ senders: SenderIngest) {
        self.senders = senders
        decoder = PostHogDecoder(limits: senders.limits)
    }

    /// One message, or a batch: all of them take both.
    private static let paths = ["/batch", "/capture", "/i/v0/e", "/e"]

    var endpoints: [Endpoint] {
        Self.paths.map { path in
            Endpoint(.post, path, .ingest, keyIn: .body) { request, context in
                try await take(request, context)
            }
        }
    }

    private func take(_ request: Request, _ context: DoorContext) async throws -> Response {
        let body = try await senders.batch(request, context) { body throws(WireError) in
            try decoder.key(body)
        }
        let items = try senders.decoded { () throws(WireError) in
            try decoder.messages(body.bytes)
        }
        let outcomes = try await senders.take(items, body.context, body.keyed)
        var json = JSONWriter()
        json.object { json in
            json.field("status", "Ok")
            let refused = outcomes.enumerated().compactMap { index, outcome in
                if case .refused(let code, let message) = outcome {
                    (index, code, message)
                } else {
                    nil
                }
            }
            guard !refused.isEmpty else { return }
            // Its SDKs send a whole batch again for any other status.
            json.array("errors") { errors in
                for (index, code, message) in refused {
                    errors.object {
                        $0.field("index", index)
                        $0.field("code", code)
                        $0.field("message", message)
                    }
                }
            }
        }
        return .json(json.bytes)
    }
}
