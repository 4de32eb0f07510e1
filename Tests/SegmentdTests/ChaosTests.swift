import Foundation
import SegmentTesting
import Synchronization
import Testing
import WebhookTesting

/// Ten subscribers, three of them dead, through faults, kills and restarts on both sides: each live one hears of
/// everything, of each person in order, under ids that do not change.
@Suite struct ChaosTests {
    private static let rules = """
        segment carts when added_to_cart and no order_placed in last 1 hour
        segment buyers when order_placed
        """
    private static let liveCount = 7
    /// Deliveries of one run; more of them by `SEGMENTD_CHAOS_DELIVERIES`.
    private static let deliveries =
        ProcessInfo.processInfo.environment["SEGMENTD_CHAOS_DELIVERIES"].flatMap { Int($0) }
        ?? 21_000

    @Test func nothingIsLostOrReorderedOrHeldUp() async throws {
        let findings = try await run(.segmentd, [], users: Self.deliveries / Self.liveCount / 3)
        #expect(findings.isEmpty, "\(findings.prefix(5))")
    }

    // With the fault in it, the ledger must say so.
    @Test(arguments: [
        (["--send-before-commit"], "never recorded"),
        (["--number-deliveries"], "never recorded"), (["--skip-lanes"], "out of order"),
    ]) func theLedgerFindsAFault(flags: [String], finding: String) async throws {
        // Whether a kill hits the moment at which it shows is a matter of luck on a busy machine.
        var findings: [String] = []
        for _ in 0..<8 where !findings.contains(where: { $0.contains(finding) }) {
            findings += try await run(.faults, flags, users: 100)
        }
        #expect(findings.contains { $0.contains(finding) }, "\(findings.prefix(5))")
    }

    /// - Returns: What is wrong.
    private func run(_ program: Program, _ flags: [String], users: Int) async throws -> [String] {
        try await Bench.use(Self.rules) { bench in
            // Those of two go away for moments; the others answer some first attempts with faults. A second failure
            // would have its delivery wait for five minutes.
            let ledgers = (0..<Self.liveCount).map {
                ChaosLedger($0, hasFaults: $0 != 2 && $0 != 6)
            }
            var receivers: [WebhookReceiver] = []
            for ledger in ledgers { receivers.append(try await ledger.receiver()) }
            let hanging = try await WebhookReceiver { _, _ in .hang }
            let failing = try await WebhookReceiver { _, _ in .status(500) }
            let refusing = try await WebhookReceiver { _, _ in .close }
            let closed = refusing.url
            try await refusing.close()
            let serving =
                bench.serving(program) + ["--allow-webhook-network", "127.0.0.0/8"] + flags
            var daemon = try await DaemonProcess(bench.launch(program, serving))
            for url in receivers.map(\.url) + [hanging.url, failing.url, closed] {
                let answer = try await daemon.api.send(
                    "POST",
                    "/v1/subscriptions",
                    #"{"url":"\#(url)","start":"start"}"#
                )
                #expect(answer.status == 201)
            }
            let rounds = 10
            for round in 0..<rounds {
                // Also while a daemon dies: the sender sends it again.
                let doomed = round % 3 == 1
                if doomed {
                    let api = daemon.api
                    let sending = Task { try? await send(api, round, rounds, users) }
                    try await eventually("some of it", on: ledgers[0].bell) {
                        ledgers[0].count > round * users / rounds ? true : nil
                    }
                    daemon.kill()
                    _ = try await daemon.end()
                    await sending.value
                    do {
                        daemon = try await DaemonProcess(bench.launch(program, serving))
                    } catch  where !flags.isEmpty {
                        // It has noticed by itself that it recorded what is in no log.
                        try FileManager.default.removeItem(atPath: bench.data + "/state")
                        daemon = try await DaemonProcess(bench.launch(program, serving))
                    }
                }
                try await send(daemon.api, round, rounds, users)
                if round % 4 == 2 {
                    // A receiver that goes away for a moment.
                    let port = receivers[round % 7].port
                    try await receivers[round % 7].close()
                    receivers[round % 7] = try await ledgers[round % 7].receiver(port: port)
                }
                if round == 5 {
                    #expect(try await daemon.stop() == .exit(0))
                    daemon = try await DaemonProcess(bench.launch(program, serving))
                }
            }
            let rows = try await daemon.api.transitions()
            let announced = rows.filter(\.announced)
            let known = Set(announced.map(\.id))
            // A fault may make that impossible: then what there is says enough.
            let isSound = flags.isEmpty
            #expect(!isSound || announced.count == users * 3)
            for ledger in ledgers {
                // A million of them take their time.
                let patience = Duration.seconds(300 + Self.deliveries / 500)
                try await eventually(
                    "\(announced.count) deliveries",
                    on: ledger.bell,
                    within: patience
                ) {
                    let isDone = ledger.count >= announced.count
                    return isDone || !isSound && !ledger.findings(known).isEmpty ? true : nil
                }
            }
            daemon.kill()
            _ = try await daemon.end()
            for receiver in receivers + [hanging, failing] { try await receiver.close() }
            return ledgers.flatMap { ledger in
                ledger.findings(known) + (isSound ? ledger.missing(known) : [])
            }
        }
    }

