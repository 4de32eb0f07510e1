internal import EventWire
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Materializer
internal import NIOCore
internal import ServiceLifecycle

/// `GET /v1/…`: parameters to questions, and answers to JSON.
struct Reads: Sendable {
    private let queries: Queries

    init(_ queries: Queries) {
        self.queries = queries
    }

    func transitions(_ request: Request) async throws(APIError) -> Response {
        var wanted = try wanted(request)
        wanted.limit = try request.limit()
        if let text = request.parameter("wait") {
            guard let seconds = Int(text), (0...TransitionRequest.waitSecondsMax).contains(seconds)
            else {
                throw APIError(
                    400,
                    "invalid_wait",
                    "wait is '\(printable(text, charactersMax: 60))'; send a whole number of "
                        + "seconds from 0 to \(TransitionRequest.waitSecondsMax)"
                )
            }
            wanted.waitSeconds = seconds
        }
        return .json(try await queries.transitions(wanted).json)
    }

    /// Transitions as they are recorded; from now on, unless the client says where it was.
    func stream(_ request: Request) async throws(APIError) -> Response {
        var wanted = try wanted(request)
        if let name = HTTPField.Name("Last-Event-ID"), let last = request.headers[name],
            !last.isEmpty
        {
            wanted.after = last
        }
        let start = try wanted.start() ?? .now
        let filter = try await queries.filter(wanted)
        do throws(PartitionError) {
            return TransitionStream(
                partition: queries.partition,
                filter: filter,
                start: try queries.cursor(start)
            ).response
        } catch {
            throw APIError(error)
        }
    }

    private func wanted(_ request: Request) throws(APIError) -> TransitionRequest {
        var wanted = TransitionRequest()
        wanted.after = request.parameter("after")
        wanted.segments = request.parameters("segment")
        wanted.kinds = request.parameters("kind")
        wanted.causes = request.parameters("cause")
        let announced = request.parameter("announced")
        guard announced == nil || announced == "true" || announced == "false" else {
            throw APIError(
                400,
                "invalid_announced",
                "announced is '\(printable(announced ?? "", charactersMax: 60))'; send true or false"
            )
        }
        wanted.announcedOnly = announced == "true"
        return wanted
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
        let name = segment.removingPercentEncoding ?? segment
        let limit = try request.limit()
        guard let at = request.parameter("at") else {
            return .json(try await queries.members(of: name, after: after, limit: limit).json)
        }
        let page = try await queries.members(of: name, at: at, after: after, limit: limit)
        return .json(page.json)
    }

    /// The first line comes before the answer begins, so that who is unknown is refused as everywhere.
    func export(_ id: String) async throws -> Response {
        let queries = queries
        let id = id.removingPercentEncoding ?? id
        _ = try await queries.person(id, before: nil, limit: 1)
        return Response(
            status: .ok,
            headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await queries.export(id) { lines in
                    try await writer.write(ByteBuffer(bytes: lines))
                }
                try await writer.finish(nil)
            }
        )
    }

    func sizes(_ request: Request, _ segment: String) async throws(APIError) -> Response {
        .json(
            try await queries.sizes(
                of: segment.removingPercentEncoding ?? segment,
                from: request.parameter("from"),
                to: request.parameter("to"),
                every: request.parameter("every")
            )
        )
    }

    func stays(_ request: Request, _ id: String) async throws(APIError) -> Response {
        .json(
            try await queries.stays(
                id.removingPercentEncoding ?? id,
                at: request.parameter("at")
            )
        )
    }

    func explanation(
        _ request: Request,
        _ id: String,
        _ segment: String
    ) async throws -> Response {
        let (queries, at) = (queries, request.parameter("at"))
        // Nobody waits for it to stop the daemon.
        return .json(
            try await cancelWhenGracefulShutdown {
                try await queries.explanation(
                    id.removingPercentEncoding ?? id,
                    in: segment.removingPercentEncoding ?? segment,
                    at: at
                )
            }
        )
    }

    func person(_ request: Request, _ id: String) async throws(APIError) -> Response {
        if request.parameter("at") != nil { return try await stays(request, id) }
        let json = try await queries.person(
            id.removingPercentEncoding ?? id,
            before: request.parameter("before"),
            limit: request.limit()
        )
        return .json(json)
    }

    func log(_ request: Request) async throws(APIError) -> Response {
        var wanted = LogRequest()
        wanted.from = request.parameter("from")
        wanted.to = request.parameter("to")
        wanted.person = request.parameter("person")
        wanted.kind = request.parameter("kind")
        wanted.limit = try request.limit()
        return .json(try await queries.log(wanted))
    }
}

extension Request {
    /// A parameter of the query; nil where it is missing or empty.
    func parameter(_ name: String) -> String? {
        guard let value = uri.queryParameters[name[...]], !value.isEmpty else { return nil }
        return String(value)
    }

    /// How many rows are asked for.
    func limit() throws(APIError) -> Int {
        guard let text = parameter("limit") else { return Queries.limitDefault }
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

    /// The whole body, refused where it is larger.
    func bytes(max: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await part in body {
            bytes.append(contentsOf: part.readableBytesView)
            guard bytes.count <= max else {
                throw APIError(
                    413,
                    WireCode.bodyTooLarge.rawValue,
                    "the body has more than \(max) bytes"
                )
            }
        }
        return bytes
    }

    /// All values of a parameter of the query that may stand there several times.
    func parameters(_ name: String) -> [String] {
        uri.queryParameters[values: name[...]].map { String($0) }.filter { !$0.isEmpty }
    }
}
