internal import EventStore

/// Threads that do the same at the same time, each its part, and wait for each other.
final class ReplayCrew: Sendable {
    private struct Task {
        /// Counts tasks, so that each is done once.
        var number = 0
        var parts = 0
        var body: @Sendable (Int) throws(StoreError) -> Void = { _ in }
        var left = 0
        var error: StoreError?
        var isDismissed = false
    }

    private let task = Monitor<Task>(Task())

    /// - Parameter count: How many threads, the caller's among them.
    init(_ count: Int) {
        for index in 1..<max(1, count) { startThread { [task] in ReplayCrew.work(index, task) } }
    }

    /// Lets the threads go.
    func dismiss() { task.change { $0.isDismissed = true } }

    /// Runs a body for each number below `parts` at the same time, the first on this thread; returns when all are
    /// done.
    func run(
        _ parts: Int,
        _ body: @escaping @Sendable (Int) throws(StoreError) -> Void
    ) throws(PartitionError) {
        if parts > 1 {
            task.change {
                $0.number += 1
                $0.parts = parts
                $0.body = body
                $0.left = parts - 1
            }
        }
        var failure: StoreError?
        do throws(StoreError) { try body(0) } catch { failure = error }
        if parts > 1 {
            let other = task.wait { state -> Monitor<Task>.Finding<StoreError?> in
                state.left == 0 ? .ready(state.error) : .wait(milliseconds: nil)
            }
            failure = failure ?? other
        }
        if let failure { throw PartitionError(failure) }
    }

    private static func work(_ index: Int, _ task: Monitor<Task>) {
        var done = 0
        while true {
            let next = task.wait {
                state -> Monitor<Task>.Finding<(@Sendable (Int) throws(StoreError) -> Void)?> in
                if state.isDismissed { return .ready(nil) }
                guard state.number > done, index < state.parts else {
                    return .wait(milliseconds: nil)
                }
                done = state.number
                return .ready(state.body)
            }
            guard let next else { return }
            var failure: StoreError?
            do throws(StoreError) { try next(index) } catch { failure = error }
            let found = failure
            task.change {
                $0.left -= 1
                $0.error = $0.error ?? found
            }
        }
    }
}
