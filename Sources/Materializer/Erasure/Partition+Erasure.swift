public import EventModel
internal import EventStore
internal import SegmentEngine

/// That a person was erased.
public struct Erasure: Equatable, Sendable {
    /// The entry.
    public var sequence: SequenceNumber
    /// Who; nil where the entry does not say.
    public var person: PersonID?
    /// Whether the person's identifiers are suppressed since.
    public var isSuppressed: Bool
    /// From when on the person is in no segment, and its identifiers mean nobody.
    public var erasedAt: Instant
    /// When what it had said was gone from the data directory; nil while it is there.
    public var scrubbedAt: Instant?
}

extension Partition {
    /// Erases a person: its memberships end, its identifiers mean nobody any more, and what it said is scrubbed from
    /// the log later, by `scrub`.
    ///
    /// - Parameter suppresses: Whether entries that name its identifiers have no effect from here on; else these may
    ///   come again, and mean somebody new.
    /// - Returns: The receipt, once the memberships' ends are recorded; nil where there is no such person.
    /// - Throws: Kind `erased` where it was done before.
    public func erase(
        _ reference: PersonReference,
        suppresses: Bool
    ) async throws(PartitionError) -> Erasure? {
        guard var state = try await state(of: reference) else { return nil }
        if let survivor = state.mergedInto {
            guard let found = try await ask({ $0.stage.state(of: survivor) }) else { return nil }
            state = found
        }
        guard let claim = state.claims.first(where: { $0.to == nil }),
            let identifier = try texts([claim.id]).first
        else { return nil }
        let draft = EraseEntry.draft(state.person, identifier, suppresses: suppresses)
        let submission: Submission
        do throws(SubmitError) { submission = try await submit([draft], wait: .fully) } catch {
            switch error {
            case .overloaded:
                throw PartitionError(.busy, "too many entries are waiting; send it again")
            case .stopped(let message): throw PartitionError(.storage, message)
            }
        }
        let sequence = submission.receipts.first?.sequence ?? .zero
        guard submission.receipts.first?.isErased ?? false else {
            throw PartitionError(
                .erased,
                "person \(state.person) was erased by somebody else, or became one with another person, "
                    + "while this was asked for; look again"
            )
        }
        let (log, person) = (log, state.person)
        let erasedAt = try PartitionError.wrap { () throws(StoreError) in
            try log.read(sequence) { head, _ in head.receivedAt }
        }
        return Erasure(
            sequence: sequence,
            person: person,
            isSuppressed: suppresses,
            erasedAt: erasedAt ?? .distantPast
        )
    }

    /// Everybody who was erased, in order.
    public func erasures() throws(PartitionError) -> [Erasure] {
        try PartitionError.wrap { () throws(StoreError) in
            let log = log.pinned()
            var erasures: [Erasure] = []
            var known: Set<PersonID> = []
            for one in try log.erasures() {
                let said = try log.read(one.sequence) { head, _ in (head.repeated, head.isOn) }
                let person = said.flatMap { $0.0 == .zero ? nil : PersonID($0.0.rawValue) }
                // Two may have asked for the same; and by then nobody may have been left.
                if let person, !known.insert(person).inserted { continue }
                if one.scrubbedAt != nil, one.people.isEmpty { continue }
                erasures.append(
                    Erasure(
                        sequence: one.sequence,
                        person: person ?? one.people.first,
                        isSuppressed: said?.1 ?? false,
                        erasedAt: one.erasedAt,
                        scrubbedAt: one.scrubbedAt
                    )
                )
            }
            return erasures
        }
    }

    /// When the first erasure came that is not scrubbed yet; nil where there is none.
    public func firstPendingErasure() throws(PartitionError) -> Instant? {
        try PartitionError.wrap { () throws(StoreError) in
            let log = log.pinned()
            guard let sequence = try log.firstPendingErasure() else { return nil }
            return try log.read(sequence) { head, _ in head.receivedAt }
        }
    }

    /// Removes from the data directory what people had said who were erased by now; does nothing where all of it is
    /// gone.
    ///
    /// Copies the log without it, beside the work of the partition, and has the copy take the place of the log between
    /// two groups: takes the room of a second log meanwhile, and memory for the identities of all people twice.
    /// Recorded transitions of these people go too, but those that say that they were erased.
    ///
    /// - Parameter progress: Called now and then with the part that is done, from 0 to 1.
    /// - Returns: Whose entries were scrubbed.
    public func scrub(
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws(PartitionError) -> [Erasure] {
        let done = try await alone(Scrubbing.name) { isGivenUp throws(PartitionError) in
            try Scrubber(partition: self, isGivenUp: isGivenUp).run { [self] done in
                tell(done)
                progress(done)
            }
        }
        guard !done.isEmpty else { return [] }
        return try erasures().filter { done.contains($0.sequence) }
    }
}
