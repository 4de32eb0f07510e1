import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Requests to a daemon.
struct API: Sendable {
    /// Where it listens: `http://HOST:PORT`.
    let base: String

    /// One for all tests: its connections belong to addresses, and each daemon has its own.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(30), read: .seconds(300))
        // A daemon that was killed must fail requests at once, not when their time is up.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Sends a request and reads the whole answer.
    func send(
        _ method: String,
        _ path: String,
        _ body: String? = nil,
        bytes: [UInt8]? = nil,
        type: String = "application/json",
        key: String? = nil,
        authorization: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method)
        if let field = authorization ?? key.map({ "Bearer \($0)" }) {
            request.headers.add(name: "Authorization", value: field)
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let bytes = bytes ?? body.map({ Array($0.utf8) }) {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: bytes))
        }
        let response = try await API.client.execute(request, timeout: .seconds(300))
        let buffer = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After"),
            body: Data(buffer.readableBytesView)
        )
    }

    /// Sends entries and gives the verdicts.
    @discardableResult
    func ingest(_ path: String, _ body: String) async throws -> IngestReply {
        try await send("POST", path, body).decode(IngestReply.self)
    }

    /// All transitions so far, page by page.
    func transitions() async throws -> [TransitionRow] {
        var rows: [TransitionRow] = []
        while true {
            let after = rows.last.map { "&after=\($0.cursor)" } ?? ""
            let page = try await send("GET", "/v1/transitions?limit=1000\(after)")
                .decode(TransitionPage.self).transitions
            rows += page
            if page.count < 1_000 { return rows }
        }
    }

    /// The users in a segment, at most 1,000.
    func members(of segment: String) async throws -> [String?] {
        try await send("GET", "/v1/segments/\(segment)/members?limit=1000")
            .decode(MemberPage.self).members.map(\.person)
    }
}

/// An answer with its body.
struct Answer: Sendable {
    var status: Int
    /// What it says in `Retry-After`.
    var retryAfter: String?
    var body: Data

    /// The body as JSON.
    ///
    /// - Throws: `UnexpectedAnswer` where it is none of that shape, or the status is no success.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard status == 200, let value = try? JSONDecoder().decode(type, from: body) else {
            throw UnexpectedAnswer(answer: self)
        }
        return value
    }

    /// The body of a refusal.
    var refusal: Refusal? { try? JSONDecoder().decode(Refusal.self, from: body) }
}

/// An answer that is not what the request asks for.
struct UnexpectedAnswer: Error, CustomStringConvertible {
    let answer: Answer

    var description: String {
        "\(answer.status): \(String(decoding: answer.body.prefix(2_000), as: UTF8.self))"
    }
}
