internal import Materializer

extension Partition {
    /// Yields whenever transitions were recorded, and besides after every interval; ends with the partition.
    ///
    /// Signals that nobody has taken note of yet are one.
    func signals(every interval: Duration) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let recordings = recordings()
        let forward = Task {
            for await _ in recordings { continuation.yield() }
            continuation.finish()
        }
        let clock = Task {
            while (try? await Task.sleep(for: interval)) != nil { continuation.yield() }
        }
        continuation.onTermination = { _ in
            forward.cancel()
            clock.cancel()
        }
        return stream
    }
}
