public import EventModel
public import RuleLanguage

/// What transitions a log gives, by definition: slow, and written from the meaning alone.
///
/// Each person is judged at every instant at which an entry arrives, and at every one at which anything
/// can change for it, from all its entries. Shares no code with the engine.
public struct NaiveReference {
    /// One transition.
    public struct Outcome: Hashable, Sendable {
        /// The instant.
        public var at: Instant
        /// Who.
        public var person: UInt64
        /// The segment.
        public var segment: String
        /// Whether the person entered.
        public var isEntry: Bool
        /// Why.
        public var cause: TransitionCause
        /// The causing entry, 0 for time.
        public var sequence: UInt64
        /// Whether subscribers hear of it.
        public var isAnnounced: Bool
        /// What the person is called.
        public var identifiers: [Identifier]
    }

    let entries: [TestEntry]
    let ruleSets: [RuleSet]
    let identity: NaiveIdentity
    /// By how many rule sets were in force.
    private let events: [[NaiveHistory.Event]]

    /// The reference on a log; entry n has the sequence number n, from 1.
    ///
    /// - Parameter scrubbedBehind: Entries behind which the log was scrubbed of what had been erased by then.
    public init(
        _ entries: [TestEntry],
        ruleSets: [RuleSet],
        identifiersMax: Int = 100,
        scrubbedBehind: Set<UInt64> = []
    ) {
        self.entries = entries
        self.ruleSets = ruleSets
        identity = NaiveIdentity(
            entries,
            ruleSets: ruleSets,
            identifiersMax: identifiersMax,
            scrubbedBehind: scrubbedBehind
        )
        // As each rule set means them, and as they were sent before the first one.
        let contracts = [DataContract()] + ruleSets.map(\.contract)
        let admitted = identity.admitted
        events = contracts.map { contract in
            zip(entries, admitted).map { NaiveHistory.Event($0, $1, contract) }
        }
    }

    // MARK: - Instants

    /// What became of a person so far.
    private struct Life {
        var members: Set<String> = []
        var turns: [NaiveHistory.Turn] = []
        var judge: NaiveJudge?
        /// The entries and the rules that the judge knows, and what the person is called.
        var known: Known?
    }

    private struct Known: Equatable {
        var entries: [Int]
        var inForce: Int
        var canonical: String?
    }

    /// All transitions up to and including an instant, in order.
    ///
    /// - Parameter others: Further instants at which to look, where nothing should come of it.
    public func transitions(through end: Instant, lookingAt others: [Instant] = []) -> [Outcome] {
        var lives: [UInt64: Life] = [:]
        var outcomes: [Outcome] = []
        let arrivals = Set(entries.map(\.receivedAt)).filter { $0 <= end }.sorted()
        for (place, arrival) in arrivals.enumerated() {
            // What is known now is known until the next entry arrives.
            let next = place + 1 < arrivals.count ? arrivals[place + 1] : nil
            let last = UInt64(entries.count { $0.receivedAt <= arrival })
            let people = Set(identity.admitted.prefix(Int(last)).map(\.owner)).subtracting([0])
            for person in people {
                var life = lives[person] ?? Life()
                learn(&life, person, through: last, end, others)
                var now: Instant? = arrival
                while let instant = now, instant <= end, next.map({ instant < $0 }) ?? true {
                    decide(&life, person, at: instant, through: last, &outcomes)
                    now = life.judge?.instants.first { $0 > instant }
                }
                lives[person] = life
            }
        }
        return outcomes.sorted { left, right in
            guard (left.at, left.person) == (right.at, right.person) else {
                return (left.at, left.person) < (right.at, right.person)
            }
            return left.segment.utf8.lexicographicallyPrecedes(right.segment.utf8)
        }
    }

    /// Whether a person, or whom it has become, is erased in the end.
    public func isErased(_ person: UInt64) -> Bool {
        let last = UInt64(entries.count)
        return identity.isErased(identity.survivor(of: person, through: last), through: last)
    }

