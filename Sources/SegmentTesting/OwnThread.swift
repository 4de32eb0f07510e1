internal import Foundation

/// Does something on a thread of its own.
///
/// For what blocks or computes for long: on a thread of Swift's pool, of which there are as many as cores, all other
/// tests would wait for it.
public func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: body()) }
        thread.stackSize = 8 << 20
        thread.start()
    }
}
