import SegmentTesting
import Synchronization

/// Clients that send without a pause, to whichever daemon is there.
///
/// What is not answered with 200 is sent again, with the same message ids, until it is.
final class Load: Sendable {
    private enum Phase {
        case running
        /// No new requests; those under way are brought to their end.
        case finishing
        /// Nothing more at all.
        case abandoned
    }

    private struct State {
        var api: API?
        var phase = Phase.running
        var onAnswer: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    /// Rung whenever there is another daemon, or an end to it.
    private let bell = Bell()
    private let ledger: Ledger
    private let seed: UInt64
    private let entriesMax: Int

    static let clients = 6

    /// - Parameter entriesMax: Entries of a batch at most.
    init(_ ledger: Ledger, seed: UInt64, entriesMax: Int) {
        self.ledger = ledger
        self.seed = seed
        self.entriesMax = entriesMax
    }

    /// Sends to this daemon from now on; to nobody where it is nil.
    func aim(at api: API?) { change { $0.api = api } }

    /// Has the next client that is answered do this, before it does anything else.
    func onNextAnswer(_ act: @escaping @Sendable () -> Void) {
        state.withLock { $0.onAnswer = act }
    }

    /// Runs the clients beside `body`, which must end with `finish` or `abandon`.
    func run<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup { group in
            for client in 0..<Load.clients {
                group.addTask { await self.client(client) }
            }
            do {
                let result = try await body()
                try await group.waitForAll()
                return result
            } catch {
                abandon()
                throw error
            }
        }
    }

    /// Ends the clients when all that they sent was answered.
    func finish() { change { $0.phase = .finishing } }

    /// Ends the clients now, with requests that nobody will ever answer.
    func abandon() { change { $0.phase = .abandoned } }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        bell.ring()
    }

    private func client(_ number: Int) async {
        var traffic = Traffic(client: number, seed: seed)
        var round = 0
        while state.withLock({ $0.phase == .running }) {
            round += 1
            let entries = traffic.next(entriesMax: entriesMax)
            // Now and then an answer that waits for evaluation, so that both kinds are cut off.
            let path = round.isMultiple(of: 7) ? "/v1/batch?wait=evaluated" : "/v1/batch"
            let body = "{\"batch\":[\(entries.map(\.json).joined(separator: ","))]}"
            var failures = 0
            var rings = bell.rings
            while true {
                let outcome = await send(entries, path, body)
                if outcome == .done { break }
                if state.withLock({ $0.phase == .abandoned }) { return }
                guard outcome == .unanswered else { continue }
                failures += 1
                // A daemon at work may break a connection; one that is gone does not come back by itself.
                guard failures.isMultiple(of: 4) else { continue }
                await bell.wait(after: rings)
                rings = bell.rings
            }
        }
    }

    private enum Outcome {
        case done, refused, unanswered
    }

    private func send(_ entries: [Traffic.Entry], _ path: String, _ body: String) async -> Outcome {
        guard let api = state.withLock({ $0.api }),
            let answer = try? await api.send("POST", path, body)
        else { return .unanswered }
        state.withLock { state in
            defer { state.onAnswer = nil }
            return state.onAnswer
        }?()
        if let reply = try? answer.decode(IngestReply.self) {
            ledger.record(entries, reply)
            return .done
        }
        // Too much at once, or a daemon that is stopping: what a client has to expect.
        if ![429, 503].contains(answer.status) { ledger.complain(answer) }
        return .refused
    }
}