    func inForce(through last: UInt64) -> Int {
        entries.prefix(Int(last)).count { $0.kind == .rules }
    }

    private func entries(of person: UInt64, through last: UInt64) -> [Int] {
        (0..<Int(last)).filter { index in
            let owner = identity.admitted[index].owner
            return owner != 0 && identity.survivor(of: owner, through: last) == person
        }
    }

    /// An entry as it is known by the end of another: merges that kept the attributes of one person have taken from
    /// those of the other.
    private func event(_ index: Int, _ inForce: Int, through last: UInt64) -> NaiveHistory.Event {
        let event = events[inForce][index]
        guard event.entry.kind == .identify else { return event }
        let gone = identity.admitted[index + 1..<Int(last)].flatMap { merge -> [String] in
            let owner = identity.admitted[index].owner
            guard let kept = merge.kept,
                identity.survivor(of: owner, through: merge.entry - 1) == kept.secondary
            else { return [] }
            return attributes(of: kept.primary, inForce, through: merge.entry - 1)
        }
        return gone.isEmpty ? event : event.without(gone)
    }

    /// The attributes that a person has by the end of an entry.
    private func attributes(
        of person: UInt64,
        _ inForce: Int,
        through last: UInt64
    ) -> [String] {
        let identifies = entries(of: person, through: last).map {
            event($0, inForce, through: last)
        }
        .filter { $0.entry.kind == .identify && !$0.isDuplicate }
        return Set(identifies.flatMap { $0.entry.members.keys }).filter { name in
            let latest = identifies.filter { $0.entry.members[name] != nil }
                .max { ($0.at, $0.index) < ($1.at, $1.index) }
            return NaiveValue(now: .distantPast).passes(.isSet, latest?.entry.members[name])
        }
    }

    /// Whether an entry has an effect: it is not suppressed, repeats no message, and, when it comes, no key that the
    /// contract in force declares.
    func counts(_ index: Int) -> Bool {
        let admitted = identity.admitted[index]
        guard !admitted.isSuppressed, !admitted.isDuplicate else { return false }
        let last = UInt64(index + 1)
        let inForce = inForce(through: last)
        guard admitted.owner != 0, inForce > 0 else { return true }
        let history = NaiveHistory(
            entries(of: admitted.owner, through: last).map { events[inForce][$0] },
            canonical: nil,
            ruleSets[inForce - 1],
            turns: []
        )
        return !history.repeats(ruleSets[inForce - 1].uniqueKeys).contains(index)
    }

    /// Has a person judged by what is known by the end of an entry.
    private func learn(
        _ life: inout Life,
        _ person: UInt64,
        through last: UInt64,
        _ end: Instant,
        _ others: [Instant]
    ) {
        guard identity.survivor(of: person, through: last) == person,
            !identity.isErased(person, through: last)
        else {
            life.judge = nil
            return
        }
        let inForce = inForce(through: last)
        let its = entries(of: person, through: last)
        let canonical = identity.canonical(of: person, through: last)
        let known = Known(entries: its, inForce: inForce, canonical: canonical)
        guard life.known != known else { return }
        life.known = known
        let history = NaiveHistory(
            its.map { event($0, inForce, through: last) },
            canonical: canonical,
            inForce > 0 ? ruleSets[inForce - 1] : RuleSet(segments: []),
            turns: life.turns
        )
        life.judge = NaiveJudge(history, end: end, others: others)
    }

    /// Judges a person at an instant, segment by segment: each sees what was decided before it.
    private func decide(
        _ life: inout Life,
        _ person: UInt64,
        at instant: Instant,
        through last: UInt64,
        _ outcomes: inout [Outcome]
    ) {
        let rules = life.judge?.history.inOrder ?? []
        let gone = life.members.subtracting(rules.map(\.name))
        for name in gone.sorted() {
            turn(&life, person, name, false, instant, last, &outcomes)
        }
        for rule in rules {
            let isThere = life.judge?.holds(rule.condition, at: instant) ?? false
            guard isThere != life.members.contains(rule.name) else { continue }
            turn(&life, person, rule.name, isThere, instant, last, &outcomes)
        }
    }

