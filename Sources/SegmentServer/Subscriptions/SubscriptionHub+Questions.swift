internal import EventModel
internal import EventStore
internal import Materializer
internal import WebhookDelivery

/// How subscriptions stand.
extension SubscriptionHub {
    func list() async throws(APIError) -> SubscriptionList {
        var views: [SubscriptionView] = []
        for subscription in subscriptions { views.append(try await view(subscription)) }
        return SubscriptionList(subscriptions: views)
    }

    func view(of name: String) async throws(APIError) -> SubscriptionView {
        try await view(try subscription(name))
    }

    /// What there is to know of all deliveries, for `/metrics`.
    func statuses() async -> [(name: String, status: DeliveryStatus)] {
        var all: [(name: String, status: DeliveryStatus)] = []
        for subscription in subscriptions {
            guard let deliverer = running[subscription.id]?.deliverer else { continue }
            all.append((subscription.name, await deliverer.status))
        }
        return all
    }

    /// The room that deliveries have taken.
    var size: StoreSize { store.size }

    func deadLetters(
        of name: String,
        after: String?,
        limit: Int
    ) throws(APIError) -> DeadLetterPage {
        let id = try subscription(name).id
        let cursor = try after.map { text throws(APIError) in try SubscriptionHub.cursor(text) }
        let letters = try wrap { () throws(StoreError) in
            try store.deadLetters(of: id, after: cursor, limit: limit)
        }
        return DeadLetterPage(letters, after: after)
    }

    /// What a subscriber was not sent and will not be; the last one is open while it is suspended.
    func gaps(of name: String) throws(APIError) -> GapList {
        let id = try subscription(name).id
        let (gaps, position) = try wrap { () throws(StoreError) in
            (try store.gaps(of: id), try store.position(of: id))
        }
        return GapList(gaps, position)
    }

    static func cursor(_ text: String) throws(APIError) -> TransitionCursor {
        guard let cursor = TransitionCursor(text: text) else {
            throw APIError(
                400,
                "invalid_cursor",
                "'\(printable(text, charactersMax: 60))' is no cursor; hand back the 'next' "
                    + "of an earlier answer"
            )
        }
        return cursor
    }

    func subscription(_ name: String) throws(APIError) -> Subscription {
        if let found = subscriptions.first(where: { $0.name == name }) { return found }
        let names = subscriptions.map(\.name)
        throw APIError(
            404,
            "unknown_subscription",
            "no subscription is called '\(printable(name, charactersMax: 60))'; "
                + (names.isEmpty
                    ? "there are none" : "there are: \(names.prefix(20).joined(separator: ", "))")
        )
    }

    /// One that may be changed through the API.
    func changeable(_ name: String) throws(APIError) -> Subscription {
        let found = try subscription(name)
        guard found.id != .configured, found.origin != .declared else {
            throw APIError(
                409,
                "configured_subscription",
                "this one is named by --webhook-url or the settings file: change it there, and "
                    + "start segmentd again"
            )
        }
        return found
    }

    func view(
        _ subscription: Subscription,
        secret: String? = nil,
        note: String? = nil
    ) async throws(APIError) -> SubscriptionView {
        let (position, dead) = try wrap { () throws(StoreError) in
            (
                try store.position(of: subscription.id),
                try store.deadLetterCount(of: subscription.id)
            )
        }
        let status = await running[subscription.id]?.deliverer.status
        var view = SubscriptionView(subscription)
        view.cursor = position?.through?.text
        view.held = status?.held ?? position?.held.count ?? 0
        view.backlog = status?.backlog
        view.deadLetters = dead
        view.failingSince = position?.failingSince?.rfc3339
        if view.state == "active" {
            if let suspension = position?.suspension {
                view.state = "suspended"
                view.reason = suspension.reason
            } else if position?.gone != nil {
                view.state = "gone"
            } else if status.map({ $0.circuit != .closed }) ?? false {
                view.state = "failing"
            }
        }
        view.secret = secret
        view.note = note
        return view
    }
}
