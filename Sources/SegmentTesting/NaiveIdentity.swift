import EventModel
import RuleLanguage

/// Who each entry of a log is about, by definition: entry by entry, from the meaning alone.
struct NaiveIdentity {
    /// What an entry brings about.
    struct Admitted {
        let entry: UInt64
        var owner: UInt64 = 0
        var isDuplicate = false
        var isSuppressed = false
        /// The identifier began here to mean a person who was there before.
        var isLink = false
        var absorbed: [UInt64] = []
        /// Of a merge that keeps attributes, whom it names first and the other.
        var kept: (primary: UInt64, secondary: UInt64)?
        var occurredAt: Instant
        /// Whether it names a canonical customer id.
        var namesUser = false
    }

    private(set) var admitted: [Admitted] = []
    /// Per erased person by which entry.
    private var erased: [UInt64: UInt64] = [:]
    /// Per absorbed person by which entry, and into whom.
    private var absorbed: [UInt64: (by: UInt64, into: UInt64)] = [:]
    /// Whom an identifier means, by entry: each change with the entry from which it holds.
    private(set) var meanings: [Identifier: [(from: UInt64, person: UInt64)]] = [:]
    /// Each person's own first canonical customer id, and which entry gave it.
    private var firstUsers: [UInt64: (by: UInt64, user: Identifier)] = [:]

    private var known: Set<UInt64> = []
    private var holders: [Identifier: UInt64] = [:]
    private var suppressed: Set<Identifier> = []
    private var keys: [[String]: (at: Instant, entry: UInt64)] = [:]
    private var declared: Set<String> = []
    private var contract = DataContract()
    /// Identifiers in the order in which entries name them first.
    private var named: [Identifier] = []
    private let identifiersMax: Int

    init(
        _ entries: [TestEntry],
        ruleSets: [RuleSet],
        identifiersMax: Int = 100,
        scrubbedBehind: Set<UInt64> = []
    ) {
        self.identifiersMax = identifiersMax
        var rules = ruleSets.makeIterator()
        for (index, entry) in entries.enumerated() {
            if entry.kind == .rules {
                let ruleSet = rules.next()
                declared = Set(ruleSet?.namespaces ?? [])
                contract = ruleSet?.contract ?? DataContract()
            }
            let sequence = UInt64(index + 1)
            admitted.append(admit(entry, sequence))
            if scrubbedBehind.contains(sequence) {
                // What the erased had sent is gone, and nothing repeats it any more.
                keys = keys.filter { !isErased($0.value.entry, by: sequence) }
            }
        }
    }

    /// Whether an entry is of somebody who is erased by the end of another.
    func isErased(_ entry: UInt64, by sequence: UInt64) -> Bool {
        let owner = admitted[Int(entry - 1)].owner
        return owner != 0
            && isErased(survivor(of: owner, through: sequence), through: sequence)
    }

    private mutating func admit(_ entry: TestEntry, _ sequence: UInt64) -> Admitted {
        var result = Admitted(entry: sequence, occurredAt: occurredAt(entry))
        for identifier in namedFirst(entry).map(\.canonical) where !named.contains(identifier) {
            named.append(identifier)
        }
        let all = meant(entry).map(\.canonical)
        if entry.kind != .suppress, entry.kind != .erase,
            all.contains(where: { !twins($0).isDisjoint(with: suppressed) })
        {
            result.isSuppressed = true
            return result
        }
        if !entry.messageID.isEmpty {
            let key = [entry.source, entry.messageID]
            result.isDuplicate = keys[key].map { entry.receivedAt < $0.at + horizon } ?? false
            if !result.isDuplicate { keys[key] = (entry.receivedAt, sequence) }
        }
        let named = all.filter { rank($0) != nil && !isBlocked($0) }
        result.namesUser = named.contains { isUser($0) }
        switch entry.kind {
        case .track, .identify, .list: identify(named, &result)
        case .merge:
            let people = named.compactMap { holder($0) }
            merge(named, &result)
            if entry.isOn, let primary = people.first, !result.absorbed.isEmpty {
                let secondary = people.first { $0 != primary }
                result.kept = secondary.map { (primary, $0) }
            }
        case .suppress where !result.isDuplicate:
            if entry.isOn {
                suppressed.formUnion(all)
            } else {
                for identifier in all { suppressed.subtract(twins(identifier)) }
            }
        case .erase: erase(all, entry.isOn, &result)
        case .suppress, .rules, .tick, .job, .quarantine: break
        }
        return result
    }