    private func turn(
        _ life: inout Life,
        _ person: UInt64,
        _ segment: String,
        _ isEntry: Bool,
        _ instant: Instant,
        _ last: UInt64,
        _ outcomes: inout [Outcome]
    ) {
        if isEntry { life.members.insert(segment) } else { life.members.remove(segment) }
        let turn = NaiveHistory.Turn(segment: segment, isEntry: isEntry, at: instant)
        life.turns.append(turn)
        life.judge?.note(turn)
        let inForce = inForce(through: last)
        outcomes.append(outcome(instant, person, segment, isEntry, last, inForce))
    }

    // MARK: - Outcomes

    private func outcome(
        _ instant: Instant,
        _ person: UInt64,
        _ segment: String,
        _ isEntry: Bool,
        _ last: UInt64,
        _ inForce: Int
    ) -> Outcome {
        let here = entries.indices.filter { entries[$0].receivedAt == instant }
        var causes: [(cause: TransitionCause, sequence: UInt64, isBackfill: Bool)] = []
        for index in here {
            let sequence = UInt64(index + 1)
            let admitted = identity.admitted[index]
            guard admitted.owner == person || admitted.absorbed.contains(person) else { continue }
            let isAttribute = entries[index].kind != .track || admitted.isLink
            let cause: TransitionCause =
                entries[index].kind == .erase
                ? .erased
                : !admitted.absorbed.isEmpty ? .merge : isAttribute ? .attribute : .event
            causes.append((cause, sequence, entries[index].isBackfill))
        }
        let isHistory = !causes.isEmpty && causes.allSatisfy(\.isBackfill)
        var result = Outcome(
            at: instant,
            person: person,
            segment: segment,
            isEntry: isEntry,
            cause: .time,
            sequence: 0,
            isAnnounced: !isHistory && !isImport(instant),
            identifiers: identifiers(of: person, at: instant, last)
        )
        if let strongest = causes.map(\.cause).min() {
            let asHistory = isHistory && strongest > .backfill
            result.cause = asHistory ? .backfill : strongest
            let causing = causes.filter { asHistory || $0.cause == strongest }
            result.sequence = causing.last?.sequence ?? 0
        }
        let rules = here.last { entries[$0].kind == .rules }
        if let rules, isChanged(segment, inForce) {
            result.cause = .rules
            result.sequence = UInt64(rules + 1)
            let (isTold, isQuiet) = (entries[rules].isOn, entries[rules].isBackfill)
            result.isAnnounced = isTold && !(isEntry && isQuiet) && !isImport(instant)
        }
        return result
    }

    /// Whether an instant belongs to an import: from the opening of the job to before the first entry
    /// behind its end.
    func isImport(_ instant: Instant) -> Bool {
        let before = entries.prefix { $0.receivedAt <= instant }
        guard let open = before.lastIndex(where: { $0.kind == .job && $0.isOn }) else {
            return false
        }
        let close = entries[open...].firstIndex { $0.kind == .job && !$0.isOn }
        guard let close, close + 1 < entries.count else { return true }
        return instant < entries[close + 1].receivedAt
    }

    /// Whether a segment means something else under the rule set than under the one before.
    private func isChanged(_ segment: String, _ inForce: Int) -> Bool {
        let before = inForce > 1 ? ruleSets[inForce - 2].ruleHashes[segment] : nil
        return before != ruleSets[inForce - 1].ruleHashes[segment]
    }

    /// What a person is called right after an instant; who was absorbed, right before.
    private func identifiers(of person: UInt64, at now: Instant, _ last: UInt64) -> [Identifier] {
        let isAbsorbed = identity.survivor(of: person, through: last) != person
        let through = isAbsorbed ? UInt64(entries.count { $0.receivedAt < now }) : last
        return identity.identifiers(of: person, through: through)
    }
}
