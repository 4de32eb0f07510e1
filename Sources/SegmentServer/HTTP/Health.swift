internal import EventWire
internal import Hummingbird
internal import Materializer
internal import ServiceLifecycle

/// Whether the daemon is well, for whoever watches it.
struct Health: Sendable {
    private let partition: Partition

    init(_ partition: Partition) {
        self.partition = partition
    }

    /// The process is up and has not failed.
    func live() throws(APIError) -> Response {
        if let failure = partition.failure { throw APIError(failure) }
        return answer("ok")
    }

    /// The partition is recovered, and takes entries.
    func ready() throws(APIError) -> Response {
        if let failure = partition.failure { throw APIError(failure) }
        if Task.isShuttingDownGracefully {
            throw APIError(503, "stopping", "segmentd is stopping; send requests to another one")
        }
        return answer("ready")
    }

    private func answer(_ status: String) -> Response {
        var json = JSONWriter()
        json.object { $0.field("status", status) }
        return .json(json.bytes)
    }
}