    /// Nothing means the person any more.
    private mutating func erase(_ named: [Identifier], _ suppresses: Bool, _ to: inout Admitted) {
        if suppresses { suppressed.formUnion(named) }
        guard let person = named.compactMap({ holder($0) }).first else { return }
        to.owner = person
        erased[person] = to.entry
        for identifier in holders.filter({ $0.value == person }).keys {
            holders[identifier] = nil
            meanings[identifier, default: []].append((to.entry, 0))
            if suppresses { suppressed.insert(identifier) }
        }
    }

    /// Whether a person is erased by the end of an entry.
    func isErased(_ person: UInt64, through sequence: UInt64) -> Bool {
        erased[person].map { $0 <= sequence } ?? false
    }

    /// The identifiers that an entry means: an alias's previous id is a user if one is called so.
    private func meant(_ entry: TestEntry) -> [Identifier] {
        if let previous = entry.previousID {
            let isUser = holder(.user(previous)) != nil
            let meant = isUser ? Identifier.user(previous) : .anonymous(previous)
            return [entry.primary, meant].compactMap { $0 }
        }
        return entry.named + [entry.primary, entry.secondary].compactMap { $0 }
    }

    /// All identifiers that the entry names, those of an alias that are not meant included.
    private func namedFirst(_ entry: TestEntry) -> [Identifier] {
        guard let previous = entry.previousID else { return meant(entry) }
        return [entry.primary].compactMap { $0 } + [.user(previous), .anonymous(previous)]
    }

    // MARK: - What the rules in force say of identifiers

    private var horizon: TimeSpan { contract.settings.duplicateHorizon ?? .days(7) }

    /// The identifier under the canonical name of its namespace.
    private func meaning(_ identifier: Identifier) -> Identifier {
        let declaration = contract.identifiers.first { $0.aliases.contains(identifier.namespace) }
        return Identifier(
            namespace: declaration?.name ?? identifier.namespace,
            text: identifier.text
        ).canonical
    }

    /// All that mean the same as an identifier, itself included.
    private func twins(_ identifier: Identifier) -> Set<Identifier> {
        let meaning = meaning(identifier)
        return Set(named.filter { self.meaning($0) == meaning }).union([identifier])
    }

    private func isUser(_ identifier: Identifier) -> Bool {
        meaning(identifier).namespace == "user"
    }

    private func isBlocked(_ identifier: Identifier) -> Bool {
        let meant = meaning(identifier)
        let declaration = contract.identifiers.first { $0.name == meant.namespace }
        func canonical(_ text: String) -> String {
            Identifier(namespace: meant.namespace, text: text).canonical.text
        }
        return (declaration?.blocked ?? []).contains { value in
            switch value {
            case .value(let text): canonical(text) == meant.text
            case .like(let pattern): NaiveText.isLike(meant.text, canonical(pattern))
            }
        }
    }

    /// Whom an identifier means, or another one of the same meaning.
    private func holder(_ identifier: Identifier) -> UInt64? {
        if let own = holders[identifier] { return own }
        let twins = twins(identifier)
        return named.first { twins.contains($0) && holders[$0] != nil }.flatMap { holders[$0] }
    }

    private func occurredAt(_ entry: TestEntry) -> Instant {
        guard var named = entry.timestamp else { return entry.receivedAt }
        if let sentAt = entry.sentAt { named = named + (entry.receivedAt - sentAt) }
        let tolerance = contract.settings.skewTolerance ?? .minutes(5)
        return named > entry.receivedAt + tolerance ? entry.receivedAt : named
    }

    private func rank(_ identifier: Identifier) -> Int? {
        switch meaning(identifier).namespace {
        case "user": 0
        case "email", "phone": 2
        case "anonymous": 3
        default: declared.contains(meaning(identifier).namespace) ? 1 : nil
        }
    }

