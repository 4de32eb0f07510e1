internal import EventModel
internal import EventStore
internal import EventWire
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Klaviyo's API, so far as it takes events and profiles.
struct KlaviyoRoutes: Sendable {
    private let senders: SenderIngest
    private let decoder: KlaviyoDecoder

    init(_ senders: SenderIngest) {
        self.senders = senders
        decoder = KlaviyoDecoder(limits: senders.limits)
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/api/events", .ingest) { request, context in
                try await answered {
                    let body = try await senders.single(request, context)
                    let item = try senders.decoded { () throws(WireError) in
                        try decoder.event(body.bytes)
                    }
                    try await senders.take(item, body.context, body.keyed)
                    return Response(status: .accepted)
                }
            },
            Endpoint(.post, "/api/event-bulk-create-jobs", .ingest) { request, context in
                try await answered {
                    let body = try await senders.batch(request, context)
                    let items = try senders.decoded { () throws(WireError) in
                        try decoder.events(body.bytes)
                    }
                    let outcomes = try await senders.take(items, body.context, body.keyed)
                    return bulkAnswer(outcomes)
                }
            },
            Endpoint(.post, "/api/profile-import", .ingest) { request, context in
                try await answered {
                    let body = try await senders.single(request, context)
                    let item = try senders.decoded { () throws(WireError) in
                        try decoder.profile(body.bytes)
                    }
                    try await senders.take(item, body.context, body.keyed)
                    return profileAnswer(item)
                }
            },
        ]
    }

    /// Refusals in the form of JSON:API.
    private func answered(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as APIError {
            var response = error.response
            var json = JSONWriter()
            json.object { json in
                json.array("errors") { errors in
                    errors.object {
                        $0.field("status", error.status)
                        $0.field("code", error.code)
                        $0.field("title", "segmentd refused the request")
                        $0.field("detail", error.message)
                    }
                }
            }
            let body = Response.json(json.bytes, status: response.status)
            response.body = body.body
            response.headers[.contentType] = Self.mediaType
            return response
        }
    }

    private static let mediaType = "application/vnd.api+json"

    /// The profile as Klaviyo answers: its id is the most telling of those that were sent.
    private func profileAnswer(_ item: SenderItem) -> Response {
        guard case .entries(let drafts) = item,
            let identifier = drafts.first?.identifiers.first?.canonical
        else { return Response(status: .ok) }
        let person = "\(identifier.namespace):\(identifier.text)"
        let path = person.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        var json = JSONWriter()
        json.object { json in
            json.object("data") { data in
                data.field("type", "profile")
                data.field("id", identifier.text)
                data.object("attributes") { _ in }
                data.object("links") { $0.field("self", "/v1/people/\(path)") }
            }
        }
        var response = Response.json(json.bytes)
        response.headers[.contentType] = Self.mediaType
        return response
    }

    /// 202; the events that were refused, as Klaviyo would give them when the job is asked for.
    private func bulkAnswer(_ outcomes: [SenderIngest.Outcome]) -> Response {
        var json = JSONWriter()
        json.object { json in
            json.array("errors") { errors in
                for (index, outcome) in outcomes.enumerated() {
                    guard case .refused(let code, let message) = outcome else { continue }
                    errors.object {
                        $0.field("index", index)
                        $0.field("code", code)
                        $0.field("detail", message)
                    }
                }
            }
        }
        var response = Response.json(json.bytes, status: .accepted)
        response.headers[.contentType] = Self.mediaType
        return response
    }
}