    /// A round's users put something into their carts, and then buy it.
    private func send(_ api: API, _ round: Int, _ rounds: Int, _ users: Int) async throws {
        let mine = users * round / rounds..<users * (round + 1) / rounds
        for event in ["added_to_cart", "order_placed"] {
            var start = mine.lowerBound
            while start < mine.upperBound {
                let part = start..<min(start + 500, mine.upperBound)
                start = part.upperBound
                let entries = part.map { user in
                    #"{"type":"track","userId":"u\#(user)","event":"\#(event)","#
                        + #""messageId":"\#(event)-\#(user)"}"#
                }
                let body = #"{"batch":[\#(entries.joined(separator: ","))]}"#
                try await api.ingest("/v1/batch", body)
            }
        }
    }
}

/// What a live subscriber was told, and its faults: of each id only the first attempt may fail.
private final class ChaosLedger: Sendable {
    private struct State {
        var attempts: [String: Int] = [:]
        var taken: Set<String> = []
        var last: [Substring: String] = [:]
        var problems: [String] = []
    }

    let bell = Bell()
    private let number: Int
    private let hasFaults: Bool
    private let state = Mutex(State())

    init(_ number: Int, hasFaults: Bool) {
        self.number = number
        self.hasFaults = hasFaults
    }

    /// Starts to listen, again too.
    func receiver(port: Int = 0) async throws -> WebhookReceiver {
        try await WebhookReceiver(port: port) { [self] webhook, _ in take(webhook) }
    }

    var count: Int { state.withLock { $0.taken.count } }

    private func take(_ webhook: ReceivedWebhook) -> ReceiverAnswer {
        // Counted here: a receiver that comes back is another one.
        let before = state.withLock { state in
            state.attempts[webhook.id, default: hasFaults ? 0 : 1] += 1
            return state.attempts[webhook.id, default: 0] - 1
        }
        let answer: ReceiverAnswer =
            switch (before, (webhook.id.utf8.reduce(number) { $0 &* 31 &+ Int($1) } & 0xFFFF) % 100)
            {
            case (0, 0): .status(500)
            case (0, 1): .status(429, header: ("Retry-After", "1"))
            case (0, 2): .close
            case (0, 3): .status(302, header: ("Location", "http://127.0.0.1:1/"))
            case (0, 4): .closeInBody
            case (0, 5): .endlessBody
            default: .status(204)
            }
        guard answer.isSuccess else { return answer }
        state.withLock { state in
            guard state.taken.insert(webhook.id).inserted else { return }
            // Cursors are texts in the order of transitions.
            let cursor =
                webhook.body.firstMatch(of: /"cursor":"([^"]+)"/).map { String($0.1) } ?? ""
            let person = webhook.body.firstMatch(of: /"personID":(\d+)/)?.1 ?? ""
            if let before = state.last[person], before > cursor {
                state.problems.append("out of order: \(webhook.id)")
            }
            state.last[person] = cursor
        }
        bell.ring()
        return answer
    }

    /// What is wrong with what was told.
    func findings(_ known: Set<String>) -> [String] {
        state.withLock { state in
            state.problems + state.taken.subtracting(known).map { "never recorded: \($0)" }
        }
    }

    /// What was not told.
    func missing(_ known: Set<String>) -> [String] {
        state.withLock { known.subtracting($0.taken).map { "lost: \($0)" } }
    }
}
