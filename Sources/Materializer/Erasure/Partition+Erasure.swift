public import EventModel
internal import EventStore
internal import SegmentEngine

/// That a person was erased.
public struct Erasure: Equatable, Sendable {
    /// The entry.
    public var sequence: SequenceNumber
    /// Who was meant; nil where the entry does not say.
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
            let found = try log.erasures()
            guard !found.isEmpty else { return [] }
            let names = try log.allSymbols()
            let symbols = Dictionary(names.map { ($0.text, $0.symbol) }, uniquingKeysWith: { $1 })
            var erasures: [Erasure] = []
            for one in found {
                let said = try log.read(one.sequence) { head, bytes in
                    (EraseEntry.person(head, bytes) { symbols[$0] }, head.isOn)
                }
                erasures.append(
                    Erasure(
                        sequence: one.sequence,
                        person: said?.0,
                        isSuppressed: said?.1 ?? false,
                        erasedAt: one.erasedAt,
                        scrubbedAt: one.scrubbedAt
                    )
                )
            }
            return erasures
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
