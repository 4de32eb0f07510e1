internal import EventModel
internal import EventStore
internal import Materializer
internal import WebhookDelivery

/// Changes of subscriptions that there are.
extension SubscriptionHub {
    func pause(_ name: String) async throws(APIError) -> SubscriptionView {
        try await change(name) { $0.isPaused = true }
    }

    /// Delivers again; also to one that has answered 410, or was suspended.
    ///
    /// - Parameter after: Where to go on: `missed` for where it was, `now`, `start`, a cursor, or `members` for
    ///   present members and what comes then. Needed after a suspension: what was missed may be old.
    func resume(_ name: String, after: String?) async throws(APIError) -> SubscriptionView {
        try reserve(name)
        defer { busy.remove(name) }
        let found = try subscription(name)
        guard found.origin != .undeclared else {
            throw APIError(
                409,
                "undeclared_subscription",
                "the settings file declares '\(found.name)' no more: declare it there again, or "
                    + "delete it"
            )
        }
        var changed = found
        changed.isPaused = false
        let position = try wrap { () throws(StoreError) in try store.position(of: found.id) }
        if after == nil, let suspension = position?.suspension {
            throw APIError(
                409,
                "suspended",
                "it was suspended: \(suspension.reason). Say where to go on: after=missed for "
                    + "everything that was missed, after=now for what comes from now on, "
                    + "after=members for present members first"
            )
        }
        switch after {
        case nil, "missed":
            try await swap(found, for: changed) { [changed] store throws(StoreError) in
                // As it is now that nothing is delivered any more.
                var whole = try store.position(of: changed.id) ?? DeliveryPosition()
                whole.suspension = nil
                whole.failingSince = nil
                try store.commit(DeliveryProgress(of: whole), parking: [], of: changed.id)
                if changed.id != .configured { try store.update(changed) }
            }
        case "members" where found.id == .configured:
            throw APIError(
                400,
                "invalid_cursor",
                "members are sent to subscriptions alone; resume this one with after=now or "
                    + "after=missed, or make a subscription with includeMembers"
            )
        case let text?:
            let now = ClockSource.system.wall()
            var place = Place()
            if text == "members" {
                place = try await members(of: found.filter)
                changed.snapshotThrough = place.start
            } else {
                var wanted = TransitionRequest()
                wanted.after = text
                place.start = try cursor(try wanted.start() ?? .now)
                changed.snapshotThrough = nil
            }
            try await swap(found, for: changed) { [changed, place] store throws(StoreError) in
                try store.move(changed, behind: place.start, members: place.entries, at: now)
            }
        }
        return try await view(of: found.name)
    }

    /// Keeps others from changing a subscription; to be given back.
    func reserve(_ name: String) throws(APIError) {
        guard busy.insert(name).inserted else {
            throw APIError(
                409,
                "busy",
                "the subscription '\(printable(name, charactersMax: 60))' is being changed; try "
                    + "again in a moment"
            )
        }
    }

    /// Makes a new secret; the one before signs too, until the next change of secrets.
    func rotateSecret(_ name: String) async throws(APIError) -> SubscriptionView {
        let secret = WebhookSecret.random()
        var view = try await change(name) { $0.secrets = [secret] + $0.secrets.prefix(1) }
        view.secret = secret
        return view
    }

    /// Signs with the newest secret alone.
    func retireSecret(_ name: String) async throws(APIError) -> SubscriptionView {
        try await change(name) { $0.secrets = Array($0.secrets.prefix(1)) }
    }

    /// Has dead letters delivered again, the eldest first.
    ///
    /// - Returns: How many.
    func redrive(_ name: String, limit: Int) async throws(APIError) -> Int {
        let found = try subscription(name)
        return try await replace(found, by: found) { store throws(StoreError) in
            try store.redrive(found.id, limit: limit)
        }
    }

    func delete(_ name: String) async throws(APIError) {
        let found = try changeable(name)
        try await replace(found, by: nil) { store throws(StoreError) in try store.remove(found.id) }
    }

    func change(
        _ name: String,
        _ body: (inout Subscription) -> Void
    ) async throws(APIError) -> SubscriptionView {
        let found = try changeable(name)
        var changed = found
        body(&changed)
        let copy = changed
        try await replace(found, by: copy) { store throws(StoreError) in try store.update(copy) }
        return try await view(copy)
    }
}
