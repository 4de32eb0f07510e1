internal import EventModel
internal import EventStore
internal import EventWire
internal import HTTPTypes
internal import Hummingbird

/// Customer.io's Track API, version 1 and 2.
struct CustomerIORoutes: Sendable {
    private let senders: SenderIngest
    private let decoder: CustomerIODecoder

    init(_ senders: SenderIngest) {
        self.senders = senders
        decoder = CustomerIODecoder(limits: senders.limits)
    }

    private static let customer = "/api/v1/customers/{id}"

    var endpoints: [Endpoint] {
        [
            Endpoint(.put, Self.customer, .ingest) { request, context in
                try await item(request, context) { body throws(WireError) in
                    try decoder.customer(context.text("id"), body)
                }
            },
            Endpoint(.delete, Self.customer, .ingest) { _, context in
                try await erase(context, suppresses: false)
            },
            Endpoint(.post, Self.customer + "/events", .ingest) { request, context in
                try await item(request, context) { body throws(WireError) in
                    try decoder.event(context.text("id"), body)
                }
            },
            Endpoint(.post, "/api/v1/events", .ingest) { request, context in
                try await item(request, context) { body throws(WireError) in
                    try decoder.event(nil, body)
                }
            },
            Endpoint(.post, "/api/v1/merge_customers", .ingest) { request, context in
                try await item(request, context) { body throws(WireError) in
                    try decoder.merge(body)
                }
            },
            Endpoint(.post, Self.customer + "/suppress", .ingest) { _, context in
                try await erase(context, suppresses: true)
            },
            Endpoint(.post, Self.customer + "/unsuppress", .ingest) { _, context in
                let item = try senders.decoded { () throws(WireError) in
                    try decoder.unsuppress(context.text("id"))
                }
                try await senders.take(item, context)
                return .json(Self.nothing)
            },
            // Devices receive messages, which segmentd does not send.
            Endpoint(.put, Self.customer + "/devices", .ingest) { request, context in
                _ = try await senders.single(request, context)
                return .json(Self.nothing)
            },
            Endpoint(.delete, Self.customer + "/devices/{device}", .ingest) { _, _ in
                .json(Self.nothing)
            },
            Endpoint(.post, "/api/v1/segments/{name}/add_customers", .ingest) { request, context in
                try await list(request, context, adds: true)
            },
            Endpoint(.post, "/api/v1/segments/{name}/remove_customers", .ingest) {
                request,
                context in
                try await list(request, context, adds: false)
            },
            Endpoint(.get, "/api/v1/accounts/region", .ingest) { request, _ in
                let region = AccountRegion(url: request.head.authority ?? "")
                return .json(region.json)
            },
            Endpoint(.post, "/api/v2/entity", .ingest) { request, context in
                try await item(request, context) { body throws(WireError) in
                    try decoder.entity(body)
                }
            },
            Endpoint(.post, "/api/v2/batch", .ingest) { request, context in
                let body = try await senders.batch(request, context)
                let items = try senders.decoded { () throws(WireError) in
                    try decoder.batch(body.bytes)
                }
                return answer(try await senders.take(items, body.context, body.keyed))
            },
        ]
    }

    private static let nothing = Array("{}".utf8)

    private func item(
        _ request: Request,
        _ context: DoorContext,
        _ decode: ([UInt8]) throws(WireError) -> SenderItem
    ) async throws -> Response {
        let body = try await senders.single(request, context)
        let item = try senders.decoded { () throws(WireError) in try decode(body.bytes) }
        try await senders.take(item, body.context, body.keyed)
        return .json(Self.nothing)
    }

    private func erase(_ context: DoorContext, suppresses: Bool) async throws -> Response {
        let identifier = try senders.decoded { () throws(WireError) in
            try decoder.named(context.text("id"))
        }
        try await senders.take(.erase([identifier], suppresses: suppresses), context)
        return .json(Self.nothing)
    }

    private func list(
        _ request: Request,
        _ context: DoorContext,
        adds: Bool
    ) async throws -> Response {
        let body = try await senders.batch(request, context)
        let type = request.parameter("id_type") ?? "id"
        let items = try senders.decoded { () throws(WireError) in
            try decoder.list(context.text("name"), adds: adds, idType: type, body.bytes)
        }
        // All of them or none: the answer names no single one.
        for case .problem(let problem) in items {
            throw APIError(400, problem.code.rawValue, problem.message)
        }
        _ = try await senders.take(items, body.context, body.keyed)
        return .json(Self.nothing)
    }

    /// 200 where all were taken, else 207 with what was wrong with the others.
    private func answer(_ outcomes: [SenderIngest.Outcome]) -> Response {
        var json = JSONWriter()
        var isWhole = true
        json.object { json in
            json.array("errors") { errors in
                for (index, outcome) in outcomes.enumerated() {
                    guard case .refused(let code, let message) = outcome else { continue }
                    isWhole = false
                    errors.object {
                        $0.field("batch_index", index)
                        $0.field("reason", code)
                        $0.field("message", message)
                    }
                }
            }
        }
        return isWhole ? .json(Self.nothing) : .json(json.bytes, status: .init(code: 207))
    }
}

/// The answer to a client that asks where its workspace is: here.
private struct AccountRegion {
    let url: String

    var json: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.field("url", url)
            $0.field("data_center", "segmentd")
            $0.field("environment_id", 1)
        }
        return json.bytes
    }
}
