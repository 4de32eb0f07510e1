package import EventModel

/// Decides which failures are worth a line of the log: a receiver that is down must not fill it.
package struct FailureNotes: Sendable {
    private static let pause = TimeSpan.minutes(1)

    private var unreported = 0
    private var failing = false
    private var last: Instant?

    /// Nothing has failed yet.
    package init() {}

    /// An attempt failed.
    ///
    /// - Returns: What to say; nil most of the time.
    package mutating func failed(_ reason: String, at now: Instant) -> String? {
        failing = true
        unreported += 1
        if let last, now - last < FailureNotes.pause { return nil }
        last = now
        defer { unreported = 0 }
        return unreported == 1
            ? "a delivery failed: \(reason); it is tried again"
            : "\(unreported) deliveries failed, the last one: \(reason); they are tried again"
    }

    /// An attempt went well.
    package mutating func delivered(at now: Instant) -> String? {
        guard failing, let last, now - last >= FailureNotes.pause else { return nil }
        failing = false
        self.last = now
        return "deliveries go well again"
    }
}
