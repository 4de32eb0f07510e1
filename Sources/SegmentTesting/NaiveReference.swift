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
    private func history(of person: UInt64, through last: UInt64) -> [Int] {
        (0..<Int(last)).filter { index in
            identity.admitted[index].owner != 0 && !identity.admitted[index].isDuplicate
                && identity.survivor(of: identity.admitted[index].owner, through: last) == person
        }
    }

    private struct Judge {
        let reference: NaiveReference
        let ruleSet: RuleSet
        let history: [Int]
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
            return history.filter { index in
                guard reference.entries[index].kind == .track, !repeats.contains(index) else {
                    return false
                }
                if let names = events.names, !names.contains(reference.entries[index].event) {
                    return false
                }
                if case .last(let span) = window,
                    now >= reference.identity.admitted[index].occurredAt + span
                {
                    return false
                }
                return events.filter.map { passes($0, reference.entries[index].members) } ?? true
            }.map { reference.entries[$0] }
        }

        /// Events that have the same key as an earlier one of the person.
        private func repeats(_ keys: [UniqueKey]) -> Set<Int> {
            var seen: Set<[String]> = []
            var repeats: Set<Int> = []
            for index in history where reference.entries[index].kind == .track {
                for key in keys where key.event == reference.entries[index].event {
                    let members = TestValue.object(reference.entries[index].members)
                    let parts = key.paths.map { NaiveReference.keyPart(value($0, members)) }
                    guard !parts.contains(nil) else { continue }
                    if !seen.insert([key.event] + parts.compactMap { $0 }).inserted {
                        repeats.insert(index)
                    }
                }
            }
            return repeats
        }

        private func reaches(
            _ property: SummedProperty,
            _ window: Window,
            _ bound: SumBound
        ) -> Bool {
            var sum: Int128 = 0
            for entry in matching(property.events, window) {
                if case .number(let text)? = value(property.path, .object(entry.members)),
                    let number = ExactDecimal(text)
                {
                    sum += number.units
                }
            }
            return bound.isStrict ? sum > bound.number.units : sum >= bound.number.units
        }

        private func attribute(_ path: [String]) -> TestValue? {
            guard let name = path.first else { return nil }
            let latest = history.filter {
                reference.entries[$0].kind == .identify
                    && reference.entries[$0].members[name] != nil
            }.max { left, right in
                (reference.identity.admitted[left].occurredAt, left)
                    < (reference.identity.admitted[right].occurredAt, right)
            }
            return latest.flatMap {
                value(Array(path.dropFirst()), reference.entries[$0].members[name])
            }
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
            case .oneOf(let several):
                return several.contains { NaiveReference.isEqual(value, $0) }
            case .less(let literal): return order(value, literal).map { $0 < 0 } ?? false
            case .lessOrEqual(let literal): return order(value, literal).map { $0 <= 0 } ?? false
            case .greater(let literal): return order(value, literal).map { $0 > 0 } ?? false
            case .greaterOrEqual(let literal):
                return order(value, literal).map { $0 >= 0 } ?? false
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
        var members: [UInt64: [String: Bool]] = [:]
        var outcomes: [Outcome] = []
        for instant in instants(through: end) {
            let last = UInt64(entries.count { $0.receivedAt <= instant })
            let inForce = entries.prefix(Int(last)).count { $0.kind == .rules }
            let ruleSet = inForce > 0 ? ruleSets[inForce - 1] : RuleSet(segments: [])
            let people = Set(identity.admitted.prefix(Int(last)).map(\.owner)).subtracting([0])
            for person in people.sorted() {
                let wasThere = members[person, default: [:]]
                var isThere: [String: Bool] = [:]
                if identity.survivor(of: person, through: last) == person {
                    let judge = Judge(
                        reference: self,
                        ruleSet: ruleSet,
                        history: history(of: person, through: last),
                        now: instant
                    )
                    for rule in ruleSet.segments where judge.holds(rule.condition) {
                        // Whether the entry was announced comes with the outcome, below.
                        isThere[rule.name] = true
                    }
                }
                let names = Set(wasThere.keys).union(isThere.keys)
                for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
                where (wasThere[name] == nil) != (isThere[name] == nil) {
                    outcomes.append(
                        outcome(instant, person, name, isThere[name] != nil, last, inForce)
                    )
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
            let touches =
                identity.admitted[index].owner == person
                || identity.admitted[index].absorbed.contains(person)
            guard touches else { continue }
            let cause: TransitionCause =
                !identity.admitted[index].absorbed.isEmpty
                ? .merge
                : entries[index].kind != .track || identity.admitted[index].isLink
                    ? .attribute : .event
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
            result.sequence =
                causes.filter { asHistory || $0.cause == strongest }.map(\.sequence).max() ?? 0
        }
        if let rules = here.last(where: { entries[$0].kind == .rules }),
            isChanged(segment, inForce)
        {
            result.cause = .rules
            result.sequence = UInt64(rules + 1)
            result.isAnnounced = false
        }
        return result
    }

    /// Whether an instant belongs to an import: from the opening of the job to before the first entry
    /// behind its end.
    private func isImport(_ instant: Instant) -> Bool {
        guard
            let open = entries.lastIndex(where: {
                $0.kind == .job && $0.isOn && $0.receivedAt <= instant
            })
        else { return false }
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
    private func identifiers(
        of person: UInt64,
        at instant: Instant,
        _ last: UInt64
    ) -> [Identifier] {
        let isAbsorbed = identity.survivor(of: person, through: last) != person
        let through =
            isAbsorbed ? UInt64(entries.count { $0.receivedAt < instant }) : last
        var found: [(identifier: Identifier, from: UInt64)] = []
        for (identifier, changes) in identity.meanings {
            let current = changes.last { $0.from <= through }
            guard let current, current.person == person else { continue }
            found.append((identifier, current.from))
        }
        return found.sorted { left, right in
            let ranks = [left, right].map { $0.identifier.namespace == "user" ? 0 : 1 }
            return (ranks[0], left.from, left.identifier.text)
                < (ranks[1], right.from, right.identifier.text)
        }.map(\.identifier)
    }
}
