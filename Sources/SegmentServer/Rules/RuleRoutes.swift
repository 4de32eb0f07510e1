internal import EventStore
internal import EventWire
internal import Hummingbird
internal import Materializer
internal import NIOCore
internal import RuleLanguage
internal import ServiceLifecycle

/// `/v1/rules…`: what a change of the rules would bring about, and the change itself.
struct RuleRoutes: Sendable {
    let queries: Queries
    let hub: SubscriptionHub
    /// The folder whose rules the next start puts in force.
    let folder: String

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/v1/rules/plan", .admin) { request, _ in try await plan(request) },
            Endpoint(.get, "/v1/work", .read) { _, _ in work() },
            Endpoint(.post, "/v1/rules/apply", .admin) { request, _ in try await apply(request) },
            Endpoint(.post, "/v1/replay", .admin) { request, _ in try await replay(request) },
        ]
    }

    /// The plan, change or replay that is under way, and how far it has got.
    private func work() -> Response {
        let work = queries.partition.workUnderWay
        var json = JSONWriter()
        json.object {
            $0.field("work", work?.name)
            $0.field("percent", work.map { Int($0.done * 100) })
        }
        return .json(json.bytes)
    }

    private func plan(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(max: RuleRequest.bodyBytesMax)
        let (queries, asked) = (queries, try RuleRequest(bytes, for: .plan))
        let checked = try await asked.checked()
        // Nobody waits for a plan to stop the daemon.
        let (plan, warnings) = try await cancelWhenGracefulShutdown {
            let plan = try await queries.plan(checked, days: asked.days)
            return (plan, await queries.warnings(checked))
        }
        var json: [UInt8] = []
        PlanView(plan, await hub.subscriptions, warnings: warnings).appendJSON(to: &json)
        return .json(json)
    }

    /// Lines of JSON: transitions in order, now and then how far it has got, and last what it was in numbers; an
    /// error in the midst of it is the last line too.
    private func replay(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(max: RuleRequest.bodyBytesMax)
        let asked = try RuleRequest(bytes, for: .replay)
        var question = asked.replay
        if !asked.sources.isEmpty { question.rules = try await asked.checked() }
        let lines = try await queries.replay(question)
        return Response(
            status: .ok,
            headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                defer { lines.giveUp() }
                do {
                    // Nobody waits for a replay to stop the daemon.
                    func next() async throws -> [ReplayLine]? {
                        try await withGracefulShutdownHandler {
                            try await lines.next()
                        } onGracefulShutdown: {
                            lines.giveUp()
                        }
                    }
                    while let chunk = try await next() {
                        var bytes: [UInt8] = []
                        for line in chunk { bytes += line.json + [UInt8(ascii: "\n")] }
                        try await writer.write(ByteBuffer(bytes: bytes))
                    }
                } catch let error as PartitionError {
                    let json = String(decoding: APIError(error).json, as: UTF8.self)
                    try await writer.write(ByteBuffer(string: "{\"error\":\(json)}\n"))
                }
                try await writer.finish(nil)
            }
        )
    }

    private func apply(_ request: Request) async throws -> Response {
        let bytes = try await request.bytes(max: RuleRequest.bodyBytesMax)
        let (queries, asked) = (queries, try RuleRequest(bytes, for: .apply))
        let checked = try await asked.checked()
        let applied = try await cancelWhenGracefulShutdown {
            try await queries.apply(checked, asked.note, plan: asked.plan, asked.confirmed)
        }
        var view = AppliedRulesView(applied, asked.note)
        view.staysAtStart = try? await onThread { [folder] () throws(RuleFolderError) in
            try RuleFolder.check(folder: folder).proposed?.isSaying(checked) ?? false
        }
        view.rulesFolder = folder
        var json: [UInt8] = []
        view.appendJSON(to: &json)
        return .json(json)
    }
}

extension ProposedRules {
    /// Whether these are the same files.
    fileprivate func isSaying(_ other: ProposedRules) -> Bool {
        sources.map(\.path) == other.sources.map(\.path)
            && sources.map(\.text) == other.sources.map(\.text)
    }
}
