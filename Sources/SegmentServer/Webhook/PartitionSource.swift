internal import EventModel
internal import EventStore
internal import EventWire
internal import Materializer
internal import Synchronization
internal import WebhookDelivery

/// A partition's transitions, as webhooks say them to one subscriber.
struct PartitionSource: TransitionSource {
    let partition: Partition
    let store: DeliveryStore
    let subscription: Subscription
    /// A fault that tests must find: ids by a counter.
    var counter: DeliveryCounter?

    /// The members of the snapshot where there is one, then what was recorded behind it.
    func page(after cursor: TransitionCursor?, limit: Int) throws(WebhookError) -> SourcePage {
        var start = cursor
        if let end = subscription.snapshotThrough, cursor.comesBefore(end) {
            var place = cursor
            while true {
                let entries = try WebhookError.wrap { () throws(StoreError) in
                    try store.members(of: subscription.id, after: place, limit: limit)
                }
                guard let last = entries.last else { break }
                var transitions: [Transition] = []
                for entry in entries {
                    if let found = try recorded(at: entry) { transitions.append(found.transition) }
                }
                if !transitions.isEmpty {
                    return SourcePage(transitions, isSnapshot: true, hasMore: true)
                }
                place = last
            }
            start = end
        }
        do throws(PartitionError) {
            let found = try partition.recorded(after: start, limit: limit)
            return SourcePage(found, hasMore: found.count == limit)
        } catch {
            throw WebhookError(error.message)
        }
    }

    private func recorded(
        at cursor: TransitionCursor
    ) throws(WebhookError) -> DescribedTransition? {
        do throws(PartitionError) { return try partition.transition(at: cursor) } catch {
            throw WebhookError(error.message)
        }
    }

    func message(at cursors: [TransitionCursor]) async throws(WebhookError) -> WebhookMessage? {
        var all: [DescribedTransition] = []
        for cursor in cursors {
            // Nothing is said any more of who was erased meanwhile.
            if let found = try recorded(at: cursor) { all.append(found) }
        }
        guard !all.isEmpty else { return nil }
        let outlooks: [TransitionOutlook]
        do throws(PartitionError) {
            outlooks = try await partition.outlooks(
                of: all.map(\.transition),
                attributes: subscription.attributes
            )
        } catch {
            throw WebhookError(error.message)
        }
        let messages = zip(all, outlooks).map { message($0, $1) }
        guard subscription.batchMax > 1 else { return messages.first }
        let last = all.map(\.transition.at).max() ?? Instant(milliseconds: 0)
        return WebhookMessage(batch: messages, at: last)
    }

    private func message(
        _ described: DescribedTransition,
        _ outlook: TransitionOutlook
    ) -> WebhookMessage {
        let transition = described.transition
        var view = TransitionView(described)
        view.outlook = OutlookView(
            until: outlook.until?.rfc3339,
            mergedInto: transition.cause == .merge ? outlook.mergedInto?.rawValue : nil,
            isSnapshot: subscription.snapshotThrough.map { transition.cursor <= $0 } ?? false,
            attributes: subscription.attributes.isEmpty ? nil : PartitionSource.json(outlook),
            isEntry: transition.direction == .entered
        )
        var data: [UInt8] = []
        view.appendJSON(to: &data)
        let id = counter.map { "\($0.next())" } ?? described.id
        return WebhookMessage(transition, id: id, data: data)
    }

    private static func json(_ outlook: TransitionOutlook) -> [UInt8] {
        var json = JSONWriter()
        json.object {
            for attribute in outlook.attributes {
                $0.raw(attribute.name, ValueJSON.named(attribute.value.span))
            }
        }
        return json.bytes
    }

    func recordings() -> AsyncStream<Void> { partition.recordings() }
}

/// Counts messages, for a fault that tests must find.
final class DeliveryCounter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
