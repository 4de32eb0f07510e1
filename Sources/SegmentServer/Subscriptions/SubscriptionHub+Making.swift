internal import EventModel
internal import EventStore
internal import Materializer
internal import WebhookDelivery

/// Subscriptions that somebody asks for, and those that the settings file declares.
extension SubscriptionHub {
    func create(_ request: SubscriptionRequest) async throws(APIError) -> SubscriptionView {
        let note = try await objection(to: request.url)
        let queries = Queries(partition)
        var filter = try await queries.filter(request.wanted)
        filter.takesExitsOfUnannounced = request.takesExitsOfUnannounced
        let name = request.name ?? freeName()
        guard !subscriptions.contains(where: { $0.name == name }), busy.insert(name).inserted else {
            throw APIError(
                409,
                "name_taken",
                "there is a subscription '\(name)' already; give another name, or delete that one"
            )
        }
        defer { busy.remove(name) }
        let secret = request.secret ?? WebhookSecret.random()
        let added = try await add(request, name: name, filter: filter, secret: secret, .requested)
        try begin(added)
        return try await view(added, secret: request.secret == nil ? secret : nil, note: note)
    }

    func add(
        _ request: SubscriptionRequest,
        name: String,
        filter: TransitionFilter,
        secret: String,
        _ origin: Subscription.Origin
    ) async throws(APIError) -> Subscription {
        var fresh = Subscription(
            name: name,
            url: request.urlText,
            filter: filter,
            secrets: [secret],
            headers: request.headers,
            createdAt: ClockSource.system.wall()
        )
        fill(&fresh, from: request, filter: filter, secret: secret, origin)
        var place = Place()
        if request.includesMembers {
            place = try await members(of: filter)
            fresh.snapshotThrough = place.start
        } else {
            place.start = try cursor(try request.wanted.start() ?? .now)
        }
        let added = try await blocking { [fresh, place] store throws(StoreError) in
            try store.add(
                fresh,
                behind: place.entries.isEmpty ? place.start : nil,
                members: place.entries
            )
        }
        subscriptions.append(added)
        return added
    }

    private func fill(
        _ subscription: inout Subscription,
        from request: SubscriptionRequest,
        filter: TransitionFilter,
        secret: String,
        _ origin: Subscription.Origin
    ) {
        subscription.url = request.urlText
        subscription.filter = filter
        subscription.secrets = [secret]
        subscription.headers = request.headers
        subscription.batchMax = request.batchMax
        subscription.inFlightMax = request.inFlightMax
        subscription.attributes = request.attributes
        subscription.origin = origin
    }

    /// Where deliveries go on: behind a transition, after the members of a snapshot where there are any.
    struct Place: Sendable {
        var start: TransitionCursor?
        var entries: [TransitionCursor] = []
    }

    func members(of filter: TransitionFilter) async throws(APIError) -> Place {
        do throws(PartitionError) {
            let snapshot = try await partition.snapshot(of: filter.segments)
            return Place(start: snapshot.through, entries: snapshot.entries)
        } catch {
            throw APIError(error)
        }
    }

    func cursor(
        _ start: TransitionRequest.Start
    ) throws(APIError) -> TransitionCursor? {
        do throws(PartitionError) { return try Queries(partition).cursor(start) } catch {
            throw APIError(error)
        }
    }

    /// Refuses addresses that are not sent to; a name that cannot be looked up is only worth a note.
    func objection(to url: WebhookURL) async throws(APIError) -> String? {
        do throws(TargetError) {
            _ = try await resolver.addresses(of: url.host)
            return nil
        } catch {
            switch error {
            case .unresolved(let why): return "\(why); deliveries are tried all the same"
            case .refused(let what):
                throw APIError(
                    400,
                    "refused_address",
                    "webhooks are not sent to \(printable(url.shown)): \(what). If the network is "
                        + "yours and meant, start segmentd with --allow-webhook-network"
                )
            }
        }
    }

    func freeName() -> String {
        var number = subscriptions.count + 1
        while subscriptions.contains(where: { $0.name == "sub-\(number)" })
            || busy.contains("sub-\(number)")
        { number += 1 }
        return "sub-\(number)"
    }

    /// Makes the subscriptions of the settings file what it declares: new ones are made, others changed where they
    /// stand, and those that it declares no more are sent nothing.
    func declare(_ requests: [SubscriptionRequest]) async throws(APIError) {
        for request in requests {
            let name = request.name ?? ""
            let place = "subscription '\(name)' of the settings file: "
            do throws(APIError) {
                try await declare(request, name)
            } catch {
                throw APIError(error.status, error.code, place + error.message)
            }
        }
        for subscription in subscriptions where subscription.origin == .declared {
            guard !requests.contains(where: { $0.name == subscription.name }) else { continue }
            var changed = subscription
            changed.origin = .undeclared
            try await put(changed)
        }
    }

    func declare(_ request: SubscriptionRequest, _ name: String) async throws(APIError) {
        if let note = try await objection(to: request.url) { Console.note("\(name): \(note)") }
        let queries = Queries(partition)
        var filter = try await queries.filter(request.wanted)
        filter.takesExitsOfUnannounced = request.takesExitsOfUnannounced
        let secret = request.secret ?? ""
        guard let found = subscriptions.first(where: { $0.name == name }) else {
            _ = try await add(request, name: name, filter: filter, secret: secret, .declared)
            return
        }
        guard found.origin != .requested else {
            throw APIError(
                409,
                "name_taken",
                "there is one of that name that was made through the API; give another name, or "
                    + "delete that one"
            )
        }
        var changed = found
        fill(&changed, from: request, filter: filter, secret: secret, .declared)
        if changed != found { try await put(changed) }
    }

    func put(_ changed: Subscription) async throws(APIError) {
        try await blocking { store throws(StoreError) in try store.update(changed) }
        for index in subscriptions.indices where subscriptions[index].id == changed.id {
            subscriptions[index] = changed
        }
    }
}
