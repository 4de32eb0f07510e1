internal import EventModel
internal import EventStore
internal import RuleLanguage
internal import SegmentEngine

/// Finds out why a person is in a segment or not, by experiments: the person's story is played on the engine again,
/// with each part of the condition as a segment of its own, and without some of what happened.
///
/// So it cannot say anything else than the engine does.
struct Explainer {
    /// Entries that may be played for one explanation before witnesses are no longer searched for.
    private static let workMax = 3_000_000
    /// How many witnesses of a part are named.
    private static let witnessesMax = 20
    /// Up to which number events are counted.
    private static let countMax = 100
    /// Events of which is tried what they would do.
    private static let hintsMax = 12
    /// How far ahead time is let pass, and how often.
    private static let reach = TimeSpan.days(3_653)
    private static let turnsMax = 2_000

    private let story: PersonCase
    private let segment: SegmentRule
    private let past: Partition.PastRules
    private let instant: Instant
    private let parts: [ConditionPart]
    private let rules: CompiledRules
    /// Per part, segments that say whether so many events count: 1, 2 and so on.
    private let counted: [(part: Int, asked: Int, names: [String])]
    private var work = 0
    /// Asked now and then whether to end without a result.
    var isGivenUp: @Sendable () -> Bool = { false }
    /// The entry of the world by which the person got its canonical id.
    private var knownSince: SequenceNumber?

    /// - Parameters:
    ///   - past: The rule sets up to the one in force at the instant.
    ///   - segment: A segment of that one.
    init?(
        _ story: PersonCase,
        _ past: [Partition.PastRules],
        segment name: String,
        at instant: Instant
    ) {
        guard let last = past.last,
            let rule = last.ruleSet.segments.first(where: { $0.name == name })
        else { return nil }
        self.story = story
        self.past = last
        segment = rule
        self.instant = instant
        let sources = last.entry.files.map { RuleSource(path: $0.path, text: $0.text) }
        parts = conditionParts(of: name, in: sources) { zone in
            last.entry.zones.first { $0.name == zone }
        }
        let needed = Explainer.needed(by: rule, past.map(\.ruleSet))
        var counting: [SegmentRule] = []
        var counted: [(part: Int, asked: Int, names: [String])] = []
        for (place, part) in parts.enumerated() {
            guard let (asked, events, window) = part.rule.condition.counting,
                asked < Explainer.countMax
            else { continue }
            var names: [String] = []
            for count in 1...asked + 3 {
                let name = "\u{1}\(place) \(count)"
                names.append(name)
                let condition = Condition.atLeast(count, events, window)
                counting.append(SegmentRule(name: name, title: "", note: "", condition: condition))
            }
            counted.append((place, asked, names))
        }
        self.counted = counted
        var sets = past.map(\.ruleSet).map { set in
            var set = set
            set.segments.removeAll { !needed.contains($0.name) }
            return set
        }
        sets[sets.count - 1] = RuleSet(
            segments: sets[sets.count - 1].segments + parts.map(\.rule) + counting,
            uniqueKeys: last.ruleSet.uniqueKeys,
            namespaces: last.ruleSet.namespaces,
            contract: last.ruleSet.contract
        )
        rules = CompiledRules(sets)
    }

    /// The segments that a rule rests on, itself included; of former rule sets too, since what was decided under them
    /// may be asked for.
    private static func needed(by rule: SegmentRule, _ sets: [RuleSet]) -> Set<String> {
        var needed: Set = [rule.name]
        var waiting = [rule.name]
        while let name = waiting.popLast() {
            for set in sets {
                for rule in set.segments where rule.name == name {
                    for other in rule.condition.referredSegments
                    where needed.insert(other).inserted {
                        waiting.append(other)
                    }
                }
            }
        }
        return needed
    }

    /// The segments of the rule set that the segment rests on, through all others, itself included.
    private var referredNames: Set<String> { Explainer.needed(by: segment, [past.ruleSet]) }

    // MARK: - The explanation

    /// - Parameter isBrief: Whether it is enough to know which parts hold.
    /// - Returns: nil where there was no such person at the instant.
    mutating func explain(isBrief: Bool = false) throws(StoreError) -> Explanation? {
        var world = try story.play(rules, through: instant)
        work += story.entries.count
        guard let state = story.person(in: world) else { return nil }
        let stays = Set(state.memberships.map(\.segment))
        var explanation = Explanation(
            person: story.id(state.person),
            identifiers: world.identifiers(state),
            segment: segment.name,
            title: segment.title,
            at: instant,
            rules: past.sequence,
            isMember: stays.contains(segment.name),
            since: state.memberships.first { $0.segment == segment.name }?.since,
            parts: [],
            turnsAt: nil,
            isTurnKnown: true,
            hints: []
        )
        for (place, part) in parts.enumerated() {
            let isInnermost = place + 1 == parts.count || parts[place + 1].depth <= part.depth
            explanation.parts.append(
                Explanation.Part(
                    text: part.text,
                    depth: part.depth,
                    holds: stays.contains(part.rule.name),
                    isInnermost: isInnermost
                )
            )
        }
        for (part, asked, names) in counted {
            let found = names.count { stays.contains($0) }
            explanation.parts[part].count = (found, asked, isMore: found == names.count)
        }
        if isBrief { return explanation }
        let owners = world.owners
        let known = state.claims.first {
            $0.to == nil && world.identifier($0.id).namespace == Identifier.user("").namespace
        }
        knownSince = known?.from
        try addTurns(&explanation, &world, of: state.person, ofAllParts: true)
        for place in parts.indices where explanation.parts[place].isInnermost {
            try addWitnesses(&explanation.parts[place], place, state, owners)
        }
        try addHints(&explanation)
        return explanation
    }

