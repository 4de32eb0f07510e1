public import EventModel
public import RuleLanguage

/// What transitions a log gives, by definition: slow, and written from the meaning alone.
///
/// Every instant at which anything can change is looked at; at each one every person is judged from
/// all its entries. Shares no code with the engine.
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

    private let entries: [TestEntry]
    private let ruleSets: [RuleSet]
    private let identity: NaiveIdentity

    /// The reference on a log; entry n has the sequence number n, from 1.
    public init(_ entries: [TestEntry], ruleSets: [RuleSet], identifiersMax: Int = 100) {
        self.entries = entries
        self.ruleSets = ruleSets
        identity = NaiveIdentity(entries, ruleSets: ruleSets, identifiersMax: identifiersMax)
    }

    // MARK: - Truth

    /// A person's accepted entries, as known by the end of an entry.
    private func history(of person: UInt64, through last: UInt64) -> [Event] {
        (0..<Int(last)).filter { index in
            let admitted = identity.admitted[index]
            return admitted.owner != 0 && !admitted.isDuplicate
                && identity.survivor(of: admitted.owner, through: last) == person
        }.map {
            Event(entry: entries[$0], at: identity.admitted[$0].occurredAt, index: $0)
        }
    }

    /// An entry that counts, with its event time and its place.
    private struct Event {
        let entry: TestEntry
        let at: Instant
        let index: Int
    }

    private struct Judge {
        let ruleSet: RuleSet
        let history: [Event]
        let now: Instant

        func holds(_ condition: Condition) -> Bool {
            switch condition {
            case .all(let parts): parts.allSatisfy(holds)
            case .any(let parts): parts.contains(where: holds)
            case .not(let part): !holds(part)
            case .atLeast(let count, let events, let window):
                matching(events, window).count >= count
            case .sum(let property, let window, let bound): reaches(property, window, bound)
            case .attribute(let path, let test): passes(test, attribute(path))
            case .inSegment(let name):
                ruleSet.segments.first { $0.name == name }.map { holds($0.condition) } ?? false
            }
        }

        private func matching(_ events: EventSelection, _ window: Window) -> [TestEntry] {
            let repeats = repeats(events.uniqueKeys)
            return history.filter { event in
                var isInside = true
                if case .last(let span) = window { isInside = now < event.at + span }
                return isInside && event.entry.kind == .track && !repeats.contains(event.index)
                    && events.names?.contains(event.entry.event) ?? true
                    && events.filter.map { passes($0, event.entry.members) } ?? true
            }.map(\.entry)
        }

        /// Events that have the same key as an earlier one of the person.
        private func repeats(_ keys: [UniqueKey]) -> Set<Int> {
            var seen: Set<[String]> = []
            var repeats: Set<Int> = []
            for event in history where event.entry.kind == .track {
                let members = TestValue.object(event.entry.members)
                for key in keys where key.event == event.entry.event {
                    let parts = key.paths.map { NaiveReference.keyPart(value($0, members)) }
                    guard !parts.contains(nil) else { continue }
                    let isNew = seen.insert([key.event] + parts.compactMap { $0 }).inserted
                    if !isNew { repeats.insert(event.index) }
                }
            }
            return repeats
        }

        private func reaches(_ sum: SummedProperty, _ window: Window, _ bound: SumBound) -> Bool {
            let numbers = matching(sum.events, window).compactMap { entry -> Int128? in
                if case .number(let text)? = value(sum.path, .object(entry.members)) {
                    return ExactDecimal(text)?.units
                }
                return nil
            }
            let total = numbers.reduce(0, +)
            return bound.isStrict ? total > bound.number.units : total >= bound.number.units
        }

        private func attribute(_ path: [String]) -> TestValue? {
            guard let name = path.first else { return nil }
            let latest = history.filter {
                $0.entry.kind == .identify && $0.entry.members[name] != nil
            }.max { ($0.at, $0.index) < ($1.at, $1.index) }
            return latest.flatMap { value(Array(path.dropFirst()), $0.entry.members[name]) }
        }

        private func value(_ path: [String], _ value: TestValue?) -> TestValue? {
            guard let name = path.first else { return value }
            guard case .object(let members)? = value else { return nil }
            return self.value(Array(path.dropFirst()), members[name])
        }

        private func passes(_ filter: PropertyFilter, _ members: [String: TestValue]) -> Bool {
            switch filter {
            case .all(let parts): parts.allSatisfy { passes($0, members) }
            case .any(let parts): parts.contains { passes($0, members) }
            case .not(let part): !passes(part, members)
            case .property(let path, let test): passes(test, value(path, .object(members)))
            }
        }

        private func passes(_ test: ValueTest, _ value: TestValue?) -> Bool {
            guard let value, !NaiveReference.isMissing(value) else { return false }
            switch test {
            case .isSet: return true
            case .equal(let literal): return NaiveReference.isEqual(value, literal)
            case .oneOf(let any): return any.contains { NaiveReference.isEqual(value, $0) }
            case .less(let other): return order(value, other).map { $0 < 0 } ?? false
            case .lessOrEqual(let other): return order(value, other).map { $0 <= 0 } ?? false
            case .greater(let other): return order(value, other).map { $0 > 0 } ?? false
            case .greaterOrEqual(let other): return order(value, other).map { $0 >= 0 } ?? false
            }
        }

        private func order(_ value: TestValue, _ literal: ValueLiteral) -> Int? {
            switch (value, literal) {
            case (.number(let text), .number(let other)):
                ExactDecimal(text).map { $0 < other ? -1 : $0 == other ? 0 : 1 }
            case (.text(let text), .text(let other)):
                text == other ? 0 : text.utf8.lexicographicallyPrecedes(other.utf8) ? -1 : 1
            case (.text(let text), .time(let start, let end)):
                Instant(rfc3339: text).map { $0 < start ? -1 : $0 < end ? 0 : 1 }
            default: nil
            }
        }
    }

    /// What a value is as part of a key, nil where it is none; a number equals its spelling.
    private static func keyPart(_ value: TestValue?) -> String? {
        guard let value, !isMissing(value) else { return nil }
        switch value {
        case .number(let text): return ExactDecimal(text).map { "=\($0)" }
        case .text(let text): return "=\(text)"
        case .boolean(let truth): return truth ? "yes" : "no"
        case .null, .list, .object: return nil
        }
    }

    private static func isMissing(_ value: TestValue) -> Bool {
        switch value {
        case .null: true
        case .text(let text): text.isEmpty
        case .number(let text): ExactDecimal(text) == nil
        default: false
        }
    }

    private static func isEqual(_ value: TestValue, _ literal: ValueLiteral) -> Bool {
        switch (value, literal) {
        case (.number(let text), .number(let number)): ExactDecimal(text) == number
        case (.text(let text), .number(let number)): text == number.description
        case (.text(let text), .text(let other)): text == other
        case (.number(let text), .text(let other)): ExactDecimal(text)?.description == other
        case (.boolean(let truth), .boolean(let other)): truth == other
        case (.text(let text), .time(let start, let end)):
            Instant(rfc3339: text).map { start <= $0 && $0 < end } ?? false
        default: false
        }
    }

    // MARK: - Instants

    /// All transitions up to and including an instant, in order.
    public func transitions(through end: Instant) -> [Outcome] {
        var members: [UInt64: Set<String>] = [:]
        var outcomes: [Outcome] = []
        for instant in instants(through: end) {
            let last = UInt64(entries.count { $0.receivedAt <= instant })
            let inForce = entries.prefix(Int(last)).count { $0.kind == .rules }
            let ruleSet = inForce > 0 ? ruleSets[inForce - 1] : RuleSet(segments: [])
            let people = Set(identity.admitted.prefix(Int(last)).map(\.owner)).subtracting([0])
            for person in people.sorted() {
                var isThere: Set<String> = []
                if identity.survivor(of: person, through: last) == person {
                    let judge = Judge(
                        ruleSet: ruleSet,
                        history: history(of: person, through: last),
                        now: instant
                    )
                    let rules = ruleSet.segments.filter { judge.holds($0.condition) }
                    isThere = Set(rules.map(\.name))
                }
                let changed = members[person, default: []].symmetricDifference(isThere)
                for name in changed.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
                    let isEntry = isThere.contains(name)
                    outcomes.append(outcome(instant, person, name, isEntry, last, inForce))
                }
                members[person] = isThere
            }
        }
        return outcomes
    }

    private func instants(through end: Instant) -> [Instant] {
        var spans: Set<TimeSpan> = []
        func collect(_ condition: Condition) {
            switch condition {
            case .all(let parts), .any(let parts): parts.forEach(collect)
            case .not(let part): collect(part)
            case .atLeast(_, _, .last(let span)), .sum(_, .last(let span), _): spans.insert(span)
            default: break
            }
        }
        for ruleSet in ruleSets { for rule in ruleSet.segments { collect(rule.condition) } }
        var instants = Set(entries.map(\.receivedAt))
        for (index, result) in identity.admitted.enumerated() where entries[index].kind == .track {
            for span in spans { instants.insert(result.occurredAt + span) }
        }
        // Nothing is decided before the first entry, and an expiry before its event came is none.
        let first = entries.first?.receivedAt ?? end
        return instants.filter { $0 >= first && $0 <= end }.sorted()
    }

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
                !admitted.absorbed.isEmpty ? .merge : isAttribute ? .attribute : .event
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
            result.isAnnounced = false
        }
        return result
    }

    /// Whether an instant belongs to an import: from the opening of the job to before the first entry
    /// behind its end.
    private func isImport(_ instant: Instant) -> Bool {
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
        return identity.meanings.keys.filter { identifier in
            identity.meanings[identifier]?.last { $0.from <= through }?.person == person
        }
    }
}
