internal import Synchronization

/// Waits until every door of the daemon is open, and announces it once.
final class OpeningDoors: Sendable {
    private struct State {
        var remaining: Int
        var url = ""
    }

    private let state: Mutex<State>
    private let announce: @Sendable (String) -> Void

    /// Doors to wait for; `announce` gets the URL of the one that has one.
    init(count: Int, announce: @escaping @Sendable (String) -> Void) {
        state = Mutex(State(remaining: count))
        self.announce = announce
    }

    /// One of them is open.
    func opened(url: String? = nil) {
        let announced = state.withLock { state -> String? in
            if let url { state.url = url }
            state.remaining -= 1
            return state.remaining == 0 ? state.url : nil
        }
        if let announced { announce(announced) }
    }
}