    /// Lets time pass and nothing else happen.
    ///
    /// - Parameter ofAllParts: Whether to go on behind the membership's turn, until those of all parts are known.
    private func addTurns(
        _ explanation: inout Explanation,
        _ world: inout SmallWorld,
        of person: PersonID,
        ofAllParts: Bool = false
    ) throws(StoreError) {
        let end = instant + Explainer.reach
        for _ in 0..<Explainer.turnsMax {
            guard let next = world.person(person)?.nextChange else { return }
            guard next < end else {
                if explanation.turnsAt == nil { explanation.isTurnKnown = false }
                return
            }
            if isGivenUp() { return }
            try world.step([], at: next)
            let stays = Set(world.person(person)?.memberships.map(\.segment) ?? [])
            for place in parts.indices
            where stays.contains(parts[place].rule.name) != explanation.parts[place].holds {
                explanation.parts[place].turnsAt = explanation.parts[place].turnsAt ?? next
            }
            if stays.contains(segment.name) != explanation.isMember, explanation.turnsAt == nil {
                explanation.turnsAt = next
            }
            let isAll = !ofAllParts || explanation.parts.allSatisfy { $0.turnsAt != nil }
            if explanation.turnsAt != nil, isAll { return }
        }
        if explanation.turnsAt == nil { explanation.isTurnKnown = false }
    }

    // MARK: - Witnesses

    /// Adds entries that alone make a part what it is.
    private mutating func addWitnesses(
        _ part: inout Explanation.Part,
        _ place: Int,
        _ state: PersonState,
        _ owners: [PersonID?]
    ) throws(StoreError) {
        let rule = parts[place].rule
        let candidates = candidates(for: rule.condition, state, owners)
        guard !candidates.isEmpty else { return }
        let name = rule.name
        let truth = part.holds
        guard try holds(name, []) != truth else { return }
        guard try holds(name, Set(candidates)) == truth,
            var found = try minimal(name, truth, [], isChanged: false, candidates[...])
        else {
            part.hasMore = true
            return
        }
        // Where more can make it less, some may still be spared.
        var place = 0
        while place < found.count, work < Explainer.workMax, !isGivenUp() {
            let rest = Set(found).subtracting([found[place]])
            if try holds(name, rest) == truth {
                found.remove(at: place)
                place = 0
            } else {
                place += 1
            }
        }
        let suffices = try holds(name, Set(found)) == truth
        guard place == found.count, suffices else {
            part.hasMore = true
            return
        }
        let named = found.sorted().suffix(Explainer.witnessesMax)
        part.hasMore = named.count < found.count
        let looked = rule.condition.properties
        part.witnesses = named.map { place in
            witness(place, looked, state, owners[place] ?? state.person)
        }
    }

    /// Entries of the person that a condition may look at, the newest first.
    private func candidates(
        for condition: Condition,
        _ state: PersonState,
        _ owners: [PersonID?]
    ) -> [Int] {
        let own = Set([state.person] + state.merges.map(\.absorbed))
        let reads = condition.reading
        return owners.indices.reversed().filter { place in
            guard let owner = owners[place], own.contains(owner),
                !story.entries[place].isDuplicate
            else { return false }
            let draft = story.entries[place].draft
            switch draft.kind {
            case .track:
                return reads.isOpen || reads.selections.contains { $0.takes(draft.event) }
            case .identify: return reads.isOpen || reads.readsAttributes
            case .list: return reads.isOpen
            default: return false
            }
        }
    }

    /// Whether a part holds of the person where of what its condition may look at only this happened.
    private mutating func holds(_ part: String, _ kept: Set<Int>) throws(StoreError) -> Bool {
        work += story.entries.count
        let world = try story.play(rules, through: instant) { place in
            kept.contains(place) || story.entries[place].draft.kind == .rules
        }
        let state = story.person(in: world)
        return state?.memberships.contains { $0.segment == part } ?? false
    }

