public import EventModel

/// The first stage: who an entry is about, and whether it counts.
///
/// Works in order of sequence, sees no window and no deadline, and keeps only what that needs: who
/// each identifier means, who is known, and the idempotency keys of the last while.
public struct AdmitStage {
    /// Who is known by which name.
    private struct Person {
        /// Itself, or the person that it became one with.
        var mergedInto: PersonSlot
        /// Whether the person holds a `user`.
        var isKnown: Bool
    }

    private let settings: EngineSettings
    private var people: [Person] = []
    /// Per identifier whom it means.
    private var holders: [PersonSlot] = []
    private var messageIDs = MessageIDTable()

    /// A stage before the first entry.
    public init(settings: EngineSettings) {
        self.settings = settings
    }

    /// Admits the next entry.
    ///
    /// - Parameter bytes: The entry's record, from which the ranges of `head` are counted.
    public mutating func admit(_ head: EntryHead, _ bytes: Span<UInt8>) -> Admitted {
        var admitted = Admitted(
            occurredAt: head.occurredAt(skewTolerance: settings.skewTolerance)
        )
        if !head.messageID.isEmpty {
            let original = messageIDs.admit(
                bytes.extracting(head.messageID),
                source: head.source,
                sequence: head.sequence,
                at: head.receivedAt,
                horizon: settings.duplicateHorizon
            )
            if let original { admitted.verdict = .duplicate(of: original) }
        }
        if head.identifiers.count > 0 { identify(head, &admitted) }
        return admitted
    }

    /// Finds the person, and what identity the entry brings about.
    private mutating func identify(_ head: EntryHead, _ admitted: inout Admitted) {
        for index in 0..<head.identifiers.count {
            let id = Int(head.identifiers[index].id.rawValue)
            while holders.count <= id { holders.append(.nobody) }
        }
        let target = target(head, &admitted)
        admitted.person = target
        for index in 0..<head.identifiers.count {
            let reference = head.identifiers[index]
            let holder = holder(reference.id)
            guard holder != target else { continue }
            if holder == .nobody {
                link(reference, at: index, to: target, &admitted)
            } else if !people[Int(holder.rawValue)].isKnown {
                absorb(holder, into: target, &admitted)
            } else if reference.namespace == .anonymous {
                // A shared device: from here on it means the new one, its past stays.
                admitted.movedFrom[index] = holder
                link(reference, at: index, to: target, &admitted)
            }
        }
    }

    /// The person that the entry is about.
    ///
    /// Of those it names, the known one whom the highest-ranking
    /// identifier means; else the eldest; else somebody new. A `user` that is new names nobody
    /// known: two people with a `user` each join by an explicit merge only.
    private mutating func target(_ head: EntryHead, _ admitted: inout Admitted) -> PersonSlot {
        var eldest = PersonSlot.nobody
        var known = PersonSlot.nobody
        var knownRank = IdentifierRank.last
        var namesNewUser = false
        for index in 0..<head.identifiers.count {
            let reference = head.identifiers[index]
            let holder = holder(reference.id)
            let rank = IdentifierRank(reference.namespace)
            if holder == .nobody {
                namesNewUser = namesNewUser || reference.namespace == .user
            } else if !people[Int(holder.rawValue)].isKnown {
                eldest = min(eldest, holder)
            } else if known == .nobody || rank < knownRank {
                (known, knownRank) = (holder, rank)
            }
        }
        if known != .nobody, !namesNewUser { return known }
        if eldest != .nobody { return eldest }
        let slot = PersonSlot(rawValue: UInt32(people.count))
        people.append(Person(mergedInto: slot, isKnown: false))
        admitted.isNewPerson = true
        return slot
    }

    private mutating func link(
        _ reference: IdentifierReference,
        at index: Int,
        to person: PersonSlot,
        _ admitted: inout Admitted
    ) {
        holders[Int(reference.id.rawValue)] = person
        admitted.links |= 1 << UInt8(index)
        if reference.namespace == .user { people[Int(person.rawValue)].isKnown = true }
    }

    private mutating func absorb(
        _ person: PersonSlot,
        into target: PersonSlot,
        _ admitted: inout Admitted
    ) {
        people[Int(person.rawValue)].mergedInto = target
        admitted.absorbed[admitted.absorbedCount] = person
        admitted.absorbedCount += 1
    }

    /// Whom an identifier means now, through all merges; the way there is shortened.
    private mutating func holder(_ id: IdentifierID) -> PersonSlot {
        let first = holders[Int(id.rawValue)]
        guard first != .nobody else { return first }
        var last = first
        while people[Int(last.rawValue)].mergedInto != last {
            last = people[Int(last.rawValue)].mergedInto
        }
        if last != first { holders[Int(id.rawValue)] = last }
        return last
    }
}

/// How much a namespace says who somebody is: the smaller, the more.
struct IdentifierRank: Comparable {
    private let value: UInt8

    init(_ namespace: SymbolID) {
        switch namespace {
        case .user: value = 0
        case .anonymous: value = 255
        default: value = 128
        }
    }

    static let last = IdentifierRank(.anonymous)

    static func < (left: IdentifierRank, right: IdentifierRank) -> Bool {
        left.value < right.value
    }
}
