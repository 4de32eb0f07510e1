internal import EventStore
internal import EventWire
internal import HTTPTypes
internal import Hummingbird

/// GA4's Measurement Protocol.
struct AnalyticsRoutes: Sendable {
    private let senders: SenderIngest
    private let decoder: AnalyticsDecoder

    init(_ senders: SenderIngest) {
        self.senders = senders
        decoder = AnalyticsDecoder(limits: senders.limits)
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/mp/collect", .ingest, keyIn: .query("api_secret")) {
                request,
                context in
                let body = try await senders.single(request, context)
                let items = try senders.decoded { () throws(WireError) in
                    try decoder.collect(body.bytes)
                }
                let outcomes = try await senders.take(items, body.context, body.keyed)
                // Its senders look at nothing but the status: one that tells what was wrong is of use to whoever tries
                // it by hand, and no entry of the request was taken where all are refused.
                if let first = outcomes.first, outcomes.allSatisfy({ $0 != .taken }),
                    case .refused(let code, let message) = first
                {
                    throw APIError(400, code, message)
                }
                return Response(status: .noContent)
            },
            Endpoint(.post, "/debug/mp/collect", .ingest, keyIn: .query("api_secret")) {
                request,
                context in
                let body = try await senders.single(request, context)
                return .json(validation(body.bytes))
            },
        ]
    }

    /// What is wrong with a request, in the form of Google's validator; nothing is kept of it.
    private func validation(_ body: [UInt8]) -> [UInt8] {
        var problems: [(code: String, message: String)] = []
        do throws(WireError) {
            for case .problem(let problem) in try decoder.collect(body) {
                problems.append((problem.code.rawValue, problem.message))
            }
        } catch {
            problems.append((error.code.rawValue, error.message))
        }
        var json = JSONWriter()
        json.object { json in
            json.array("validationMessages") { messages in
                for problem in problems {
                    messages.object {
                        $0.field("description", problem.message)
                        $0.field("validationCode", problem.code.uppercased())
                    }
                }
            }
        }
        return json.bytes
    }
}
