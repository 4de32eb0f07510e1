internal import EventModel
internal import Synchronization

/// What happened while the delivery loop slept.
struct Happenings: Sendable {
    var finished: [(cursors: [TransitionCursor], outcome: AttemptOutcome)] = []
    var hasRecordings = false
    var isStopping = false
    var isTimeUp = false
    /// Why transitions cannot be read.
    var failure: WebhookError?

    var isEmpty: Bool {
        finished.isEmpty && !hasRecordings && !isStopping && !isTimeUp && failure == nil
    }
}

/// Where attempts, wake-ups and the order to stop wait for the one task that decides.
///
/// Bounded by what is in flight: wake-ups are flags.
final class Mailbox: Sendable {
    private struct State {
        var happened = Happenings()
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Puts something in and wakes who waits.
    func post(_ change: (inout Happenings) -> Void) {
        let waiter = state.withLock { state in
            change(&state.happened)
            let waiter = state.waiter
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Waits until something is there, at most so long, and takes it out.
    func take(within patience: Duration?) async -> Happenings {
        let timer = patience.map { patience in
            Task {
                try await Task.sleep(for: patience)
                post { $0.isTimeUp = true }
            }
        }
        defer { timer?.cancel() }
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.happened.isEmpty { state.waiter = continuation }
                return !state.happened.isEmpty
            }
            if isThere { continuation.resume() }
        }
        return state.withLock { state in
            defer { state.happened = Happenings() }
            return state.happened
        }
    }
}
