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
    /// The webhook that flags or the settings file name, as people see it.
    private let configured: SubscriptionView?
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
        configured: SubscriptionView?,
        _ hooks: StepHooks
    ) throws(StoreError) {
        self.partition = partition
        self.store = store
        self.hooks = hooks
        self.configured = configured
        resolver = TargetResolver(rules: rules)
        subscriptions = try store.subscriptions()
        (failures, failed) = AsyncStream.makeStream()
    }

    /// How many there are, and how many of them are paused.
    var counts: (all: Int, paused: Int) {
        (subscriptions.count, subscriptions.count(where: \.isPaused))
    }

    // MARK: - At work

    /// Delivers to all that are not paused, until `stop`.
    ///
    /// - Throws: What storage says; what receivers do is never a reason.
    func run() async throws(WebhookError) {
        isOpen = true
        for subscription in subscriptions where !subscription.isPaused { try start(subscription) }
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
        let name = subscription.name
        let deliverer = try Deliverer(
            subscriber: subscription.id,
            filter: subscription.filter,
            source: PartitionSource(partition: partition),
            store: store,
            sender: HTTPSender(target: target, resolver: resolver, wallClock: wallClock),
            target: target.fingerprint,
            wallClock: wallClock,
            log: { Console.note("subscription \(name): \(printable($0, charactersMax: 500))") },
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

    func list() throws(APIError) -> SubscriptionList {
        var views: [SubscriptionView] = []
        if let configured {
            views.append(try filled(configured, .configured))
        }
        for subscription in subscriptions { views.append(try view(subscription)) }
        return SubscriptionList(subscriptions: views)
    }

    func view(of name: String) throws(APIError) -> SubscriptionView {
        if let configured, name == configured.name { return try filled(configured, .configured) }
        return try view(try subscription(name))
    }

    func deadLetters(
        of name: String,
        after: String?,
        limit: Int
    ) throws(APIError) -> DeadLetterPage {
        let isConfigured = configured?.name == name
        let id = isConfigured ? SubscriberID.configured : try subscription(name).id
        var cursor: TransitionCursor?
        if let after {
            cursor = TransitionCursor(text: after)
            guard cursor != nil else {
                throw APIError(
                    400,
                    "invalid_cursor",
                    "'\(printable(after, charactersMax: 60))' is no cursor; hand back the 'next' "
                        + "of an earlier answer"
                )
            }
        }
        let letters = try wrap { () throws(StoreError) in
            try store.deadLetters(of: id, after: cursor, limit: limit)
        }
        return DeadLetterPage(letters, after: after)
    }

    private func subscription(_ name: String) throws(APIError) -> Subscription {
        if let found = subscriptions.first(where: { $0.name == name }) { return found }
        if configured?.name == name {
            throw APIError(
                409,
                "configured_subscription",
                "this one is named by --webhook-url or the settings file: change it there, and "
                    + "start segmentd again"
            )
        }
        let names = subscriptions.map(\.name)
        throw APIError(
            404,
            "unknown_subscription",
            "no subscription is called '\(printable(name, charactersMax: 60))'; "
                + (names.isEmpty
                    ? "there are none" : "there are: \(names.prefix(20).joined(separator: ", "))")
        )
    }

    private func view(
        _ subscription: Subscription,
        secret: String? = nil,
        note: String? = nil
    ) throws(APIError) -> SubscriptionView {
        let url = try? WebhookURL(subscription.url)
        let filter = subscription.filter
        let view = SubscriptionView(
            name: subscription.name,
            url: url?.shown ?? "",
            state: subscription.isPaused ? "paused" : "active",
            segments: filter.segments?.sorted(),
            kinds: TransitionFilter.Kind.allCases.filter { filter.kinds.contains($0) }
                .map(\.rawValue),
            causes: filter.causes?.sorted().map(\.name),
            unannounced: filter.takesUnannounced,
            exitsOfUnannounced: filter.takesExitsOfUnannounced,
            headers: subscription.headers.map(\.name),
            secrets: subscription.secrets.count,
            held: 0,
            deadLetters: 0,
            createdAt: subscription.createdAt.rfc3339,
            secret: secret,
            note: note
        )
        return try filled(view, subscription.id)
    }

    /// A view with how far deliveries have got.
    private func filled(
        _ view: SubscriptionView,
        _ id: SubscriberID
    ) throws(APIError) -> SubscriptionView {
        let (position, dead) = try wrap { () throws(StoreError) in
            (try store.position(of: id), try store.deadLetterCount(of: id))
        }
        var view = view
        view.cursor = position?.through?.text
        view.held = position?.held.count ?? 0
        view.deadLetters = dead
        if position?.gone != nil, view.state == "active" { view.state = "gone" }
        return view
    }

    // MARK: - Changes

    func create(_ request: SubscriptionRequest) async throws(APIError) -> SubscriptionView {
        let note = try await objection(to: request.url)
        let queries = Queries(partition)
        var filter = try await queries.filter(request.wanted)
        filter.takesExitsOfUnannounced = request.takesExitsOfUnannounced
        let place = try request.wanted.start() ?? .now
        let start: TransitionCursor?
        do throws(PartitionError) {
            start = try queries.cursor(place)
        } catch {
            throw APIError(error)
        }
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
        let fresh = Subscription(
            name: name,
            url: request.urlText,
            filter: filter,
            secrets: [secret],
            headers: request.headers,
            createdAt: ClockSource.system.wall()
        )
        let added = try await blocking { store throws(StoreError) in
            try store.add(fresh, behind: start)
        }
        subscriptions.append(added)
        try begin(added)
        return try view(added, secret: request.secret == nil ? secret : nil, note: note)
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

    /// Delivers again; also to one that has answered 410.
    func resume(_ name: String) async throws(APIError) -> SubscriptionView {
        try await change(name) { $0.isPaused = false }
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
        let found = try subscription(name)
        try await replace(found, by: nil) { store throws(StoreError) in try store.remove(found.id) }
    }

    private func change(
        _ name: String,
        _ body: (inout Subscription) -> Void
    ) async throws(APIError) -> SubscriptionView {
        let found = try subscription(name)
        var changed = found
        body(&changed)
        let copy = changed
        try await replace(found, by: copy) { store throws(StoreError) in try store.update(copy) }
        return try view(copy)
    }

    /// Writes something while nothing is delivered to a subscriber, and goes on with deliveries.
    ///
    /// - Parameter changed: What it is from then on; nil where it is gone.
    private func replace<Result: Sendable>(
        _ found: Subscription,
        by changed: Subscription?,
        _ write: @escaping @Sendable (DeliveryStore) throws(StoreError) -> Result
    ) async throws(APIError) -> Result {
        guard busy.insert(found.name).inserted else {
            throw APIError(
                409,
                "busy",
                "the subscription '\(found.name)' is being changed; try again in a moment"
            )
        }
        defer { busy.remove(found.name) }
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
        guard !subscription.isPaused else { return }
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
