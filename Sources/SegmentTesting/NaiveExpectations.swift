public import EventModel
internal import RuleLanguage

/// What becomes of expectations, by definition.
///
/// Each is looked at at every instant at which anything can change for it, from all entries and transitions. Shares
/// no code with the engine.
public struct NaiveExpectations {
    /// What subscribers hear.
    public struct Notice: Hashable, Sendable {
        /// When they hear it.
        public var at: Instant
        /// What is expected of what: `segment carts: at least 1 entry in 6 hours`.
        public var key: String
        /// Which way it turned.
        public var direction: TransitionDirection
        /// Since when.
        public var since: Instant
    }

    private struct Item: Equatable {
        var segment: String?
        /// An event's names.
        var events: [String]
        var key: String
        var expectation: Expectation
        /// What must stay the same, lest it begin anew.
        var meaning: String
    }

    /// An expectation as long as it is in force.
    private struct Span {
        var item: Item
        var start: Instant
        var end = Instant.distantFuture
        /// Whether an import ended it.
        var isCutOff = false
    }

    private static let minute = TimeSpan.minutes(1)

    private let reference: NaiveReference
    private let transitions: [NaiveReference.Outcome]
    /// Entries that have an effect and are live.
    private let live: [Int]

    /// What becomes of them in a log with those transitions.
    public init(_ reference: NaiveReference, _ transitions: [NaiveReference.Outcome]) {
        self.reference = reference
        self.transitions = transitions
        live = reference.entries.indices.filter { index in
            !reference.isImport(reference.entries[index].receivedAt) && reference.counts(index)
        }
    }

    /// All notices up to and including an instant, in order.
    public func notices(through end: Instant) -> [Notice] {
        let chains = Dictionary(grouping: spans, by: \.item.key).values
        return chains.flatMap { notices($0) }.filter { $0.at <= end }.sorted { left, right in
            guard left.at == right.at else { return left.at < right.at }
            return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
        }
    }

    // MARK: - In force

    private var spans: [Span] {
        var spans: [Span] = []
        var open: [Span] = []
        var inForce: [Item] = []
        var ruleSets = reference.ruleSets.makeIterator()
        func turn(to items: [Item], at instant: Instant, anew: Bool) {
            for span in open where anew || !items.contains(span.item) {
                var ended = span
                ended.end = instant
                ended.isCutOff = anew
                spans.append(ended)
            }
            open.removeAll { anew || !items.contains($0.item) }
            for item in items where !open.contains(where: { $0.item == item }) {
                open.append(Span(item: item, start: instant))
            }
        }
        var wasImport = false
        for entry in reference.entries {
            let isImport = reference.isImport(entry.receivedAt)
            if entry.kind == .rules { inForce = ruleSets.next().map(NaiveExpectations.items) ?? [] }
            if isImport != wasImport {
                turn(to: isImport ? [] : inForce, at: entry.receivedAt, anew: true)
            } else if entry.kind == .rules, !isImport {
                turn(to: inForce, at: entry.receivedAt, anew: false)
            }
            wasImport = isImport
        }
        return spans + open
    }

    private static func items(_ ruleSet: RuleSet) -> [Item] {
        let hashes = ruleSet.ruleHashes
        return ruleSet.segments.flatMap { rule in
            rule.expectations.map {
                Item(
                    segment: rule.name,
                    events: [],
                    key: "segment \(rule.name): \($0.text)",
                    expectation: $0,
                    meaning: "\(hashes[rule.name] ?? 0)"
                )
            }
        }
            + ruleSet.contract.events.flatMap { event in
                event.expectations.map {
                    Item(
                        segment: nil,
                        events: [event.name] + event.aliases,
                        key: "event \(event.name): \($0.text)",
                        expectation: $0,
                        meaning: "\(event.key)"
                    )
                }
            }
    }

    // MARK: - Counting

