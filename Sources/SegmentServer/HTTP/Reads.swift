internal import Foundation
internal import Hummingbird

/// `GET /v1/…`: parameters to questions, and answers to JSON.
struct Reads: Sendable {
    private let queries: Queries

    init(_ queries: Queries) {
        self.queries = queries
    }

    func transitions(_ request: Request) throws(APIError) -> Response {
        let after = request.parameter("after")
        return .json(try queries.transitions(after: after, limit: limit(request)).json)
    }

    func status() async throws(APIError) -> Response { .json(try await queries.status().json) }

    func dataHealth() async throws(APIError) -> Response {
        .json(try await queries.dataHealth().json)
    }

    func beginVerification() throws(APIError) -> Response {
        .json(try queries.beginVerification().json)
    }

    func verification() -> Response { .json(queries.verification().json) }

    func segments() async throws(APIError) -> Response {
        .json(try await queries.segments().json)
    }

    func members(_ request: Request, _ segment: String) async throws(APIError) -> Response {
        var after: UInt64?
        if let text = request.parameter("after") {
            after = UInt64(text)
            guard after != nil else {
                throw APIError(
                    400,
                    "invalid_cursor",
                    "'\(printable(text, charactersMax: 60))' is no personID; hand back the 'next' "
                        + "of an earlier answer, or leave 'after' out to begin with the first member"
                )
            }
        }
        let page = try await queries.members(
            of: segment.removingPercentEncoding ?? segment,
            after: after,
            limit: limit(request)
        )
        return .json(page.json)
    }

    func person(_ request: Request, _ id: String) async throws(APIError) -> Response {
        let json = try await queries.person(
            id.removingPercentEncoding ?? id,
            before: request.parameter("before"),
            limit: limit(request)
        )
        return .json(json)
    }

    func log(_ request: Request) async throws(APIError) -> Response {
        var wanted = LogRequest()
        wanted.from = request.parameter("from")
        wanted.to = request.parameter("to")
        wanted.person = request.parameter("person")
        wanted.kind = request.parameter("kind")
        wanted.limit = try limit(request)
        return .json(try await queries.log(wanted))
    }

    private func limit(_ request: Request) throws(APIError) -> Int {
        guard let text = request.parameter("limit") else { return Queries.limitDefault }
        guard let limit = Int(text), (1...Queries.limitMax).contains(limit) else {
            throw APIError(
                400,
                "invalid_limit",
                "limit is '\(printable(text, charactersMax: 60))'; send a whole number from 1 to "
                    + "\(Queries.limitMax)"
            )
        }
        return limit
    }
}

extension Request {
    /// A parameter of the query; nil where it is missing or empty.
    func parameter(_ name: String) -> String? {
        guard let value = uri.queryParameters[name[...]], !value.isEmpty else { return nil }
        return String(value)
    }
}
