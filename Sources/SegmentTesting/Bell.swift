internal import Synchronization

/// Rung by whatever a test waits for, whenever something has happened to it.
///
/// So a test looks when there is something new to see, and never by the clock.
public final class Bell: Sendable {
    private struct State {
        var rings = 0
        var sleepers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// A bell that was never rung.
    public init() {}

    /// How often it was rung.
    public var rings: Int { state.withLock { $0.rings } }

    /// Wakes all who wait.
    public func ring() {
        let sleepers = state.withLock { state in
            state.rings += 1
            defer { state.sleepers = [] }
            return state.sleepers
        }
        for sleeper in sleepers { sleeper.resume() }
    }

    /// Waits until it was rung more often than that.
    public func wait(after rings: Int) async {
        await withCheckedContinuation { sleeper in
            let isLate = state.withLock { state in
                if state.rings == rings { state.sleepers.append(sleeper) }
                return state.rings != rings
            }
            if isLate { sleeper.resume() }
        }
    }
}

/// Waits until `find` finds something, and looks anew whenever the bell is rung.
///
/// The deadline is far beyond what a busy machine needs: it only keeps a broken test from hanging.
@discardableResult
public func eventually<Found>(
    _ what: String,
    on bell: Bell,
    within patience: Duration = .seconds(300),
    _ find: () async throws -> Found?
) async throws -> Found {
    let deadline = ContinuousClock.now.advanced(by: patience)
    let alarm = Task {
        try await Task.sleep(until: deadline)
        bell.ring()
    }
    defer { alarm.cancel() }
    while true {
        let rings = bell.rings
        if let found = try await find() { return found }
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what) }
        await bell.wait(after: rings)
    }
}

/// What a test waited for in vain.
public struct NeverHappened: Error, CustomStringConvertible {
    let what: String

    /// Says what.
    public var description: String { "never happened: \(what)" }
}
