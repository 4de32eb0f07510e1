internal import NIOCore
internal import NIOHTTP1

/// One connection of a receiver.
final class ReceiverHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let ledger: ReceiverLedger
    private var headers: [String: String] = [:]
    private var body = ""

    init(ledger: ReceiverLedger) {
        self.ledger = ledger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            headers = [:]
            for field in head.headers { headers[field.name.lowercased()] = field.value }
            body = ""
        case .body(let part): body += String(buffer: part)
        case .end:
            let webhook = ReceivedWebhook(
                id: headers["webhook-id"] ?? "",
                headers: headers,
                body: body,
                answer: .hang
            )
            answer(ledger.take(webhook), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ answer: ReceiverAnswer, _ context: ChannelHandlerContext) {
        switch answer {
        case .status(let status, let field):
            // An answer 204 has no body, and what follows its head would be taken for the next answer.
            let hasBody = status != 204
            var headers: HTTPHeaders = hasBody ? ["content-length": "2"] : [:]
            if let field { headers.add(name: field.name, value: field.value) }
            head(status, headers, context)
            if hasBody { part("ok", context) }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .hang: break
        case .close: context.close(promise: nil)
        case .closeInBody:
            head(200, ["content-length": "100"], context)
            part("not so many", context)
            context.flush()
            context.close(promise: nil)
        case .endlessBody:
            head(200, ["transfer-encoding": "chunked"], context)
            for _ in 0..<100 { part(String(repeating: "x", count: 4_096), context) }
            context.flush()
        }
    }

    private func head(_ status: Int, _ headers: HTTPHeaders, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: status),
            headers: headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    private func part(_ text: String, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }
}
