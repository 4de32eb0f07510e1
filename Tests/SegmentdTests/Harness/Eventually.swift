/// Waits until `find` finds something.
///
/// The deadline is far beyond what a busy machine needs: it only keeps a broken test from hanging.
@discardableResult
func eventually<Found>(
    _ what: String,
    within patience: Duration = .seconds(180),
    _ find: () async throws -> Found?
) async throws -> Found {
    let deadline = ContinuousClock.now.advanced(by: patience)
    while true {
        if let found = try await find() { return found }
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what) }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// What a test waited for in vain.
struct NeverHappened: Error, CustomStringConvertible {
    let what: String

    var description: String { "never happened: \(what)" }
}
