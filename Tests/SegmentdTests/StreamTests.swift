import Foundation
import SegmentTesting
import Testing

/// Transitions that are pulled, waited for, streamed and shown as they happen: the same cursors everywhere.
@Suite struct StreamTests {
    private static let rules = """
        segment carts when added_to_cart
        segment buyers when order_placed
        segment gone when seen in last 1 second
        """

    private func track(_ daemon: DaemonProcess, _ event: String, _ user: String) async throws {
        let body = #"{"userId":"\#(user)","event":"\#(event)"}"#
        try await daemon.api.ingest("/v1/track?wait=evaluated", body)
    }

    private func page(_ daemon: DaemonProcess, _ query: String) async throws -> Page {
        try await daemon.api.send("GET", "/v1/transitions?\(query)").decode(Page.self)
    }

    private struct Page: Decodable {
        var transitions: [TransitionRow]
        var next: String?
    }

    @Test func filtersAndTheirMistakes() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            for user in ["a", "b"] {
                try await track(daemon, "added_to_cart", user)
                try await track(daemon, "order_placed", user)
            }
            let carts = try await page(daemon, "segment=carts")
            #expect(carts.transitions.map(\.person) == ["a", "b"])
            // What was looked at and not wanted need not be looked at again.
            let last = try #require(try await daemon.api.transitions().last)
            #expect(carts.next == last.cursor)
            #expect(try await page(daemon, "segment=carts&segment=buyers").transitions.count == 4)
            #expect(try await page(daemon, "kind=exited&kind=expectation").transitions.isEmpty)
            #expect(try await page(daemon, "cause=event&announced=true").transitions.count == 4)
            #expect(try await page(daemon, "cause=time").transitions.isEmpty)
            let now = try await page(daemon, "after=now")
            #expect(now.transitions.isEmpty && now.next == last.cursor)
            let first = try await page(daemon, "after=start&limit=1")
            #expect(first.transitions.map(\.person) == ["a"])
            for (query, code, words) in [
                ("segment=cart", "unknown_segment", "did you mean 'carts'?"),
                ("kind=enter", "invalid_kind", "did you mean 'entered'?"),
                ("cause=magic", "invalid_cause", "there are: erased, merge"),
                ("wait=61", "invalid_wait", "from 0 to 60"),
                ("after=x", "invalid_cursor", "after=start"),
            ] {
                for path in ["/v1/transitions", "/v1/stream"] where !query.hasPrefix("wait") {
                    let answer = try await daemon.api.send("GET", "\(path)?\(query)")
                    #expect(answer.refusal?.code == code)
                    #expect(answer.refusal?.message.contains(words) == true)
                }
            }
        }
    }

    @Test func whoWaitsHearsAtOnce() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            async let waited = page(daemon, "after=start&wait=60&segment=buyers")
            // Others' transitions end no wait.
            try await track(daemon, "added_to_cart", "a")
            try await track(daemon, "order_placed", "a")
            #expect(try await waited.transitions.map(\.segment) == ["buyers"])
            // A wait that nothing ends is over when the daemon stops.
            let waiting = try await RawConnection(to: daemon)
            // Whoever is told to go on has been read.
            try await waiting.send(
                "GET /v1/transitions?after=now&wait=60 HTTP/1.1\r\nHost: a\r\n"
                    + "Expect: 100-continue\r\n\r\n"
            )
            try await eventually("a request that was read", on: waiting.bell) {
                waiting.text.contains("100 Continue") ? true : nil
            }
            #expect(try await daemon.stop() == .exit(0))
            try await waiting.end()
            #expect(waiting.text.contains(#""transitions":[]"#))
        }
    }

    @Test func aStreamGoesOnWhereItWas() async throws {
        try await Bench.use(Self.rules) { bench in
            let daemon = try await bench.start()
            try await track(daemon, "added_to_cart", "early")
            let stream = try await RawConnection(to: daemon)
            try await stream.send("GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("the head of a stream", on: stream.bell) {
                stream.text.contains("retry: 2000") ? true : nil
            }
            #expect(stream.text.lowercased().contains("content-type: text/event-stream"))
            try await track(daemon, "seen", "late")
            // Time alone ends the membership.
            try await eventually("an exit", on: stream.bell) {
                stream.text.contains("event: segment.exited") ? true : nil
            }
            #expect(!stream.text.contains(#""person":"early""#))
            let ids = stream.text.matches(of: /id: (\S+)/).map { String($0.1) }
            let rows = try await daemon.api.transitions()
            #expect(ids == rows.dropFirst().map(\.cursor))

            let again = try await RawConnection(to: daemon)
            try await again.send(
                "GET /v1/stream?kind=exited HTTP/1.1\r\nHost: a\r\nLast-Event-ID: \(rows[0].cursor)\r\n\r\n"
            )
            try await eventually("what came behind it", on: again.bell) {
                again.text.contains("event: segment.exited") ? true : nil
            }
            #expect(again.text.matches(of: /event: \S/).count == 1)
            // A stream does not hold up the end of the daemon.
            #expect(try await daemon.stop() == .exit(0))
            try await stream.end()
            try await again.end()
        }
    }

    @Test func tailShowsWhatHappens() async throws {
        try await Bench.use(Self.rules) { bench in
            let refused = try await bench.run("tail", "--data", bench.path("nothing"))
            #expect(refused.ending == .exit(1))
            let daemon = try await bench.start()
            try await track(daemon, "added_to_cart", "early")
            let tail = try bench.launch(
                .segmentd,
                ["tail", "--data", bench.data, "--segment", "carts"]
            )
            try await eventually("a tail that waits", on: tail.bell) {
                tail.errors.contains("Waiting for transitions") ? true : nil
            }
            try await track(daemon, "order_placed", "late")
            try await track(daemon, "added_to_cart", "late")
            try await eventually("a line", on: tail.bell) {
                tail.output.contains("late") ? true : nil
            }
            #expect(!tail.output.contains("buyers") && !tail.output.contains("early"))
            #expect(try await daemon.stop() == .exit(0))
            // Without a daemon nothing happens any more.
            #expect(try await tail.end() == .exit(1))
            let alone = try await bench.run("tail", "--data", bench.data)
            #expect(alone.errors.contains("segmentd serve"))
        }
    }
}
