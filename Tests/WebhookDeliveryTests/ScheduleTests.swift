import EventModel
import Testing
import WebhookDelivery

/// What answers mean, and how long to wait.
@Suite struct ScheduleTests {
    @Test(
        arguments: [
            (200, nil, AttemptOutcome.delivered), (204, nil, .delivered), (299, "5", .delivered),
            (410, nil, .gone), (500, nil, .failed(AttemptFailure("it answered 500"))),
            (199, nil, .failed(AttemptFailure("it answered 199"))),
            (301, nil, .failed(AttemptFailure("it answered 301; redirects are not followed"))),
            (429, "7", .failed(AttemptFailure("it answered 429", retryAfterSeconds: 7))),
            (
                503, "99999999999999999999",
                .failed(AttemptFailure("it answered 503", retryAfterSeconds: 86_400))
            ),
            (503, "Wed, 21 Oct 2026 07:28:00 GMT", .failed(AttemptFailure("it answered 503"))),
            (503, "-7", .failed(AttemptFailure("it answered 503"))),
            (503, "", .failed(AttemptFailure("it answered 503"))),
        ] as [(Int, String?, AttemptOutcome)]
    )
    func onlySuccessIsSuccess(status: Int, retryAfter: String?, outcome: AttemptOutcome) {
        #expect(AttemptOutcome(status: status, retryAfter: retryAfter) == outcome)
    }

    @Test(
        arguments: [
            (1, 0.0, nil, 4_500), (1, 0.5, nil, 5_000), (1, 1.0, nil, 5_500), (1, 7.0, nil, 5_500),
            (1, -3.0, nil, 4_500), (1, Double.nan, nil, 4_500), (1, 0.5, 60, 60_000),
            (1, 0.5, 1, 5_000),
            (2, 0.5, 86_400, 86_400_000), (2, 0.5, Int.max, 86_400_000), (2, 0.5, -1, 300_000),
            (9, 0.0, nil, 77_760_000), (9, 1.0, nil, 95_040_000), (10, 0.5, nil, nil),
            (10, 0.5, 60, nil), (-1, 0.5, nil, nil), (Int.max, 0.5, nil, nil),
        ] as [(Int, Double, Int?, Int64?)]
    )
    func waitsAreTheSchedulesOrLonger(
        failures: Int,
        jitter: Double,
        retryAfter: Int?,
        milliseconds: Int64?
    ) {
        let delay = RetrySchedule.standard.delay(
            afterFailures: failures,
            jitter: jitter,
            retryAfterSeconds: retryAfter
        )
        #expect(delay?.milliseconds == milliseconds)
        #expect(RetrySchedule.standard.attemptsMax == 10)
    }

    @Test func aReceiverThatIsDownDoesNotFillTheLog() {
        var notes = FailureNotes()
        var now = Instant(milliseconds: 0)
        var lines: [String] = []
        for _ in 0..<1_000 {
            if let line = notes.failed("it answered 500", at: now) { lines.append(line) }
            now = now + TimeSpan(milliseconds: 100)
        }
        #expect(lines.count == 2)
        #expect(lines[0] == "a delivery failed: it answered 500; it is tried again")
        #expect(lines[1].hasPrefix("600 deliveries failed"))
        #expect(notes.delivered(at: now) == nil)
        #expect(notes.delivered(at: now + .minutes(1)) == "deliveries go well again")
        #expect(notes.delivered(at: now + .minutes(5)) == nil)
    }
}
