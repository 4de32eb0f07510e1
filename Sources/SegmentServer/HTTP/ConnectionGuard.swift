internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Keeps one connection from costing more than it should.
///
/// A request must arrive, and its answer be taken, within a time; of an answer without an end, each part. An answer that says
/// `Connection: close` ends the connection, unread rest of the request or not. Whoever asks before
/// sending a large body (`Expect: 100-continue`) is told to go on. And what is no HTTP is answered
/// with a reason.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a refused sender gets to read why, before the connection is gone.
    private static let lingerTime = TimeAmount.seconds(2)
    /// How much of a refused body is read and dropped in that time.
    private static let droppedBytesMax = 16 << 20

    private let transferTimeMax: TimeAmount
    private var arrival: Scheduled<Void>?
    private var departure: Scheduled<Void>?
    /// Whether the answer under way is a stream of events, and how many parts of it were not taken yet.
    private var isStream = false
    private var partsPending = 0
    private var closesAfterAnswer = false
    private var isClosing = false
    private var droppedBytes = 0

    init(_ limits: ConnectionLimits) {
        transferTimeMax = .seconds(Int64(limits.transferSecondsMax))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return drop(context, unwrapInboundIn(data)) }
        switch unwrapInboundIn(data) {
        case .head(let head):
            arrival = close(context, in: transferTimeMax)
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                let goOn = HTTPResponsePart.head(HTTPResponse(status: .continue))
                context.writeAndFlush(wrapOutboundOut(goOn), promise: nil)
            }
        case .body: break
        case .end:
            arrival?.cancel()
            arrival = nil
        }
        context.fireChannelRead(data)
    }

    private func drop(_ context: ChannelHandlerContext, _ part: HTTPRequestPart) {
        guard case .body(let bytes) = part else { return }
        droppedBytes += bytes.readableBytes
        if droppedBytes > ConnectionGuard.droppedBytesMax { context.close(promise: nil) }
    }

    /// Answers that go on as long as their reader reads: each part of them has its own time.
    private static let streams: Set = ["text/event-stream", "application/x-ndjson"]

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isStream = ConnectionGuard.streams.contains(head.headerFields[.contentType] ?? "")
            if !isStream { departure = close(context, in: transferTimeMax) }
            closesAfterAnswer = head.headerFields[.connection] == "close"
            // All of our own refusals have a body; this is what the server says to what is no HTTP.
            if head.status == .badRequest, head.headerFields[.contentLength] == "0" {
                writeUnreadable(context, promise)
            } else {
                context.write(data, promise: promise)
            }
        case .body where isStream: writePart(context, data, promise)
        case .body: context.write(data, promise: promise)
        case .end:
            isStream = false
            let written = promise ?? context.eventLoop.makePromise()
            let timer = departure
            departure = nil
            written.futureResult.whenComplete { _ in timer?.cancel() }
            context.write(data, promise: written)
            if closesAfterAnswer { end(context) }
        }
    }

    private func writePart(
        _ context: ChannelHandlerContext,
        _ data: NIOAny,
        _ promise: EventLoopPromise<Void>?
    ) {
        let written = promise ?? context.eventLoop.makePromise()
        partsPending += 1
        if departure == nil { departure = close(context, in: transferTimeMax) }
        let bound = NIOLoopBound((self, context.channel), eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in
            let (guarding, channel) = bound.value
            guarding.partWasTaken(channel)
        }
        context.write(data, promise: written)
    }

    private func partWasTaken(_ channel: any Channel) {
        partsPending -= 1
        // Behind its end the time is that of what follows it.
        guard isStream else { return }
        departure?.cancel()
        // What waits behind it has its own time from now on.
        departure = partsPending > 0 ? close(channel, in: transferTimeMax) : nil
    }

    private func writeUnreadable(
        _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        let error = APIError(
            400,
            "malformed_request",
            "the request is not HTTP that can be read, or its header has more than "
                + "\(Listener.headerBytesMax) bytes or \(Listener.headerFieldsMax) fields"
        )
        let head = HTTPResponse(
            status: .badRequest,
            headerFields: [
                .contentType: "application/json", .connection: "close",
                .contentLength: String(error.json.count),
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: error.json))), promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        arrival?.cancel()
        departure?.cancel()
    }

    /// Closing at once would reset the connection while the sender is still sending, and the answer
    /// would be lost with it.
    private func end(_ context: ChannelHandlerContext) {
        isClosing = true
        arrival?.cancel()
        context.flush()
        context.close(mode: .output, promise: nil)
        _ = close(context, in: ConnectionGuard.lingerTime)
    }

    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
        close(context.channel, in: time)
    }

    private func close(_ channel: any Channel, in time: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
