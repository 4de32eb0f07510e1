internal import EventStore
internal import NIOPosix

extension DeliveryStore {
    /// Does something on a thread that may block in a sync, which those of Swift's pool must not.
    func blocking<Value: Sendable>(
        _ body: @escaping @Sendable (DeliveryStore) throws(StoreError) -> Value
    ) async throws(APIError) -> Result<Value, StoreError> {
        do {
            return try await NIOThreadPool.singleton.runIfActive { [self] in
                do throws(StoreError) { return .success(try body(self)) } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw APIError(503, "stopped", "segmentd is stopping")
        }
    }
}
