public import EventModel

extension ApplyStage {
    /// Carries out the links and moves of an entry.
    mutating func link(_ head: EntryHead, _ admitted: Admitted) {
        for index in 0..<head.identifiers.count
        where admitted.links & (1 << UInt8(index)) != 0 {
            let reference = head.identifiers[index]
            holders[Int(reference.id.rawValue)] = admitted.person
            let former = admitted.movedFrom[index]
            if former != .nobody {
                // The open claim of a device that moves often stands near the end.
                let claims = people.claims(former)
                let place = claims.lastIndex {
                    $0.id == reference.id && $0.to == IdentifierClaim.open
                }
                if let place { claims[place].to = head.sequence }
            }
            people.add(
                IdentifierClaim(
                    id: reference.id,
                    namespace: reference.namespace,
                    from: head.sequence,
                    to: IdentifierClaim.open
                ),
                to: admitted.person
            )
        }
    }

    /// Gives one person's identifiers, with their past, to another.
    ///
    /// Their series are joined; the absorbed one keeps its own list of identifiers until the instant
    /// is evaluated, since its exits say what it was called.
    mutating func absorb(_ person: PersonSlot, into survivor: PersonSlot, _ head: EntryHead) {
        for index in people.claims(person).indices {
            people.add(people.claims(person)[index], to: survivor)
        }
        if alwaysRefolds {
            people.forget(person, keeps: keeps)
        } else {
            people.join(
                person,
                into: survivor,
                program,
                keeps: keeps,
                at: head.receivedAt
            )
            dirty.append(WorkItem(survivor, .everything))
        }
        people.record(person).pointee.mergedInto = survivor
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
        people.forget(request.person, keeps: keeps)
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
        let id = head.identifiers[head.highestRanking].id
        let isOwn = people.claims(request.person).contains { claim in
            claim.id == id && claim.from <= head.sequence && head.sequence < claim.to
        }
        guard isOwn, original(of: head.sequence) == nil else { return }
        fold(
            head,
            head.occurredAt(skewTolerance: settings.skewTolerance),
            bytes,
            into: request.person
        )
    }

    /// The entry whose idempotency key an entry repeats; nil for one that counts.
    public func original(of sequence: SequenceNumber) -> SequenceNumber? {
        var low = 0
        var high = duplicates.count
        while low < high {
            let middle = (low + high) / 2
            if duplicates[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        guard low < duplicates.count, duplicates[low].sequence == sequence else { return nil }
        return duplicates[low].original
    }
}

extension EntryHead {
    /// The place of the identifier that says whose the entry is: the first of the highest rank.
    public var highestRanking: Int {
        var highest = 0
        for index in 1..<max(1, identifiers.count)
        where IdentifierRank(identifiers[index].namespace)
            < IdentifierRank(identifiers[highest].namespace)
        {
            highest = index
        }
        return highest
    }
}
