internal import EventModel
internal import Hummingbird
internal import Synchronization

/// Counts requests by what became of them.
final class RequestTally: Sendable {
    /// What is counted of requests with the same answer.
    struct Key: Hashable {
        /// The path as it is documented; empty for one that there is not.
        var path: String
        /// The status of the answer.
        var status: Int
    }

    private let state = Mutex<(counts: [Key: Int], latency: [String: LatencyHistogram])>(([:], [:]))

    /// Counts a request.
    func note(_ path: String, status: Int, took: Duration) {
        state.withLock { state in
            state.counts[Key(path: path, status: status), default: 0] += 1
            state.latency[path, default: LatencyHistogram()].add(took)
        }
    }

    /// How many requests there were, in order of paths and status.
    var counts: [(key: Key, count: Int)] {
        state.withLock { $0.counts }.map { ($0.key, $0.value) }
            .sorted { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }
    }

    /// How long the answers took, in order of paths.
    var latencies: [(path: String, histogram: LatencyHistogram)] {
        state.withLock { $0.latency }.map { ($0.key, $0.value) }.sorted { $0.path < $1.path }
    }
}

/// Has a tally count every request.
struct TallyMiddleware: RouterMiddleware {
    typealias Context = DoorContext

    let tally: RequestTally
    let endpoints: EndpointTable

    func handle(
        _ request: Request,
        context: DoorContext,
        next: (Request, DoorContext) async throws -> Response
    ) async throws -> Response {
        let began = ContinuousClock.now
        // Paths as they are documented: what a client makes up must not make the tally grow.
        let path = endpoints.matches(request.uri.path).first?.path ?? ""
        do {
            let response = try await next(request, context)
            let took = ContinuousClock.now - began
            tally.note(path, status: Int(response.status.code), took: took)
            return response
        } catch {
            tally.note(path, status: 500, took: ContinuousClock.now - began)
            throw error
        }
    }
}
