package import EventModel

/// When failed deliveries are tried again, and when they are given up.
package struct RetrySchedule: Equatable, Sendable {
    private let delays: [TimeSpan]

    /// A schedule.
    ///
    /// - Parameter delays: How long to wait before each attempt since the one before failed; the
    ///   first is for the first attempt and does not count. So many attempts there are.
    package init(delays: [TimeSpan]) {
        self.delays = delays
    }

    /// The schedule that the Standard Webhooks specification proposes: ten attempts in 76 hours.
    package static let standard = RetrySchedule(delays: [
        .seconds(0), .seconds(5), .minutes(5), .minutes(30), .hours(2), .hours(5), .hours(10),
        .hours(14), .hours(20), .hours(24),
    ])

    /// How many attempts there are.
    package var attemptsMax: Int { delays.count }

    /// How long to wait when so many attempts have failed; nil where that was the last one.
    ///
    /// - Parameters:
    ///   - jitter: 0 to 1, drawn anew each time: makes it up to a tenth shorter or longer, so that
    ///     what failed together does not come back together.
    ///   - retryAfterSeconds: What the receiver asked for; never shortens the wait.
    package func delay(
        afterFailures failures: Int,
        jitter: Double,
        retryAfterSeconds: Int?
    ) -> TimeSpan? {
        guard delays.indices.contains(failures) else { return nil }
        let planned = delays[failures].milliseconds
        let factor = min(max(jitter.isNaN ? 0 : jitter, 0), 1)
        let jittered = planned - planned / 10 + Int64(Double(planned / 5) * factor)
        let asked = min(max(retryAfterSeconds ?? 0, 0), AttemptOutcome.retryAfterSecondsMax)
        return max(TimeSpan(milliseconds: jittered), .seconds(Int64(asked)))
    }
}
