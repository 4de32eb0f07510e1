internal import EventModel
internal import EventStore
internal import Materializer
internal import NIOPosix
internal import WebhookDelivery

/// The subscriptions of a daemon, and those who deliver to them: each by itself, so that one that is dead holds up
/// no other.
actor SubscriptionHub {
    private struct Running {
        var deliverer: Deliverer
        var task: Task<Void, Never>
    }

    private let partition: Partition
    private let store: DeliveryStore
    private let resolver: TargetResolver
    private let hooks: StepHooks
    /// All of them; that of `--webhook-url` is the first, where there is one, and stands in no table.
    private var subscriptions: [Subscription]
    private var running: [SubscriberID: Running] = [:]
    /// Whether deliveries are made: from `run` on until it ends.
    private var isOpen = false
    /// Names that are being made or changed; for these others wait with an error.
    private var busy: Set<String> = []
    /// Why deliveries cannot go on: what storage says.
    private let failures: AsyncStream<WebhookError>
    private let failed: AsyncStream<WebhookError>.Continuation

    init(
        _ partition: Partition,
        _ store: DeliveryStore,
        _ rules: AddressRules,
        configured: Subscription?,
        _ hooks: StepHooks
    ) throws(StoreError) {
        self.partition = partition
        self.store = store
        self.hooks = hooks
        resolver = TargetResolver(rules: rules)
        subscriptions = try (configured.map { [$0] } ?? []) + store.subscriptions()
        (failures, failed) = AsyncStream.makeStream()
    }

    /// How many there are beside that of `--webhook-url`, and how many of them are paused.
    var counts: (all: Int, paused: Int) {
        let others = subscriptions.filter { $0.id != .configured }
        return (others.count, others.count { !$0.isServed })
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

    private func declare(_ request: SubscriptionRequest, _ name: String) async throws(APIError) {
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
        changed.origin = .declared
        changed.url = request.urlText
        changed.filter = filter
        changed.secrets = [secret]
        changed.headers = request.headers
        changed.batchMax = request.batchMax
        changed.inFlightMax = request.inFlightMax
        changed.attributes = request.attributes
        if changed != found { try await put(changed) }
    }

    private func put(_ changed: Subscription) async throws(APIError) {
        try await blocking { store throws(StoreError) in try store.update(changed) }
        for index in subscriptions.indices where subscriptions[index].id == changed.id {
            subscriptions[index] = changed
        }
    }

    // MARK: - At work

    /// Delivers to all that are not paused, until `stop`.
    ///
    /// - Throws: What storage says; what receivers do is never a reason.
    func run() async throws(WebhookError) {
        isOpen = true
        for subscription in subscriptions where subscription.isServed { try start(subscription) }
        var failure: WebhookError?
        for await error in failures {
            failure = error
            break
        }
        isOpen = false
        for id in Array(running.keys) { await halt(id) }
        if let failure { throw failure }
    }

    /// Has `run` end.
    nonisolated func stop() { failed.finish() }

    private func start(_ subscription: Subscription) throws(WebhookError) {
        guard isOpen else { return }
        var target = WebhookTarget(
            url: try WebhookURL(subscription.url),
            secrets: try subscription.secrets.map { text throws(WebhookError) in
                try WebhookSecret(text, from: "the subscription \(subscription.name)")
            },
            userAgent: "segmentd/\(Product.version)"
        )
        target.headers = subscription.headers.map { ($0.name, $0.value) }
        let wallClock: @Sendable () -> Instant = { ClockSource.system.wall() }
        let shown =
            subscription.id == .configured ? "webhook" : "subscription \(subscription.name)"
        var limits = DeliveryLimits()
        limits.batchMax = subscription.batchMax
        limits.inFlightMax = subscription.inFlightMax
        limits.skipsLanes = hooks.skipsLanes
        let deliverer = try Deliverer(
            subscriber: subscription.id,
            filter: subscription.filter,
            source: PartitionSource(
                partition: partition,
                store: store,
                subscription: subscription,
                counter: hooks.numbersDeliveries ? DeliveryCounter() : nil
            ),
            store: store,
            sender: HTTPSender(target: target, resolver: resolver, wallClock: wallClock),
            target: target.fingerprint,
            limits: limits,
            wallClock: wallClock,
            log: { Console.note("\(shown): \(printable($0, charactersMax: 500))") },
            reached: hooks.hook(.webhook) ?? {}
        )
        let task = Task { [failed] in
            do throws(WebhookError) {
                try await deliverer.run()
            } catch {
                failed.yield(error)
            }
        }
        running[subscription.id] = Running(deliverer: deliverer, task: task)
    }

    /// Ends deliveries to a subscriber, and returns when their progress is on disk.
    private func halt(_ id: SubscriberID) async {
        guard let running = running.removeValue(forKey: id) else { return }
        running.deliverer.stop()
        await running.task.value
    }

    // MARK: - Questions

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

    private static func cursor(_ text: String) throws(APIError) -> TransitionCursor {
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

    private func subscription(_ name: String) throws(APIError) -> Subscription {
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
    private func changeable(_ name: String) throws(APIError) -> Subscription {
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

    private func view(
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

    // MARK: - Changes

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

    private func add(
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
        fresh.batchMax = request.batchMax
        fresh.inFlightMax = request.inFlightMax
        fresh.attributes = request.attributes
        fresh.origin = origin
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

    /// Where deliveries go on: behind a transition, after the members of a snapshot where there are any.
    private struct Place: Sendable {
        var start: TransitionCursor?
        var entries: [TransitionCursor] = []
    }

    private func members(of filter: TransitionFilter) async throws(APIError) -> Place {
        do throws(PartitionError) {
            let snapshot = try await partition.snapshot(of: filter.segments)
            return Place(start: snapshot.through, entries: snapshot.entries)
        } catch {
            throw APIError(error)
        }
    }

    private func cursor(
        _ start: TransitionRequest.Start
    ) throws(APIError) -> TransitionCursor? {
        do throws(PartitionError) { return try Queries(partition).cursor(start) } catch {
            throw APIError(error)
        }
    }

    /// Refuses addresses that are not sent to; a name that cannot be looked up is only worth a note.
    private func objection(to url: WebhookURL) async throws(APIError) -> String? {
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

    private func freeName() -> String {
        var number = subscriptions.count + 1
        while subscriptions.contains(where: { $0.name == "sub-\(number)" })
            || busy.contains("sub-\(number)")
        { number += 1 }
        return "sub-\(number)"
    }

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
    private func reserve(_ name: String) throws(APIError) {
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

    private func change(
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

    /// Writes something while nothing is delivered to a subscriber, and goes on with deliveries.
    ///
    /// - Parameter changed: What it is from then on; nil where it is gone.
    private func replace<Result: Sendable>(
        _ found: Subscription,
        by changed: Subscription?,
        _ write: @escaping @Sendable (DeliveryStore) throws(StoreError) -> Result
    ) async throws(APIError) -> Result {
        try reserve(found.name)
        defer { busy.remove(found.name) }
        return try await swap(found, for: changed, write)
    }

    /// The same for who has reserved it.
    private func swap<Result: Sendable>(
        _ found: Subscription,
        for changed: Subscription?,
        _ write: @escaping @Sendable (DeliveryStore) throws(StoreError) -> Result
    ) async throws(APIError) -> Result {
        await halt(found.id)
        let result = try await blocking(write)
        subscriptions.removeAll { $0.id == found.id }
        if let changed {
            let place = subscriptions.firstIndex { $0.id.rawValue > changed.id.rawValue }
            subscriptions.insert(changed, at: place ?? subscriptions.count)
            try begin(changed)
        }
        return result
    }

    private func begin(_ subscription: Subscription) throws(APIError) {
        guard subscription.isServed else { return }
        do throws(WebhookError) {
            try start(subscription)
        } catch {
            throw APIError(503, "failed", error.description)
        }
    }

    /// Writes on a thread that may block in a sync.
    private func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (DeliveryStore) throws(StoreError) -> Result
    ) async throws(APIError) -> Result {
        let outcome: Swift.Result<Result, StoreError>
        do {
            outcome = try await NIOThreadPool.singleton.runIfActive { [store] in
                do throws(StoreError) { return .success(try body(store)) } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw APIError(503, "stopped", "segmentd is stopping")
        }
        // Nothing is known then of what is on disk.
        if case .failure(let error) = outcome { failed.yield(WebhookError(error.description)) }
        return try wrap { () throws(StoreError) in try outcome.get() }
    }

    private func wrap<Value>(_ body: () throws(StoreError) -> Value) throws(APIError) -> Value {
        do throws(StoreError) { return try body() } catch {
            throw APIError(503, "failed", error.description)
        }
    }
}

extension Subscription {
    /// Whether anything is sent.
    fileprivate var isServed: Bool { !isPaused && origin != .undeclared }
}
