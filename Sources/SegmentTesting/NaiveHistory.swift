import EventModel
import RuleLanguage

/// What is known of one person by the end of an entry, and what was decided of it.
struct NaiveHistory {
    /// An entry of the person, with its times and its place in the log.
    final class Event: Sendable {
        let entry: TestEntry
        /// The event time.
        let at: Instant
        /// From when on it is there: the event time, or when the log took it if that is earlier.
        let start: Instant
        let index: Int
        let isDuplicate: Bool
        let namesUser: Bool

        init(_ entry: TestEntry, _ admitted: NaiveIdentity.Admitted, _ contract: DataContract) {
            self.entry = NaiveContract.understood(entry, contract)
            at = admitted.occurredAt
            start = min(admitted.occurredAt, entry.receivedAt)
            index = Int(admitted.entry) - 1
            isDuplicate = admitted.isDuplicate
            namesUser = admitted.namesUser
        }

        private init(_ event: Event, _ entry: TestEntry) {
            self.entry = entry
            (at, start, index) = (event.at, event.start, event.index)
            (isDuplicate, namesUser) = (event.isDuplicate, event.namesUser)
        }

        /// The same without what it says of those attributes.
        func without(_ attributes: [String]) -> Event {
            var entry = entry
            for attribute in attributes { entry.members[attribute] = nil }
            return Event(self, entry)
        }
    }

    /// An entry into a segment or an exit from it.
    struct Turn {
        let segment: String
        let isEntry: Bool
        let at: Instant
    }

    /// All its entries, in order of sequence, those of people whom it absorbed among them.
    let all: [Event]
    /// Those that are no repeats of a message.
    let accepted: [Event]
    /// From when on the person is there.
    let begin: Instant
    /// What it is called above all.
    let canonical: String?
    /// The rule set in force.
    let ruleSet: RuleSet
    /// Its segments, each behind those that it refers to.
    let inOrder: [SegmentRule]
    /// Whether transitions change what is true.
    let readsTurns: Bool
    /// The transitions already decided.
    var turns: [Turn]

    init(_ all: [Event], canonical: String?, _ ruleSet: RuleSet, turns: [Turn]) {
        self.all = all
        self.turns = turns
        accepted = all.filter { !$0.isDuplicate }
        begin = all.map(\.start).min() ?? .distantFuture
        self.canonical = canonical
        self.ruleSet = ruleSet
        inOrder = NaiveHistory.inOrder(ruleSet)
        readsTurns = ruleSet.segments.contains {
            NaiveHistory.references($0.condition).contains(where: \.isTurn)
        }
    }

    // MARK: - Segments

    /// The segments, each behind those that it refers to; there are no circles.
    private static func inOrder(_ ruleSet: RuleSet) -> [SegmentRule] {
        var order: [SegmentRule] = []
        func visit(_ rule: SegmentRule) {
            guard !order.contains(where: { $0.name == rule.name }) else { return }
            for reference in references(rule.condition) {
                if let other = ruleSet.segments.first(where: { $0.name == reference.name }) {
                    visit(other)
                }
            }
            order.append(rule)
        }
        ruleSet.segments.forEach(visit)
        return order
    }

    private static func references(_ condition: Condition) -> [(name: String, isTurn: Bool)] {
        switch condition {
        case .all(let parts), .any(let parts), .some(_, let parts): parts.flatMap(references)
        case .not(let part), .held(let part, _): references(part)
        case .inSegment(let name): [(name, false)]
        case .turned(let turn): [(turn.segment, true)]
        default: []
        }
    }

    // MARK: - Entries

    /// Events that have the same key as an earlier one of the person.
    func repeats(_ keys: [UniqueKey]) -> Set<Int> {
        var seen: Set<[[UInt8]]> = []
        var repeats: Set<Int> = []
        for event in accepted where event.entry.kind == .track {
            for key in keys where key.event == event.entry.event {
                let parts = key.paths.map {
                    NaiveValue.keyPart(NaiveValue.at($0, .object(event.entry.members)))
                }
                guard !parts.contains(nil) else { continue }
                let isNew = seen.insert([Array(key.event.utf8)] + parts.compactMap { $0 }).inserted
                if !isNew { repeats.insert(event.index) }
            }
        }
        return repeats
    }

    /// The events of those names, repeats left out, whatever their properties are.
    func events(_ events: EventSelection) -> [Event] {
        let repeats = repeats(events.uniqueKeys)
        return accepted.filter { event in
            let name = event.entry.event
            let isNamed =
                events.names.map { names in
                    names.contains(name) || events.patterns.contains { NaiveText.isLike(name, $0) }
                } ?? true
            return event.entry.kind == .track && isNamed && !repeats.contains(event.index)
        }
    }

    /// The entries that set or unset an attribute.
    func identifies(_ attribute: String) -> [Event] {
        accepted.filter { $0.entry.kind == .identify && $0.entry.members[attribute] != nil }
    }
}
