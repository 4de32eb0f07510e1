internal import EventModel
internal import EventWire
internal import Materializer
internal import WebhookDelivery

/// A partition's transitions, as webhooks say them.
struct PartitionSource: TransitionSource {
    let partition: Partition

    func transitions(
        after cursor: TransitionCursor?,
        limit: Int
    ) throws(WebhookError) -> [Transition] {
        do throws(PartitionError) {
            return try partition.recorded(after: cursor, limit: limit)
        } catch {
            throw WebhookError(error.message)
        }
    }

    func message(at cursor: TransitionCursor) throws(WebhookError) -> WebhookMessage? {
        let found: DescribedTransition?
        do throws(PartitionError) {
            found = try partition.transition(at: cursor)
        } catch {
            throw WebhookError(error.message)
        }
        return found.map { described in
            var data: [UInt8] = []
            TransitionView(described).appendJSON(to: &data)
            return WebhookMessage(described.transition, id: described.id, data: data)
        }
    }

    func recordings() -> AsyncStream<Void> { partition.recordings() }
}
