internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
public import SegmentTesting
internal import Synchronization

/// What came to a receiver.
public struct ReceivedWebhook: Sendable {
    /// The value of `webhook-id`.
    public var id: String
    /// Header fields by their names in lower case.
    public var headers: [String: String]
    /// The body as it came.
    public var body: String
    /// What the receiver was told to do about it.
    public var answer: ReceiverAnswer

    /// Whether the receiver took it.
    public var isTaken: Bool { answer.isSuccess }
}

/// What a receiver does about a request.
public enum ReceiverAnswer: Sendable {
    /// Answers with a status, and a header field where one is given.
    case status(Int, header: (name: String, value: String)? = nil)
    /// Never answers.
    case hang
    /// Closes the connection without an answer.
    case close
    /// Answers 200, begins a body and closes the connection.
    case closeInBody
    /// Answers 200 and a body that never ends.
    case endlessBody

    /// Whether the sender is told that it was taken.
    public var isSuccess: Bool {
        switch self {
        case .status(let status, _): (200..<300).contains(status)
        case .closeInBody, .endlessBody: true
        case .hang, .close: false
        }
    }
}

/// A receiver of webhooks with faults, for tests: on a port of this machine.
public final class WebhookReceiver: Sendable {
    private let channel: any Channel
    private let ledger: ReceiverLedger

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - port: Any free one where it is 0.
    ///   - answer: Decides; gets what came and how often that id came before.
    public init(
        port: Int = 0,
        answer: @escaping @Sendable (_ webhook: ReceivedWebhook, _ before: Int) -> ReceiverAnswer
    ) async throws {
        let ledger = ReceiverLedger(answer: answer)
        self.ledger = ledger
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    ledger.opened(channel)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ReceiverHandler(ledger: ledger))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }

    /// The port.
    public var port: Int { channel.localAddress?.port ?? 0 }

    /// Where it listens.
    public var url: String { "http://127.0.0.1:\(port)/hooks" }

    /// Rung whenever something has come.
    public var bell: Bell { ledger.bell }

    /// Everything that came so far, in order.
    public var received: [ReceivedWebhook] { ledger.received }

    /// Stops listening and closes all connections.
    public func close() async throws {
        try await channel.close()
        for connection in ledger.connections { try? await connection.close() }
    }
}

/// What all connections of a receiver share.
final class ReceiverLedger: Sendable {
    private struct State {
        var received: [ReceivedWebhook] = []
        var counts: [String: Int] = [:]
        var connections: [any Channel] = []
    }

    let bell = Bell()
    private let state = Mutex(State())
    private let answer: @Sendable (ReceivedWebhook, Int) -> ReceiverAnswer

    init(answer: @escaping @Sendable (ReceivedWebhook, Int) -> ReceiverAnswer) {
        self.answer = answer
    }

    var received: [ReceivedWebhook] { state.withLock { $0.received } }
    var connections: [any Channel] { state.withLock { $0.connections } }

    func opened(_ channel: any Channel) { state.withLock { $0.connections.append(channel) } }

    /// Writes it down and decides in one step: what is answered is on the ledger.
    func take(_ webhook: ReceivedWebhook) -> ReceiverAnswer {
        defer { bell.ring() }
        return state.withLock { state in
            var webhook = webhook
            webhook.answer = answer(webhook, state.counts[webhook.id, default: 0])
            state.counts[webhook.id, default: 0] += 1
            state.received.append(webhook)
            return webhook.answer
        }
    }
}
