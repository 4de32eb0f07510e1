internal import Glibc

/// State that threads share, and a place to wait for it to change.
///
/// A lock with a condition, for threads of our own: the writer and the applier must not run on
/// Swift's pool, since they block in commits.
@safe final class Monitor<State>: @unchecked Sendable {
    // Both live at one address until `deinit`; `state` is touched with the mutex held only.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: State) {
        self.state = state
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // Waiting must not end early or late because somebody sets the wall clock.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Changes the state and wakes whoever waits for it.
    func change<Result>(_ body: (inout State) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer {
            unsafe pthread_cond_broadcast(condition)
            unsafe pthread_mutex_unlock(mutex)
        }
        return body(&state)
    }

    /// Changes the state, and wakes whoever waits only where `body` says that it is worth it.
    func note(_ body: (inout State) -> Bool) {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        if body(&state) { unsafe pthread_cond_broadcast(condition) }
    }

    /// Reads the state.
    func read<Result>(_ body: (State) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body(state)
    }

    /// What a waiting thread finds.
    enum Finding<Result> {
        /// What it waited for.
        case ready(Result)
        /// Nothing; look again when the state changes, or after so many milliseconds.
        case wait(milliseconds: Int64?)
    }

    /// What `look` finds now; nil where one would have to wait for it.
    func poll<Result>(_ look: (inout State) -> Finding<Result>) -> Result? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        if case .ready(let result) = look(&state) { return result }
        return nil
    }

    /// Waits until `look` finds something.
    func wait<Result>(_ look: (inout State) -> Finding<Result>) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            switch look(&state) {
            case .ready(let result): return result
            case .wait(nil): unsafe pthread_cond_wait(condition, mutex)
            case .wait(let milliseconds?):
                var until = timespec()
                unsafe clock_gettime(CLOCK_MONOTONIC, &until)
                let bounded = min(max(milliseconds, 1), 3_600_000)
                let nanoseconds = until.tv_nsec + Int(bounded % 1_000) * 1_000_000
                until.tv_sec += Int(bounded / 1_000) + nanoseconds / 1_000_000_000
                until.tv_nsec = nanoseconds % 1_000_000_000
                unsafe pthread_cond_timedwait(condition, mutex, &until)
            }
        }
    }
}

/// Starts an operating-system thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let argument = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
    unsafe pthread_create(
        &thread,
        nil,
        { argument in
            if let argument = unsafe argument {
                unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
            }
            return nil
        },
        argument
    )
    pthread_detach(thread)
}
