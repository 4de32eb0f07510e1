public import EventModel

extension ApplyStage {
    /// Carries out the links and moves of an entry.
    mutating func link(_ head: HeadPointer, _ admitted: AdmittedPointer) {
        for index in 0..<head.pointee.identifiers.count
        where admitted.pointee.links & (1 << UInt8(index)) != 0 {
            let reference = head.pointee.identifiers[index]
            holders[Int(reference.id.rawValue)] = admitted.pointee.person
            let former = admitted.pointee.movedFrom[index]
            if former != .nobody {
                keepForCheckpoint(former)
                // The open claim of a device that moves often stands near the end.
                let claims = people.claims(former)
                let place = claims.lastIndex {
                    $0.id == reference.id && $0.to == IdentifierClaim.open
                }
                if let place { claims[place].to = head.pointee.sequence }
            }
            people.add(
                IdentifierClaim(
                    id: reference.id,
                    namespace: reference.namespace,
                    from: head.pointee.sequence,
                    to: IdentifierClaim.open
                ),
                to: admitted.pointee.person
            )
        }
    }

    /// Gives one person's identifiers, with their past, to another.
    ///
    /// Their series are joined; the absorbed one keeps its own list of identifiers until the instant
    /// is evaluated, since its exits say what it was called.
    ///
    /// - Parameter joins: Whether the series are joined; else they are forgotten, since the survivor
    ///   will be folded again.
    /// - Parameter left: Attributes of the absorbed one that count for nothing.
    mutating func absorb(
        _ person: PersonSlot,
        into survivor: PersonSlot,
        _ head: HeadPointer,
        joins: Bool,
        without left: [Int32]
    ) {
        merges.append(Merge(sequence: head.pointee.sequence, absorbed: person, survivor: survivor))
        if ownClaimCounts[survivor] == nil {
            ownClaimCounts[survivor] = people.claims(survivor).count
        }
        passKeptAttributes(of: person, to: survivor)
        for index in people.claims(person).indices {
            people.add(people.claims(person)[index], to: survivor)
        }
        if !joins {
            people.forget(person, program, all: true)
        } else {
            let leaves = people.leaves(survivor)
            people.join(
                person,
                into: survivor,
                program,
                keeps: keeps,
                without: left,
                at: head.pointee.receivedAt
            )
            takeAllAnswers(people.record(survivor))
            noteFlips(survivor, since: leaves)
            dirty.append(WorkItem(survivor, .everything))
        }
        people.record(person).pointee.mergedInto = survivor
        aloneCount -= 1
        people.record(person).pointee.armed = .distantFuture
        touches.append(touch(person, head, .merge))
        dirty.append(WorkItem(person, .absorbed))
    }

    /// What must be read to fold a person again.
    func history(of person: PersonSlot) -> HistoryRequest {
        HistoryRequest(
            person: person,
            chains: people.claims(person).map { claim in
                HistoryRequest.Chain(
                    identifier: claim.id,
                    last: chainHeads[Int(claim.id.rawValue)],
                    from: claim.from,
                    to: claim.to
                )
            }
        )
    }

    /// Forgets what the person's series and attributes hold, before `refold` of every entry.
    public mutating func beginRefold(_ request: HistoryRequest) {
        let leaves = people.leaves(request.person)
        findClaims(of: request.person)
        people.forget(request.person, program, all: false)
        noteFlips(request.person, since: leaves)
        refoldedValues.removeAll(keepingCapacity: true)
        dirty.append(WorkItem(request.person, .everything))
    }

