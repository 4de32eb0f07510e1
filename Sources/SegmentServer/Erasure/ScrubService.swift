internal import EventModel
internal import Materializer
internal import ServiceLifecycle

/// Scrubs the log some time after people were erased: several together, since each takes a copy of the log.
struct ScrubService: Service {
    private static let pauseMax = Duration.seconds(3_600)

    let partition: Partition
    let delaySeconds: Int

    func run() async throws {
        let pause = Duration.seconds(min(10, max(1, delaySeconds / 10)))
        await cancelWhenGracefulShutdown {
            var pauseAfterFailure = Duration.seconds(60)
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: pause)
                    if try isDue() { try await scrub() }
                } catch let error as PartitionError where error.kind != .busy {
                    Console.warn(
                        "what was erased is still in the log, and is tried to be scrubbed again later: "
                            + error.message
                    )
                    try? await Task.sleep(for: pauseAfterFailure)
                    pauseAfterFailure = min(pauseAfterFailure * 2, ScrubService.pauseMax)
                } catch {
                    // Something else needs the memory; or it is over.
                    continue
                }
            }
        }
    }

    private func isDue() throws(PartitionError) -> Bool {
        guard let first = try partition.firstPendingErasure(),
            let now = try? partition.knownThrough()
        else { return false }
        return first + TimeSpan(milliseconds: Int64(delaySeconds) * 1_000) <= now
    }

    private func scrub() async throws {
        let began = ContinuousClock.now
        let done = try await partition.scrub()
        guard !done.isEmpty else { return }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let tenths = Int((seconds * 10).rounded())
        Console.out(
            "scrubbed the log of what was said by whom \(counted(done.count, "erasure")) had named, "
                + "in \(tenths / 10).\(tenths % 10) s"
        )
    }
}
