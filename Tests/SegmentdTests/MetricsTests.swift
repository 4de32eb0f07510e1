import Foundation
import SegmentTesting
import Testing
import WebhookTesting

/// `/metrics` of the real process: what it counts, in a form that Prometheus takes; and that the dashboard asks for
/// nothing else.
@Suite struct MetricsTests {
    private func scrape(_ daemon: DaemonProcess) async throws -> String {
        let answer = try await daemon.api.send("GET", "/metrics")
        #expect(answer.status == 200)
        return String(decoding: answer.body, as: UTF8.self)
    }

    private func value(_ series: String, _ text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    @Test func figuresSayWhatHappened() async throws {
        try await Bench.use(
            "segment buyers when order_placed\nsegment now when seen in last 1 second"
        ) {
            bench in
            let receiver = try await WebhookReceiver { _, _ in .status(204) }
            let daemon = try await bench.start(.segmentd, "--allow-webhook-network", "127.0.0.0/8")
            let odd = #"{"url":"\#(receiver.url)","name":"mail","start":"start"}"#
            _ = try await daemon.api.send("POST", "/v1/subscriptions", odd)
            for user in 0..<3 {
                for event in ["order_placed", "seen"] {
                    let body = #"{"userId":"u\#(user)","event":"\#(event)"}"#
                    try await daemon.api.ingest("/v1/track?wait=evaluated", body)
                }
            }
            _ = try await daemon.api.send("POST", "/v1/track", "{")
            _ = try await daemon.api.send("GET", "/v1/nothing/../x")
            try await eventually("all deliveries", on: receiver.bell) {
                receiver.received.count >= 9 ? true : nil
            }
            let delivered =
                #"segmentd_delivery_attempts_total{subscription="mail",outcome="delivered"}"#
            let deadline = ContinuousClock.now + .seconds(120)
            var text = try await scrape(daemon)
            while value(delivered, text) != 9, ContinuousClock.now < deadline {
                text = try await scrape(daemon)
            }
            for (series, expected) in [
                (delivered, 9),
                (#"segmentd_outbox_depth{subscription="mail"}"#, 0),
                (#"segmentd_delivery_breaker_open{subscription="mail"}"#, 0),
                (#"segmentd_delivery_latency_seconds_count{subscription="mail"}"#, 9),
                (#"segmentd_transitions_total{direction="entered"}"#, 6),
                (#"segmentd_transitions_total{direction="exited"}"#, 3),
                (#"segmentd_segment_members{segment="buyers"}"#, 3),
                ("segmentd_people", 3), ("segmentd_deadline_lag_seconds_count", 3),
                (#"segmentd_http_requests_total{path="/v1/track",status="200"}"#, 6),
                (#"segmentd_http_requests_total{path="/v1/track",status="400"}"#, 1),
                (#"segmentd_http_requests_total{path="",status="404"}"#, 1),
            ] {
                #expect(value(series, text) == Double(expected), "\(series)")
            }
            #expect(value(#"segmentd_store_bytes{store="log"}"#, text) ?? 0 > 10_000)
            #expect(value("segmentd_log_commit_seconds_count", text) ?? 0 >= 6)
            #expect(!text.contains("whsec_"))
            try await check(text)
            try checkDashboard(text)
            #expect(try await daemon.stop() == .exit(0))
            try await receiver.close()
        }
    }

    @Test func linesAreObjectsWhereThatIsAskedFor() async throws {
        try await Bench.use("segment buyers when order_placed") { bench in
            let daemon = try await bench.start(.segmentd, "--log-format", "json")
            #expect(try await daemon.stop() == .exit(0))
            struct Line: Decodable {
                var time: String
                var level: String
                var message: String
            }
            let lines = try daemon.output.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            #expect(lines.contains { $0.message.hasPrefix("segmentd is listening on http") })
            #expect(lines.allSatisfy { $0.level == "info" && $0.time.hasSuffix("Z") })
        }
    }

    /// Has the parser of Prometheus' own client read it.
    private func check(_ text: String) async throws {
        guard let python = try await Python(package: "prometheus_client") else {
            print("skipped: neither python3 nor a registry with 'prometheus_client' is here")
            return
        }
        let program = """
            import sys
            from prometheus_client.parser import text_string_to_metric_families
            families = list(text_string_to_metric_families(sys.stdin.read()))
            assert len(families) > 20 and all(f.documentation for f in families)
            for family in families:
                if family.type != "histogram": continue
                buckets = [s for s in family.samples if s.name.endswith("_bucket")]
                assert buckets and any(s.labels["le"] == "+Inf" for s in buckets), family.name
            print("read")
            """
        #expect(try await python.run(program, Data(text.utf8)) == "read\n")
    }

    private func checkDashboard(_ text: String) throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/SegmentServer/SegmentServer.docc/grafana.json")
        let data = try Data(contentsOf: url)
        #expect(try JSONSerialization.jsonObject(with: data) is [String: Any])
        let asked = String(decoding: data, as: UTF8.self).matches(of: /segmentd_[a-z_]+/)
        #expect(asked.count >= 12)
        for name in Set(asked.map { String($0.0) }) {
            #expect(text.contains("\n\(name)"), "\(name)")
        }
    }
}
