internal import AsyncHTTPClient
internal import EventModel
internal import EventWire
internal import Foundation
internal import Materializer
internal import NIOCore
internal import NIOHTTP1
internal import RuleLanguage
internal import SegmentServer

/// Asks the daemon that has a data directory, over the socket in it.
struct RemoteDoor: Door {
    private static let answerTimeMax = TimeAmount.seconds(60)
    private static let bodyBytesMax = 64 << 20

    /// A daemon that is gone is not waited for.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let socket: String
    private let base: String

    init(socket: String) {
        self.socket = socket
        base = "http+unix://" + percentEncoded(socket)
    }

    /// Whether a daemon answers there.
    func answers() async -> Bool {
        let request = HTTPClientRequest(url: base + "/readyz")
        let answer = try? await RemoteDoor.client.execute(request, timeout: .seconds(1))
        return answer != nil
    }

    func transitions(_ request: TransitionRequest) async throws(CommandFailure) -> TransitionPage {
        var path = "/v1/transitions?limit=\(request.limit)&wait=\(request.waitSeconds)"
        for (name, values) in [
            ("after", request.after.map { [$0] } ?? []), ("segment", request.segments),
            ("kind", request.kinds), ("cause", request.causes),
            ("announced", request.announcedOnly ? ["true"] : []),
        ] {
            for value in values { path += "&\(name)=\(percentEncoded(value))" }
        }
        return try await get(path)
    }

    func status() async throws(CommandFailure) -> StatusView { try await get("/v1/status") }

    func dataHealth() async throws(CommandFailure) -> DataHealthView {
        try await get("/v1/health/data")
    }

    func segments() async throws(CommandFailure) -> SegmentList { try await get("/v1/segments") }

    func members(
        of segment: String,
        at: String?,
        after: UInt64?,
        limit: Int
    ) async throws(CommandFailure) -> MemberPage {
        var query = after.map { "&after=\($0)" } ?? ""
        if let at { query += "&at=\(percentEncoded(at))" }
        return try await get(
            "/v1/segments/\(percentEncoded(segment))/members?limit=\(limit)\(query)"
        )
    }

    func person(
        _ id: String,
        before: String?,
        limit: Int
    ) async throws(CommandFailure) -> [UInt8] {
        let query = before.map { "&before=\(percentEncoded($0))" } ?? ""
        return try await bytes("/v1/people/\(percentEncoded(id))?limit=\(limit)\(query)")
    }

    func sizes(
        of segment: String,
        from: String?,
        to: String?,
        every: String?
    ) async throws(CommandFailure) -> [UInt8] {
        var query: [String] = []
        for (name, value) in [("from", from), ("to", to), ("every", every)] {
            if let value { query.append("\(name)=\(percentEncoded(value))") }
        }
        return try await bytes(
            "/v1/segments/\(percentEncoded(segment))/sizes?" + query.joined(separator: "&")
        )
    }

    func export(_ id: String, take: ([UInt8]) -> Void) async throws(CommandFailure) {
        do {
            let request = HTTPClientRequest(url: base + "/v1/people/\(percentEncoded(id))/export")
            let answer = try await RemoteDoor.client.execute(request, timeout: .hours(12))
            try await RemoteDoor.check(answer)
            for try await part in answer.body { take(Array(part.readableBytesView)) }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw failure(error)
        }
    }

    /// Throws what a refusal says.
    private static func check(_ answer: HTTPClientResponse) async throws {
        guard answer.status != .ok else { return }
        let body = try await answer.body.collect(upTo: RemoteDoor.bodyBytesMax)
        let refusal = try JSONDecoder().decode(Refusal.self, from: Data(body.readableBytesView))
        throw CommandFailure(refusal.message)
    }

    func stays(_ id: String, at: String?) async throws(CommandFailure) -> [UInt8] {
        try await bytes("/v1/people/\(percentEncoded(id))/segments" + RemoteDoor.query(at: at))
    }

    func explanation(
        _ id: String,
        in segment: String,
        at: String?
    ) async throws(CommandFailure) -> [UInt8] {
        let (person, name) = (percentEncoded(id), percentEncoded(segment))
        return try await bytes("/v1/people/\(person)/segments/\(name)" + RemoteDoor.query(at: at))
    }

    private static func query(at: String?) -> String {
        at.map { "?at=\(percentEncoded($0))" } ?? ""
    }

