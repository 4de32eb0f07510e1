internal import Glibc
internal import Materializer
internal import ServiceLifecycle

/// Ends the daemon when the partition fails, and the partition when the daemon is told to end.
struct PartitionService: Service {
    let partition: Partition

    /// How long requests in flight have to finish when the partition has failed.
    private static let failureTimeMax = Duration.seconds(15)

    func run() async throws {
        try await withTaskCancellationOrGracefulShutdownHandler {
            do throws(PartitionError) {
                try await partition.run()
            } catch {
                endForSure(error)
                throw error
            }
        } onCancelOrGracefulShutdown: {
            Task { await partition.stop() }
        }
    }

    /// A daemon that has failed must be gone before it can be started again; nothing that still
    /// hangs in it may keep it.
    private func endForSure(_ failure: PartitionError) {
        Task.detached {
            try await Task.sleep(for: PartitionService.failureTimeMax)
            Console.error(failure.message)
            exit(1)
        }
    }
}
