internal import EventModel
internal import EventStore
internal import HTTPTypes
internal import Hummingbird
internal import Materializer
internal import NIOCore
internal import RuleLanguage
internal import WebhookDelivery

/// `GET /metrics`: how the daemon does, for Prometheus.
struct Metrics: Sendable {
    let partition: Partition
    let hub: SubscriptionHub
    let tally: RequestTally

    func answer() async throws(APIError) -> Response {
        var text = MetricsText()
        requests(&text)
        engine(&text)
        try await state(&text)
        stores(&text, await hub.size)
        await deliveries(&text)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text.text))
        )
    }

    private func requests(_ text: inout MetricsText) {
        text.family(
            "segmentd_http_requests_total",
            "counter",
            "Requests answered, by path and status.",
            tally.counts.map { key, count in
                ([("path", key.path), ("status", "\(key.status)")], Double(count))
            }
        )
        text.histogram(
            "segmentd_http_request_seconds",
            "From a request's header to its answer's header, by path.",
            tally.latencies.map { ([("path", $0.path)], $0.histogram) }
        )
    }

    private func engine(_ text: inout MetricsText) {
        let metrics = partition.metrics
        text.counter(
            "segmentd_entries_appended_total",
            "Entries appended to the log since the start, ticks among them.",
            metrics.appendedEntries
        )
        text.gauge(
            "segmentd_entries_queued",
            "Entries that wait to be written.",
            metrics.queuedEntries
        )
        text.gauge(
            "segmentd_log_sequence",
            "The last entry that is durable.",
            Int(metrics.appended.rawValue)
        )
        text.gauge(
            "segmentd_evaluated_sequence",
            "The last entry whose transitions are durable.",
            Int(metrics.applied.rawValue)
        )
        text.gauge(
            "segmentd_checkpoint_sequence",
            "The last entry of the last checkpoint.",
            Int(metrics.checkpointed.rawValue)
        )
        text.family(
            "segmentd_clock_lead_seconds",
            "gauge",
            "How far log time is ahead of the wall clock.",
            [([], Double(metrics.clockLead.milliseconds) / 1_000)]
        )
        text.histogram(
            "segmentd_log_commit_seconds",
            "Appending a group of entries, its sync included.",
            [([], metrics.logCommits)]
        )
        text.histogram(
            "segmentd_evaluation_seconds",
            "Evaluating groups of entries, their recording included.",
            [([], metrics.evaluations)]
        )
        text.histogram(
            "segmentd_state_commit_seconds",
            "Recording transitions, the sync included.",
            [([], metrics.stateCommits)]
        )
        text.histogram(
            "segmentd_deadline_lag_seconds",
            "From the instant at which time alone changed something to its being on disk.",
            [([], metrics.deadlineLag)]
        )
        let directions: [TransitionDirection] = [.entered, .exited, .broken, .met, .withdrawn]
        text.family(
            "segmentd_transitions_total",
            "counter",
            "Transitions and notices recorded since the start, by direction.",
            directions.map { ([("direction", $0.name)], Double(metrics.count(of: $0))) }
        )
        text.counter(
            "segmentd_refolds_total",
            "How often a person was folded again from the log since the start.",
            metrics.refolds
        )
    }

    private func state(_ text: inout MetricsText) async throws(APIError) {
        let status: PartitionStatus
        let segments: [SegmentStatus]
        do throws(PartitionError) {
            status = try await partition.status()
            segments = try await partition.segments()
        } catch {
            throw APIError(error)
        }
        text.gauge("segmentd_people", "People there are.", status.people)
        text.gauge(
            "segmentd_duplicate_entries",
            "Entries of the log that repeat an earlier one.",
            status.duplicates
        )
        text.gauge(
            "segmentd_conflicting_entries",
            "Entries of the log that repeat a key and say something else.",
            status.conflicts
        )
        text.gauge(
            "segmentd_refused_links",
            "Links of identifiers that were refused.",
            status.refusedLinks
        )
        text.family(
            "segmentd_segment_members",
            "gauge",
            "Members of each segment.",
            segments.map { ([("segment", $0.rule.name)], Double($0.memberCount)) }
        )
    }

    private func stores(_ text: inout MetricsText, _ deliveries: StoreSize) {
        let metrics = partition.metrics
        let stores = [("log", metrics.log), ("state", metrics.state), ("delivery", deliveries)]
        text.family(
            "segmentd_store_bytes",
            "gauge",
            "Bytes of each store's file in use, free pages included.",
            stores.map { ([("store", $0.0)], Double($0.1.bytes)) }
        )
        text.family(
            "segmentd_store_reader_lag",
            "gauge",
            "Commits that the oldest snapshot being read is behind the last one.",
            stores.map { ([("store", $0.0)], Double($0.1.readerLag)) }
        )
    }

    private func deliveries(_ text: inout MetricsText) async {
        let all = await hub.statuses()
        func family(_ name: String, _ help: String, _ value: (DeliveryStatus) -> Double?) {
            text.family(
                name,
                "gauge",
                help,
                all.compactMap { one in
                    value(one.status).map { ([("subscription", one.name)], $0) }
                }
            )
        }
        family("segmentd_outbox_depth", "Wanted transitions that are not delivered.") {
            Double($0.backlog)
        }
        family("segmentd_outbox_held", "Deliveries that failed or wait behind one that did.") {
            Double($0.held)
        }
        let now = ClockSource.system.wall()
        family("segmentd_outbox_age_seconds", "Age of the first transition that waits.") { status in
            Double(status.oldest.map { max(0, (now - $0).milliseconds) } ?? 0) / 1_000
        }
        family("segmentd_deliveries_in_flight", "Attempts on their way.") { Double($0.inFlight) }
        family(
            "segmentd_delivery_breaker_open",
            "1 while nothing gets through and one delivery at a time is tried."
        ) { $0.circuit == .closed ? 0 : 1 }
        family("segmentd_delivery_suspended", "1 while nothing is sent until it is resumed.") {
            if case .suspended? = $0.halt { 1 } else { 0 }
        }
        var attempts: [(labels: [(String, String)], value: Double)] = []
        for (name, status) in all {
            for (outcome, count) in [
                ("delivered", status.tallies.delivered), ("failed", status.tallies.failed),
                ("gone", status.tallies.gone),
            ] {
                attempts.append(([("subscription", name), ("outcome", outcome)], Double(count)))
            }
        }
        text.family(
            "segmentd_delivery_attempts_total",
            "counter",
            "Attempts since the start, by outcome.",
            attempts
        )
        text.histogram(
            "segmentd_delivery_latency_seconds",
            "From a transition's instant to the receiver's answer.",
            all.map { ([("subscription", $0.name)], $0.status.tallies.latency) }
        )
    }
}