    /// Folds one entry of the requested chains again; they come in order of sequence, each once.
    ///
    /// An entry belongs to whom its highest-ranking identifier meant when it was admitted; others of
    /// the chains are passed over, as are duplicates.
    public mutating func refold(
        _ head: EntryHead,
        _ bytes: Span<UInt8>,
        for request: HistoryRequest
    ) {
        let owner = contract.namespaces.owner(of: head) { isRefused($0, by: head.sequence) }
        guard !head.isErased, let owner,
            let claim = refoldedClaim(
                head.identifiers[owner].id,
                at: head.sequence,
                request.person
            )
        else { return }
        guard suppressed.isEmpty || !isSuppressed(head.sequence),
            !quarantined.contains(head.sequence)
        else { return }
        let occurredAt = head.occurredAt(skewTolerance: settings.at(head.sequence).skewTolerance)
        if takesBeginnings {
            withUnsafePointer(to: head) { head in
                takeBeginning(head, occurredAt, of: request.person, settles: false)
            }
        }
        if let duplicate = duplicate(head.sequence), !duplicate.isByKey { return }
        var repeated: [Int] = []
        if head.kind == .track {
            for key in contract.keys(of: head.event) {
                let value = contract.value(of: key, content: head.content.lowerBound, bytes)
                guard let value else { continue }
                let place = RefoldedValue(key: key, value: value)
                if let original = refoldedValues[place] {
                    repeated.append(key)
                    noteRepeat(head.sequence, of: original, key)
                } else {
                    refoldedValues[place] = head.sequence
                }
            }
        }
        if head.kind == .identify, !leftBy.isEmpty { findPassedOver(head.sequence, claim) }
        withUnsafePointer(to: head) { head in
            fold(
                head,
                occurredAt,
                bytes,
                into: request.person,
                repeated: repeated,
                settles: false
            )
        }
        passedOver.removeAll()
    }

    func isClaimed(
        _ id: IdentifierID,
        at sequence: SequenceNumber,
        _ person: PersonSlot
    ) -> Bool {
        people.claims(person).contains { claim in
            claim.id == id && claim.from <= sequence && sequence < claim.to
        }
    }

    /// A merge made an entry that counted one that repeats a key.
    private mutating func noteRepeat(
        _ sequence: SequenceNumber,
        of original: SequenceNumber,
        _ key: Int
    ) {
        guard contract.keysInForce.contains(key), duplicate(sequence) == nil else { return }
        let place = duplicates.partitioningIndex { $0.sequence >= sequence }
        duplicates.insert(
            Duplicate(
                sequence: sequence,
                original: original,
                isConflict: false,
                isByKey: true
            ),
            at: place
        )
    }

    // MARK: - What became of entries

    /// What an entry repeats; nil for one that counts.
    public func duplicate(_ sequence: SequenceNumber) -> Duplicate? {
        let place = duplicates.partitioningIndex { $0.sequence >= sequence }
        guard place < duplicates.count, duplicates[place].sequence == sequence else { return nil }
        return duplicates[place]
    }

    /// The entry that an entry repeats; nil for one that counts.
    public func original(of sequence: SequenceNumber) -> SequenceNumber? {
        duplicate(sequence)?.original
    }

    /// Whether an entry has no effect, since it names an identifier that was suppressed.
    public func isSuppressed(_ sequence: SequenceNumber) -> Bool {
        let place = suppressed.partitioningIndex { $0 >= sequence }
        return place < suppressed.count && suppressed[place] == sequence
    }

    private func isRefused(_ id: IdentifierID, by sequence: SequenceNumber) -> Bool {
        var place = refusals.partitioningIndex { $0.sequence >= sequence }
        while place < refusals.count, refusals[place].sequence == sequence {
            if refusals[place].id == id { return true }
            place += 1
        }
        return false
    }
}

/// An entry that repeats another's idempotency key or business key.
public struct Duplicate: Equatable, Sendable {
    /// The entry.
    public var sequence: SequenceNumber
    /// What it repeats.
    public var original: SequenceNumber
    /// Whether it says something else.
    public var isConflict: Bool
    /// Whether only the business key is the same: under rules that do not declare it, it counts.
    public var isByKey: Bool
}

/// An identifier that an entry named and that could not be linked to its person.
struct Refusal {
    var sequence: SequenceNumber
    var id: IdentifierID
    var person: PersonSlot
    var reason: RefusalReason
}

/// Why an identifier was not linked.
public enum RefusalReason: UInt8, Sendable {
    /// It stays somebody else's.
    case taken = 0
    /// The rules say that such a value identifies nobody.
    case blocked = 1
    /// The person has as many identifiers as may be.
    case full = 2
}

/// A person who became one with another.
struct Merge {
    var sequence: SequenceNumber
    var absorbed: PersonSlot
    var survivor: PersonSlot
}

/// A business key's value, within the person that is folded again.
struct RefoldedValue: Hashable {
    var key: Int
    var value: [UInt8]
}