    /// Of candidates, the preferred first, ones that suffice, and of which none can be spared; nil where finding them
    /// takes too long.
    ///
    /// QuickXplain: U. Junker, "QUICKXPLAIN: Preferred Explanations and Relaxations for Over-Constrained Problems",
    /// AAAI 2004.
    private mutating func minimal(
        _ part: String,
        _ truth: Bool,
        _ background: Set<Int>,
        isChanged: Bool,
        _ candidates: ArraySlice<Int>
    ) throws(StoreError) -> [Int]? {
        if isChanged, try holds(part, background) == truth { return [] }
        guard candidates.count > 1 else { return Array(candidates) }
        guard work < Explainer.workMax, !isGivenUp() else { return nil }
        let middle = candidates.startIndex + candidates.count / 2
        let (first, second) = (candidates[..<middle], candidates[middle...])
        guard
            let later = try minimal(
                part,
                truth,
                background.union(first),
                isChanged: true,
                second
            ),
            let earlier = try minimal(
                part,
                truth,
                background.union(later),
                isChanged: !later.isEmpty,
                first
            )
        else { return nil }
        return earlier + later
    }

    private func witness(
        _ place: Int,
        _ properties: [String],
        _ state: PersonState,
        _ owner: PersonID
    ) -> Explanation.Witness {
        let entry = story.entries[place]
        let head = entry.draft
        var link: Explanation.Link?
        let isFromBefore = knownSince.map { UInt64(place) + 1 < $0.rawValue } ?? false
        if owner == state.person, isFromBefore, let knownSince {
            link = Explanation.Link(
                sequence: story.sequence(knownSince.rawValue),
                at: story.entries[Int(knownSince.rawValue) - 1].receivedAt,
                absorbed: story.id(owner)
            )
        } else if owner != state.person,
            let merge = state.merges.first(where: { $0.absorbed == owner })
        {
            let sequence = story.sequence(merge.sequence.rawValue)
            let at = story.entries.first { $0.sequence == sequence }?.receivedAt
            link = Explanation.Link(
                sequence: sequence,
                at: at ?? instant,
                absorbed: story.id(owner)
            )
        }
        let settings = state.settings.at(SequenceNumber(UInt64(place) + 1))
        return Explanation.Witness(
            entry: LoggedEntry(
                sequence: entry.sequence,
                receivedAt: entry.receivedAt,
                occurredAt: head.occurredAt(entry.receivedAt, settings.skewTolerance),
                draft: head
            ),
            properties: properties,
            link: link
        )
    }

    // MARK: - Hints

    /// Adds what events would do that the rule names, found by letting them happen.
    private mutating func addHints(_ explanation: inout Explanation) throws(StoreError) {
        var tried: Set<String> = []
        let referred = past.ruleSet.segments.filter {
            $0.name != segment.name && referredNames.contains($0.name)
        }
        for rule in parts.map(\.rule) + referred {
            for selection in rule.condition.reading.selections {
                for name in selection.names ?? [] {
                    let event = past.ruleSet.contract.events.first { $0.aliases.contains(name) }
                    let declared = event?.name ?? name
                    let properties = selection.filter.map { $0.example ?? [] } ?? []
                    guard explanation.isTurnKnown, tried.count < Explainer.hintsMax,
                        work < Explainer.workMax, !isGivenUp(),
                        tried.insert("\(declared) \(properties)").inserted
                    else { continue }
                    let hint = try hint(declared, properties, explanation)
                    if let hint { explanation.hints.append(hint) }
                }
            }
        }
    }

    /// What an event would do right behind the instant; nil for nothing.
    private mutating func hint(
        _ event: String,
        _ properties: [ExampleProperty],
        _ explanation: Explanation
    ) throws(StoreError) -> Explanation.Hint? {
        var world = try story.play(rules, through: instant)
        work += story.entries.count
        guard let state = story.person(in: world), let identifier = world.identifiers(state).first
        else { return nil }
        var draft = EntryDraft(kind: .track)
        draft.event = event
        draft.identifiers = [identifier]
        draft.content = properties.content
        try world.step([draft], at: instant + TimeSpan(milliseconds: 1))
        var after = explanation
        (after.turnsAt, after.isTurnKnown) = (nil, true)
        let isMember =
            world.person(state.person)?.memberships.contains { $0.segment == segment.name } ?? false
        var hint = Explanation.Hint(
            event: event,
            properties: properties.map { ($0.path.joined(separator: "."), $0.bytes) },
            turns: isMember != explanation.isMember,
            turnsAt: nil
        )
        if hint.turns { return hint }
        try addTurns(&after, &world, of: state.person)
        guard after.isTurnKnown, after.turnsAt != explanation.turnsAt else { return nil }
        hint.turnsAt = after.turnsAt
        return hint
    }
}

extension SmallWorld {
    /// What a person is called, in order of rank.
    func identifiers(_ state: PersonState) -> [Identifier] {
        state.claims.filter { $0.to == nil }.map { identifier($0.id) }
    }
}

extension EntryDraft {
    /// Event time, corrected; see `EntryHead.occurredAt`.
    func occurredAt(_ receivedAt: Instant, _ skewTolerance: TimeSpan) -> Instant {
        var head = EntryHead(sequence: .zero, receivedAt: receivedAt, kind: kind)
        (head.timestamp, head.sentAt) = (timestamp, sentAt)
        return head.occurredAt(skewTolerance: skewTolerance)
    }
}