    /// From when to when each thing counts.
    private func counted(_ span: Span) -> [Range<Instant>] {
        let window = span.item.expectation.window ?? TimeSpan(milliseconds: 0)
        func turned(_ isEntry: Bool) -> [Range<Instant>] {
            transitions.filter {
                $0.segment == span.item.segment && $0.isEntry == isEntry && $0.isAnnounced
                    && $0.at >= span.start
            }.map { $0.at..<$0.at + window }
        }
        switch span.item.expectation.subject {
        case .members: return []
        case .entries: return turned(true)
        case .exits: return turned(false)
        case .events:
            return live.compactMap { index in
                let entry = reference.entries[index]
                let end = reference.identity.admitted[index].occurredAt + window
                guard entry.kind == .track, !entry.isBackfill, entry.receivedAt >= span.start,
                    span.item.events.contains(entry.event), entry.receivedAt < end
                else { return nil }
                return entry.receivedAt..<end
            }
        }
    }

    private func members(_ span: Span, at instant: Instant) -> Int {
        let turns = transitions.filter { $0.segment == span.item.segment && $0.at <= instant }
        return turns.count { $0.isEntry } - turns.count { !$0.isEntry }
    }

    /// The notices of one key, whatever it has meant.
    private func notices(_ chain: [Span]) -> [Notice] {
        var notices: [Notice] = []
        var isToldBroken = false
        let chain = chain.sorted { $0.start < $1.start }
        for (place, span) in chain.enumerated() {
            notices += self.notices(span, &isToldBroken)
            if span.isCutOff { isToldBroken = false }
            // What is broken and not said any more is withdrawn, unless it is said again within the minute.
            let at = span.end + NaiveExpectations.minute
            let next = place + 1 < chain.count ? chain[place + 1].start : .distantFuture
            guard isToldBroken, at <= next, at <= nextImport(after: span.end) else { continue }
            isToldBroken = false
            notices.append(
                Notice(at: at, key: span.item.key, direction: .withdrawn, since: span.end)
            )
        }
        return notices
    }

    /// When an import next begins, which leaves nothing to be said of what was before it.
    private func nextImport(after instant: Instant) -> Instant {
        reference.entries.first {
            $0.receivedAt > instant && $0.kind == .job && $0.isOn
        }?.receivedAt ?? .distantFuture
    }

    private func notices(_ span: Span, _ isToldBroken: inout Bool) -> [Notice] {
        let expectation = span.item.expectation
        let ranges = counted(span)
        let armed = span.start + (expectation.window ?? TimeSpan(milliseconds: 0))
        var instants: Set<Instant> = [armed]
        for range in ranges { instants.formUnion([range.lowerBound, range.upperBound]) }
        if expectation.window == nil { instants.formUnion(transitions.map(\.at)) }
        var runs: [(start: Instant, isBroken: Bool)] = []
        for instant in instants.sorted() where instant >= armed && instant < span.end {
            let count =
                expectation.window == nil
                ? members(span, at: instant) : ranges.count { $0.contains(instant) }
            let isBroken = count < expectation.low ?? 0 || count > expectation.high ?? .max
            if runs.last?.isBroken != isBroken { runs.append((instant, isBroken)) }
        }
        var notices: [Notice] = []
        for (place, run) in runs.enumerated() {
            guard run.isBroken != isToldBroken else { continue }
            let end = place + 1 < runs.count ? runs[place + 1].start : span.end
            let at = noticed(run.start, expectation)
            guard at <= end else { continue }
            isToldBroken = run.isBroken
            notices.append(
                Notice(
                    at: at,
                    key: span.item.key,
                    direction: run.isBroken ? .broken : .met,
                    since: run.start
                )
            )
        }
        return notices
    }

    /// A minute after a change; of members, a minute after the last entry sent late on purpose before that.
    private func noticed(_ change: Instant, _ expectation: Expectation) -> Instant {
        var at = change + NaiveExpectations.minute
        guard expectation.window == nil else { return at }
        for index in live
        where reference.entries[index].isBackfill && reference.entries[index].kind != .rules {
            let late = reference.entries[index].receivedAt
            if late < at { at = max(at, late + NaiveExpectations.minute) }
        }
        return at
    }
}