    func log(_ request: LogRequest) async throws(CommandFailure) -> [UInt8] {
        var path = "/v1/log?limit=\(request.limit)"
        for (name, value) in [
            ("from", request.from), ("to", request.to), ("person", request.person),
            ("kind", request.kind),
        ] {
            if let value { path += "&\(name)=\(percentEncoded(value))" }
        }
        return try await bytes(path)
    }

    func plan(
        _ rules: ProposedRules,
        days: Int,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> PlanView {
        var json = JSONWriter()
        json.object {
            $0.field("days", days)
            $0.files(of: rules)
        }
        // It folds the whole log.
        let watcher = watch(progress)
        defer { watcher.cancel() }
        return try decode(
            try await bytes("/v1/rules/plan", .POST, json.bytes, within: .hours(12))
        )
    }

    func apply(
        _ rules: ProposedRules,
        _ note: RuleChangeNote,
        plan: String,
        confirmed: Int?,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> AppliedRulesView {
        var json = JSONWriter()
        json.object {
            $0.field("plan", plan)
            $0.field("author", note.author)
            $0.field("reason", note.reason)
            $0.field("announce", note.announcement.rawValue)
            $0.field("confirm", ifPresent: confirmed)
            $0.files(of: rules)
        }
        let watcher = watch(progress)
        defer { watcher.cancel() }
        return try decode(
            try await bytes("/v1/rules/apply", .POST, json.bytes, within: .hours(12))
        )
    }

    private struct Work: Decodable {
        var percent: Int?
    }

    /// Asks the daemon now and then how far it has got.
    private func watch(_ progress: @escaping @Sendable (Double) -> Void) -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                let work: Work? = try? await get("/v1/work")
                if let percent = work?.percent, !Task.isCancelled {
                    progress(Double(percent) / 100)
                }
            }
        }
    }

    func replay(
        _ question: ReplayQuestion,
        take: ([UInt8]) throws(CommandFailure) -> Bool
    ) async throws(CommandFailure) {
        var json = JSONWriter()
        json.object {
            if question.from != .distantPast { $0.field("from", question.from) }
            if question.through != .distantFuture { $0.field("to", question.through) }
            if let segments = question.segments {
                $0.array("segments") { for name in segments.sorted() { $0.item(name) } }
            }
            $0.field("diff", question.isDifference)
            $0.field("count", question.isCount)
            if let rules = question.rules { $0.files(of: rules) }
        }
        do {
            var request = HTTPClientRequest(url: base + "/v1/replay")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(json.bytes)
            let answer = try await RemoteDoor.client.execute(request, timeout: .hours(12))
            try await RemoteDoor.check(answer)
            var rest: [UInt8] = []
            for try await part in answer.body {
                rest.append(contentsOf: part.readableBytesView)
                var start = 0
                while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                    guard try take(Array(rest[start..<end])) else { return }
                    start = end + 1
                }
                rest.removeFirst(start)
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw failure(error)
        }
    }

    func backUp(to path: String) async throws(CommandFailure) -> BackupView {
        var json = JSONWriter()
        json.object { $0.field("directory", path) }
        return try decode(try await bytes("/v1/backup", .POST, json.bytes, within: .hours(12)))
    }

    func erase(_ id: String, suppresses: Bool) async throws(CommandFailure) -> ErasureView {
        try await get("/v1/people/\(percentEncoded(id))?suppress=\(suppresses)", .DELETE)
    }

    func erasures() async throws(CommandFailure) -> ErasureList { try await get("/v1/erasures") }

    func scrub(
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> ErasureList {
        let watcher = watch(progress)
        defer { watcher.cancel() }
        return try decode(try await bytes("/v1/scrub", .POST, within: .hours(12)))
    }

    func compact(
        before instant: String?,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(CommandFailure) -> CompactionView {
        let watcher = watch(progress)
        defer { watcher.cancel() }
        let query = instant.map { "?before=\(percentEncoded($0))" } ?? ""
        return try decode(try await bytes("/v1/compact\(query)", .POST, within: .hours(12)))
    }

    /// Has the daemon begin to verify its directory.
    func beginVerification() async throws(CommandFailure) -> VerificationView {
        try await get("/v1/verify", .POST)
    }

    /// How far it has got.
    func verification() async throws(CommandFailure) -> VerificationView {
        try await get("/v1/verify")
    }

    /// Puts somebody on a list, or takes somebody off it.
    ///
    /// - Parameter body: The JSON object that names the person.
    /// - Returns: The JSON of the answer.
    func change(
        list: String,
        _ action: String,
        _ body: [UInt8]
    ) async throws(CommandFailure) -> [UInt8] {
        try await bytes("/v1/lists/\(percentEncoded(list))/\(action)", .POST, body)
    }

    // MARK: - Subscriptions

    func subscriptions() async throws(CommandFailure) -> SubscriptionList {
        try await get("/v1/subscriptions")
    }

    /// - Parameter body: The JSON object that describes it.
    func create(subscription body: [UInt8]) async throws(CommandFailure) -> SubscriptionView {
        try decode(try await bytes("/v1/subscriptions", .POST, body))
    }

    func change(
        subscription: String,
        _ action: String
    ) async throws(CommandFailure) -> SubscriptionView {
        try await get("/v1/subscriptions/\(percentEncoded(subscription))/\(action)", .POST)
    }

    func delete(subscription: String) async throws(CommandFailure) {
        _ = try await bytes("/v1/subscriptions/\(percentEncoded(subscription))", .DELETE)
    }

    func deadLetters(
        of subscription: String,
        after: String?,
        limit: Int
    ) async throws(CommandFailure) -> DeadLetterPage {
        let query = after.map { "&after=\(percentEncoded($0))" } ?? ""
        return try await get(
            "/v1/subscriptions/\(percentEncoded(subscription))/dead-letters?limit=\(limit)\(query)"
        )
    }

    private struct Redriven: Decodable {
        var redriven: Int
    }

    func keys() async throws(CommandFailure) -> KeyList { try await get("/v1/keys") }

    func create(key: KeyRequest) async throws(CommandFailure) -> KeyView {
        var json = JSONWriter()
        json.object {
            $0.field("name", ifPresent: key.name)
            $0.array("scopes") { for scope in key.scopes { $0.item(scope) } }
        }
        return try decode(try await bytes("/v1/keys", .POST, json.bytes))
    }

    func revoke(key: String) async throws(CommandFailure) -> KeyView {
        try await get("/v1/keys/\(percentEncoded(key))", .DELETE)
    }

    func gaps(of subscription: String) async throws(CommandFailure) -> GapList {
        try await get("/v1/subscriptions/\(percentEncoded(subscription))/gaps")
    }

    func redrive(_ subscription: String, limit: Int) async throws(CommandFailure) -> Int {
        let path = "/v1/subscriptions/\(percentEncoded(subscription))/redrive?limit=\(limit)"
        let answer: Redriven = try await get(path, .POST)
        return answer.redriven
    }

    func close() async {}

    private struct Refusal: Decodable {
        var message: String
    }

    private func get<Value: Decodable>(
        _ path: String,
        _ method: HTTPMethod = .GET
    ) async throws(CommandFailure) -> Value {
        try decode(try await bytes(path, method))
    }

    private func decode<Value: Decodable>(_ body: [UInt8]) throws(CommandFailure) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(body))
        } catch {
            throw failure(error)
        }
    }

    /// The body of an answer, as it came.
    private func bytes(
        _ path: String,
        _ method: HTTPMethod = .GET,
        _ content: [UInt8]? = nil,
        within timeout: TimeAmount = RemoteDoor.answerTimeMax
    ) async throws(CommandFailure) -> [UInt8] {
        do {
            var request = HTTPClientRequest(url: base + path)
            request.method = method
            if let content {
                request.headers.add(name: "Content-Type", value: "application/json")
                request.body = .bytes(content)
            }
            let answer = try await RemoteDoor.client.execute(
                request,
                timeout: timeout
            )
            let body = Array(
                try await answer.body.collect(upTo: RemoteDoor.bodyBytesMax).readableBytesView
            )
            if (200..<300).contains(answer.status.code) { return body }
            throw CommandFailure(try JSONDecoder().decode(Refusal.self, from: Data(body)).message)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> CommandFailure {
        CommandFailure(
            "the daemon did not answer on \(printable(socket)): \(error). Is it still running?"
        )
    }
}

/// A text as one part of a URL.
func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"):
            result.unicodeScalars.append(Unicode.Scalar(byte))
        default: result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }
    }
    return result
}

extension JSONObjectWriter {
    /// Rule files, as the API takes them.
    fileprivate mutating func files(of rules: ProposedRules) {
        array("files") {
            for source in rules.sources {
                $0.object {
                    $0.field("path", source.path)
                    $0.field("text", source.text)
                }
            }
        }
    }
}
