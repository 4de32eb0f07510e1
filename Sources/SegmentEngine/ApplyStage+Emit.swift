internal import EventModel

/// Why a person is evaluated at an instant.
struct Reason {
    var cause: TransitionCause
    var sequence: SequenceNumber
    /// Whether every entry that touched the person was sent late on purpose.
    var isBackfill: Bool
}

extension ApplyStage {
    /// The strongest of the causes of the entries that touched the person; time where none did.
    mutating func reason(of person: PersonSlot) -> Reason {
        var reason = Reason(cause: .time, sequence: .zero, isBackfill: false)
        var isFirst = true
        while evaluation.touchIndex < evaluation.touches.count,
            evaluation.touches[evaluation.touchIndex].person <= person
        {
            let touch = evaluation.touches[evaluation.touchIndex]
            evaluation.touchIndex += 1
            guard touch.person == person else { continue }
            reason.isBackfill = touch.isBackfill && (isFirst || reason.isBackfill)
            isFirst = false
            if touch.cause < reason.cause { reason.cause = touch.cause }
        }
        guard !isFirst else { return reason }
        let isHistory = reason.isBackfill && reason.cause > .backfill
        var index = evaluation.touchIndex - 1
        while index >= 0, evaluation.touches[index].person == person {
            // Any of them where all are history; else the highest of the strongest cause.
            if isHistory || evaluation.touches[index].cause == reason.cause {
                reason.sequence = max(reason.sequence, evaluation.touches[index].sequence)
            }
            index -= 1
        }
        if isHistory { reason.cause = .backfill }
        return reason
    }

    /// Takes a person who became one with another, or was erased, out of all its segments.
    mutating func leaveAll(
        _ person: PersonSlot,
        _ reason: Reason,
        at instant: Instant,
        into batch: inout TransitionBatch
    ) {
        people.releaseStays(person)
        for word in 0..<people.nameWords {
            var bits = people.members(person)[word]
            while bits != 0 {
                let name = word << 6 | bits.trailingZeroBitCount
                bits &= bits - 1
                people.members(person)[word] &= ~(1 << UInt64(name & 63))
                emit(person, name, false, reason, at: instant, into: &batch)
            }
        }
        people.releaseClaims(person)
    }

    /// Says that a membership has turned.
    mutating func emit(
        _ person: PersonSlot,
        _ name: Int,
        _ isMember: Bool,
        _ reason: Reason,
        at instant: Instant,
        into batch: inout TransitionBatch
    ) {
        let bit: UInt64 = 1 << UInt64(name & 63)
        memberCounts[name] += isMember ? 1 : -1
        var reason = reason
        if let sweepSequence, reason.cause > .rules, sweptNames.contains(name) {
            reason = Reason(cause: .rules, sequence: sweepSequence, isBackfill: false)
        }
        let isOfRules = reason.cause == .rules
        let isTold =
            isOfRules
            ? sweepAnnouncement.announces(isMember ? .entered : .exited) : !reason.isBackfill
        let isAnnounced = isTold && !isImport
        let announced = people.entryAnnounced(people.record(person)) + (name >> 6)
        let entryIsAnnounced = isMember ? isAnnounced : announced.pointee & bit != 0
        if isMember, isAnnounced { announced.pointee |= bit } else { announced.pointee &= ~bit }
        let variant = inForce[name]
        let start = UInt32(truncatingIfNeeded: batch.identifiers.count)
        appendIdentifiers(of: person, to: &batch)
        batch.rows.append(
            TransitionBatch.Row(
                at: instant,
                person: people.record(person).pointee.id,
                sequence: reason.sequence,
                ruleHash: variant >= 0 ? plan.variants.pointer(variant).pointee.ruleHash : 0,
                segment: Int32(truncatingIfNeeded: name),
                direction: isMember ? .entered : .exited,
                cause: reason.cause,
                isAnnounced: isAnnounced,
                entryIsAnnounced: entryIsAnnounced,
                firstIdentifier: start,
                endIdentifier: UInt32(truncatingIfNeeded: batch.identifiers.count)
            )
        )
        if watches, !replaysByPerson { watch.count(batch.rows[batch.rows.count - 1]) }
    }

    /// What a person is called right after the instant, an absorbed one right before, an erased one not at all: by
    /// rank, then in order of appearance.
    private mutating func appendIdentifiers(
        of person: PersonSlot,
        to batch: inout TransitionBatch
    ) {
        if people.record(person).pointee.isErased { return }
        let isAbsorbed = people.record(person).pointee.isAbsorbed
        var claims = people.claims(person)
        if isAbsorbed, let count = ownClaimCounts[person] {
            // What it absorbed itself, within the instant, was another's right before.
            claims = UnsafeMutableBufferPointer(rebasing: claims[..<count])
        }
        let start = batch.identifiers.count
        if claims.count == 1, !isAbsorbed, claims[0].to == IdentifierClaim.open {
            batch.identifiers.append(claims[0].id)
            return
        }
        var ranks: InlineArray<8, IdentifierRank> = InlineArray(repeating: .last)
        for claim in claims {
            let holds =
                isAbsorbed
                ? claim.from < openFirst && claim.to >= openFirst
                : claim.to == IdentifierClaim.open
            guard holds else { continue }
            let rank = IdentifierRank(contract.namespaces.meant(claim.namespace))
            let count = batch.identifiers.count - start
            // Ranks beyond the eighth identifier are not kept: those stand where they appeared.
            var place = count
            if count < 8 {
                while place > 0, rank < ranks[place - 1] {
                    ranks[place] = ranks[place - 1]
                    place -= 1
                }
                ranks[place] = rank
            }
            batch.identifiers.insert(claim.id, at: start + place)
        }
    }
}
