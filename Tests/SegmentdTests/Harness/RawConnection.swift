import NIOCore
import NIOPosix
import SegmentTesting
import Synchronization

/// A connection on which a test writes what it likes, and nothing more.
struct RawConnection: Sendable {
    private let channel: any Channel
    private let received: Received

    /// Connects; the system does so for the daemon even while that takes no connections.
    init(to daemon: DaemonProcess) async throws {
        let parts = daemon.address.split(separator: ":")
        let received = Received()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.pipeline.addHandler(Reader(received))
            }
            .connect(host: String(parts[0]), port: Int(parts[1]) ?? 0).get()
        self.received = received
    }

    /// What the daemon has sent so far.
    var text: String { received.state.withLock { $0.text } }
    /// Whether the daemon has closed it.
    var isClosed: Bool { received.state.withLock { $0.isClosed } }

    /// Rung whenever the daemon has sent something, or has closed it.
    var bell: Bell { received.bell }

    /// Writes a part of a request, or all of one.
    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Asks whether the daemon is well, and leaves the connection open.
    func askForHealth() async throws {
        try await send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    }

    /// Waits until so many answers say that the daemon is well.
    func answers(_ count: Int) async throws {
        try await eventually("\(count) answers on one connection, not \(text)", on: bell) {
            text.matches(of: /"status":"ok"/).count >= count ? true : nil
        }
    }

    /// Waits until the daemon closes it.
    func end() async throws {
        try await eventually("the end of a connection", on: bell) { isClosed ? true : nil }
    }

    /// Closes it.
    func close() async throws { try await channel.close() }
}

/// What came through, for the loop that reads and for the test.
private final class Received: Sendable {
    let state = Mutex<(text: String, isClosed: Bool)>(("", false))
    let bell = Bell()
}

private final class Reader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let received: Received

    init(_ received: Received) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let text = String(buffer: unwrapInboundIn(data))
        received.state.withLock { $0.text += text }
        received.bell.ring()
    }

    func channelInactive(context: ChannelHandlerContext) {
        received.state.withLock { $0.isClosed = true }
        received.bell.ring()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
