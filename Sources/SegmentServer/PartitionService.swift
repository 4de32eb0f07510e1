internal import Materializer
internal import ServiceLifecycle

/// Ends the daemon when the partition fails, and the partition when the daemon is told to end.
struct PartitionService: Service {
    let partition: Partition

    func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await partition.run()
        } onCancelOrGracefulShutdown: {
            Task { await partition.stop() }
        }
    }
}
