internal import EventModel
internal import EventWire
internal import HTTPTypes
internal import Hummingbird
internal import Materializer
internal import NIOCore
internal import ServiceLifecycle

/// `GET /v1/stream`: transitions as they are recorded, as server-sent events.
///
/// The id of each is its cursor, which a client that comes back sends as `Last-Event-ID`. A heartbeat comes at least
/// every 15 seconds, with the cursor up to which everything was looked at, so that a filter that takes little does
/// not make a client begin far back. Nothing is kept for a client: one that reads slowly is read for slowly, and one
/// that takes nothing for as long as a transfer may take is disconnected by `ConnectionGuard`.
struct TransitionStream: Sendable {
    static let heartbeat = Duration.seconds(15)
    private static let pageMax = 500

    let partition: Partition
    let filter: TransitionFilter
    let start: TransitionCursor?

    var response: Response {
        var response = Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await write(to: &writer)
                try await writer.finish(nil)
            }
        )
        // A proxy in between is not to wait for more.
        if let name = HTTPField.Name("X-Accel-Buffering") { response.headers[name] = "no" }
        return response
    }

    private func write(to writer: inout some ResponseBodyWriter) async throws {
        let signals = partition.signals(every: TransitionStream.heartbeat)
        // What a client waits before it comes back.
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        var cursor = start
        var lastWrite = ContinuousClock.now
        func catchUp(_ writer: inout some ResponseBodyWriter) async throws {
            while true {
                let before = cursor
                let page = try partition.transitions(
                    after: cursor,
                    limit: TransitionStream.pageMax,
                    where: filter
                )
                cursor = page.through
                if !page.found.isEmpty {
                    try await writer.write(ByteBuffer(bytes: TransitionStream.events(page.found)))
                    lastWrite = .now
                }
                if cursor == before || Task.isShuttingDownGracefully { return }
            }
        }
        try await catchUp(&writer)
        for await _ in signals.cancelOnGracefulShutdown() {
            try await catchUp(&writer)
            guard ContinuousClock.now - lastWrite >= TransitionStream.heartbeat / 2 else {
                continue
            }
            let id = cursor.map { "id: \($0.text)\n" } ?? ""
            try await writer.write(ByteBuffer(string: ": nothing new\n\(id)\n"))
            lastWrite = .now
        }
    }

    private static func events(_ found: [DescribedTransition]) -> [UInt8] {
        var bytes: [UInt8] = []
        for described in found {
            let view = TransitionView(described)
            bytes += "id: \(view.cursor)\nevent: \(described.transition.eventType)\ndata: ".utf8
            // JSON of ours has no line break.
            view.appendJSON(to: &bytes)
            bytes += "\n\n".utf8
        }
        return bytes
    }
}