    private func isFull(_ person: UInt64) -> Bool {
        holders.values.count { $0 == person }
            >= contract.settings.identifiersMax ?? identifiersMax
    }

    private mutating func identify(_ named: [Identifier], _ to: inout Admitted) {
        guard !named.isEmpty else { return }
        // The target: whom a known person's highest identifier means; a new user is nobody known.
        let isNewUser = named.contains { isUser($0) && holder($0) == nil }
        let byRank = named.enumerated().sorted {
            (rank($0.element) ?? 9, $0.offset) < (rank($1.element) ?? 9, $1.offset)
        }
        let people = byRank.compactMap { holder($0.element) }
        let target =
            (isNewUser ? nil : people.first { known.contains($0) })
            ?? people.filter { !known.contains($0) }.min() ?? to.entry
        to.owner = target
        for identifier in named {
            let holder = self.holder(identifier)
            let isFree = holder == nil || identifier.namespace == "anonymous"
            if let holder, holder != target, !known.contains(holder) {
                absorb(holder, target, &to)
                if holders[identifier] == nil { link(identifier, target, &to) }
            } else if holder == target, holders[identifier] == nil {
                // Another name of one that means the target already.
                link(identifier, target, &to)
            } else if holder != target, isFree, isUser(identifier) || !isFull(target) {
                // New, or a shared device that moves on; else the link is refused.
                link(identifier, target, &to)
            }
        }
    }

    private mutating func merge(_ named: [Identifier], _ to: inout Admitted) {
        guard !named.isEmpty else { return }
        let people = named.compactMap { holder($0) }
        // Known beats anonymous, else the one that is named first stays.
        let survivor = people.first { known.contains($0) } ?? people.first ?? to.entry
        to.owner = survivor
        for person in people where person != survivor && !to.absorbed.contains(person) {
            absorb(person, survivor, &to)
        }
        for identifier in named where holders[identifier] == nil {
            link(identifier, survivor, &to)
        }
    }

    private mutating func link(_ identifier: Identifier, _ person: UInt64, _ to: inout Admitted) {
        holders[identifier] = person
        meanings[identifier, default: []].append((to.entry, person))
        if isUser(identifier), known.insert(person).inserted {
            firstUsers[person] = (to.entry, identifier)
        }
        if person != to.entry { to.isLink = true }
    }

    private mutating func absorb(_ person: UInt64, _ survivor: UInt64, _ to: inout Admitted) {
        absorbed[person] = (to.entry, survivor)
        to.absorbed.append(person)
        for (identifier, holder) in holders where holder == person {
            holders[identifier] = survivor
            meanings[identifier, default: []].append((to.entry, survivor))
        }
    }

    /// Who a person has become by the end of an entry.
    func survivor(of person: UInt64, through sequence: UInt64) -> UInt64 {
        guard let end = absorbed[person], end.by <= sequence else { return person }
        return survivor(of: end.into, through: sequence)
    }

    /// What a person is called by the end of an entry.
    func identifiers(of person: UInt64, through sequence: UInt64) -> [Identifier] {
        meanings.keys.filter { identifier in
            meanings[identifier]?.last { $0.from <= sequence }?.person == person
        }
    }

    /// What a person is called above all by the end of an entry: its own first user, else the highest
    /// rank, else the smallest bytes.
    func canonical(of person: UInt64, through sequence: UInt64) -> String? {
        if let first = firstUsers[person], first.by <= sequence { return first.user.text }
        let held = identifiers(of: person, through: sequence)
        return held.min { left, right in
            let ranks = (NaiveIdentity.rank(left), NaiveIdentity.rank(right))
            return ranks.0 == ranks.1
                ? left.text.utf8.lexicographicallyPrecedes(right.text.utf8) : ranks.0 < ranks.1
        }?.text
    }

    /// The rank of an identifier that means somebody: then its namespace is declared or well known.
    private static func rank(_ identifier: Identifier) -> Int {
        switch identifier.namespace {
        case "user": 0
        case "email", "phone": 2
        case "anonymous": 3
        default: 1
        }
    }
}
