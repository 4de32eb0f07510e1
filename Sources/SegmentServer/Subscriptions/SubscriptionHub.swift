internal import EventModel
internal import EventStore
internal import Materializer
internal import WebhookDelivery

/// The subscriptions of a daemon, and those who deliver to them: each by itself, so that one that is dead holds up
/// no other.
actor SubscriptionHub {
    struct Running {
        var deliverer: Deliverer
        var task: Task<Void, Never>
    }

    let partition: Partition
    let store: DeliveryStore
    let resolver: TargetResolver
    let hooks: StepHooks
    /// All of them; that of `--webhook-url` is the first, where there is one, and stands in no table.
    var subscriptions: [Subscription]
    var running: [SubscriberID: Running] = [:]
    /// Whether deliveries are made: from `run` on until it ends.
    var isOpen = false
    /// Names that are being made or changed; for these others wait with an error.
    var busy: Set<String> = []
    /// Why deliveries cannot go on: what storage says.
    let failures: AsyncStream<WebhookError>
    let failed: AsyncStream<WebhookError>.Continuation

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

    func start(_ subscription: Subscription) throws(WebhookError) {
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
    func halt(_ id: SubscriberID) async {
        guard let running = running.removeValue(forKey: id) else { return }
        running.deliverer.stop()
        await running.task.value
    }

    /// Writes something while nothing is delivered to a subscriber, and goes on with deliveries.
    ///
    /// - Parameter changed: What it is from then on; nil where it is gone.
    func replace<Result: Sendable>(
        _ found: Subscription,
        by changed: Subscription?,
        _ write: @escaping @Sendable (DeliveryStore) throws(StoreError) -> Result
    ) async throws(APIError) -> Result {
        try reserve(found.name)
        defer { busy.remove(found.name) }
        return try await swap(found, for: changed, write)
    }

    /// The same for who has reserved it.
    func swap<Result: Sendable>(
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

    func begin(_ subscription: Subscription) throws(APIError) {
        guard subscription.isServed else { return }
        do throws(WebhookError) {
            try start(subscription)
        } catch {
            throw APIError(503, "failed", error.description)
        }
    }

    /// Writes on a thread that may block in a sync.
    func blocking<Result: Sendable>(
        _ body: @escaping @Sendable (DeliveryStore) throws(StoreError) -> Result
    ) async throws(APIError) -> Result {
        let outcome = try await store.blocking(body)
        // Nothing is known then of what is on disk.
        if case .failure(let error) = outcome { failed.yield(WebhookError(error.description)) }
        return try wrap { () throws(StoreError) in try outcome.get() }
    }

    func wrap<Value>(_ body: () throws(StoreError) -> Value) throws(APIError) -> Value {
        do throws(StoreError) { return try body() } catch {
            throw APIError(503, "failed", error.description)
        }
    }
}

extension Subscription {
    /// Whether anything is sent.
    var isServed: Bool { !isPaused && origin != .undeclared }
}
